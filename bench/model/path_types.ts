/**
 * What typed paths add to a run of the compiler.
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatTable } from "../figures.ts";
import { BENCH } from "../prepare.ts";

/** What one type costs: milliseconds to check, the fastest of some runs, and instantiations. */
export interface PathTypesRow {
  /** The type. */
  readonly type: string;
  /** Subscriptions in the program, each to another path. */
  readonly subscriptions: number;
  /** Checking it with subscriptions to any text, the library and its types included. */
  readonly untypedMs: number;
  /** What typed paths add. */
  readonly typedMs: number;
  readonly typedInstantiations: number;
  /** What one mention of the type that lists all paths adds to that. */
  readonly listedMs: number;
  readonly listedInstantiations: number;
}

interface Checked {
  readonly ms: number;
  readonly instantiations: number;
}

interface Case {
  readonly type: string;
  readonly declaration: string;
  readonly paths: readonly string[];
}

const ROUNDS = 7;
const ROOT = join(BENCH, "..");
const FOLDER = join(ROOT, ".cache", "path_types");
const TREE = `interface Settings {
  name: string; left?: Settings; right?: Settings; children: Record<string, Settings[]>
}`;
const JSON_VALUE = `type Settings = { [key: string]: Json };
type Json = string | number | boolean | null | Json[] | { [key: string]: Json };`;

/** Compiles programs that subscribe to every path, with and without types. */
export function measurePathTypes(): PathTypesRow[] {
  mkdirSync(FOLDER, { recursive: true });
  try {
    return [
      keysInThreeLevels(30),
      keysInThreeLevels(300),
      {
        type: "a tree of itself",
        declaration: TREE,
        paths: deepPaths("left", "right"),
      },
      { type: "any JSON", declaration: JSON_VALUE, paths: deepPaths("a", "b") },
    ].map(measure);
  } finally {
    rmSync(FOLDER, { recursive: true });
  }
}

/** The rows as a table. */
export function formatPathTypes(rows: readonly PathTypesRow[]): string {
  return formatTable(
    [
      ...["type", "subscriptions", "untyped ms", "typed: ms more", "instantiations more"],
      ...["all listed: ms more", "instantiations more"],
    ],
    rows.map((row) => [
      row.type,
      row.subscriptions,
      row.untypedMs,
      row.typedMs,
      row.typedInstantiations,
      row.listedMs,
      row.listedInstantiations,
    ]),
    1,
  );
}

function measure({ type, declaration, paths }: Case): PathTypesRow {
  const calls = paths.map((path) => `config.subscribe(${JSON.stringify(path)}, (v) => void v);`)
    .join("\n");
  const imports = `import type { LiveConfig, PathOf } from "../../mod.ts";\n${declaration}`;
  const anyText = "{ subscribe(path: string, subscriber: (value: unknown) => void): Disposable }";
  const variants = {
    untyped: write(
      "untyped",
      `${imports}\ndeclare const config: ${anyText};\n${calls}`,
    ),
    typed: write(
      "typed",
      `${imports}\ndeclare const config: LiveConfig<Settings>;\n${calls}`,
    ),
    listed: write(
      "listed",
      `${imports}\ndeclare const config: LiveConfig<Settings>;\n${calls}
export const listed: PathOf<Settings> = ${JSON.stringify(paths[0])};`,
    ),
  };
  const runs: Record<keyof typeof variants, Checked[]> = {
    untyped: [],
    typed: [],
    listed: [],
  };
  // In turn, so that noise meets all alike.
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of ["untyped", "typed", "listed"] as const) {
      runs[name].push(compile(variants[name]));
    }
  }
  const [untyped, typed, listed] = [runs.untyped, runs.typed, runs.listed].map(
    fastest,
  ) as [Checked, Checked, Checked];
  return {
    type,
    subscriptions: paths.length,
    untypedMs: untyped.ms,
    typedMs: typed.ms - untyped.ms,
    typedInstantiations: typed.instantiations - untyped.instantiations,
    listedMs: listed.ms - typed.ms,
    listedInstantiations: listed.instantiations - typed.instantiations,
  };
}

function fastest(runs: readonly Checked[]): Checked {
  return runs.reduce((best, run) => run.ms < best.ms ? run : best);
}

function write(name: string, text: string): string {
  const path = join(FOLDER, `${name}.ts`);
  writeFileSync(path, text);
  return path;
}

/** Checks a program on one thread, as time on several depends on who else needs them. */
function compile(path: string): Checked {
  try {
    const report = execFileSync("node", [
      join(ROOT, "node_modules", "typescript", "bin", "tsc"),
      ...[
        "--noEmit",
        "--strict",
        "--skipLibCheck",
        "--allowImportingTsExtensions",
      ],
      ...[
        "--ignoreConfig",
        "--target",
        "es2022",
        "--lib",
        "es2024,esnext.disposable",
      ],
      ...["--module", "nodenext", "--types", "node"],
      ...["--singleThreaded", "--extendedDiagnostics", path],
    ], { cwd: ROOT, encoding: "utf8" });
    const figure = (name: string) => Number(new RegExp(`${name}:\\s+([\\d.]+)`).exec(report)![1]);
    return {
      ms: Math.round(figure("Check time") * 1000),
      instantiations: figure("Instantiations"),
    };
  } catch (error) {
    throw new Error(
      `Cannot compile: ${(error as { stdout?: string }).stdout}`,
      { cause: error },
    );
  }
}

/** An object of objects of objects, with as many values at the ends. */
function keysInThreeLevels(count: number): Case {
  const width = Math.round(Math.cbrt(count));
  const leaves = Array.from({ length: count }, (_, n) => {
    return [
      `part${n % width}`,
      `group${Math.floor(n / width) % width}`,
      `key${n}`,
    ] as const;
  });
  const parts = Map.groupBy(leaves, ([part]) => part);
  const members = [...parts].map(([part, inPart]) => {
    const groups = [...Map.groupBy(inPart, ([, group]) => group)].map((
      [group, inGroup],
    ) => `${group}?: { ${inGroup.map(([, , key]) => `${key}: number`).join("; ")} }`);
    return `${part}: { ${groups.join("; ")} }`;
  });
  return {
    type: `${count} keys in three levels`,
    declaration: `interface Settings { ${members.join("; ")} }`,
    paths: leaves.map((path) => path.join(".")),
  };
}

/** Paths of one key and more, up to thirty. */
function deepPaths(...keys: readonly string[]): string[] {
  return Array.from(
    { length: 30 },
    (_, depth) =>
      Array.from({ length: depth + 1 }, (_, n) => keys[n % keys.length]).join(
        ".",
      ),
  );
}
