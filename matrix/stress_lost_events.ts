/**
 * Events that are lost because the subject can't take them in time.
 *
 * @module
 */

import { readFileSync, renameSync } from "node:fs";
import process from "node:process";
import { CONFIG } from "./next_file.ts";
import type { Place } from "./place.ts";
import type { Situation } from "./situation.ts";
import { ANY_CONFIG, MEMORY, MEMORY_NEEDS, mountMemory, writeFast } from "./stress_writing.ts";
import { configText } from "./text.ts";

/** After that many, a new event is dropped. */
const QUEUE_LIMIT = "/proc/sys/fs/inotify/max_queued_events";

/** Two files in turn: an event that is the same as the one before it is not queued. */
const NOISE = [`${MEMORY}/noise_0.yaml`, `${MEMORY}/noise_1.yaml`] as const;

const PATH = `${MEMORY}/${CONFIG}`;

async function prepare(place: Place): Promise<void> {
  await mountMemory(place);
  place.write(PATH, configText(0));
}

/** Fills the subject's queue of events while it is stopped. */
async function overflow(place: Place, save: () => void): Promise<void> {
  const { pid } = place.subject!;
  process.kill(pid, "SIGSTOP");
  try {
    const limit = Number(readFileSync(QUEUE_LIMIT, "utf8"));
    const saves = Math.max(20_000, Math.ceil(limit * 1.2));
    await writeFast(place, { paths: NOISE, text: "noise: {n}\n", first: 1, saves });
    save();
  } finally {
    process.kill(pid, "SIGCONT");
  }
}

function saveInTurn(place: Place, n: number): void {
  const isRenamed = n % 2 === 0;
  const path = place.write(isRenamed ? `${PATH}.tmp` : PATH, configText(n));
  if (isRenamed) renameSync(path, place.path(PATH));
}

const BLOCK_MS = 3_000;
const SAVES_WHILE_BLOCKED = 5_000;

async function saveWhileBlocked(place: Place, n: number): Promise<void> {
  const free = place.pause(BLOCK_MS);
  await place.subject!.say(`block ${BLOCK_MS}`);
  await writeFast(place, {
    paths: [PATH],
    text: ANY_CONFIG,
    first: (n - 1) * SAVES_WHILE_BLOCKED + 1,
    saves: SAVES_WHILE_BLOCKED,
    renamed: n % 2 === 0,
  });
  await free;
}

/** Rows about lost events. */
export const lostEvents: readonly Situation[] = [
  {
    name: "queue-overflow",
    group: "stress",
    title:
      "stopped (SIGSTOP) during 20,000 saves of other files and the save, so that its event is " +
      "dropped",
    rounds: 4,
    isSlow: true,
    needs: MEMORY_NEEDS,
    watch: { file: PATH },
    prepare,
    save: (place, n) => overflow(place, () => saveInTurn(place, n)),
    timeoutMs: 2_500,
    note:
      "The time counts from SIGCONT. Only the look that is due by then tells Deno and Node of " +
      "the save.",
  },
  {
    name: "busy",
    group: "stress",
    title:
      "busy for 3 s, in which nothing else runs, during 5,000 saves, in place and renamed in turn",
    rounds: 2,
    isSlow: true,
    needs: MEMORY_NEEDS,
    watch: { file: PATH },
    prepare,
    save: saveWhileBlocked,
    states: (n) =>
      n === 0 ? [{ "": 0 }] : Array.from({ length: SAVES_WHILE_BLOCKED }, (_, index) => ({
        "": (n - 1) * SAVES_WHILE_BLOCKED + index + 1,
      })),
    reloads: { least: 1, most: 3 },
    timeoutMs: 2_500,
    note: "The time counts from when it is free again.",
  },
];
