/**
 * Commits with and without state on disk, in turn: `commits.ts DIRECTORY TIMES KEYS`. Writes one JSON
 * line, a {@linkcode CommitTimes}.
 *
 * @module
 */

import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { memory, watchConfig } from "../../mod.ts";

/** Times in milliseconds, from the change until the next one may come. */
export interface CommitTimes {
  /** Without state on disk. */
  readonly without: readonly number[];
  /** With it. */
  readonly with: readonly number[];
}

const WARM_UPS = 30;
const PAUSE_MS = 20;

const [directory = ".", times = "200", keys = "20"] = process.argv.slice(2);
const folder = mkdtempSync(join(directory, "state-"));
const measured = { without: [] as number[], with: [] as number[] };
try {
  const plain = await open();
  const kept = await open(folder);
  for (let round = 1; round <= WARM_UPS + Number(times); round++) {
    // Who comes first finds the processor in another state.
    const order = round % 2 === 0 ? [plain, kept] : [kept, plain];
    for (const one of order) {
      const time = await one.commit(round);
      if (round > WARM_UPS) {
        measured[one === plain ? "without" : "with"].push(time);
      }
    }
  }
  await plain.close();
  await kept.close();
} finally {
  rmSync(folder, { recursive: true });
}
console.log(JSON.stringify(measured satisfies CommitTimes));

async function open(stateDir?: string) {
  const source = memory(valueOf(0));
  const config = await watchConfig({ sources: [source], stateDir });
  return {
    async commit(round: number): Promise<number> {
      // Older entries are removed after the commit; of that nobody is to pay but who commits at once.
      await setTimeout(PAUSE_MS);
      const startedAt = performance.now();
      source.set(valueOf(round));
      // What was set is committed already; this waits until that is over.
      await config.reload();
      const time = performance.now() - startedAt;
      const { reasons } = config.health();
      const { revision } = config;
      if (revision !== round + 1 || reasons.length > 0) {
        throw new Error(`${revision} ${reasons.map(({ message }) => message)}`);
      }
      return time;
    },
    close: () => config.close(),
  };
}

function valueOf(round: number): Record<string, unknown> {
  const value: Record<string, unknown> = { round };
  for (let key = 0; key < Number(keys); key++) {
    value[`service-${key}`] = {
      host: `10.0.0.${key % 256}`,
      port: 8000 + key,
      isOn: true,
    };
  }
  return value;
}
