/**
 * Saves of many files at once that must be one configuration.
 *
 * @module
 */

import type { State } from "./digest.ts";
import type { Place } from "./place.ts";
import type { Situation } from "./situation.ts";
import { partText } from "./text.ts";

const PARTS = Array.from({ length: 20 }, (_, index) => `part_${String(index).padStart(2, "0")}`);

const all = (n: number): State => Object.fromEntries(PARTS.map((part) => [part, n]));

function writeParts(place: Place, directory: string, n: number): void {
  for (const part of PARTS) place.write(`${directory}/${part}.yaml`, partText(part, n));
}

function manyFiles(
  name: string,
  title: string,
  script: string,
  needs: readonly string[] = [],
): Situation {
  return {
    name,
    group: "save",
    title,
    needs,
    isBrief: true,
    watch: { directory: "conf" },
    prepare: (place) => writeParts(place, "conf", 0),
    async save(place, n) {
      writeParts(place, "next", n);
      await place.shell(script);
    },
    states: (n) => [all(n)],
  };
}

/** Directory sources of twenty files, all of them saved each time. */
export const savesOfManyFiles: readonly Situation[] = [
  {
    name: "git-checkout",
    group: "save",
    title: "`git checkout` of a branch, 20 files",
    needs: ["git"],
    isBrief: true,
    watch: { directory: "conf" },
    async prepare(place) {
      await place.shell("git init -q -b main conf");
      const commit = `git -c user.name=m -c user.email=m@localhost commit -q -m "$1"`;
      for (let n = place.rounds; n >= 0; n--) {
        writeParts(place, "conf", n);
        await place.shell(`cd conf; git checkout -q -b "$1"; git add .; ${commit}`, `v${n}`);
      }
    },
    save: (place, n) => place.shell(`cd conf; git checkout -q "$1"`, `v${n}`),
    states: (n) => [all(n)],
  },
  manyFiles("rsync-many", "`rsync` of 20 files", "rsync -I next/* conf/", ["rsync"]),
  manyFiles("tar-many", "`tar x` of 20 files", "tar -C next -c . | tar -C conf -x"),
];
