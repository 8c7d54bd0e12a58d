import type { Tell } from "./mod.ts";
import { start as startBare } from "./fs_watch.ts";

/** Bare `fs.watch`, recursive even where there is nothing below: Node 20 watches every file. */
export function start(directory: string, _recursive: boolean, tell: Tell): void {
  startBare(directory, true, tell);
}
