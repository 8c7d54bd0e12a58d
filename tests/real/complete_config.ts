/** Configurations that show whether they were read whole. */

/** Number of configurations that are written. */
export const VERSIONS = 12;

const KEYS = 1500;

/** A configuration of about 30 KB in which every value is the number of the version. */
export function completeConfig(version: number): string {
  return Array.from({ length: KEYS }, (_, key) => `some_key_${key}: ${version}\n`).join("");
}

/** The version of a configuration that is complete; an explanation for one that is torn. */
export function versionOf(config: unknown): number | string {
  const values = Object.values(config as Record<string, number>);
  const versions = new Set(values);
  if (values.length === KEYS && versions.size === 1) return values[0]!;
  return `${values.length} keys of the versions ${[...versions].join(", ")}`;
}
