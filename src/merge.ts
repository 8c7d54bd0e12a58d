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

/**
 * The layers as one value that shares no object with them. `undefined` layers are empty;
 * `null`, arrays and scalars replace what earlier layers gave.
 */
export function mergeLayers(layers: readonly unknown[]): unknown {
  return layers.reduce(
    (merged, layer) => layer === undefined ? merged : mergeTwo(merged, layer),
    {},
  );
}

function mergeTwo(lower: unknown, upper: unknown): unknown {
  if (!isPlainObject(upper)) return copy(upper);
  const merged: Record<string, unknown> = isPlainObject(lower) ? lower : {};
  for (const [key, value] of Object.entries(upper)) {
    setOwn(merged, key, mergeTwo(Object.hasOwn(merged, key) ? merged[key] : undefined, value));
  }
  return merged;
}

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy);
  return isPlainObject(value) ? mergeTwo(undefined, value) : value;
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
