import { dirname } from "node:path";
import { type Accept, reload } from "../settings.ts";

/** Bare `Deno.watchFs` on the directory: on the file it would die at the first rename over it. */
export function start(file: string, accept: Accept): void {
  void follow(Deno.watchFs(dirname(file), { recursive: false }), file, accept);
}

async function follow(
  watcher: Deno.FsWatcher,
  file: string,
  accept: Accept,
): Promise<void> {
  for await (const event of watcher) {
    if (event.kind !== "access" && event.paths.includes(file)) {
      reload(file, accept);
    }
  }
}
