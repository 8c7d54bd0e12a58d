/**
 * Files that vanish and come back, and directories that do.
 *
 * @module
 */

import { rmSync } from "node:fs";
import type { State } from "./digest.ts";
import { CONFIG, structuredByScript } from "./next_file.ts";
import type { Situation } from "./situation.ts";
import { configText, partText } from "./text.ts";

function recreated(pauseMs: number, title: string, more: Partial<Situation> = {}): Situation {
  return {
    name: `recreated-${pauseMs}`,
    group: "structure",
    title: `deleted, created anew ${title}`,
    async save(place, n) {
      rmSync(place.path(CONFIG));
      if (pauseMs > 0) await place.pause(pauseMs);
      place.write(CONFIG, configText(n));
    },
    ...more,
  };
}

/** A part for each round until `n`. */
function partsUntil(n: number): State {
  return Object.fromEntries(Array.from({ length: n + 1 }, (_, part) => [`part_${part}`, part]));
}

/** Rows about files and directories that come and go. */
export const comingAndGoing: readonly Situation[] = [
  recreated(0, "at once"),
  recreated(50, "after 50 ms"),
  recreated(500, "after 500 ms", { rounds: 6 }),
  recreated(5_000, "after 5 s", {
    rounds: 2,
    isSlow: true,
    rejects: "must",
    note: "A file that is missing for so long is reported; the configuration stays.",
  }),
  {
    name: "created-later",
    group: "structure",
    title: "`watchFiles()`: a file that was not there is created, and deleted",
    rounds: 6,
    watch: { files: ["later.yaml"] },
    prepare() {},
    save(place, n) {
      if (n % 2 === 0) rmSync(place.path("later.yaml"));
      else place.write("later.yaml", configText(n));
    },
    changes(place, n) {
      const path = place.path("later.yaml");
      return n % 2 === 0
        ? [{ kind: "deleted", path }]
        : [{ kind: "created", path, text: configText(n) }];
    },
  },
  {
    name: "new-in-directory",
    group: "structure",
    title: "a new file in a directory source",
    watch: { directory: "conf" },
    prepare: (place) => void place.write("conf/part_0.yaml", partText("part_0", 0)),
    save: (place, n) => void place.write(`conf/part_${n}.yaml`, partText(`part_${n}`, n)),
    states: (n) => [partsUntil(n)],
  },
  {
    name: "new-below-directory",
    group: "structure",
    title: "a new file in new directories, three deep, in a recursive directory source",
    watch: { directory: "conf", recursive: true },
    prepare: (place) => void place.write("conf/part_0.yaml", partText("part_0", 0)),
    save: (place, n) => void place.write(`conf/${n}/a/b/part_${n}.yaml`, partText(`part_${n}`, n)),
    states: (n) => [partsUntil(n)],
  },
  structuredByScript(
    "directory-recreated",
    "the directory removed and made anew",
    "mkdir conf; cp next/config.yaml conf/",
    "rm -r conf; mkdir conf; cp next/config.yaml conf/",
    { watch: { file: "conf/config.yaml" } },
  ),
  structuredByScript(
    "directory-swapped",
    "the directory swapped for another",
    "cp -r next conf",
    "rm -rf old; cp -r next new; mv conf old; mv new conf",
    { watch: { file: "conf/config.yaml" } },
  ),
  structuredByScript(
    "directory-source-swapped",
    "the same with a directory source",
    "cp -r next conf",
    "rm -rf old; cp -r next new; mv conf old; mv new conf",
    { watch: { directory: "conf" } },
  ),
  structuredByScript(
    "parent-swapped",
    "the directory above it swapped for another",
    "mkdir above; cp -r next above/conf",
    "rm -rf old; mkdir new; cp -r next new/conf; mv above old; mv new above",
    { watch: { file: "above/conf/config.yaml" } },
  ),
];
