/**
 * The program that watches many files, each as a configuration of its own without a schema, and
 * prints a line of JSON for whatever it is handed. It is given one argument, a
 * {@linkcode TornPlan} as JSON, and ends when its standard input does.
 *
 * @module
 */

import { writeSync } from "node:fs";
import process from "node:process";
import { watchConfig } from "../mod.ts";
import type { TornEvent, TornPlan } from "./torn_events.ts";
import { valueChecksum } from "./torn_texts.ts";

const { paths } = JSON.parse(process.argv[2] ?? "{}") as TornPlan;

process.stdin.on("end", () => process.exit(0)).resume();
await Promise.all(paths.map(watch));
tell({ type: "ready" });

async function watch(path: string, file: number): Promise<void> {
  const config = await watchConfig({ sources: [path] });
  config.on("reloadSucceeded", () => {
    tell({ type: "commit", file, checksum: valueChecksum(config.current) });
  });
  config.on("validationFailed", () => tell({ type: "rejected", file }));
  config.on("reloadFailed", () => tell({ type: "rejected", file }));
}

function tell(event: TornEvent): void {
  writeSync(1, `${JSON.stringify(event)}\n`);
}
