/** Many directories, which Deno watches with one watcher. */

import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import { type LiveFiles, watchFiles } from "../../mod.ts";
import { Folder } from "./cli_process.ts";
import { pause, waitFor } from "./watched.ts";

const COUNT = 250;

/** Longer than it takes until they are watched by one. */
const GATHERED_MS = 1_300;

/** Nothing but events can tell. */
const backstopMs = 60_000;

class Tree implements AsyncDisposable {
  readonly folder: Folder;
  readonly #told = new Set<string>();
  #watcher: LiveFiles | undefined;

  constructor() {
    const names = Array.from({ length: COUNT }, (_, number) => `tree/${number}/a.yaml`);
    this.folder = new Folder(Object.fromEntries(names.map((name) => [name, "a: 1\n"])));
  }

  async start(): Promise<this> {
    this.#watcher = await watchFiles([this.folder.at("tree")], { recursive: true, backstopMs });
    this.#watcher.on("fileChanged", ({ path }) => void this.#told.add(path));
    await pause(GATHERED_MS);
    return this;
  }

  /** Writes to files, and waits until each was told of. */
  async tells(...names: string[]): Promise<void> {
    const paths = names.map((name) => this.folder.at(`tree/${name}`));
    for (const path of paths) this.#told.delete(path);
    for (const path of paths) writeFileSync(path, `a: ${Math.random()}\n`);
    await waitFor(
      () => paths.every((path) => this.#told.has(path)),
      () => `${names}; told of ${[...this.#told]}`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#watcher?.close();
    this.folder[Symbol.dispose]();
  }
}

describe("of many directories, by events alone,", () => {
  test("each save is told of (G1)", async () => {
    await using tree = await new Tree().start();
    await tree.tells("0/a.yaml", "99/a.yaml", "100/a.yaml", "249/a.yaml");
  });

  test("those that are replaced, moved, made or made again are watched further (G1, G8)", async () => {
    await using tree = await new Tree().start();
    const at = (name: string) => tree.folder.at(name);
    mkdirSync(at("other"));
    renameSync(at("tree/7"), at("old"));
    renameSync(at("other"), at("tree/7"));
    await tree.tells("7/b.yaml", "8/a.yaml");
    rmSync(at("tree/9"), { recursive: true });
    await pause(50);
    mkdirSync(at("tree/9"));
    await tree.tells("9/a.yaml", "10/a.yaml");
    renameSync(at("tree/11"), at("tree/moved"));
    mkdirSync(at("tree/new/below"), { recursive: true });
    await tree.tells("moved/a.yaml", "new/below/a.yaml");
    await pause(GATHERED_MS);
    await tree.tells("7/b.yaml", "9/a.yaml", "moved/a.yaml", "new/below/a.yaml", "8/a.yaml");
  });

  test("those that another handle watched as well are watched further (G8)", async () => {
    await using tree = await new Tree().start();
    const path = tree.folder.at("tree/3");
    const options = { backstopMs };
    const [before, after] = [await watchFiles([path], options), await watchFiles([path], options)];
    await before.close();
    await tree.tells("3/a.yaml");
    await after.close();
    await tree.tells("3/a.yaml", "4/a.yaml");
  });
});
