import { once } from "node:events";
import { watch } from "chokidar";
import type { Tell } from "./mod.ts";

/** Time between two looks: hotconf's when it polls. chokidar's own is 100. */
const INTERVAL_MS = 500;

/** chokidar told to look by itself. */
export async function start(directory: string, _recursive: boolean, tell: Tell): Promise<void> {
  const interval = INTERVAL_MS;
  const options = { ignoreInitial: true, usePolling: true, interval, binaryInterval: interval };
  const watcher = watch(directory, options);
  watcher.on("add", (path) => tell(path)).on("change", (path) => tell(path));
  await once(watcher, "ready");
}
