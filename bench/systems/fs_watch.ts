import { watch } from "node:fs";
import { basename, dirname } from "node:path";
import { type Accept, reload } from "../settings.ts";

/** Bare `fs.watch` on the directory: on the file it would die at the first rename over it. */
export function start(file: string, accept: Accept): void {
  watch(dirname(file), (_type, name) => {
    if (name === basename(file)) reload(file, accept);
  });
}
