import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type LiveConfig, memory, type Source, valueDocument } from "../mod.ts";
import { type Live, openLive, reasonsOf, typesOf } from "./live.ts";

interface Numbered {
  readonly n: number;
}

/** Where somebody else's code is called while a configuration changes. */
const PLACES = [
  "select",
  "prepare",
  "commit",
  "undo",
  "health",
  "validator",
  "read",
  "handler",
] as const;

/** What it may call there. */
const ACTIONS: Record<string, (config: LiveConfig<Numbered>) => unknown> = {
  "reload()": (config) => config.reload(),
  "rollback()": (config) => config.rollback(),
  "confirm()": (config) => config.confirm(),
  "attach()": (config) => config.attach({ name: "another", commit: () => {} }),
  "pause() and resume()": (config) => {
    config.pause();
    return config.resume();
  },
  "addSource()": (config) => config.addSource(memory({ more: 1 }, { name: "more" })),
  "removeSource()": (config) => config.removeSource("own"),
  "pin()": (config) => config.pin(async () => await config.reload()),
  "close()": (config) => config.close(),
};

/** How it waits for what it called. */
const WAYS: Record<string, (act: () => unknown) => unknown> = {
  "and waits for it": async (act) => await act(),
  "and does not wait": (act) => void Promise.resolve(act()).catch(() => {}),
  "after an await, and waits for it": async (act) => {
    await undefined;
    await act();
  },
  "and throws no error": async (act) => {
    void Promise.resolve(act()).catch(() => {});
    await undefined;
    throw undefined;
  },
  "and never comes back": (act) => {
    void Promise.resolve(act()).catch(() => {});
    return new Promise(() => {});
  },
};

/** Longer than all that is waited for within one change, and than what is tried again. */
const ALL_MS = 30_000;

const DEADLINE_MS = 200;

/** Acts once, when it is armed, in one of the places. */
class Trap {
  #act: (() => unknown) | undefined;
  /** Whether what it called has ended. */
  hasEnded = false;

  arm(act: () => unknown, way: (act: () => unknown) => unknown): void {
    this.#act = () =>
      way(() => {
        const end = () => this.hasEnded = true;
        const result = Promise.resolve(act());
        result.then(end, end);
        return result;
      });
  }

  get isArmed(): boolean {
    return this.#act !== undefined;
  }

  spring(): unknown {
    const act = this.#act;
    this.#act = undefined;
    return act?.();
  }
}

async function openWith(place: typeof PLACES[number], trap: Trap): Promise<Live<Numbered>> {
  const at = (here: typeof place) => here === place ? trap.spring() : undefined;
  const own: Source = {
    name: "own",
    read: async () => {
      await at("read");
      return [valueDocument("own", {})];
    },
    watch: () => {},
  };
  const live = await openLive<Numbered>({ "/app.yaml": "n: 0" }, {
    sources: ["/app.yaml", own],
    validators: [async () => void await at("validator")],
    validateTimeoutMs: DEADLINE_MS,
    readTimeoutMs: DEADLINE_MS,
    ...(place === "health" && {
      confirm: {
        withinMs: DEADLINE_MS,
        intervalMs: 50,
        health: async () => void await at("health"),
      },
    }),
  });
  await live.config.attach<Numbered>({
    name: "a",
    deadlineMs: DEADLINE_MS,
    select: (value) => {
      at("select");
      return value;
    },
    prepare: () => at("prepare") as undefined,
    commit: () => at("commit"),
    undo: () => at("undo"),
  });
  await live.config.attach<Numbered>({
    name: "b",
    deadlineMs: DEADLINE_MS,
    commit: () => {
      if (place === "undo" && trap.isArmed) throw new Error("so that all go back");
    },
    undo: () => {},
  });
  live.config.on("reloadSucceeded", () => void at("handler"));
  return live;
}

describe("whoever is called by a change may call the handle back, and no save is lost (G1, G7):", () => {
  for (const place of PLACES) {
    for (const [action, act] of Object.entries(ACTIONS)) {
      test(`${place} calls ${action}`, async () => {
        for (const [way, wait] of Object.entries(WAYS)) {
          // A handler that throws is reported, but a promise nobody waits for is its own business.
          if (place === "handler" && way === "and throws no error") continue;
          if (place === "select" && way !== "and does not wait") continue;
          const trap = new Trap();
          await using live = await openWith(place, trap);
          const { config, clock } = live;
          await live.save("/app.yaml", "n: 1");
          assert.equal(config.current.n, 1);
          trap.arm(() => act(config), wait);
          live.files.writeAtomically("/app.yaml", "n: 2");
          await clock.advance(100);
          if (place === "read") void config.reload().catch(() => {});
          await clock.advance(ALL_MS);
          const about = `${way}: ${typesOf(live.events)}`;
          assert.equal(trap.isArmed, false, about);
          assert.equal(trap.hasEnded, true, about);
          if (action === "close()") {
            await config.close();
            continue;
          }
          await live.save("/app.yaml", "n: 3");
          await clock.advance(ALL_MS);
          assert.equal(config.current.n, 3, about);
          assert.equal(config.health().status, "ok", reasonsOf(config).join());
        }
      });
    }
  }
});
