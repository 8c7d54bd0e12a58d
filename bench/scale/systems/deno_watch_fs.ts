import type { Tell } from "./mod.ts";

/** Bare `Deno.watchFs`. */
export function start(directory: string, recursive: boolean, tell: Tell): void {
  void follow(Deno.watchFs(directory, { recursive }), tell);
}

async function follow(watcher: Deno.FsWatcher, tell: Tell): Promise<void> {
  for await (const { kind, paths } of watcher) {
    if (kind === "access") continue;
    for (const path of paths) tell(path);
  }
}
