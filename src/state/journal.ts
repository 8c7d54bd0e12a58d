/**
 * The accepted configurations on disk: a folder with one file for each, whole or not there at all.
 *
 * @module
 */

import { randomBytes } from "node:crypto";
import * as nodePath from "node:path";
import type { Clock } from "../clock.ts";
import { StateError } from "../errors.ts";
import type { StateFiles } from "../runtime/state_files.ts";
import { decodeEntry, encodeEntry, type Entry, type NumberedEntry } from "./entry.ts";
import { type EntryName, entryName, readNames } from "./entry_name.ts";
import { checkFolder, distrust, toStateError, WRITE } from "./state_folder.ts";

/** Options of {@linkcode Journal}. */
export interface JournalOptions {
  readonly files: StateFiles;
  readonly clock: Clock;
  /** Folder of this configuration, and of nothing else. */
  readonly folder: string;
  /** Most entries that are kept. */
  readonly maxEntries: number;
  /** Entries that are older are not started from, in milliseconds. */
  readonly maxAgeMs: number;
}

/** A file of the folder that is not trusted, or can't be used. */
export interface Skipped {
  readonly path: string;
  /** Why, in a few words. */
  readonly reason: string;
}

/** What a journal holds. */
export interface Newest {
  /** The newest entry that is whole, and its file. */
  readonly found?: { readonly entry: NumberedEntry; readonly path: string } | undefined;
  /** Newer ones that are not to be trusted, or can't be used, the newest first. */
  readonly skipped: readonly Skipped[];
}

/** Larger entries are neither written nor read, in bytes. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Nobody writes one file for so long: what is older was left by a process that ended meanwhile. */
const ABANDONED_MS = 10_000;

/** A file may go between listing and reading it, where another process writes. */
const MOST_LISTINGS = 3;

const READ = "read the last known good configuration in";
const REMOVE = "remove older configurations from";

/** Writes and reads entries; several processes may do so in one folder. */
export class Journal {
  readonly #options: JournalOptions;
  /** Containers like to number their one process the same. */
  readonly #token = randomBytes(3).toString("hex");
  /** The file of the entry this process wrote last. */
  #last: string | undefined;
  #outdated: readonly string[] = [];

  /** Creates it; nothing is done yet. */
  constructor(options: JournalOptions) {
    this.#options = options;
  }

  /**
   * Writes an entry: once it is there it is whole, and it is there when this resolves.
   *
   * @param isSame Whether it takes the place of the entry this process wrote last.
   * @throws {StateError} When it can't be written.
   */
  async append(entry: Entry, isSame: boolean = false): Promise<void> {
    const { files, clock, folder } = this.#options;
    try {
      await this.#makeFolder();
      const names = readNames(await files.list(folder));
      const sequence = (names[0]?.sequence ?? 0) + 1;
      const { processId } = files;
      const stem = entryName(sequence, clock.wallTime(), { processId, token: this.#token });
      await this.#write(stem, encodeEntry({ sequence, ...entry }));
      const superseded = isSame ? this.#last : undefined;
      this.#last = `${stem}.json`;
      this.#outdated = this.#outdatedOf(names, superseded);
    } catch (error) {
      throw toStateError(WRITE, folder, error);
    }
  }

  /**
   * Removes what the entry that was written last leaves no room for, and what was left by others.
   * By itself, as it takes a disk longer than to write.
   *
   * @throws {StateError} When it can't be removed.
   */
  async removeOutdated(): Promise<void> {
    try {
      const outdated = this.#outdated;
      for (const name of outdated) await this.#remove(name);
      // Meanwhile another entry may have come.
      if (this.#outdated === outdated) this.#outdated = [];
    } catch (error) {
      throw toStateError(REMOVE, this.#options.folder, error);
    }
  }

  /**
   * The newest entry that is whole, whatever its age.
   *
   * @param passed Those that were looked at before, and can't be used.
   * @throws {StateError} When the folder can't be read, or is not to be trusted.
   */
  async newest(passed: readonly Skipped[] = []): Promise<Newest> {
    const { files, folder } = this.#options;
    const known = new Set(passed.map(({ path }) => nodePath.basename(path)));
    try {
      if (!await checkFolder(files, folder, READ)) return { skipped: passed };
      for (let listing = 1;; listing++) {
        const names = readNames(await files.list(folder))
          .filter(({ name, isTemporary }) => !isTemporary && !known.has(name));
        const { found, skipped } = await this.#firstWhole(names);
        const isGone = skipped.some(({ reason }) => reason === GONE);
        if (!isGone || listing === MOST_LISTINGS) {
          return { found, skipped: [...passed, ...skipped] };
        }
      }
    } catch (error) {
      throw toStateError(READ, folder, error);
    }
  }

  async #makeFolder(): Promise<void> {
    const { files, folder } = this.#options;
    if (await checkFolder(files, folder, WRITE)) return;
    const parents: string[] = [];
    for (let path = folder; await files.stat(path) === undefined; path = parents[0]!) {
      parents.unshift(nodePath.dirname(path));
    }
    await files.makeDirectory(folder);
    for (const parent of parents) await files.syncDirectory(parent);
    // Somebody else may have been quicker.
    await checkFolder(files, folder, WRITE);
  }

  async #write(stem: string, bytes: Uint8Array): Promise<void> {
    const { files, folder } = this.#options;
    if (bytes.length > MAX_BYTES) {
      const reason = `it would take ${bytes.length} bytes, and ${MAX_BYTES} are the limit`;
      throw new StateError({ attempt: WRITE, path: folder, reason });
    }
    const temporary = nodePath.join(folder, `${stem}.tmp`);
    const file = await files.create(temporary);
    try {
      try {
        await file.write(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await files.rename(temporary, nodePath.join(folder, `${stem}.json`));
    } catch (error) {
      // On a full disk it would take what is left.
      await files.remove(temporary).catch(() => {});
      throw error;
    }
    await files.syncDirectory(folder);
  }

  /** What is too old or too many, and what was left; the newest entry is not among it. */
  #outdatedOf(names: readonly EntryName[], superseded: string | undefined): string[] {
    const { clock, maxEntries, maxAgeMs } = this.#options;
    const now = clock.wallTime();
    const entries = names.filter(({ isTemporary, name }) => !isTemporary && name !== superseded);
    const tooMany = new Set(entries.slice(maxEntries - 1));
    const isOutdated = (entry: EntryName) => {
      const age = now - entry.writtenAt;
      const isOld = entry.isTemporary ? age > ABANDONED_MS : age > maxAgeMs;
      return isOld || tooMany.has(entry) || entry.name === superseded;
    };
    return names.filter(isOutdated).map(({ name }) => name);
  }

  async #remove(name: string): Promise<void> {
    try {
      await this.#options.files.remove(nodePath.join(this.#options.folder, name));
    } catch (error) {
      // Another process was quicker.
      if ((error as { code?: unknown }).code !== "ENOENT") throw error;
    }
  }

  async #firstWhole(names: readonly EntryName[]): Promise<Newest> {
    const skipped: Skipped[] = [];
    for (const { name } of names) {
      const path = nodePath.join(this.#options.folder, name);
      const read = await this.#read(path);
      if (typeof read !== "string") return { found: { entry: read, path }, skipped };
      skipped.push({ path, reason: read });
    }
    return { skipped };
  }

  /** The entry in a file, or why it is not trusted. */
  async #read(path: string): Promise<NumberedEntry | string> {
    const { files } = this.#options;
    try {
      const { stat, bytes } = await files.read(path, MAX_BYTES);
      const doubt = distrust(stat, "file", files.userId());
      if (doubt !== undefined) return doubt.reason;
      if (stat.size > MAX_BYTES) return `it is larger than ${MAX_BYTES} bytes`;
      return decodeEntry(bytes);
    } catch (error) {
      const { code } = error as { code?: unknown };
      return code === "ENOENT" ? GONE : toStateError(READ, path, error).reason;
    }
  }
}

const GONE = "it went meanwhile";
