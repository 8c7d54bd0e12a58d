/**
 * The options of state on disk, their defaults and their checks.
 *
 * @module
 */

import * as nodePath from "node:path";
import { checksumOf } from "../checksum.ts";
import { checkNumber } from "../option_checks.ts";
import type { Source } from "../source/source.ts";

/** Where accepted configurations are kept for a start without their sources. */
export interface StateOptions {
  /** Directory of state, such as `/var/lib/app`; made if it is missing. */
  readonly directory: string;
  /**
   * Name of the folder in it: letters, digits, `.`, `_` and `-`. Each configuration needs one of its
   * own. @default {made of the absolute paths of the sources, and the names of those without}
   */
  readonly name?: string;
  /** Most entries that are kept. @default {10} */
  readonly maxEntries?: number;
  /**
   * Time since the sources last gave a configuration after which it is not started from, in
   * milliseconds. @default {604_800_000, a week}
   */
  readonly maxAgeMs?: number;
}

/** State options with defaults. */
export interface ResolvedStateOptions {
  readonly folder: string;
  readonly maxEntries: number;
  readonly maxAgeMs: number;
}

/** A source, as far as it tells configurations apart. */
type IdentifiedSource = Pick<Source, "name" | "path">;

const WEEK_MS = 7 * 86_400_000;

/** Neither hidden, nor a way out of the directory. */
const NAME = /^[\w-][\w.-]{0,99}$/u;

/**
 * The state options with defaults, checked.
 *
 * @throws {TypeError} When no directory is named.
 * @throws {RangeError} When an option is out of range.
 */
export function resolveState(
  given: string | StateOptions,
  sources: readonly IdentifiedSource[],
): ResolvedStateOptions {
  const { directory, name = nameFor(sources), maxEntries = 10, maxAgeMs = WEEK_MS } =
    typeof given === "string" ? { directory: given } : Object(given) as StateOptions;
  if (typeof directory !== "string" || directory === "") {
    throw new TypeError("Cannot use stateDir, it must name a directory, such as /var/lib/app");
  }
  if (typeof name !== "string" || !NAME.test(name)) {
    throw new RangeError(
      "Cannot use stateDir.name, it must be made of letters, digits, dots, _ and - " +
        `and not begin with a dot: current value is ${JSON.stringify(name)}`,
    );
  }
  checkNumber("stateDir.maxEntries", maxEntries, 1, Infinity);
  checkNumber("stateDir.maxAgeMs", maxAgeMs, 1000, Infinity);
  return { folder: nodePath.resolve(directory, name), maxEntries, maxAgeMs };
}

/**
 * A name for the folder that tells people whose it is, and that configurations share only when they
 * have the same sources: paths are absolute. They are not resolved further, as in a Kubernetes mount
 * each update is a real path of its own.
 */
function nameFor(sources: readonly IdentifiedSource[]): string {
  const hasPath = sources.some(({ path }) => path !== undefined);
  const identity = [
    ...sources.map(({ name, path }) => path === undefined ? { name } : { path }),
    // Two services may have a source "vault" each.
    ...(hasPath ? [] : [{ workingDirectory: workingDirectory() }]),
  ];
  const { path, name = "" } = sources[0] ?? {};
  const first = nodePath.basename(path ?? name).replace(/[^\w.-]+/gu, "-")
    .replace(/^[.-]+|-+$/gu, "");
  return `${first.slice(0, 40) || "config"}-${checksumOf(JSON.stringify(identity)).slice(0, 12)}`;
}

/** Deno may keep it secret. */
function workingDirectory(): string {
  try {
    return nodePath.resolve();
  } catch {
    return "";
  }
}
