import watcher from "@parcel/watcher";
import type { Tell } from "./mod.ts";

/** @parcel/watcher with its defaults, which are recursive. */
export async function start(directory: string, _recursive: boolean, tell: Tell): Promise<void> {
  await watcher.subscribe(directory, (error, events) => {
    if (error === null) { for (const { path } of events) tell(path); }
  });
}
