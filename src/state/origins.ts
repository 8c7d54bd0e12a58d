/**
 * Which values of a configuration are texts of variables, found once for all.
 *
 * @module
 */

import { formatPath, type KeyPath } from "../key_path.ts";
import type { Layer } from "../layers.ts";
import { isPlainObject } from "../merge.ts";
import type { SecretOrigin } from "../secrets.ts";

/** The variables in the values of layers, and the texts for want of types. */
export class Origins implements SecretOrigin {
  readonly #names = new Map<string, readonly string[]>();
  readonly #texts = new Set<string>();
  /** Names of the variables that were filled in, and what they said. */
  readonly filledIn: readonly (readonly [name: string, text: string | undefined])[];

  /** Looks through the layers that may hold such values. */
  constructor(layers: readonly Layer[]) {
    this.filledIn = layers.flatMap(({ filledIn = [] }) => [...filledIn]);
    for (const { parsed, isText, substituted = [] } of layers) {
      for (const [path, names] of substituted) {
        this.#texts.add(path);
        this.#add(path, names);
      }
      const { variableAt } = parsed;
      if (variableAt === undefined && !isText) continue;
      visit(parsed.value, [], (value, path) => {
        const text = formatPath(path);
        const name = variableAt?.(path);
        if (isText && typeof value === "string") this.#texts.add(text);
        if (name !== undefined) this.#add(text, [name]);
      });
    }
  }

  /** Whether no value comes from a variable, and none is a text for want of types. */
  get isEmpty(): boolean {
    return this.#names.size === 0 && this.#texts.size === 0;
  }

  /** Names of the variables that stand in the value at `path`, in any layer. */
  variablesIn(path: KeyPath): readonly string[] {
    return this.#names.get(formatPath(path)) ?? [];
  }

  /** Whether some layer has a text for want of types at `path`. */
  isText(path: KeyPath): boolean {
    return this.#texts.size > 0 && this.#texts.has(formatPath(path));
  }

  /** Paths at `path` and below of what comes from variables, or is a text for want of types. */
  pathsBelow(path: KeyPath): readonly string[] {
    const prefix = formatPath(path);
    const paths = new Set([...this.#texts, ...this.#names.keys()]);
    return [...paths].filter((text) => isAtOrBelow(text, prefix));
  }

  /** Names of the variables in the value at a path that is written as text. */
  namesAt(path: string): readonly string[] {
    return this.#names.get(path) ?? [];
  }

  #add(path: string, names: readonly string[]): void {
    this.#names.set(path, [...new Set([...names, ...this.#names.get(path) ?? []])]);
  }
}

/** Whether a path is the other one, or leads to something in it; both as text. */
export function isAtOrBelow(path: string, other: string): boolean {
  return path.startsWith(other) && (other === "" || /^(?:$|[.[])/u.test(path.slice(other.length)));
}

function visit(
  value: unknown,
  path: KeyPath,
  callback: (value: unknown, path: KeyPath) => void,
): void {
  callback(value, path);
  const members = Array.isArray(value)
    ? [...value.entries()]
    : isPlainObject(value)
    ? Object.entries(value)
    : [];
  for (const [key, member] of members) visit(member, [...path, key], callback);
}
