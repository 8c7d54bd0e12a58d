/**
 * The six columns: each runtime with its own events, and looking only.
 *
 * @module
 */

/** A runtime. */
export type RuntimeName = "deno" | "bun" | "node";

/** How changes are noticed. */
export type Backend = "native" | "polling";

/** A column of the matrix. */
export interface Column {
  readonly runtime: RuntimeName;
  readonly backend: Backend;
  /** As in the table's head. */
  readonly title: string;
}

/** All runtimes, in the order of the columns. */
export const RUNTIMES: readonly RuntimeName[] = ["deno", "bun", "node"];

/** Both backends, in the order of the columns. */
export const BACKENDS: readonly Backend[] = ["native", "polling"];

const TITLES: Readonly<Record<RuntimeName, string>> = { deno: "Deno", bun: "Bun", node: "Node" };

/** The columns of some runtimes and backends. */
export function columnsOf(
  runtimes: readonly RuntimeName[],
  backends: readonly Backend[],
): Column[] {
  return runtimes.flatMap((runtime) =>
    backends.map((backend) => ({ runtime, backend, title: `${TITLES[runtime]} ${backend}` }))
  );
}
