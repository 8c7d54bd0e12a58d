/** Starting `config_child.ts` as a process of the runtime the test runs on. */

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CommandProcess } from "./cli_process.ts";

// A bundle lies where its source does, under another root and with another ending.
const [source, bundle] = ["./config_child.ts", "./config_child.mjs"].map((name) =>
  fileURLToPath(new URL(name, import.meta.url))
) as [string, string];

/** How the program behaves; see there. */
export type Behaviour =
  | "stay"
  | "poll"
  | "close"
  | "abort"
  | "unref"
  | "unref-poll"
  | "unref-files"
  | "unref-later"
  | "unref-component"
  | "unref-beside"
  | "unprivileged";

/** Starts the program on a file, in the file's folder. */
export function startConfig(path: string, cwd: string, behaviour: Behaviour): CommandProcess {
  const program = existsSync(bundle) ? bundle : source;
  return new CommandProcess([path, behaviour], { cwd, program });
}
