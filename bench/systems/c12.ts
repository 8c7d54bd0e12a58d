import { basename, dirname, extname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { watchConfig } from "c12";
import { type Accept, acceptValid } from "../settings.ts";

/** c12 with its own loader and its default debounce of 100 ms. */
export async function start(file: string, accept: Accept): Promise<void> {
  await watchConfig({
    cwd: dirname(file),
    configFile: basename(file, extname(file)),
    rcFile: false,
    globalRc: false,
    packageJson: false,
    onUpdate: ({ newConfig }) => acceptValid(newConfig.config, accept),
  });
  await delay(500); // c12 does not tell when its watcher is ready.
}
