/**
 * What reloads cost the requests that a server answers meanwhile: `deno task bench:hammer [options]`.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { Hammer } from "../tests/real/hammer.ts";
import { formatTable, median, quantile, round } from "./figures.ts";
import { readOptions } from "./options.ts";
import { prepare } from "./prepare.ts";
import { type RuntimeName, RUNTIMES } from "./systems/mod.ts";

const HELP = `Asks a server while its configuration is reloaded, and while it is not, in turn.

deno task bench:hammer [--blocks N] [--clients N] [--every MS] [--pause MS] [--runtimes node,bun,deno]

--blocks N is the number of blocks with reloads, and of those without, of 2 s each; --every MS the
time between two saves, half of which are refused; each client asks every --pause MS.
`;

const BLOCK_MS = 2000;

const options = readOptions(HELP, {
  values: ["blocks", "clients", "every", "pause", "runtimes"],
  switches: [],
});
const blocks = options.number("blocks", 12);
const clients = options.number("clients", 200);
const everyMs = options.number("every", 150);
const pauseMs = options.number("pause", 400);
const commandFor = await prepare(["hammer/server.ts"]);
const rows = [];
for (const runtime of options.list("runtimes", RUNTIMES)) {
  rows.push(await measure(runtime));
}
console.log(formatTable(
  [
    "runtime",
    "requests",
    "reloads",
    "p50 ms",
    "added",
    "p99 ms",
    "added",
    "mixed",
    "failed",
  ],
  rows,
  1,
));

/** Blocks with and without reloads in turn, so that both meet the same neighbours. */
async function measure(runtime: RuntimeName): Promise<string[]> {
  await using hammer = await Hammer.start(
    commandFor(runtime, "hammer/server.ts"),
  );
  await hammer.ask(clients, delay(BLOCK_MS), pauseMs);
  const counts = { requests: 0, reloads: 0, mixed: 0, failed: 0 };
  const figures: { p50: number; p99: number }[][] = [[], []];
  for (let index = 0; index < 2 * blocks; index++) {
    const isReloading = (index + Math.floor(index / 2)) % 2;
    const until = isReloading ? reload(hammer) : delay(BLOCK_MS).then(() => 0);
    const { requests, mixed, failed, latenciesMs } = await hammer.ask(
      clients,
      until,
      pauseMs,
    );
    figures[isReloading]!.push({
      p50: median(latenciesMs),
      p99: quantile(latenciesMs, 0.99),
    });
    counts.requests += requests;
    counts.reloads += await until;
    counts.mixed += mixed.length;
    counts.failed += failed.length;
  }
  const [without, during] = figures as [typeof figures[0], typeof figures[0]];
  // Of the quieter quarter: what else runs on the machine only ever adds.
  const columns = (["p50", "p99"] as const).flatMap((name) => {
    const [alone, beside] = [without, during].map((blocks) =>
      quantile(blocks.map((one) => one[name]), 0.25)
    ) as [number, number];
    return [round(alone), signed(round(beside - alone))];
  });
  const { requests, reloads, mixed, failed } = counts;
  return [runtime, requests, reloads, ...columns, mixed, failed].map(String);
}

/** Reloads for the time of a block; gives how often. */
async function reload(hammer: Hammer): Promise<number> {
  const endAt = performance.now() + BLOCK_MS;
  let count = 0;
  while (performance.now() < endAt) {
    const startedAt = performance.now();
    await hammer.reload(1);
    count += 1;
    await delay(Math.max(0, startedAt + everyMs - performance.now()));
  }
  return count;
}

function signed(ms: number): string {
  return `${ms < 0 ? "" : "+"}${ms}`;
}
