/**
 * Documents of sources that hold no files: values, and texts that come from elsewhere.
 *
 * @module
 */

import { checksumOf } from "../checksum.ts";
import type { Format, ParsedDocument } from "../format/format.ts";
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
  const bytes = new TextEncoder().encode(describe(name, value));
  const parsed = { value, locate: (_path: KeyPath) => undefined, variableAt };
  return { path: name, bytes, checksum: checksumOf(bytes), parsed };
}

/**
 * A text as a document, for sources of your own that are sent texts.
 *
 * @param name Name of the document, unique in a configuration, such as its URL; messages name it.
 * @param text The text, or its bytes.
 * @param format A parser, or the extension of a known format, such as `".yaml"`.
 * @example
 * ```ts
 * import { type Source, textDocument } from "hotconf";
 *
 * const store: Source = {
 *   name: "store:app",
 *   read: () => Promise.resolve([textDocument("store:app", "port: 8080", ".yaml")]),
 *   watch: () => {},
 * };
 * ```
 */
export function textDocument(
  name: string,
  text: string | Uint8Array,
  format: Format | string,
): SourceDocument {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const parser = typeof format === "string" ? { extension: format } : { format };
  return { path: name, bytes, checksum: checksumOf(bytes), ...parser };
}

/** A text that is the same for the same value, whatever the order of its keys. */
function describe(name: string, value: unknown): string {
  try {
    return stringify(value);
  } catch (cause) {
    throw new TypeError(
      `Cannot use the value of ${name}: it contains itself, or can't be read`,
      { cause },
    );
  }
}

function stringify(value: unknown): string {
  const text = JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member === "bigint") return `${member}n`;
    // JSON has neither of these.
    if (typeof member === "number" && !Number.isFinite(member)) return `${member}`;
    if (member instanceof Map || member instanceof Set) return [...member];
    if (typeof member !== "object" || member === null || Array.isArray(member)) return member;
    return sorted(member);
  });
  return text ?? "";
}

function sorted(object: object): object {
  const entries = Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries);
}
