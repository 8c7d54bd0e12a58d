/**
 * Directory watching through `Deno.watchFs`.
 *
 * @module
 */

import * as nodePath from "node:path";
import type { Clock } from "../clock.ts";
import { toError } from "../errors.ts";
import { THREAD_MS, turnsOf } from "./turns.ts";
import type { DirectoryWatcher, Hint, HintKind } from "./watcher.ts";

interface DenoEvent {
  readonly kind: string;
  readonly paths: readonly string[];
  /** `rescan` when events were lost. */
  readonly flag?: string | null;
}

interface DenoWatcher extends AsyncIterable<DenoEvent> {
  close(): void;
  // These two are in no declaration. They concern the event that is waited for, and none after it.
  ref?(): void;
  unref?(): void;
}

/** The sliver of `Deno` that is used here. */
interface DenoWatch {
  readonly build: { readonly os: string };
  watchFs(path: string, options: { recursive: boolean }): DenoWatcher;
  lstatSync(path: string): { readonly isFile: boolean; readonly nlink: number | null };
}

/** What Deno's errors say where those of others have a code. */
const CODES: readonly (readonly [text: RegExp, code: string])[] = [
  [/watch limit|os error 28\b/, "ENOSPC"],
  [/os error 24\b|too many open files/i, "EMFILE"],
  [/os error 13\b/, "EACCES"],
];

const KINDS: Readonly<Record<string, HintKind>> = {
  modify: "modified",
  access: "closed",
  rename: "renamed",
  remove: "renamed",
};

/** A watcher over `Deno.watchFs`. */
export function createDenoWatcher(clock: Clock): DirectoryWatcher {
  const deno = (globalThis as unknown as { Deno: DenoWatch }).Deno;
  return {
    name: "deno",
    // inotify's CLOSE_WRITE; other systems have no such event.
    reportsClose: deno.build.os === "linux",
    watch(directory, onHint, onEnd) {
      const watcher = open(deno, directory);
      const events = watcher[Symbol.asyncIterator]();
      let isOpen = true;
      let isKept = true;
      const close = () => {
        if (!isOpen) return;
        isOpen = false;
        watcher.close();
      };
      const next = () => {
        const event = events.next();
        if (!isKept) watcher.unref?.();
        return event;
      };
      const deliver = async () => {
        for (let event = await next(); isOpen && !event.done; event = await next()) {
          for (const hint of toHints(deno, directory, event.value)) onHint(hint);
        }
      };
      deliver().catch((error) => {
        if (!isOpen) return;
        close();
        onEnd(toError(error));
      });
      return {
        keepAlive(isNeeded) {
          isKept = isNeeded;
          if (isOpen) isNeeded ? watcher.ref?.() : watcher.unref?.();
        },
        [Symbol.dispose]: close,
      };
    },
    caughtUp: () => turnsOf(clock, THREAD_MS),
  };
}

function open(deno: DenoWatch, directory: string): DenoWatcher {
  try {
    return deno.watchFs(directory, { recursive: false });
  } catch (thrown) {
    const error = toError(thrown);
    const [, code] = CODES.find(([text]) => text.test(error.message)) ?? [];
    throw code === undefined ? error : Object.assign(error, { code });
  }
}

/** What an event says about `directory`: all watches of a process share their events. */
function toHints(
  deno: DenoWatch,
  directory: string,
  { kind, paths, flag }: DenoEvent,
): Hint[] {
  if (flag || paths.length === 0) return [{ kind: "unknown" }];
  const concerned = paths.filter((path) =>
    path === directory || nodePath.dirname(path) === directory
  );
  return concerned.map((path) => ({
    name: nodePath.basename(path),
    kind: kind === "create" ? kindOfCreated(deno, path) : KINDS[kind] ?? "unknown",
  }));
}

/** A created file is open for writing until its close is reported; nothing else is ever closed. */
function kindOfCreated(deno: DenoWatch, path: string): HintKind {
  try {
    const { isFile, nlink } = deno.lstatSync(path);
    // A second name for a file is created as well.
    return isFile && (nlink ?? 1) === 1 ? "modified" : "renamed";
  } catch {
    // It has another name by now, or none.
    return "modified";
  }
}
