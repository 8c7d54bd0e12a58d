import { dirname } from "node:path";
import watcher from "@parcel/watcher";
import { type Accept, reload } from "../settings.ts";

/** @parcel/watcher on the directory: it can't watch a file. */
export async function start(file: string, accept: Accept): Promise<void> {
  await watcher.subscribe(dirname(file), (error, events) => {
    if (error === null && events.some(({ path }) => path === file)) {
      reload(file, accept);
    }
  });
}
