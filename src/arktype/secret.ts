/**
 * Secrets in a type of arktype: marked where they are declared, found as key path patterns.
 *
 * @module
 */

import { formatPath } from "../key_path.ts";
import { type ArkType, requireArkType } from "./ark_type.ts";

/**
 * JSON Schema's word for what is written and never shown; arktype carries it along with the
 * description, and shows it in its JSON Schemas.
 */
interface SecretMeta {
  readonly writeOnly: true;
  /** What a message says a wrong value was; nothing, as the value is not to be seen. */
  readonly actual: () => string;
}

const SECRET: SecretMeta = { writeOnly: true, actual: () => "" };

/**
 * The same type, marked as secret: a configuration hides it, {@linkcode secretPaths} finds it, {@linkcode jsonSchema} shows
 * it as `writeOnly`, and arktype's own messages don't quote its value. Of an object or a list all
 * is secret.
 *
 * Mark the finished type: what combines it with another one, such as `.and()`, `.or()` and `.to()`,
 * may lose the mark. Only `.default()` and `.optional()` come after.
 *
 * @throws {TypeError} When it is no type of arktype.
 */
export function secret<T extends ArkType>(type: T): T {
  requireArkType(type, "mark it as secret");
  const configure = type.configure as (meta: SecretMeta, selector: "references") => T;
  return configure.call(type, SECRET, "references");
}

/** What is used of arktype's nodes; they are the same objects as its types. */
interface TypeNode {
  readonly kind: string;
  readonly meta: { readonly writeOnly?: unknown };
  /** The node's parts down to, and without, the values of its members. */
  readonly shallowReferences: readonly TypeNode[];
  readonly references: readonly TypeNode[];
  /** All members, those nearer to the top first; a node in a path stands for any key or index. */
  readonly flatRefs: readonly { readonly path: readonly unknown[]; readonly node: TypeNode }[];
  /** Of an `alias`, by which a type refers to itself or to another one of its scope. */
  readonly resolution?: TypeNode;
}

/** How often a type that contains itself is followed; below that all of it counts as secret. */
const MAX_ROUNDS = 3;

const ANY_KEY = Symbol("any key");
type Pattern = readonly (string | typeof ANY_KEY)[];

/**
 * The key paths of all values marked with {@linkcode secret}, as patterns: `db.password`, or
 * `services.*.token` where `*` is any one key or index. What is below such a path is secret too.
 * A type that is secret as a whole gives `*`.
 *
 * @throws {TypeError} When it is no type of arktype.
 */
export function secretPaths(type: ArkType): string[] {
  requireArkType(type, "find secrets in it");
  const found: Pattern[] = [];
  collect((type as unknown as { internal: TypeNode }).internal, [], [], found);
  return [...new Set(found.map(formatPattern))];
}

function collect(
  node: TypeNode,
  path: Pattern,
  trail: readonly TypeNode[],
  found: Pattern[],
): void {
  const members = node.flatRefs.map((ref) => ({
    path: [...path, ...ref.path.map((key) => typeof key === "string" ? key : ANY_KEY)],
    node: ref.node,
  }));
  for (const member of [{ path, node }, ...members]) {
    if (found.some((above) => isWithin(member.path, above))) continue;
    if (isMarked(member.node)) found.push(member.path);
    else for (const alias of aliasesIn(member.node)) follow(alias, member.path, trail, found);
  }
}

function follow(
  target: TypeNode,
  path: Pattern,
  trail: readonly TypeNode[],
  found: Pattern[],
): void {
  if (!hasSecret(target)) return;
  const rounds = trail.filter((earlier) => earlier === target).length;
  if (rounds === MAX_ROUNDS) found.push(path);
  else collect(target, path, [...trail, target], found);
}

function isMarked(node: TypeNode): boolean {
  return [node, ...node.shallowReferences].some(({ meta }) => meta.writeOnly === true);
}

function aliasesIn({ shallowReferences }: TypeNode): TypeNode[] {
  return shallowReferences.flatMap(({ kind, resolution }) =>
    kind === "alias" && resolution !== undefined ? [resolution] : []
  );
}

function hasSecret(node: TypeNode, seen: Set<TypeNode> = new Set()): boolean {
  if (seen.has(node)) return false;
  seen.add(node);
  const parts = [node, ...node.references];
  return parts.some(({ meta }) => meta.writeOnly === true) ||
    parts.some(({ kind, resolution }) =>
      kind === "alias" && resolution !== undefined && hasSecret(resolution, seen)
    );
}

function isWithin(path: Pattern, above: Pattern): boolean {
  return above.every((key, index) => path[index] === key);
}

function formatPattern(path: Pattern): string {
  if (path.length === 0) return "*";
  return path.reduce((text: string, key) => {
    const segment = key === ANY_KEY ? "*" : formatKey(key);
    return text === "" || segment.startsWith("[") ? text + segment : `${text}.${segment}`;
  }, "");
}

/** In the option `secrets`, a `!` in front means that a path is none. */
function formatKey(key: string): string {
  return key.startsWith("!") ? `[${JSON.stringify(key)}]` : formatPath([key]);
}
