/**
 * An entry of the journal: one accepted configuration as a text that shows whether it is whole.
 *
 * @module
 */

import { checksumOf } from "../checksum.ts";
import type { ReloadCause } from "../events.ts";

/** Version of the format of entries; others are not read. */
const FORMAT = 1;

/** An accepted configuration, as it is stored. */
export interface Entry {
  /** Number of the revision, in the process that wrote it. */
  readonly revision: number;
  /** When it was accepted, as ISO 8601 in UTC. */
  readonly at: string;
  /** When the sources were last known to give it, as ISO 8601 in UTC: its age counts from here. */
  readonly goodAt: string;
  /** Checksum of the snapshot. */
  readonly checksum: string;
  /** Why it was loaded. */
  readonly cause: ReloadCause;
  /** Names of the sources. */
  readonly sources: readonly string[];
  /** What `toStored()` made of it. */
  readonly configuration: unknown;
}

/** An entry with its place in the journal. */
export interface NumberedEntry extends Entry {
  /** Its number in the journal, from 1; later ones are greater. */
  readonly sequence: number;
}

/** The entry as the bytes of a file: JSON on one line, its own SHA-256 last. */
export function encodeEntry({ sequence, ...entry }: NumberedEntry): Uint8Array {
  const text = JSON.stringify({ hotconf: FORMAT, sequence, ...entry });
  return new TextEncoder().encode(`${text.slice(0, -1)},"sha256":"${checksumOf(text)}"}\n`);
}

/** The 64 digits, and all that is around them. */
const ENDING = /^,"sha256":"([\da-f]{64})"\}\n$/u;
const ENDING_LENGTH = ',"sha256":""}\n'.length + 64;

/**
 * The entry that the bytes hold.
 *
 * @throws {TypeError} When they are no whole entry, or one of another version.
 */
export function decodeEntry(bytes: Uint8Array): NumberedEntry {
  const text = new TextDecoder().decode(bytes);
  const checksum = ENDING.exec(text.slice(-ENDING_LENGTH))?.[1];
  if (checksum === undefined) throw new TypeError("it does not end as an entry does");
  const signed = `${text.slice(0, -ENDING_LENGTH)}}`;
  if (checksumOf(signed) !== checksum) throw new TypeError("its SHA-256 is another one");
  const { hotconf, ...entry } = JSON.parse(signed) as NumberedEntry & { hotconf: unknown };
  if (hotconf !== FORMAT) {
    throw new TypeError(`it is of version ${JSON.stringify(hotconf)}, this is version ${FORMAT}`);
  }
  return entry;
}
