import { once } from "node:events";
import { watch } from "chokidar";
import type { Tell } from "./mod.ts";

/** chokidar with its defaults, which are recursive. */
export async function start(directory: string, _recursive: boolean, tell: Tell): Promise<void> {
  const watcher = watch(directory, { ignoreInitial: true });
  watcher.on("add", (path) => tell(path)).on("change", (path) => tell(path));
  await once(watcher, "ready");
}
