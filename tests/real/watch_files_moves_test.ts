import assert from "node:assert/strict";
import * as fs from "node:fs";
import process from "node:process";
import { describe, test } from "node:test";
import { watchFiles, type WatchFilesOptions } from "../../mod.ts";
import { Folder } from "./cli_process.ts";
import { pause, run, waitFor } from "./watched.ts";

/** Names of files that are no changes of their own. */
const LAST = "two/last";

/** Longer than a test waits; what is told here was not waited for. */
const DELETION_MS = 60_000;

/**
 * What is told of `act` on files watched in `one` and `two`, in order. A last file, created
 * afterwards, shows that nothing else is told.
 */
async function told(
  given: Readonly<Record<string, string>>,
  act: (folder: Folder) => unknown,
  options: WatchFilesOptions = {},
): Promise<string[]> {
  using folder = new Folder(given);
  for (const name of ["one", "two"]) fs.mkdirSync(folder.at(name), { recursive: true });
  await using files = await watchFiles([folder.at("one"), folder.at("two")], options);
  const lines: string[] = [];
  files.on("*", (event) => {
    if (event.type !== "fileChanged") return void lines.push(event.type);
    const { kind, path, oldPath } = event;
    const line = oldPath === undefined ? `${kind} ${path}` : `${kind} ${path} from ${oldPath}`;
    lines.push(line.replaceAll(`${folder.path}/`, ""));
  });
  await act(folder);
  await waitFor(() => lines.length > 0, () => "the first event");
  fs.writeFileSync(folder.at(LAST), "last");
  await waitFor(() => lines.includes(`created ${LAST}`), () => `the last file:\n${lines}`);
  return lines.filter((line) => line !== `created ${LAST}`);
}

const mv = (from: string, to: string) => (folder: Folder) =>
  run("mv", folder.at(from), folder.at(to));

const skip = process.platform === "win32" && "these tools are not on Windows";

describe("watchFiles() on real files tells (S1.3):", { skip }, () => {
  const patient: WatchFilesOptions = { debounce: { maxDelayMs: DELETION_MS } };
  const cases: [
    name: string,
    given: Record<string, string>,
    act: (folder: Folder) => unknown,
    expected: string[],
  ][] = [
    ["a move to another watched directory, at once", { "one/a": "1" }, mv("one/a", "two/b"), [
      "moved two/b from one/a",
    ]],
    ["the same back", { "two/a": "1" }, mv("two/a", "one/a"), ["moved one/a from two/a"]],
    [
      "the same beside other files",
      { "one/a": "1", "one/x": "x", "two/y": "y" },
      mv(
        "one/a",
        "two/a",
      ),
      ["moved two/a from one/a"],
    ],
    ["a rename in a directory", { "one/a": "1" }, mv("one/a", "one/b"), ["moved one/b from one/a"]],
    ["another case of a name", { "one/a": "1" }, mv("one/a", "one/A"), ["moved one/A from one/a"]],
    ["a move in", { "away/a": "1", "one/x": "x" }, mv("away/a", "one/a"), ["created one/a"]],
    [
      "a hard link",
      { "one/a": "1" },
      (folder) => run("ln", folder.at("one/a"), folder.at("two/a")),
      [
        "created two/a",
      ],
    ],
    [
      "a copy",
      { "one/a": "1" },
      (folder) => run("cp", "-p", folder.at("one/a"), folder.at("two/a")),
      [
        "created two/a",
      ],
    ],
    ["a rename and an edit", { "one/a": "1" }, (folder) => {
      fs.renameSync(folder.at("one/a"), folder.at("two/a"));
      fs.appendFileSync(folder.at("two/a"), "more");
    }, ["moved two/a from one/a"]],
    ["two names swapped", { "one/a": "1", "one/b": "2" }, (folder) => {
      fs.renameSync(folder.at("one/a"), folder.at("one/a.tmp"));
      fs.renameSync(folder.at("one/b"), folder.at("one/a"));
      fs.renameSync(folder.at("one/a.tmp"), folder.at("one/b"));
    }, ["modified one/a", "modified one/b"]],
  ];
  for (const [name, given, act, expected] of cases) {
    test(name, async () => assert.deepEqual(await told(given, act, patient), expected));
  }

  const waited: typeof cases = [
    ["a move out", { "one/a": "1", "one/x": "x" }, mv("one/a", "a"), ["deleted one/a"]],
    ["a move onto another file", { "one/a": "1", "two/b": "2" }, mv("one/a", "two/b"), [
      "deleted one/a",
      "modified two/b",
    ]],
    // On ext4 the new file has the inode number of the one that went, and another time of creation,
    // which file systems round to some milliseconds.
    ["a file removed and another one written", { "one/a": "1" }, async (folder) => {
      await pause(20);
      fs.rmSync(folder.at("one/a"));
      fs.writeFileSync(folder.at("one/b"), "other");
    }, ["deleted one/a", "created one/b"]],
    ["a copy and a removal", { "one/a": "1" }, (folder) => {
      fs.copyFileSync(folder.at("one/a"), folder.at("two/a"));
      fs.rmSync(folder.at("one/a"));
    }, ["moved two/a from one/a"]],
  ];
  for (const [name, given, act, expected] of waited) {
    test(name, async () => assert.deepEqual(await told(given, act), expected));
  }

  const names = Array.from({ length: 200 }, (_, index) => `${index}`.padStart(3, "0"));
  const full = (text: (name: string) => string) =>
    Object.fromEntries(names.map((name) => [`one/old/${name}`, text(name)]));
  for (
    const [content, text] of [["different", (name: string) => name], ["no", () => ""]] as const
  ) {
    for (const to of ["one/new", "two/new"]) {
      test(`a directory of 200 files with ${content} content, renamed to ${to}`, async () => {
        const lines = await told(full(text), mv("one/old", to), { ...patient, recursive: true });
        assert.deepEqual(lines, names.map((name) => `moved ${to}/${name} from one/old/${name}`));
      });
    }
  }
});
