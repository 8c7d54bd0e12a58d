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

/** Two values and what they gave. */
interface Step {
  readonly lower: unknown;
  readonly upper: unknown;
  readonly merged: unknown;
}

/**
 * Merges layers again and again, and remembers the last time: where both sides of a merge are the
 * same objects as then, so is the result, and nothing in it is looked at.
 */
export class Merger {
  readonly #frozen: WeakSet<object> | undefined;
  readonly #empty: unknown = Object.freeze({});
  /** What the layers at an index and below gave; none for the first layer and for empty ones. */
  #last: readonly (Step | undefined)[] = [];

  /**
   * Creates a merger.
   *
   * @param frozen Takes every object that is made, see `freezeShared()`.
   */
  constructor(frozen?: WeakSet<object>) {
    this.#frozen = frozen;
  }

  /**
   * The layers as one deeply frozen value. `undefined` layers are empty; `null`, arrays and scalars
   * replace what earlier layers gave.
   *
   * @param layers Deeply frozen values: the result is made of their parts.
   */
  merge(layers: readonly unknown[]): unknown {
    let merged: unknown;
    this.#last = layers.map((upper, index) => {
      if (upper === undefined) return undefined;
      const lower = merged;
      merged = lower === undefined ? upper : this.#mergeTwo(lower, upper, this.#last[index]);
      return { lower, upper, merged };
    });
    return merged === undefined ? this.#empty : merged;
  }

  #mergeTwo(lower: unknown, upper: unknown, last: Step | undefined): unknown {
    if (!isPlainObject(lower) || !isPlainObject(upper)) return upper;
    if (last !== undefined && last.lower === lower && last.upper === upper) return last.merged;
    const merged = this.#mergeKeys(lower, upper, last);
    if (merged === undefined) return lower;
    if (hasSameMembers(merged, upper)) return upper;
    this.#frozen?.add(merged);
    return Object.freeze(merged);
  }

  /** `undefined` when `upper` changes nothing. */
  #mergeKeys(
    lower: Record<string, unknown>,
    upper: Record<string, unknown>,
    last: Step | undefined,
  ): Record<string, unknown> | undefined {
    let merged: Record<string, unknown> | undefined;
    for (const key of Object.keys(upper)) {
      const isNew = !Object.hasOwn(lower, key);
      const value = isNew
        ? upper[key]
        : this.#mergeTwo(lower[key], upper[key], last && stepAt(last, key));
      if (!isNew && Object.is(value, lower[key])) continue;
      // Unlike assignments, this makes `__proto__` a key like any other.
      merged ??= { ...lower };
      setOwn(merged, key, value);
    }
    return merged;
  }
}

/** The layers as one deeply frozen value, see {@linkcode Merger.merge}. */
export function mergeLayers(layers: readonly unknown[]): unknown {
  return new Merger().merge(layers);
}

function stepAt({ lower, upper, merged }: Step, key: string): Step {
  return {
    lower: memberOf(lower, key),
    upper: memberOf(upper, key),
    merged: memberOf(merged, key),
  };
}

function memberOf(value: unknown, key: string): unknown {
  return isPlainObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
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
