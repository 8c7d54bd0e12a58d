/**
 * What a configuration was, in a few numbers: enough to tell a whole one from a torn one.
 *
 * @module
 */

/** A part of a configuration: its first key, its last key, and how many values it holds. */
export type PartDigest = readonly [seq: unknown, end: unknown, values: number];

/** Each part by its key; `""` is a configuration in one part. */
export type Digest = Readonly<Record<string, PartDigest>>;

/** The number of the save that each part must be of. */
export type State = Readonly<Record<string, number>>;

/** The parts of a configuration: itself, or what lies below its keys. */
export function digestOf(config: unknown): Digest {
  const digest: Record<string, PartDigest> = {};
  for (const [key, part] of Object.entries({ "": config, ...Object(config) })) {
    if (isPart(part)) digest[key] = [part.seq, part.end, countValues(part)];
  }
  return digest;
}

/** Whether every part is whole and of the save that `state` says, and there is no other. */
export function holds(digest: Digest, state: State, values: number): boolean {
  const keys = Object.keys(state);
  return keys.length === Object.keys(digest).length && keys.every((key) => {
    const [seq, end, held] = digest[key] ?? [];
    return seq === state[key] && end === state[key] && held === values;
  });
}

/** Whether every part is whole and of one of the saves that `states` say, not all of the same. */
export function holdsMix(digest: Digest, states: readonly State[], values: number): boolean {
  const keys = Object.keys(digest);
  return keys.length > 0 && keys.length === Object.keys(states.at(-1) ?? {}).length &&
    keys.every((key) => {
      const part = { [key]: digest[key]! };
      return states.some((state) => holds(part, { [key]: state[key]! }, values));
    });
}

function isPart(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && ("seq" in value || "end" in value);
}

function countValues(value: unknown): number {
  if (typeof value !== "object" || value === null) return 1;
  return Object.values(value).reduce<number>((sum, item) => sum + countValues(item), 0);
}
