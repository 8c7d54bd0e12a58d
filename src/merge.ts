/**
 * Merges layers: later wins, objects key by key, everything else whole.
 *
 * @module
 */

/** Whether a value is an object that merges, diffs and freezes key by key. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** Whether a value is an array or a plain object; a `Date` or another class instance is not. */
export function isContainer(value: unknown): value is object {
  return Array.isArray(value) || isPlainObject(value);
}

/** Objects of several layers at one place, and what they gave. */
interface Merged {
  readonly parts: readonly Record<string, unknown>[];
  readonly whole: Record<string, unknown>;
  /** The same of those of its members that several parts have. */
  readonly members: ReadonlyMap<string, Merged>;
}

/** The objects that stand at one key. */
class Parts {
  readonly all: Record<string, unknown>[];

  constructor(...all: Record<string, unknown>[]) {
    this.all = all;
  }
}

/**
 * Merges layers again and again, and remembers the last time: where the objects that are merged are
 * the same as then, so is the result, and nothing in it is looked at. All layers are merged at once,
 * place by place: in turn, each of very many would copy what those before it gave.
 */
export class Merger {
  readonly #frozen: { add(made: object): unknown } | undefined;
  readonly #empty: unknown = Object.freeze({});
  #last: Merged | undefined;

  /**
   * Creates a merger.
   *
   * @param frozen Takes every object that is made, see `freezeShared()`.
   */
  constructor(frozen?: { add(made: object): unknown }) {
    this.#frozen = frozen;
  }

  /**
   * The layers as one deeply frozen value. `undefined` layers are empty; `null`, arrays and scalars
   * replace what earlier layers gave.
   *
   * @param layers Deeply frozen values: the result is made of their parts.
   */
  merge(layers: readonly unknown[]): unknown {
    const given = layers.filter((layer) => layer !== undefined);
    const parts = given.slice(given.findLastIndex((layer) => !isPlainObject(layer)) + 1);
    this.#last = parts.length < 2
      ? undefined
      : this.#mergeParts(parts as Record<string, unknown>[], this.#last);
    if (this.#last !== undefined) return this.#last.whole;
    return given.length === 0 ? this.#empty : given.at(-1);
  }

  #mergeParts(parts: readonly Record<string, unknown>[], last: Merged | undefined): Merged {
    if (last !== undefined && isSameList(parts, last.parts)) return last;
    const members = new Map<string, Merged>();
    const made: Record<string, unknown> = {};
    const found = membersOf(parts);
    for (const [key, value] of found) {
      if (!(value instanceof Parts)) setOwn(made, key, value);
      else {
        const merged = this.#mergeParts(value.all, last?.members.get(key));
        members.set(key, merged);
        setOwn(made, key, merged.whole);
      }
    }
    const isSame = (other: Record<string, unknown>) =>
      Object.keys(other).length === found.size && hasSameMembers(made, other);
    const known = last !== undefined && isSame(last.whole) ? last.whole : parts.find(isSame);
    if (known === undefined) this.#frozen?.add(made);
    return { parts, whole: known ?? Object.freeze(made), members };
  }
}

/** What stands at each key: the last value, or all objects that no other value came after. */
function membersOf(
  parts: readonly Record<string, unknown>[],
): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  for (const part of parts) {
    for (const key of Object.keys(part)) {
      const value = part[key];
      const before = found.get(key);
      if (before instanceof Parts && isPlainObject(value)) before.all.push(value);
      else if (isPlainObject(before) && isPlainObject(value)) {
        found.set(key, new Parts(before, value));
      } else found.set(key, value);
    }
  }
  return found;
}

function isSameList(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((item, index) => item === other[index]);
}

/** The layers as one deeply frozen value, see {@linkcode Merger.merge}. */
export function mergeLayers(layers: readonly unknown[]): unknown {
  return new Merger().merge(layers);
}

/** Whether both have the same keys in the same order, with the same objects and scalars. */
function hasSameMembers(one: Record<string, unknown>, other: Record<string, unknown>): boolean {
  const keys = Object.keys(other);
  const own = Object.keys(one);
  return own.length === keys.length &&
    keys.every((key, index) => key === own[index] && Object.is(one[key], other[key]));
}

/** Sets an own property, also one named `__proto__`. */
export function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== "__proto__") target[key] = value;
  else {Object.defineProperty(target, key, {
      value,
      configurable: true,
      enumerable: true,
      writable: true,
    });}
}
