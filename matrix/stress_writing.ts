/**
 * Saving so fast that a process of its own has to do it.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import type { Place } from "./place.ts";
import { mount } from "./structure_mounts.ts";
import { configText } from "./text.ts";

/** What `stress_writer.py` is to do. */
export interface WritingPlan {
  /** Files that are saved in turn, relative to the place. */
  readonly paths: readonly string[];
  /** `{n}` in it is the number of the save, `{name}` the file's name without its extension. */
  readonly text: string;
  /** Number of the first save; save `n` is one of `paths[n % paths.length]`. */
  readonly first: number;
  /** How many there are. */
  readonly saves: number;
  /** Whether each is written to a temporary file and renamed over the old one. @default {false} */
  readonly renamed?: boolean;
  /** How many processes share them. @default {1} */
  readonly writers?: number;
}

/** What a situation needs that saves so. */
export const WRITING_NEEDS: readonly string[] = ["linux", "python3"];

/** Where a storm can be had: a disk takes so long for each save that there would be none. */
export const MEMORY = "memory";

/** What a situation needs that saves there. */
export const MEMORY_NEEDS: readonly string[] = ["root", "mount", ...WRITING_NEEDS];

/** Makes the directory {@linkcode MEMORY} of a place. */
export async function mountMemory(place: Place): Promise<void> {
  await mount(place, MEMORY, "-t", "tmpfs", "tmpfs");
}

/** The text of any save, as long as that of `configText`. */
export const ANY_CONFIG: string = configText(0).replace(/^(seq|end): 0$/gm, "$1: {n}");

/** Saves; resolves after the last save. */
export async function writeFast(
  place: Place,
  { renamed = false, writers = 1, ...plan }: WritingPlan,
): Promise<void> {
  const script = fileURLToPath(new URL("stress_writer.py", import.meta.url));
  await place.run("python3", script, JSON.stringify({ ...plan, renamed, writers }));
}
