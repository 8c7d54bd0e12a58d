/**
 * Runs the subscribers on each runtime and puts their figures into a table.
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import type { RuntimeName } from "../systems/mod.ts";
import { formatTable } from "../table.ts";
import type { SubscribersRow } from "./subscribers.ts";
import type { ModelOptions } from "./tables.ts";

const ENDS_WITHIN_MS = 170_000;

/** Runtime by runtime. */
export function measureSubscribers(
  { runtimes, commandFor }: Pick<ModelOptions, "runtimes" | "commandFor">,
): (SubscribersRow & { readonly runtime: RuntimeName })[] {
  return runtimes.flatMap((runtime) => {
    const [program = "", ...rest] = commandFor(runtime, "model/subscribers.ts");
    const output = execFileSync(program, rest, { encoding: "utf8", timeout: ENDS_WITHIN_MS });
    return (JSON.parse(output) as SubscribersRow[]).map((row) => ({ runtime, ...row }));
  });
}

/** The rows as a table. */
export function formatSubscribers(rows: ReturnType<typeof measureSubscribers>): string {
  return formatTable(
    ["runtime", "10,000 subscribed to", "called", "p50 ms", "p50 ms, each is asked"],
    rows.map(({ runtime, subscribed, called, notifyMs, askingMs }) => [
      runtime,
      subscribed,
      called,
      notifyMs,
      askingMs,
    ]),
    2,
  );
}
