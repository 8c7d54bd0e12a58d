/**
 * Values that a program sets, as a source.
 *
 * @module
 */

import type { Source } from "./source.ts";
import { valueDocument } from "./value_document.ts";

/** A source whose value is set by the program. */
export interface MemorySource extends Source {
  /** Replaces the value; `{}` is none. Every configuration that uses the source reloads. */
  set(value: object): void;
}

/**
 * A value that a program holds as a source: overrides of a test, of command-line flags, of an
 * administrator.
 *
 * @param value What it holds at first; it is copied whenever it is read.
 * @param options `name` tells it from other sources in memory.
 * @example
 * ```ts
 * import { memory, watchConfig } from "hotconf";
 *
 * const overrides = memory({ log: { level: "info" } });
 * await using config = await watchConfig({ sources: ["config/app.yaml", overrides] });
 * overrides.set({ log: { level: "debug" } });
 * ```
 */
export function memory(
  value: object = {},
  { name = "memory" }: { readonly name?: string } = {},
): MemorySource {
  const listeners = new Set<() => void>();
  let current = value;
  return {
    name,
    read: () => Promise.resolve([{ ...valueDocument(name, current), mayBeEmpty: true }]),
    watch({ changed, signal }) {
      listeners.add(changed);
      signal.addEventListener("abort", () => listeners.delete(changed), { once: true });
    },
    set(next) {
      current = next;
      for (const changed of listeners) changed();
    },
  };
}
