import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { linkChain } from "../../src/watch/link_chain.ts";
import { createMemoryRuntime, type MemoryFiles } from "../../testing.ts";

/** The chain of `path` as text, an entry each. */
function chain(path: string, build: (files: MemoryFiles) => void): string[] {
  const { files, fileSystem } = createMemoryRuntime();
  build(files);
  return linkChain(fileSystem, path).map(({ directory, name }) => `${directory} > ${name}`);
}

describe("the names that decide what a path leads to", () => {
  const cases: [
    name: string,
    path: string,
    build: (files: MemoryFiles) => void,
    expected: string[],
  ][] = [
    ["a file: its own", "/etc/app/a.yaml", (files) => files.write("/etc/app/a.yaml", ""), [
      "/etc/app > a.yaml",
    ]],
    ["a link: itself and its target", "/a.yaml", (files) => {
      files.write("/real/b.yaml", "");
      files.symlink("/real/b.yaml", "/a.yaml");
    }, ["/ > a.yaml", "/real > b.yaml"]],
    ["a chain of three links, relative and absolute", "/a", (files) => {
      files.write("/deep/er/file", "");
      files.symlink("x/b", "/a");
      files.symlink("../y/c", "/x/b");
      files.symlink("/deep/er/file", "/y/c");
    }, ["/ > a", "/x > b", "/y > c", "/deep/er > file"]],
    ["a link to a directory on the way", "/current/app.yaml", (files) => {
      files.write("/releases/7/app.yaml", "");
      files.symlink("releases/7", "/current");
    }, ["/ > current", "/releases/7 > app.yaml"]],
    ["a Kubernetes mount", "/etc/config/app.yaml", (files) => {
      files.write("/etc/config/..2026_01_01/app.yaml", "");
      files.symlink("..2026_01_01", "/etc/config/..data");
      files.symlink("..data/app.yaml", "/etc/config/app.yaml");
    }, [
      "/etc/config > app.yaml",
      "/etc/config > ..data",
      "/etc/config/..2026_01_01 > app.yaml",
    ]],
    ["a missing file: its name", "/etc/a.yaml", (files) => files.mkdir("/etc"), ["/etc > a.yaml"]],
    ["a missing directory: the first missing name", "/etc/x/y/a.yaml", (files) => {
      files.mkdir("/etc");
    }, ["/etc > x"]],
    ["a dangling link: where it leads", "/a", (files) => files.symlink("gone/b", "/a"), [
      "/ > a",
      "/ > gone",
    ]],
    ["a link with dots", "/x/a", (files) => {
      files.write("/x/b", "");
      files.symlink("./../x/./b", "/x/a");
    }, ["/x > a", "/x > b"]],
    ["a link to a directory above it", "/a/b/up", (files) => {
      files.mkdir("/a/b");
      files.symlink("..", "/a/b/up");
    }, ["/a/b > up", "/ > a"]],
    ["a link to the root, and the root", "/root", (files) => files.symlink("/", "/root"), [
      "/ > root",
      "/ > ",
    ]],
  ];
  for (const [name, path, build, expected] of cases) {
    test(name, () => assert.deepEqual(chain(path, build), expected));
  }

  test("a loop of links is refused, short or long (G12)", () => {
    const loop = (files: MemoryFiles) => {
      files.symlink("/b", "/a");
      files.symlink("/a", "/b");
      files.symlink("self/x", "/self");
    };
    const error = { name: "SourceError", code: "ELOOP", message: /too many symbolic links/ };
    assert.throws(() => chain("/a", loop), error);
    assert.throws(() => chain("/a/below", loop), error);
    assert.throws(() => chain("/self", loop), error);
  });

  test("forty links are followed, as Linux does", () => {
    const { files, fileSystem } = createMemoryRuntime();
    files.write("/0", "");
    for (let link = 1; link <= 41; link++) files.symlink(`/${link - 1}`, `/${link}`);
    assert.equal(linkChain(fileSystem, "/40").length, 41);
    assert.throws(() => linkChain(fileSystem, "/41"), { code: "ELOOP" });
  });
});
