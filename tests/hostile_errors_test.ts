/** What is thrown may be anything: it is told of, quotes no secret, and ends nothing. */

import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { inspect } from "node:util";
import { eventsOf, openLive, typesOf } from "./live.ts";
import type { AlertSink, StandardSchema } from "../mod.ts";

interface Settings {
  readonly n: number;
  readonly password: string;
}

const FILES = { "/app.yaml": "n: 1\npassword: first-secret" };
const SECOND = "n: 2\npassword: second-secret";

/** An error with a member that is replaced. */
function odd(name: string, descriptor: PropertyDescriptor): Error {
  return Object.defineProperty(new Error("no second-secret"), name, {
    configurable: true,
    ...descriptor,
  });
}

function fails(): never {
  throw new Error("can't be read");
}

function ownCause(): Error {
  const error = new Error("its own cause");
  error.cause = error;
  return error;
}

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable(new Error("no"), {});
  revoke();
  return proxy;
}

const THROWN: Readonly<Record<string, () => unknown>> = {
  "is its own cause": ownCause,
  "has no message": () => odd("message", { value: undefined }),
  "has a message that is no text": () => odd("message", { value: { a: 1 } }),
  "has a message that can't be read": () => odd("message", { get: fails }),
  "has a stack that can't be read": () => odd("stack", { get: fails }),
  "has a member that can't be read": () => odd("code", { get: fails, enumerable: true }),
  "has a name that is no text": () => odd("name", { value: Symbol("name") }),
  "is frozen": () => Object.freeze(new Error("no second-secret")),
  "can't be read at all": () => new Proxy(new Error("no"), { get: fails }),
  "can't be looked at at all": revoked,
  "has no prototype": () => Object.create(null),
  "is undefined": () => undefined,
  "is a symbol": () => Symbol("thrown"),
};

for (const [what, thrown] of Object.entries(THROWN)) {
  describe(`an error that ${what} (G7)`, () => {
    const fail = () => {
      throw thrown();
    };

    test("thrown by handlers, at once and later", async () => {
      await using live = await openLive<Settings>(FILES);
      live.config.on("reloadSucceeded", fail);
      live.config.on("reloadSucceeded", () => Promise.reject(thrown()));
      live.config.subscribe("n", fail);
      await live.save("/app.yaml", SECOND);
      assert.equal(eventsOf(live.events, "handlerFailed").length, 3);
      assert.equal(live.config.current.n, 2);
    });

    test("thrown by a component", async () => {
      await using live = await openLive<Settings>(FILES, { maxReloadAttempts: 1 });
      await live.config.attach({
        name: "one",
        commit: (_, { before }) => before !== undefined && fail(),
        undo: () => {},
      });
      await live.save("/app.yaml", SECOND);
      assert.deepEqual(typesOf(live.events), ["fileChanged", "componentFailed", "reloadFailed"]);
      const { component, error } = eventsOf(live.events, "componentFailed")[0]!;
      assert.deepEqual([component, error.name], ["one", "ComponentError"]);
      assert.doesNotMatch(error.message, /second-secret/);
    });

    test("thrown by a component that goes on after its deadline", async () => {
      await using live = await openLive<Settings>(FILES, { maxReloadAttempts: 1 });
      let failLater = () => {};
      await live.config.attach({
        name: "one",
        deadlineMs: 100,
        commit: (_, { before }) =>
          before && new Promise((_, reject) => failLater = () => reject(thrown())),
        undo: () => {},
      });
      await live.save("/app.yaml", SECOND);
      failLater();
      await live.clock.advance(1);
      const messages = eventsOf(live.events, "componentFailed").map(({ error }) => error.message);
      assert.match(messages.at(-1)!, /it went on after its deadline, and failed$/);
    });

    test("thrown by a health check", async () => {
      await using live = await openLive<Settings>(FILES, {
        confirm: { withinMs: 1000, health: fail },
      });
      await live.save("/app.yaml", SECOND);
      assert.deepEqual(typesOf(live.events), ["fileChanged", "reloadSucceeded", "rolledBack"]);
    });

    test("thrown by a sink of alerts", async () => {
      let attempts = 0;
      const send = () => {
        attempts += 1;
        fail();
      };
      const sink: AlertSink = { name: "sink", maxAttempts: 2, send };
      await using live = await openLive<Settings>(FILES, { alerts: [sink] });
      await live.save("/app.yaml", "n: [");
      await live.clock.advance(10_000);
      assert.equal(attempts, 2);
      assert.equal(eventsOf(live.events, "alertFailed").length, 1);
    });
  });
}

describe("no secret is shown (G11)", () => {
  test("of the configuration before, by who is told of the next one", async () => {
    await using live = await openLive<Settings>(FILES);
    live.config.subscribe("password", (_, before) => {
      throw new Error(`can't end the session of ${before}`);
    });
    await live.save("/app.yaml", SECOND);
    const [event] = eventsOf(live.events, "handlerFailed");
    assert.equal(event!.error.message, "can't end the session of [secret]");
    assert.doesNotMatch(inspect(event), /first-secret/);
  });

  test("of a configuration that ran long ago, by who is late", async () => {
    await using live = await openLive<Settings>(FILES);
    let reject!: (error: Error) => void;
    const late = () => new Promise((_, fail) => reject = fail);
    live.config.on("reloadSucceeded", late, { once: true });
    await live.save("/app.yaml", SECOND);
    await live.save("/app.yaml", "n: 3\npassword: third-secret");
    await live.save("/app.yaml", "n: 4\npassword: fourth-secret");
    reject(new Error("no answer for second-secret"));
    await live.clock.advance(1);
    const [event] = eventsOf(live.events, "handlerFailed");
    assert.equal(event!.error.message, "no answer for [secret]");
  });

  test("of a message that the class of an error makes", async () => {
    await using live = await openLive<Settings>(FILES);
    class Quoting extends Error {
      override get name() {
        return `no ${live.config.current.password}`;
      }
      override get message() {
        return `can't log in with ${live.config.current.password}`;
      }
    }
    live.config.subscribe("password", () => {
      throw Object.assign(new Quoting(), { stack: undefined });
    });
    await live.save("/app.yaml", SECOND);
    const { error } = eventsOf(live.events, "handlerFailed")[0]!;
    assert.deepEqual([error.name, error.message], ["no [secret]", "can't log in with [secret]"]);
    assert.ok(error instanceof Quoting);
    assert.doesNotMatch(inspect(error, { showHidden: true }), /second-secret/);
  });

  test("in the members of an error, nor in errors among them; the others stay", async () => {
    await using live = await openLive<Settings>(FILES, { maxReloadAttempts: 1 });
    const commit = ({ password }: Settings, { before }: { before?: Settings }) => {
      if (before === undefined) return;
      const parts = [new Error("one is away"), new RangeError(`no ${password}`)];
      const request = { headers: new Map([["authorization", password]]) };
      const url = `db://${password}`;
      throw Object.assign(new AggregateError(parts, "all failed"), { code: "ENONE", url, request });
    };
    await live.config.attach({ name: "one", commit });
    await live.save("/app.yaml", SECOND);
    assert.doesNotMatch(inspect(live.events, { depth: 20, showHidden: true }), /second-secret/);
    const { error } = eventsOf(live.events, "reloadFailed")[0]!;
    const { code, url, errors } = error.cause as AggregateError & { code: string; url: string };
    assert.deepEqual([code, url], ["ENONE", "db://[secret]"]);
    assert.deepEqual(
      (errors as Error[]).map(({ name, message }) => `${name}: ${message}`),
      ["Error: one is away", "RangeError: no [secret]"],
    );
  });

  test("and an error without one is the one that was thrown, with all its members", async () => {
    await using live = await openLive<Settings>(FILES);
    const thrown = Object.assign(new Error("away"), { code: "EAWAY", at: { host: "db-1" } });
    live.config.subscribe("n", () => {
      throw thrown;
    });
    await live.save("/app.yaml", SECOND);
    assert.equal(eventsOf(live.events, "handlerFailed")[0]!.error, thrown);
  });
});

/** A connection as libraries make them: it leads back to itself, and one member can't be read. */
class Connection {
  readonly pool = { name: "pool", connections: [this as Connection], itself: {} };
  readonly waiting = new Map<unknown, unknown>([[Object.create(null), this]]);
  readonly password: string;
  readonly sessions = new Map([["token", "session-secret"]]);
  constructor(password: string) {
    this.password = password;
    this.pool.itself = this.pool;
  }
}

class Unready {
  constructor() {
    Object.defineProperty(this, "server", { enumerable: true, get: fails });
  }
}

interface Connected {
  readonly n: number;
  readonly connection: Connection;
}

/** A schema that makes a connection of the password. */
const CONNECTED: StandardSchema<Connected> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate(value) {
      const { n, password } = value as Settings;
      return { value: { n, connection: new Connection(password), unready: new Unready() } };
    },
  },
};

describe("what a schema makes may lead in circles, and hold what can't be read (G7)", () => {
  test("when a handler and a component fail, and quote what it holds (G11)", async () => {
    await using live = await openLive<Connected>(FILES, {
      schema: CONNECTED,
      maxReloadAttempts: 1,
    });
    const quote = ({ connection: { password, sessions } }: Connected) => {
      throw new Error(`no ${password}, nor ${sessions.get("token")}`);
    };
    live.config.on("fileChanged", () => quote(live.config.current));
    live.config.on("fileChanged", () => Promise.reject(new Error("later")));
    const commit = (next: Connected) => void (next.n === 2 && quote(next));
    await live.config.attach({ name: "one", commit });
    await live.save("/app.yaml", SECOND);
    await live.save("/app.yaml", "n: 3\npassword: third-secret");
    const messages = live.events.flatMap((event) => "error" in event ? event.error.message : []);
    const shown = "no [secret], nor [secret]";
    const refused = `Cannot commit the configuration in component one: ${shown}`;
    assert.deepEqual(messages, [shown, "later", refused, refused, shown, "later"]);
    assert.equal(live.config.current.n, 3);
  });

  test("when it is not confirmed, and gone back from", async () => {
    await using live = await openLive<Connected>(FILES, {
      schema: CONNECTED,
      confirm: { withinMs: 1000, health: fails },
    });
    await live.save("/app.yaml", SECOND);
    assert.deepEqual(typesOf(live.events), ["fileChanged", "reloadSucceeded", "rolledBack"]);
    assert.doesNotMatch(inspect(live.events, { depth: 20 }), /-secret/);
  });
});
