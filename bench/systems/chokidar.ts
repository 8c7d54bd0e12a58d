import { once } from "node:events";
import { type ChokidarOptions, watch } from "chokidar";
import { type Accept, reload } from "../settings.ts";

/** chokidar on the file, with its defaults. */
export async function start(
  file: string,
  accept: Accept,
  options?: ChokidarOptions,
): Promise<void> {
  const watcher = watch(file, { ...options, ignoreInitial: true });
  watcher.on("add", () => reload(file, accept)).on(
    "change",
    () => reload(file, accept),
  );
  await once(watcher, "ready");
}
