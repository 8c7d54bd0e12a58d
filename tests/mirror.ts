/** What is known of files from the events about them alone. */

import assert from "node:assert/strict";
import type { FileChangedEvent } from "../mod.ts";

/** Checksums by path, kept by events; an event that can't be true fails. */
export class Mirror {
  readonly #checksums: Map<string, string>;
  #error: Error | undefined;

  /** Begins with what is there. */
  constructor(checksums: ReadonlyMap<string, string>) {
    this.#checksums = new Map(checksums);
  }

  /** Takes in an event. */
  apply(event: FileChangedEvent): void {
    try {
      this.#apply(event);
    } catch (error) {
      this.#error ??= error as Error;
    }
  }

  /** Fails when an event could not be true, or when not exactly `checksums` are there. */
  check(checksums: ReadonlyMap<string, string>): void {
    if (this.#error !== undefined) throw this.#error;
    assert.deepEqual(sorted(this.#checksums), sorted(checksums));
  }

  /** Whether exactly `checksums` are there. */
  is(checksums: ReadonlyMap<string, string>): boolean {
    return JSON.stringify(sorted(this.#checksums)) === JSON.stringify(sorted(checksums));
  }

  #apply({ kind, path, oldPath, checksum }: FileChangedEvent): void {
    const known = this.#checksums.get(path);
    const isNew = kind === "created" || kind === "moved";
    assert.equal(known === undefined, isNew, `${kind} ${path}`);
    if (kind === "modified") assert.notEqual(checksum, known, `modified ${path}`);
    if (oldPath !== undefined) {
      assert.ok(this.#checksums.delete(oldPath), `moved ${path} from ${oldPath}`);
    }
    if (checksum === undefined) this.#checksums.delete(path);
    else this.#checksums.set(path, checksum);
  }
}

function sorted(map: ReadonlyMap<string, string>): [string, string][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
