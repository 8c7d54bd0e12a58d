/**
 * Names: files that move, and names that are hard to write.
 *
 * @module
 */

import { mkdirSync, renameSync } from "node:fs";
import type { Place } from "./place.ts";
import type { Situation } from "./situation.ts";
import { configText, partText } from "./text.ts";

/** In place, and by a rename, in turn, under a name that is hard to write. */
function named(name: string, title: string, file: string): Situation {
  return {
    name,
    group: "structure",
    title,
    rounds: 6,
    watch: { file },
    prepare: (place) => void place.write(file, configText(0)),
    save(place, n) {
      const path = place.write(n % 2 === 1 ? file : `${file}.tmp`, configText(n));
      if (n % 2 === 0) renameSync(path, place.path(file));
    },
  };
}

/** A file goes from one name to another and back. */
function moved(
  name: string,
  title: string,
  directories: readonly string[],
  names: readonly [string, string],
): Situation {
  const ends = (place: Place, n: number) => {
    const [one, other] = [place.path(names[0]), place.path(names[1])];
    return n % 2 === 1 ? { from: one, to: other } : { from: other, to: one };
  };
  return {
    name,
    group: "structure",
    title,
    watch: { files: directories },
    prepare(place) {
      for (const directory of directories) mkdirSync(place.path(directory));
      place.write(names[0], configText(0));
    },
    save(place, n) {
      const { from, to } = ends(place, n);
      renameSync(from, to);
    },
    changes(place, n) {
      const { from, to } = ends(place, n);
      return [{ kind: "moved", path: to, oldPath: from, text: configText(0) }];
    },
  };
}

/** Rows about names. */
export const names: readonly Situation[] = [
  moved(
    "moved-between",
    "`watchFiles()`: a file moved between two watched directories",
    ["one", "two"],
    ["one/config.yaml", "two/config.yaml"],
  ),
  moved(
    "case-only",
    "`watchFiles()`: only the case of the name changes",
    ["conf"],
    ["conf/Config.yaml", "conf/config.yaml"],
  ),
  named("name-spaces", "a name with spaces", "my own  config.yaml"),
  named("name-newline", "a name with a newline", "con\nfig.yaml"),
  named("name-emoji", "a name with an emoji", "🔥config.yaml"),
  named("name-dash", "a name with a leading dash", "-config.yaml"),
  {
    name: "name-not-utf8",
    group: "structure",
    title: "a directory source with a name that is not UTF-8 beside the others",
    rounds: 4,
    needs: ["linux"], // Other systems refuse such names.
    watch: { directory: "conf" },
    prepare: (place) => void place.write("conf/part_0.yaml", partText("part_0", 0)),
    async save(place, n) {
      place.write("next.yaml", partText("part_1", n));
      await place.shell(`cp next.yaml "conf/$(printf 'bad\\377name.yaml')"`);
      place.write("conf/part_0.yaml", partText("part_0", n));
    },
    states: (n) => [{ part_0: n }],
    note: "The file with such a name is left out, as runtimes can't open it; the others are read.",
  },
];
