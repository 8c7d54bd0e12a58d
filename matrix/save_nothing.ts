/**
 * Saves that change nothing, and saves that hide that they changed something.
 *
 * @module
 */

import { closeSync, ftruncateSync, openSync, renameSync, statSync, utimesSync } from "node:fs";
import { CONFIG, NEXT, savedByScript } from "./next_file.ts";
import type { Place } from "./place.ts";
import type { Situation } from "./situation.ts";
import { configText, sameSizeText } from "./text.ts";

const UNCHANGED: Partial<Situation> = { rounds: 4, states: () => [{ "": 0 }] };

/** A time of last write that every version has. */
const SAME_TIME = new Date("2025-01-01T00:00:00Z");

const GIBIBYTE = 2 ** 30;

/** The same size and time of last write each time, as by tools that preserve it. */
function preserved(name: string, title: string, script: string, needs: string[] = []): Situation {
  return {
    ...savedByScript(name, title, script),
    needs,
    prepare: (place) => writePreserved(place, CONFIG, 0),
    async save(place, n) {
      writePreserved(place, NEXT, n);
      await place.shell(script);
    },
  };
}

function writePreserved(place: Place, name: string, n: number): void {
  utimesSync(place.write(name, sameSizeText(n)), SAME_TIME, SAME_TIME);
}

/** Two saves of the same size, the second right after the first. */
function twice(name: string, title: string, save: (place: Place, text: string) => void): Situation {
  return {
    name,
    group: "save",
    title,
    prepare: (place) => void place.write(CONFIG, sameSizeText(0)),
    save(place, n) {
      save(place, sameSizeText(2 * n - 1));
      save(place, sameSizeText(2 * n));
    },
    states: (n) => n === 0 ? [{ "": 0 }] : [{ "": 2 * n - 1 }, { "": 2 * n }],
    note: "One reload or two are right.",
  };
}

async function growAndShrink(place: Place): Promise<void> {
  const path = place.path(CONFIG);
  const { size } = statSync(path);
  const descriptor = openSync(path, "r+");
  ftruncateSync(descriptor, GIBIBYTE);
  await place.pause(1_500);
  ftruncateSync(descriptor, size);
  closeSync(descriptor);
}

/** Rows in which nothing may happen, and those in which it is hard to see that something did. */
export const savesOfNothing: readonly Situation[] = [
  savedByScript("touch", "`touch`", `touch ${CONFIG}`, UNCHANGED),
  savedByScript("chmod", "`chmod`", `chmod 600 ${CONFIG}; chmod 644 ${CONFIG}`, UNCHANGED),
  savedByScript("same-bytes", "the same bytes, in place", `cp ${NEXT} ${CONFIG}`, {
    ...UNCHANGED,
    text: () => configText(0),
  }),
  savedByScript("same-bytes-renamed", "the same bytes, renamed over it", `mv ${NEXT} ${CONFIG}`, {
    ...UNCHANGED,
    text: () => configText(0),
  }),
  twice(
    "same-size-twice",
    "two versions of one size at once, in place",
    (place, text) => place.write(CONFIG, text),
  ),
  twice(
    "same-size-twice-renamed",
    "two versions of one size at once, renamed over it",
    (place, text) => renameSync(place.write(NEXT, text), place.path(CONFIG)),
  ),
  preserved("cp-preserve", "`cp -p`: same size, same time", `cp -p ${NEXT} ${CONFIG}`),
  preserved(
    "rsync-preserve",
    "`rsync -tI`: same size, same time",
    `rsync -tI ${NEXT} ${CONFIG}`,
    ["rsync"],
  ),
  savedByScript(
    "mmap",
    "through a memory map",
    `python3 -c '
import mmap
with open("${CONFIG}", "r+b") as config, open("${NEXT}", "rb") as next:
    with mmap.mmap(config.fileno(), 0) as memory:
        memory[:] = next.read()
        memory.flush()'`,
    { needs: ["python3"], text: sameSizeText },
  ),
  {
    name: "hole",
    group: "save",
    title: "grows to 1 GiB and back, then a save",
    rounds: 3,
    isSlow: true,
    async save(place, n) {
      await growAndShrink(place);
      place.write(CONFIG, configText(n));
    },
    rejects: "must",
    note: "Too large to be read: the configuration stays, and the next save recovers.",
  },
];
