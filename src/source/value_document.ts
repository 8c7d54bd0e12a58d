/**
 * Documents of sources that hold values and no text.
 *
 * @module
 */

import { checksumOf } from "../checksum.ts";
import type { ParsedDocument } from "../format/format.ts";
import type { KeyPath } from "../key_path.ts";
import type { SourceDocument } from "./source.ts";

/**
 * A value as a document, for sources of your own: what a store, a service or a program holds.
 *
 * @param name Name of the document, unique in a configuration; the source's own will do.
 * @param value Objects, arrays and scalars. `undefined` is nothing at all.
 * @example
 * ```ts
 * import { type Source, valueDocument } from "hotconf";
 *
 * const clock: Source = {
 *   name: "clock",
 *   read: () => Promise.resolve([valueDocument("clock", { hour: new Date().getHours() })]),
 *   watch({ schedule, changed }) {
 *     const tick = () => {
 *       changed();
 *       schedule(60_000, tick);
 *     };
 *     schedule(60_000, tick);
 *   },
 * };
 * ```
 */
export function valueDocument(
  name: string,
  value: unknown,
  { variableAt }: Pick<ParsedDocument, "variableAt"> = {},
): SourceDocument {
  const bytes = new TextEncoder().encode(describe(value));
  const parsed = { value, locate: (_path: KeyPath) => undefined, variableAt };
  return { path: name, bytes, checksum: checksumOf(bytes), parsed };
}

/** A text that is the same for the same value, whatever the order of its keys. */
function describe(value: unknown): string {
  const text = JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member === "bigint") return `${member}n`;
    if (typeof member !== "object" || member === null || Array.isArray(member)) return member;
    return sorted(member);
  });
  return text ?? "";
}

function sorted(object: object): object {
  const entries = Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries);
}
