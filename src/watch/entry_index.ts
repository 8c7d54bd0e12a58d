/**
 * Finds what depends on a name in a directory.
 *
 * @module
 */

import type { Entry } from "./link_chain.ts";

/** Things by the entries they depend on. */
export class EntryIndex<T> {
  readonly #directories = new Map<string, Map<string, Set<T>>>();
  #version = 0;

  /** Another number whenever a directory is added or removed. */
  get version(): number {
    return this.#version;
  }

  /** The directories that something depends on a name in. */
  get directories(): Iterable<string> {
    return this.#directories.keys();
  }

  /** `thing` depends on each of `entries`. */
  add(thing: T, entries: readonly Entry[]): void {
    for (const { directory, name } of entries) {
      let names = this.#directories.get(directory);
      if (names === undefined) {
        this.#directories.set(directory, names = new Map());
        this.#version += 1;
      }
      const things = names.get(name);
      if (things === undefined) names.set(name, new Set([thing]));
      else things.add(thing);
    }
  }

  /** `thing` depends on `entries` no more. */
  remove(thing: T, entries: readonly Entry[]): void {
    for (const { directory, name } of entries) {
      const names = this.#directories.get(directory);
      const things = names?.get(name);
      if (names === undefined || things === undefined) continue;
      things.delete(thing);
      if (things.size === 0) names.delete(name);
      if (names.size > 0) continue;
      this.#directories.delete(directory);
      this.#version += 1;
    }
  }

  /** What depends on an entry; a copy, so that it may change meanwhile. */
  at({ directory, name }: Entry): T[] {
    return [...this.#directories.get(directory)?.get(name) ?? []];
  }

  /** What depends on any name in `directory`, each once; a copy. */
  in(directory: string): Set<T> {
    const found = new Set<T>();
    for (const things of this.#directories.get(directory)?.values() ?? []) {
      for (const thing of things) found.add(thing);
    }
    return found;
  }
}
