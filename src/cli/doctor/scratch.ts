/**
 * Temporary files that are gone in the end.
 *
 * @module
 */

import * as nodePath from "node:path";
import type { CommandIo } from "../io.ts";

/** Files in a directory that go when it is disposed. Watchers take them for editor litter. */
export class Scratch implements Disposable {
  readonly #directory: string;
  readonly #label: string | number;
  readonly #system: CommandIo["system"];
  readonly #paths = new Set<string>();

  /** Creates nothing yet; `label` tells apart what is written in one directory at the same time. */
  constructor(directory: string, label: string | number, system: CommandIo["system"]) {
    this.#directory = directory;
    this.#label = label;
    this.#system = system;
  }

  /** Name of the file for a round. */
  name(round: string | number): string {
    return `.hotconf-doctor-${this.#system.processId}-${this.#label}-${round}.tmp`;
  }

  /**
   * Writes a file in place.
   *
   * @throws {Error} When it can't, or somebody else made a file of that name.
   */
  write(name: string, text: string): void {
    const path = nodePath.join(this.#directory, name);
    if (!this.#paths.has(path)) this.#system.createFile(path);
    this.#paths.add(path);
    this.#system.writeText(path, text);
  }

  /** Removes a file. */
  remove(name: string): void {
    const path = nodePath.join(this.#directory, name);
    this.#system.remove(path);
    this.#paths.delete(path);
  }

  [Symbol.dispose](): void {
    for (const path of this.#paths) {
      try {
        this.#system.remove(path);
      } catch {
        // The others have to go all the same.
      }
    }
  }
}
