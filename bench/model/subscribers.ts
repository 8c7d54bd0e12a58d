/**
 * What it takes to tell 10,000 subscribers of one change, beside asking each of them whether it is
 * concerned. Writes its rows as one JSON line.
 *
 * @module
 */

import { EventBus } from "../../src/event_bus.ts";
import type { KeyPath } from "../../src/key_path.ts";
import type { Commit } from "../../src/revisions.ts";
import type { Snapshot } from "../../src/revision_store.ts";
import { Subscriptions } from "../../src/subscription.ts";
import { matchSubscription } from "../../tests/each_subscription.ts";
import { median, round } from "../figures.ts";

/** Medians of one case. */
export interface SubscribersRow {
  /** What the subscribers are subscribed to. */
  readonly subscribed: string;
  /** Subscribers that are called. */
  readonly called: number;
  /** Milliseconds for a commit. */
  readonly notifyMs: number;
  /** Milliseconds when each subscriber is asked. */
  readonly askingMs: number;
}

const SUBSCRIBERS = 10_000;
const SERVICES = 1000;
const ROUNDS = 31;
const CHANGED: KeyPath = ["services", "s7", "k7"];

const paths = Array.from(
  { length: SUBSCRIBERS },
  (_, n) => `services.s${n % SERVICES}.k${Math.floor(n / SERVICES)}`,
);
const commits = [commitOf(1, 2), commitOf(2, 1)];
const rows = [
  measure("a value each", paths),
  measure("a value each, ten to services.*.k7", [
    ...paths.slice(10),
    ...paths.slice(0, 10).map(() => "services.*.k7"),
  ]),
  measure("the value that changes", paths.map(() => CHANGED.join("."))),
];
console.log(JSON.stringify(rows));

/** Both ways in turn, so that noise meets both alike. */
function measure(subscribed: string, paths: readonly string[]): SubscribersRow {
  let calls = 0;
  const subscriptions = new Subscriptions(fail);
  const asked = new EventBus<Commit<unknown>>(fail);
  for (const path of paths) {
    subscriptions.add(path, () => calls++);
    asked.add(path, ({ before, after, changedPaths }) => {
      for (
        const _match of matchSubscription(
          path,
          before.value,
          after.value,
          changedPaths,
        )
      ) {
        calls++;
      }
    });
  }
  const notifyMs: number[] = [];
  const askingMs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const commit = commits[round % 2]!;
    notifyMs.push(time(() => subscriptions.publish(commit)));
    askingMs.push(time(() => asked.emit(commit)));
  }
  return {
    subscribed,
    called: calls / ROUNDS / 2,
    notifyMs: round(median(notifyMs), 3),
    askingMs: round(median(askingMs), 3),
  };
}

function time(run: () => void): number {
  const startedAt = performance.now();
  run();
  return performance.now() - startedAt;
}

function fail(name: string, error: Error): never {
  throw new Error(`${name} failed`, { cause: error });
}

/** A commit that changes one of 10,000 values. */
function commitOf(before: number, after: number): Commit<unknown> {
  const [, service, key] = CHANGED as [string, string, string];
  const old = configurationWith(service, key, before);
  const now = {
    services: {
      ...old.services,
      [service]: { ...old.services[service], [key]: after },
    },
  };
  return {
    before: snapshotOf(1, old),
    after: snapshotOf(2, now),
    changes: [],
    changedPaths: [CHANGED],
  };
}

function configurationWith(service: string, key: string, value: number) {
  const services: Record<string, Record<string, number>> = {};
  for (let n = 0; n < SERVICES; n++) {
    services[`s${n}`] = Object.fromEntries(
      Array.from({ length: 10 }, (_, k) => [`k${k}`, n]),
    );
  }
  services[service]![key] = value;
  return { services };
}

function snapshotOf(revision: number, value: unknown): Snapshot<unknown> {
  return { revision, value, checksum: "", at: "", files: [], cause: "save" };
}
