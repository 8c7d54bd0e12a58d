/**
 * The configuration replaced by what is no file, and FIFOs beside it: reading such a thing may
 * never end.
 *
 * @module
 */

import { renameSync } from "node:fs";
import { CONFIG, NEXT } from "./next_file.ts";
import type { Situation } from "./situation.ts";
import { isRefusal, told } from "./stress_told.ts";
import { configText } from "./text.ts";

/** The file's place is taken by something else until that is refused; then a good save. */
function replaced(name: string, what: string, script: string, needs: string[] = []): Situation {
  return {
    name: `replaced-${name}`,
    group: "stress",
    title: `the file replaced by ${what}, then a save`,
    rounds: 4,
    needs: ["linux", ...needs],
    async save(place, n) {
      const from = place.subject!.events.length;
      await place.shell(`rm ${CONFIG}; ${script}`);
      await told(place, "the reason", isRefusal(/not a regular file|a directory/), { from });
      await place.shell(`rm -r ${CONFIG}`);
      const path = place.write(n % 2 === 1 ? CONFIG : NEXT, configText(n));
      if (n % 2 === 0) renameSync(path, place.path(CONFIG));
    },
    rejects: "must",
  };
}

/** Long enough for a look, and what comes of it. */
const LOOK_MS = 1_500;

/** Rows about things that are no files. */
export const notFiles: readonly Situation[] = [
  replaced("directory", "a directory", `mkdir ${CONFIG}`),
  replaced("fifo", "a FIFO", `mkfifo ${CONFIG}`),
  replaced(
    "socket",
    "a socket",
    `python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("${CONFIG}")'`,
    ["python3"],
  ),
  replaced("zero", "a link to `/dev/zero`", `ln -s /dev/zero ${CONFIG}`),
  replaced("null", "a link to `/dev/null`", `ln -s /dev/null ${CONFIG}`),
  {
    name: "fifo-beside",
    group: "stress",
    title: "a FIFO beside it: comes, is used, goes; a save after each",
    rounds: 6,
    needs: ["linux"],
    async save(place, n) {
      const acts = [
        "mkfifo beside.fifo",
        "exec 3<> beside.fifo; head -c 2 beside.fifo & echo n >&3",
        "rm beside.fifo",
      ];
      await place.shell(`${acts[(n - 1) % 3]}; wait`);
      await place.pause(LOOK_MS);
      const path = place.write(n % 2 === 1 ? CONFIG : NEXT, configText(n));
      if (n % 2 === 0) renameSync(path, place.path(CONFIG));
    },
  },
];
