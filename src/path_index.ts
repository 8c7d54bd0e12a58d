/**
 * Finds whom a commit concerns by the paths that it changed, without asking everyone.
 *
 * @module
 */

import { formatPath, getAt, type KeyPath, type PathPattern } from "./key_path.ts";
import { toError } from "./to_error.ts";

/** A value that a commit changed. */
export interface PathMatch {
  /** Where, as text. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Values that can't be read, because an object that a schema made throws. */
export interface PathFailure {
  readonly error: Error;
}

/** What an entry is to be told of. */
export interface Finding<Entry> {
  readonly entry: Entry;
  readonly news: PathMatch | PathFailure;
}

/** A segment of patterns; the root stands for the whole configuration. */
interface Node<Entry> {
  readonly above: Node<Entry> | undefined;
  readonly segment: string | null;
  readonly below: Map<string | null, Node<Entry>>;
  readonly entries: Set<Entry>;
}

/** What differs below a value; `whole` where it came, went or was replaced. */
type Differing = Map<string, Differing> | "whole";

interface Visit<Entry> {
  readonly node: Node<Entry>;
  readonly path: KeyPath;
  readonly before: unknown;
  readonly after: unknown;
  readonly differing: Differing;
}

/** Entries by their patterns. */
export class PathIndex<Entry> {
  readonly #root: Node<Entry> = createNode<Entry>(undefined, null);

  /** Adds an entry. */
  add(pattern: PathPattern, entry: Entry): void {
    let node = this.#root;
    for (const segment of pattern) {
      let next = node.below.get(segment);
      if (next === undefined) node.below.set(segment, next = createNode(node, segment));
      node = next;
    }
    node.entries.add(entry);
  }

  /** Removes an entry and what only it needed. */
  remove(pattern: PathPattern, entry: Entry): void {
    let node: Node<Entry> | undefined = this.#root;
    for (const segment of pattern) node = node?.below.get(segment);
    node?.entries.delete(entry);
    while (node?.above !== undefined && node.entries.size === 0 && node.below.size === 0) {
      node.above.below.delete(node.segment);
      node = node.above;
    }
  }

  /**
   * The entries whose values differ; those of one entry in the order of the keys before, then of
   * the new ones. Takes as long as there are changed paths times their depth,
   * and entries found, or below a value that came, went or was replaced. Relies on unchanged
   * subtrees being the same object.
   */
  find(before: unknown, after: unknown, changedPaths: readonly KeyPath[]): Finding<Entry>[] {
    const found: Finding<Entry>[] = [];
    const differing = gather(changedPaths);
    // Not by recursion: patterns and values may be deeper than the stack.
    const todo: Visit<Entry>[] = [{ node: this.#root, path: [], before, after, differing }];
    for (let visit = todo.pop(); visit !== undefined; visit = todo.pop()) {
      const { node, path, before, after } = visit;
      if (Object.is(before, after)) continue;
      if (node.entries.size > 0) {
        tell(node.entries, { path: formatPath(path), before, after }, found);
      }
      for (const next of visitsBelow(visit, found).reverse()) todo.push(next);
    }
    return found;
  }
}

function createNode<Entry>(above: Node<Entry> | undefined, segment: string | null): Node<Entry> {
  return { above, segment, below: new Map(), entries: new Set() };
}

/** The changed paths as a tree. */
function gather(changedPaths: readonly KeyPath[]): Differing {
  const root = new Map<string, Differing>();
  for (const path of changedPaths) {
    if (path.length === 0) return "whole";
    let level: Differing = root;
    for (const [index, segment] of path.entries()) {
      if (level === "whole") break;
      const next: Differing = index === path.length - 1
        ? "whole"
        : level.get(String(segment)) ?? new Map();
      level.set(String(segment), next);
      level = next;
    }
  }
  return root;
}

function visitsBelow<Entry>(visit: Visit<Entry>, found: Finding<Entry>[]): Visit<Entry>[] {
  const { below } = visit.node;
  const visits: Visit<Entry>[] = [];
  const enter = (key: string, node: Node<Entry> | undefined) => {
    if (node === undefined) return;
    try {
      visits.push({
        node,
        path: [...visit.path, key],
        before: getAt(visit.before, [key]),
        after: getAt(visit.after, [key]),
        differing: visit.differing === "whole" ? "whole" : visit.differing.get(key) ?? "whole",
      });
    } catch (error) {
      tell(entriesFrom(node), { error: toError(error) }, found);
    }
  };
  for (const key of namedKeys(visit)) enter(key, below.get(key));
  const star = below.get(null);
  if (star !== undefined) { for (const key of starKeys(visit)) enter(key, star); }
  return visits;
}

function tell<Entry>(
  entries: Iterable<Entry>,
  news: PathMatch | PathFailure,
  found: Finding<Entry>[],
): void {
  for (const entry of entries) found.push({ entry, news });
}

/** The keys that patterns name and that may differ. */
function namedKeys<Entry>({ node, differing }: Visit<Entry>): string[] {
  if (differing === "whole") return [...node.below.keys()].filter((key) => key !== null);
  const keys = [...differing.keys()];
  // The length of an array differs when items came or went, which is told of the items.
  return differing.has("length") ? keys : [...keys, "length"];
}

/** The keys that a star stands for and that may differ: those of the value before, then new ones. */
function starKeys<Entry>({ before, after, differing }: Visit<Entry>): string[] {
  if (differing !== "whole" && differing.size === 1) return [...differing.keys()];
  const keys = [...new Set([...keysOf(before), ...keysOf(after)])];
  return differing === "whole" ? keys : keys.filter((key) => differing.has(key));
}

function keysOf(value: unknown): string[] {
  return typeof value === "object" && value !== null ? Object.keys(value) : [];
}

/** The entries of a node and of all below it. */
function entriesFrom<Entry>(top: Node<Entry>): Entry[] {
  const nodes = [top];
  for (const node of nodes) for (const next of node.below.values()) nodes.push(next);
  return nodes.flatMap(({ entries }) => [...entries]);
}
