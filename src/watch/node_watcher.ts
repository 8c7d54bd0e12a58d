/**
 * Directory watching through `fs.watch`, for Node and Bun.
 *
 * @module
 */

import * as fs from "node:fs";
import type { Clock } from "../clock.ts";
import { THREAD_MS, turnsOf } from "./turns.ts";
import type { DirectoryWatcher } from "./watcher.ts";

/** A watcher over `fs.watch`. */
export function createNodeWatcher(clock: Clock): DirectoryWatcher {
  const isBun = "Bun" in globalThis;
  return {
    name: "node",
    reportsClose: false,
    watch(directory, onHint, onEnd) {
      const watcher = fs.watch(directory, { persistent: true }, (kind, name) => {
        onHint({
          ...(typeof name === "string" && { name }),
          kind: kind === "change" ? "modified" : "renamed",
        });
      });
      watcher.on("error", onEnd);
      return {
        keepAlive: (isNeeded) => void (isNeeded ? watcher.ref() : watcher.unref()),
        [Symbol.dispose]: () => watcher.close(),
      };
    },
    // Between two immediates libuv polls once, and reads every event that is queued by then. Bun
    // has a thread for it.
    caughtUp: () => isBun ? turnsOf(clock, THREAD_MS) : turnsOf(clock, 0),
  };
}
