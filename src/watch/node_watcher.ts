/**
 * Directory watching through `fs.watch`, for Node and Bun.
 *
 * @module
 */

import * as fs from "node:fs";
import { setImmediate } from "node:timers";
import type { Clock } from "../clock.ts";
import type { DirectoryWatcher } from "./watcher.ts";

/** Bun delivers file events from another thread: a pass of the event loop is not enough there. */
const BUN_DELIVERY_MS = 1;

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
      return { [Symbol.dispose]: () => watcher.close() };
    },
    caughtUp() {
      return new Promise((resolve) => {
        if (isBun) clock.schedule(BUN_DELIVERY_MS, resolve);
        // Between two immediates libuv polls once, and reads every event that is queued by then.
        else setImmediate(() => setImmediate(resolve));
      });
    },
  };
}
