/**
 * The last known good configuration as a layer: what is stored of it, completed by the environment
 * and by the sources that can be read.
 *
 * @module
 */

import { diff } from "../diff.ts";
import type { Issue } from "../issue.ts";
import { formatPath, getAt, type KeyPath } from "../key_path.ts";
import type { Layer } from "../layers.ts";
import { mergeLayers } from "../merge.ts";
import type { Environment } from "../runtime/environment.ts";
import { isAtOrBelow, Origins } from "./origins.ts";
import { readStored } from "./restored_value.ts";
import type { Omitted } from "./stored_value.ts";

/** What completes a configuration. */
export interface CompletedBy {
  readonly environment: Environment;
  /** Layers of the sources that can be read, in order, placeholders filled in. */
  readonly layers: readonly Layer[];
  /** Paths of values in them whose placeholders can't be filled in, as text. */
  readonly unfilled: ReadonlySet<string>;
}

/** A configuration that was stored, and what of it could not be completed. */
export interface RestoredLayer {
  readonly layer: Layer;
  /** Why, by the text of the path. */
  readonly missing: ReadonlyMap<string, string>;
}

/** Name of the source it stands for. */
const LAST_KNOWN_GOOD = "last known good";

/**
 * The configuration as a layer.
 *
 * @param checksum That of the snapshot it was.
 * @throws {TypeError} When it was not made by `toStored()`.
 */
export function restoreLayer(
  stored: unknown,
  checksum: string,
  completedBy: CompletedBy,
): RestoredLayer {
  const completion = new Completing(stored, completedBy);
  const { value, texts } = readStored(stored, completion);
  const substituted = new Map([...completion.texts, ...texts]);
  const names = [...new Set([...substituted.values()].flat())];
  const layer: Layer = {
    source: LAST_KNOWN_GOOD,
    file: LAST_KNOWN_GOOD,
    hasText: false,
    checksum,
    parsed: { value, locate: () => undefined },
    isText: false,
    mayBeEmpty: true,
    substituted,
    filledIn: new Map(names.map((name) => [name, completion.lookUp(name)])),
  };
  return { layer, missing: completion.missing };
}

/** The issues, with what is known of values that could not be completed. */
export function explainMissing(
  issues: readonly Issue[],
  missing: ReadonlyMap<string, string>,
): readonly Issue[] {
  return issues.map((issue) => {
    const why = [...missing].find(([path]) =>
      isAtOrBelow(issue.path, path) || isAtOrBelow(path, issue.path)
    );
    return why === undefined ? issue : {
      ...issue,
      message: `${issue.message} (the last known good configuration could not be completed at ` +
        `${why[0]}: ${why[1]})`,
    };
  });
}

class Completing {
  readonly missing = new Map<string, string>();
  /** Texts for want of types, and what variables gave, in what is taken from the sources. */
  readonly texts = new Map<string, readonly string[]>();
  readonly #stored: unknown;
  readonly #by: CompletedBy;
  readonly #value: unknown;
  readonly #origins: Origins;

  constructor(stored: unknown, by: CompletedBy) {
    this.#stored = stored;
    this.#by = by;
    this.#value = mergeLayers(by.layers.map(({ parsed }) => parsed.value));
    this.#origins = new Origins(by.layers);
  }

  lookUp(name: string): string | undefined {
    try {
      return this.#by.environment.get(name);
    } catch {
      return undefined;
    }
  }

  complete(path: KeyPath, why: Omitted | readonly string[]): unknown {
    const text = formatPath(path);
    const isUnfilled = [...this.#by.unfilled].some((unfilled) => isAtOrBelow(unfilled, text));
    const isKnown = !isUnfilled && this.#isSameList(path);
    const value = isKnown ? getAt(this.#value, path) : undefined;
    if (value === undefined) this.missing.set(text, reasonOf(why));
    for (const below of value === undefined ? [] : this.#origins.pathsBelow(path)) {
      this.texts.set(below, this.#origins.namesAt(below));
    }
    return value;
  }

  /**
   * Whether the list that `path` leads through, if any, says what it said, as far as that is stored:
   * otherwise an item could be given the secret of another one.
   */
  #isSameList(path: KeyPath): boolean {
    const length = path.findIndex((segment) => typeof segment === "number");
    if (length === -1) return true;
    const list = getAt(this.#value, path.slice(0, length));
    const before = readStored(getAt(this.#stored, path.slice(0, length)), {
      lookUp: () => undefined,
      complete: (inside) => getAt(list, inside),
    });
    return diff(before.value, list).length === 0;
  }
}

function reasonOf(why: Omitted | readonly string[]): string {
  if (why === "value") {
    return "it is nothing that can be stored, and no source that can be read gives it";
  }
  if (why === "secret") {
    return "it is a secret, which is not stored, and no source that can be read gives it";
  }
  const [names, are] = why.length === 1 ? ["variable", "is"] : ["variables", "are"];
  return `the environment ${names} ${
    why.join(", ")
  } ${are} not set, and no source that can be read gives it`;
}
