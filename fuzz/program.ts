/**
 * Runs batches on one runtime: `program <seed> <cases>`. A line of JSON on standard output for
 * every hundred batches tells that it goes on, and how much memory it takes; the last one has the
 * result.
 */

import process from "node:process";
import { BATCH_SIZE, emptyTally, runBatch } from "./batch.ts";
import { readCorpus } from "./corpus.ts";
import { openParsers } from "./examine.ts";

const SAY_EVERY = 20;

/** Node and Deno offer it when asked to, Bun always does. */
const { gc, Bun } = globalThis as {
  readonly gc?: () => void;
  readonly Bun?: { gc(force: boolean): void };
};

const [seed, cases] = process.argv.slice(2).map(Number) as [number, number];
const corpus = readCorpus();
const parsers = await openParsers();
const tally = emptyTally();
const batches = Math.ceil(cases / BATCH_SIZE);

/** Without characters that the reader would take for the end of a line. */
function say(line: object): void {
  const text = JSON.stringify(line)
    .replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
  process.stdout.write(text + "\n");
}

for (let batch = 0; batch < batches; batch++) {
  runBatch(seed + batch, corpus, parsers, tally);
  if (batch % SAY_EVERY !== SAY_EVERY - 1) continue;
  if (Bun) Bun.gc(true);
  else gc?.();
  say({
    done: (batch + 1) * BATCH_SIZE,
    next: seed + batch + 1,
    rssBytes: process.memoryUsage().rss,
  });
  await new Promise((resolve) => setTimeout(resolve));
}
say({ result: tally });
