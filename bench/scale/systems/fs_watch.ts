import { watch } from "node:fs";
import { join } from "node:path";
import type { Tell } from "./mod.ts";

/** Bare `fs.watch`. */
export function start(directory: string, recursive: boolean, tell: Tell): void {
  watch(directory, { recursive }, (_type, name) => {
    if (name !== null) tell(join(directory, name));
  });
}
