import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { compareFiles, type FileChange, type FileIdentity } from "../../src/source/file_change.ts";

/** Files as `path: "content@inode"`. */
function files(contents: Record<string, string>): Map<string, FileIdentity> {
  return new Map(
    Object.entries(contents).map(([path, text]) => {
      const [checksum = "", inode = ""] = text.split("@");
      return [path, { checksum, inode, source: "s" }];
    }),
  );
}

describe("the changes between two readings (S1.3, S1.4)", () => {
  const cases: [
    name: string,
    before: Record<string, string>,
    after: Record<string, string>,
    changes: string[],
  ][] = [
    ["nothing", { a: "x@1" }, { a: "x@1" }, []],
    ["a new file", {}, { a: "x@1" }, ["created a x"]],
    ["new content", { a: "x@1" }, { a: "y@1" }, ["modified a y"]],
    ["new content in another file object", { a: "x@1" }, { a: "y@2" }, ["modified a y"]],
    ["the same content in another file object", { a: "x@1" }, { a: "x@2" }, []],
    ["a file gone", { a: "x@1" }, {}, ["deleted a"]],
    ["a rename", { a: "x@1" }, { b: "x@1" }, ["moved b x from a"]],
    ["a rename and a change", { a: "x@1" }, { b: "y@1" }, ["moved b y from a"]],
    ["a copy and a removal", { a: "x@1" }, { b: "x@2" }, ["moved b x from a"]],
    ["a copy", { a: "x@1" }, { a: "x@1", b: "x@2" }, ["created b x"]],
    ["another file instead", { a: "x@1" }, { b: "y@2" }, ["deleted a", "created b y"]],
    ["a rename over a file", { a: "x@1", b: "y@2" }, { b: "x@1" }, ["deleted a", "modified b x"]],
    [
      "the same inode counts more than the same content",
      { a: "x@1", b: "x@2" },
      { c: "x@2", d: "x@3" },
      ["moved c x from b", "moved d x from a"],
    ],
    ["one file moves to one place only", { a: "x@1" }, { b: "x@5", c: "x@6" }, [
      "moved b x from a",
      "created c x",
    ]],
    ["a rename over a file and the same content elsewhere", { a: "x@1", b: "y@2" }, {
      b: "x@1",
      c: "x@3",
    }, ["moved c x from a", "modified b x"]],
    ["two names swapped", { a: "x@1", b: "y@2" }, { a: "y@2", b: "x@1" }, [
      "modified a y",
      "modified b x",
    ]],
    ["a chain of renames onto the next name", { a: "x@1", b: "y@2" }, { b: "x@1", c: "y@2" }, [
      "deleted a",
      "modified b x",
      "created c y",
    ]],
    ["a hard link", { a: "x@1" }, { a: "x@1", b: "x@1" }, ["created b x"]],
    ["a hard link and the first name gone", { a: "x@1" }, { b: "x@1", c: "x@1" }, [
      "moved b x from a",
      "created c x",
    ]],
    ["two hard links renamed", { a: "x@1", b: "x@1" }, { c: "x@1", d: "x@1" }, [
      "moved c x from a",
      "moved d x from b",
    ]],
    ["one of two hard links gone", { a: "x@1", b: "x@1" }, { b: "x@1" }, ["deleted a"]],
    ["another case of a name", { a: "x@1" }, { A: "x@1" }, ["moved A x from a"]],
    ["a directory renamed", { "d/a": "x@1", "d/b": "y@2" }, { "e/a": "x@1", "e/b": "y@2" }, [
      "moved e/a x from d/a",
      "moved e/b y from d/b",
    ]],
    ["equal files copied and removed", { "d/a": "@1", "d/b": "@2", "d/c": "@3" }, {
      "e/a": "@4",
      "e/b": "@5",
      "e/c": "@6",
    }, ["moved e/a from d/a", "moved e/b from d/b", "moved e/c from d/c"]],
    ["equal files moved crosswise", { "d/a": "@1", "d/b": "@2" }, { "e/a": "@2", "e/b": "@1" }, [
      "moved e/a from d/b",
      "moved e/b from d/a",
    ]],
    ["several, in path order", { b: "x@1", d: "v@4" }, { a: "n@9", b: "y@1", c: "z@3" }, [
      "created a n",
      "modified b y",
      "created c z",
      "deleted d",
    ]],
  ];
  for (const [name, before, after, expected] of cases) {
    test(name, () => {
      const changes = compareFiles(files(before), files(after));
      const lines = changes.map(({ kind, path, checksum, oldPath }) =>
        [kind, path, checksum, oldPath && `from ${oldPath}`].filter(Boolean).join(" ")
      );
      assert.deepEqual(lines.toSorted(), expected.toSorted());
      assert.deepEqual(changes.map(({ path }) => path), changes.map(({ path }) => path).toSorted());
      for (const change of changes) {
        assert.equal(change.source, "s");
        assert.equal("checksum" in change, change.kind !== "deleted");
        assert.equal("oldPath" in change, change.kind === "moved");
      }
    });
  }
});

/** A few contents and file objects, so that many are equal. */
const someFiles: fc.Arbitrary<Map<string, FileIdentity>> = fc.dictionary(
  fc.constantFrom(..."abcdefgh", "d/a", "d/b", "e/a", "e/b"),
  fc.record({
    checksum: fc.constantFrom("", "x", "y", "z"),
    inode: fc.constantFrom("1", "2", "3", "4", "5", "6", "7", "8"),
    source: fc.constantFrom("s", "t"),
  }),
).map((entries) => new Map(Object.entries(entries)));

/** Contents by path, after `changes` were made to `before` all at once. */
function apply(before: Map<string, FileIdentity>, changes: readonly FileChange[]) {
  const contents = new Map([...before].map(([path, { checksum }]) => [path, checksum]));
  for (const { kind, path, oldPath } of changes) {
    if (kind === "deleted") contents.delete(path);
    if (oldPath !== undefined) contents.delete(oldPath);
  }
  for (const { path, checksum } of changes) {
    if (checksum !== undefined) contents.set(path, checksum);
  }
  return contents;
}

describe("whatever the files before and after", () => {
  const property = (
    check: (
      before: Map<string, FileIdentity>,
      after: Map<string, FileIdentity>,
      changes: FileChange[],
    ) => void,
  ) =>
    fc.assert(
      fc.property(
        someFiles,
        someFiles,
        (before, after) => check(before, after, compareFiles(before, after)),
      ),
      { numRuns: 1000 },
    );

  test("the changes lead from one to the other (S1.3)", () => {
    property((before, after, changes) => {
      const contents = new Map([...after].map(([path, { checksum }]) => [path, checksum]));
      assert.deepEqual(apply(before, changes), contents);
    });
  });

  test("a path has one change at most, and was moved from once at most (S1.4)", () => {
    property((_before, _after, changes) => {
      const paths = changes.map(({ path }) => path);
      const oldPaths = changes.flatMap(({ oldPath }) => oldPath ?? []);
      assert.deepEqual(paths, [...new Set(paths)].sort());
      assert.equal(new Set(oldPaths).size, oldPaths.length);
      assert.deepEqual(paths.filter((path) => oldPaths.includes(path)), []);
    });
  });

  test("each kind means what it says (S1.3)", () => {
    property((before, after, changes) => {
      for (const { kind, path, oldPath = path } of changes) {
        assert.equal(before.has(path), kind === "modified" || kind === "deleted", path);
        assert.equal(after.has(path), kind !== "deleted", path);
        assert.equal(before.has(oldPath), kind !== "created", oldPath);
        assert.equal(after.has(oldPath), kind === "created" || kind === "modified", oldPath);
      }
    });
  });

  test("what could be a move is one, by file object before content", () => {
    property((before, after, changes) => {
      const free = (kind: string, files: Map<string, FileIdentity>) =>
        changes.filter((change) => change.kind === kind).map(({ path }) => files.get(path)!);
      const deleted = free("deleted", before);
      for (const { inode, checksum } of free("created", after)) {
        assert.ok(!deleted.some((file) => file.inode === inode || file.checksum === checksum));
      }
      const byContent = changes.filter(({ path, oldPath }) =>
        oldPath !== undefined && after.get(path)!.inode !== before.get(oldPath)!.inode
      );
      for (const { path, oldPath } of byContent) {
        assert.equal(after.get(path)!.checksum, before.get(oldPath!)!.checksum);
        // Its own file object was left for it by none, and taken by none from where it came.
        assert.ok(!deleted.some(({ inode }) => inode === after.get(path)!.inode));
      }
    });
  });

  test("the order in which sources gave them does not matter", () => {
    property((before, after, changes) => {
      const turned = (files: Map<string, FileIdentity>) => new Map([...files].toReversed());
      assert.deepEqual(compareFiles(turned(before), turned(after)), changes);
    });
  });
});

test("ten thousand moved files are compared as quickly, each, as ten (G10)", () => {
  /** How often a file's content or object is looked at, for each file of `count`. */
  function looks(count: number, name: (index: number) => Omit<FileIdentity, "source">): number {
    let total = 0;
    const counted = (prefix: string, offset: number) =>
      new Map(Array.from({ length: count }, (_, index) => {
        const { checksum, inode } = name(index + offset);
        const file: FileIdentity = {
          get checksum() {
            total += 1;
            return checksum;
          },
          get inode() {
            total += 1;
            return inode;
          },
          source: "s",
        };
        return [`${prefix}/${index}`, file];
      }));
    const changes = compareFiles(counted("old", 0), counted("new", count));
    assert.equal(changes.length, count);
    assert.deepEqual(new Set(changes.map(({ kind }) => kind)), new Set(["moved"]));
    return Math.round(total / count);
  }
  // Copied and removed: each with its own content, and all of the same.
  for (const content of [(index: number) => `${index}`, () => ""]) {
    const name = (count: number) => (index: number) => ({
      checksum: content(index % count),
      inode: `${index}`,
    });
    assert.equal(looks(10_000, name(10_000)), looks(10, name(10)));
  }
});
