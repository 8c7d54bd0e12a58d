import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { compareFiles, type FileIdentity } from "../../src/source/file_change.ts";

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
