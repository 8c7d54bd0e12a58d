/**
 * Saves by editors: opened in a terminal, the whole text replaced, saved, left.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CONFIG, NEXT, savedByScript } from "./next_file.ts";
import type { Place } from "./place.ts";
import type { Situation } from "./situation.ts";
import { configText } from "./text.ts";

const TERMINAL = join(dirname(fileURLToPath(import.meta.url)), "terminal.py");
const ROUNDS = 6;

/** What is to be on the screen, and what is typed then. */
type Step = readonly [awaited: string, keys: string];

function type(place: Place, steps: readonly Step[], editor: readonly string[]): Promise<void> {
  return place.run("python3", TERMINAL, JSON.stringify(steps), ...editor);
}

function withVim(name: string, settings: string, title: string): Situation {
  return {
    name,
    group: "save",
    title,
    rounds: ROUNDS,
    needs: ["vim", "python3"],
    async save(place, n) {
      place.write(NEXT, configText(n));
      // Below /tmp vim saves in another way than elsewhere, unless backupskip is empty.
      const vim = ["vim", "-u", "DEFAULTS", "-i", "NONE", "--cmd", `set backupskip= ${settings}`];
      await type(place, [[CONFIG, `:%d\r:0r ${NEXT}\r:$d\r:wq\r`]], [...vim, CONFIG]);
    },
  };
}

const ESCAPE = "\u001b";
const control = (letter: string) => String.fromCharCode(letter.charCodeAt(0) - 64);

/** The save styles of editors. */
export const savesWithEditors: readonly Situation[] = [
  withVim("vim", "", "vim, its defaults outside of /tmp"),
  withVim("vim-backupcopy", "backupcopy=yes", "vim, `backupcopy=yes`"),
  withVim("vim-nowritebackup", "nowritebackup", "vim, `nowritebackup`"),
  {
    name: "nano",
    group: "save",
    title: "nano",
    rounds: ROUNDS,
    needs: ["nano", "python3"],
    async save(place, n) {
      place.write(NEXT, configText(n));
      await type(place, [
        [CONFIG, `${ESCAPE}\\${ESCAPE}t${control("R")}`], // To the first line, cut all, read a file.
        ["to insert", `${NEXT}\r`],
        ["Read ", control("S")],
        ["Wrote ", control("X")],
      ], ["nano", "-I", CONFIG]);
    },
  },
  savedByScript(
    "emacs",
    "`emacs --batch`, with a backup",
    // Below /tmp emacs makes no backups, unless it is told to.
    `emacs --batch -q ${CONFIG} --eval '(progn
      (setq backup-enable-predicate (lambda (_) t))
      (erase-buffer) (insert-file-contents "${NEXT}") (save-buffer))'`,
    { rounds: ROUNDS, needs: ["emacs"] },
  ),
];
