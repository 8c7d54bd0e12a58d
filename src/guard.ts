/**
 * Guards: what no schema can know, because it depends on what is running now.
 *
 * @module
 */

import type { Layered } from "./changes.ts";
import type { Issue } from "./issue.ts";
import { getAt, type KeyPath } from "./key_path.ts";
import { issueAt, type Layer, placeIn } from "./layers.ts";
import { isContainer, isPlainObject } from "./merge.ts";
import { checkFlags, checkObjects, checkTexts } from "./option_checks.ts";
import { expandPattern, parseDeepPattern } from "./path_pattern.ts";

/** Options of the guards. `reload({ force: true })` goes past them once. */
export interface GuardOptions {
  /**
   * Whether a file that had content is refused when it is empty. An empty YAML, JSONC or TOML file
   * is well-formed, and most often the first half of a save. @default {true}
   */
  readonly empty?: boolean;
  /** Whether it is refused that a source gives nothing any more. @default {true} */
  readonly vanished?: boolean;
  /**
   * Largest part of the values that may go at once, from 0 to 1; `false`: all of them. Counts from
   * ten values on. @default {0.5}
   */
  readonly massRemoval?: number | false;
  /**
   * Paths whose values must not change while the program runs, such as `database.url` or
   * `services.*.port`. @default {[]}
   */
  readonly protectedPaths?: readonly string[];
}

/**
 * Checks the options.
 *
 * @throws {TypeError} When one is not what it should be.
 * @throws {RangeError} When one is out of range or a path is none.
 */
export function checkGuards(guards: GuardOptions): void {
  checkObjects({ guards });
  const { empty, vanished, massRemoval, protectedPaths = [] } = guards;
  checkFlags({ "guards.empty": empty, "guards.vanished": vanished });
  checkTexts("guards.protectedPaths", protectedPaths);
  protectedPaths.forEach(parseDeepPattern);
  const isPart = typeof massRemoval === "number" && massRemoval >= 0 && massRemoval <= 1;
  if (massRemoval === undefined || massRemoval === false || isPart) return;
  throw new RangeError(
    "Cannot use guards.massRemoval, it must be false or between 0 and 1: " +
      `current value is ${massRemoval}`,
  );
}

/** Fewer values are too few to speak of a part of them. */
const FEWEST_LEAVES = 10;

/** What the guards find wrong with the layers `next`, given those that are running. */
export function guardLayers(
  current: readonly Layer[],
  next: readonly Layer[],
  { empty = true, vanished = true }: GuardOptions,
): Issue[] {
  return [
    ...(empty ? emptied(current, next) : []),
    ...(vanished ? vanishedSources(current, next) : []),
  ];
}

/** What the guards find wrong with the configuration `next`, given the one that is running. */
export function guardValue(
  current: Layered,
  next: Layered,
  { massRemoval = 0.5, protectedPaths = [] }: GuardOptions,
): Issue[] {
  return [
    ...(massRemoval === false ? [] : massRemovals(current, next, massRemoval)),
    ...protectedPaths.flatMap((text) => changedProtected(current, next, text)),
  ];
}

function emptied(current: readonly Layer[], next: readonly Layer[]): Issue[] {
  const withContent = new Set(current.filter((layer) => !isEmpty(layer)).map(({ file }) => file));
  return next.filter((layer) => isEmpty(layer) && !layer.mayBeEmpty && withContent.has(layer.file))
    .map((layer) => {
      const { file, source, hasText, checksum } = layer;
      const subject = hasText ? "the file" : "the source";
      return {
        path: "",
        message: `${subject} is empty and was not before (to allow it, set guards.empty to false)`,
        ...(hasText ? { file, line: 1, column: 1, checksum } : { source }),
      };
    });
}

/** Sources that held something the guards mind, and give no document any more. */
function vanishedSources(current: readonly Layer[], next: readonly Layer[]): Issue[] {
  const left = new Set(next.map(({ source }) => source));
  const gone = current.filter((layer) =>
    !left.has(layer.source) && !layer.mayBeEmpty && !isEmpty(layer)
  );
  return [...new Map(gone.map((layer) => [layer.source, layer])).values()].map((layer) => ({
    path: "",
    message: `the source ${layer.source} gives nothing any more ` +
      "(to allow it, set guards.vanished to false)",
    ...(layer.hasText ? { file: layer.file } : placeIn(layer, [])),
  }));
}

function isEmpty({ parsed: { value } }: Layer): boolean {
  if (value === undefined || value === null) return true;
  return isPlainObject(value) && Object.keys(value).length === 0;
}

function massRemovals(current: Layered, next: Layered, most: number): Issue[] {
  const removed: Removed = { leaves: 0 };
  countRemoved(current.value, next.value, [], removed);
  // Counting all of them takes longer than finding that hardly any is gone.
  if (removed.leaves === 0) return [];
  const total = countLeaves(current.value);
  if (total < FEWEST_LEAVES || removed.leaves <= total * most) return [];
  const part = Math.round(100 * removed.leaves / total);
  const message = `${removed.leaves} of ${total} values (${part} %) are gone, ` +
    `guards.massRemoval allows ${Math.round(100 * most)} %; ` +
    "reload({ force: true }) goes past it once";
  return [{ ...issueAt(next.layers, removed.first!, message), path: "" }];
}

interface Removed {
  leaves: number;
  first?: KeyPath;
}

function countRemoved(before: unknown, after: unknown, path: KeyPath, removed: Removed): void {
  if (Object.is(before, after)) return;
  const members = membersOf(before);
  if (members.length > 0 && membersOf(after).length === 0 && !isContainer(after)) {
    removed.leaves += countLeaves(before);
    removed.first ??= path;
    return;
  }
  for (const [key, member] of members) {
    const here = [...path, key];
    if (isContainer(after) && Object.hasOwn(after, key)) {
      countRemoved(member, (after as Record<string, unknown>)[key], here, removed);
    } else {
      removed.leaves += countLeaves(member);
      removed.first ??= here;
    }
  }
}

function membersOf(value: unknown): [string | number, unknown][] {
  if (Array.isArray(value)) return [...value.entries()];
  return isPlainObject(value) ? Object.entries(value) : [];
}

/** The number of values that hold no others. */
function countLeaves(value: unknown): number {
  const members = membersOf(value);
  if (members.length === 0) return 1;
  return members.reduce((sum, [, member]) => sum + countLeaves(member), 0);
}

function changedProtected(current: Layered, next: Layered, text: string): Issue[] {
  const pattern = parseDeepPattern(text);
  const paths = expandPattern(pattern, [current.value, next.value]);
  return paths
    .filter((path) => !Object.is(getAt(current.value, path), getAt(next.value, path)))
    .map((path) => {
      const message = `it is protected by guards.protectedPaths (${text}) and must not change ` +
        "while the program runs; reload({ force: true }) goes past it once";
      return issueAt(next.layers, path, message);
    });
}
