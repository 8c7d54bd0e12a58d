import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { watchFiles } from "../../mod.ts";
import { checksumOf } from "../../src/checksum.ts";
import { Mirror } from "../mirror.ts";
import { Folder } from "./cli_process.ts";
import { pause, waitFor } from "./watched.ts";

const ROUNDS = 5;
const STEPS = 30;

const NAMES = ["one/a", "one/b", "one/c", "two/a", "two/b", "two/sub/c", "away/a"];
const DIRECTORIES = ["two/sub", "two/other", "away/sub"];
const CONTENTS = ["", "x\n", "y\n", "x\ny\n", "longer than the others\n"];

/** Numbers from 0 to below 1 that are the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Does something to the files; what can't be done is not. */
function step(folder: Folder, random: () => number): string {
  const pick = (list: readonly string[]) => list[Math.floor(random() * list.length)]!;
  const [path, other, content] = [pick(NAMES), pick(NAMES), pick(CONTENTS)];
  const actions: [text: string, act: () => void][] = [
    [`write ${path}`, () => folder.write(path, content)],
    [`save ${path}`, () => folder.save(path, content)],
    [`append ${path}`, () => fs.appendFileSync(folder.at(path), content)],
    [`mv ${path} ${other}`, () => fs.renameSync(folder.at(path), folder.at(other))],
    [`ln ${path} ${other}`, () => fs.linkSync(folder.at(path), folder.at(other))],
    [`rm ${path}`, () => fs.rmSync(folder.at(path))],
    [`chmod ${path}`, () => fs.chmodSync(folder.at(path), 0o600)],
    ["", () => {}],
  ];
  const [from, to] = [pick(DIRECTORIES), pick(DIRECTORIES)];
  const rare: typeof actions = [
    [`mv ${from} ${to}`, () => fs.renameSync(folder.at(from), folder.at(to))],
    [`rm -r ${from}`, () => fs.rmSync(folder.at(from), { recursive: true, force: true })],
  ];
  const list = random() < 0.15 ? rare : actions;
  const [text, act] = list[Math.floor(random() * list.length)]!;
  try {
    fs.mkdirSync(dirname(folder.at(other)), { recursive: true });
    act();
    return text;
  } catch {
    return "";
  }
}

/** Checksums of the files in the watched directories. */
function filesOf(folder: Folder): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (path: string) => {
    for (const entry of fs.readdirSync(path, { withFileTypes: true })) {
      const below = join(path, entry.name);
      if (entry.isDirectory()) visit(below);
      else if (!entry.name.endsWith(".tmp")) found.set(below, checksumOf(fs.readFileSync(below)));
    }
  };
  visit(folder.at("one"));
  visit(folder.at("two"));
  return found;
}

for (let round = 1; round <= ROUNDS; round++) {
  test(`the events tell what became of real files, whatever is done to them: round ${round} (G1, S1.3)`, async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const random = randomFrom(seed);
    using folder = new Folder(Object.fromEntries(NAMES.map((name) => [name, `${name}\n`])));
    await using files = await watchFiles([folder.at("one"), folder.at("two")], { recursive: true });
    const mirror = new Mirror(filesOf(folder));
    const log: string[] = [];
    files.on("*", (event) => {
      log.push(JSON.stringify(event));
      if (event.type === "fileChanged") mirror.apply(event);
    });
    for (let count = 0; count < STEPS; count++) {
      const text = step(folder, random);
      if (text !== "") log.push(text);
      if (random() < 0.3) await pause(random() ** 3 * 100);
    }
    const final = filesOf(folder);
    await waitFor(() => mirror.is(final), () => `seed ${seed}:\n${log.join("\n")}`);
    mirror.check(final);
  });
}
