/**
 * Finds what depends on a name in a directory.
 *
 * @module
 */

import type { Entry } from "./link_chain.ts";

/** Things by the entries they depend on. */
export class EntryIndex<T extends object> {
  /** Nearly always one thing depends on a name: a set of it would be most of the memory used here. */
  readonly #directories = new Map<string, Map<string, T | Set<T>>>();
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
      const known = names.get(name);
      if (known instanceof Set) known.add(thing);
      else {names.set(
          name,
          known === undefined || known === thing ? thing : new Set([known, thing]),
        );}
    }
  }

  /** `thing` depends on `entries` no more. */
  remove(thing: T, entries: readonly Entry[]): void {
    for (const { directory, name } of entries) {
      const names = this.#directories.get(directory);
      const known = names?.get(name);
      if (names === undefined || known === undefined) continue;
      if (known instanceof Set) known.delete(thing);
      if (known === thing || (known instanceof Set && known.size === 0)) names.delete(name);
      if (names.size > 0) continue;
      this.#directories.delete(directory);
      this.#version += 1;
    }
  }

  /** Whether something depends on an entry. */
  has({ directory, name }: Entry): boolean {
    return this.#directories.get(directory)?.has(name) ?? false;
  }

  /** What depends on an entry; a copy, so that it may change meanwhile. */
  at({ directory, name }: Entry): T[] {
    return thingsOf(this.#directories.get(directory)?.get(name));
  }

  /** What depends on any name in `directory`, each once; a copy. */
  in(directory: string): Set<T> {
    const names = this.#directories.get(directory)?.values() ?? [];
    return new Set([...names].flatMap(thingsOf));
  }
}

function thingsOf<T extends object>(known: T | Set<T> | undefined): T[] {
  if (known === undefined) return [];
  return known instanceof Set ? [...known] : [known];
}
