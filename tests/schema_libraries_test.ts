/**
 * arktype, zod and valibot themselves, each with a schema that means the same, on one table.
 *
 * @module
 */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type } from "arktype";
import * as v from "valibot";
import * as z from "zod";
import { type LiveConfig, loadConfig, type StandardSchema, ValidationError } from "../mod.ts";
import { ManualClock } from "../src/testing/manual_clock.ts";
import { validate } from "../src/validate.ts";
import { createMemoryRuntime } from "../testing.ts";
import { eventsOf, openLive } from "./live.ts";

/** What every one of the schemas below gives. */
interface Settings {
  readonly server: { readonly host: string; readonly port: number };
  readonly startsAt?: Date;
  readonly hosts?: readonly { readonly name: string; readonly port: number }[];
  readonly services?: Readonly<Record<string, { readonly token: number }>>;
  readonly mode?: "fast" | { readonly level: number };
}

const ArkSettings = type({
  server: { host: "string = 'localhost'", port: "1 <= number.integer <= 65535", "+": "reject" },
  "startsAt?": "string.date.parse",
  "hosts?": type({ name: "string", port: "number" }).array(),
  "services?": { "[string]": { token: type("string").pipe((text) => text.length) } },
  "mode?": type("'fast'").or({ level: "number" }),
  "+": "reject",
});

const ZodSettings = z.strictObject({
  server: z.strictObject({
    host: z.string().default("localhost"),
    port: z.int().min(1).max(65535),
  }),
  startsAt: z.string().transform((text) => new Date(text)).optional(),
  hosts: z.array(z.object({ name: z.string(), port: z.number() })).optional(),
  services: z.record(z.string(), z.object({ token: z.string().transform((text) => text.length) }))
    .optional(),
  mode: z.union([z.literal("fast"), z.object({ level: z.number() })]).optional(),
});

const ValibotSettings = v.strictObject({
  server: v.strictObject({
    host: v.optional(v.string(), "localhost"),
    port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65535)),
  }),
  startsAt: v.optional(v.pipe(v.string(), v.transform((text) => new Date(text)))),
  hosts: v.optional(v.array(v.object({ name: v.string(), port: v.number() }))),
  services: v.optional(
    v.record(
      v.string(),
      v.object({ token: v.pipe(v.string(), v.transform((text) => text.length)) }),
    ),
  ),
  mode: v.optional(v.union([v.literal("fast"), v.object({ level: v.number() })])),
});

const LIBRARIES: readonly [name: Library, schema: StandardSchema<Settings>][] = [
  ["arktype", ArkSettings],
  ["zod", ZodSettings],
  ["valibot", ValibotSettings],
];

type Library = "arktype" | "zod" | "valibot";

/** What is wrong, and what each library says of it, with its place. */
interface Refusal {
  readonly name: string;
  readonly text: string;
  readonly issues: Readonly<Record<Library, readonly string[]>>;
}

const OK = "server: {port: 1}\n";

const REFUSALS: readonly Refusal[] = [
  {
    name: "a value of the wrong type",
    text: "server:\n  host: a\n  port: x\n",
    issues: {
      arktype: ["3:3 server.port: must be a number (was a string)"],
      zod: ["3:3 server.port: Invalid input: expected number, received string"],
      valibot: ['3:3 server.port: Invalid type: Expected number but received "x"'],
    },
  },
  {
    name: "a value out of range (S3.7)",
    text: "server:\n  port: 0\n",
    issues: {
      arktype: ["2:3 server.port: must be at least 1 (was 0)"],
      zod: ["2:3 server.port: Too small: expected number to be >=1"],
      valibot: ["2:3 server.port: Invalid value: Expected >=1 but received 0"],
    },
  },
  {
    name: "a missing key, at the object that should have it",
    text: "# settings\nserver:\n  host: a\n",
    issues: {
      arktype: ["2:1 server.port: must be a number (was missing)"],
      zod: ["2:1 server.port: Invalid input: expected number, received undefined"],
      valibot: ['2:1 server.port: Invalid key: Expected "port" but received undefined'],
    },
  },
  {
    name: "a missing key at the top, at the start of the file",
    text: "mode: fast\n",
    issues: {
      arktype: ["1:1 server: must be an object (was missing)"],
      zod: ["1:1 server: Invalid input: expected object, received undefined"],
      valibot: ['1:1 server: Invalid key: Expected "server" but received undefined'],
    },
  },
  {
    name: "unknown keys, each at its own place",
    text: "server:\n  port: 1\n  hots: a\nmod: fast\n",
    issues: {
      arktype: ["3:3 server.hots: must be removed", "4:1 mod: must be removed"],
      zod: [
        '3:3 server.hots: Unrecognized key: "hots"',
        '4:1 mod: Unrecognized key: "mod"',
      ],
      valibot: [
        '3:3 server.hots: Invalid key: Expected never but received "hots"',
        '4:1 mod: Invalid key: Expected never but received "mod"',
      ],
    },
  },
  {
    name: "several unknown keys of one object (valibot stops at the first)",
    text: `${OK}one: 1\ntwo: 2\n`,
    issues: {
      arktype: ["2:1 one: must be removed", "3:1 two: must be removed"],
      zod: ['2:1 one: Unrecognized key: "one"', '3:1 two: Unrecognized key: "two"'],
      valibot: ['2:1 one: Invalid key: Expected never but received "one"'],
    },
  },
  {
    name: "items of a list",
    text: `${OK}hosts:\n  - {name: a, port: 1}\n  - {name: 5}\n`,
    issues: {
      arktype: [
        "4:5 hosts.1.port: must be a number (was missing)",
        "4:6 hosts.1.name: must be a string (was a number)",
      ],
      zod: [
        "4:5 hosts.1.port: Invalid input: expected number, received undefined",
        "4:6 hosts.1.name: Invalid input: expected string, received number",
      ],
      valibot: [
        '4:5 hosts.1.port: Invalid key: Expected "port" but received undefined',
        "4:6 hosts.1.name: Invalid type: Expected string but received 5",
      ],
    },
  },
  {
    name: "a value of a record with any keys",
    text: `${OK}services:\n  mail: {token: abc}\n  a.b:\n    token: 5\n`,
    issues: {
      arktype: ['5:5 services["a.b"].token: must be a string (was a number)'],
      zod: ['5:5 services["a.b"].token: Invalid input: expected string, received number'],
      valibot: ['5:5 services["a.b"].token: Invalid type: Expected string but received [secret]'],
    },
  },
  {
    name: "a value that fits no alternative of a union",
    text: `${OK}mode: slow\n`,
    issues: {
      arktype: ['2:1 mode: must be "fast" (was "slow")'],
      zod: [
        '2:1 mode: Invalid input: expected "fast"; ' +
        "or: Invalid input: expected object, received string",
      ],
      valibot: ['2:1 mode: Invalid type: Expected ("fast" | Object) but received "slow"'],
    },
  },
  {
    name: "what is wrong inside an alternative of a union",
    text: `${OK}mode:\n  level: x\n`,
    issues: {
      arktype: ["3:3 mode.level: must be a number (was a string)"],
      zod: ["3:3 mode.level: Invalid input: expected number, received string"],
      valibot: ['2:1 mode: Invalid type: Expected ("fast" | Object) but received Object'],
    },
  },
  {
    name: "a whole that is no object",
    text: "text\n",
    issues: {
      arktype: ["1:1 must be an object (was a string)"],
      zod: ["1:1 Invalid input: expected object, received string"],
      valibot: ['1:1 Invalid type: Expected Object but received "text"'],
    },
  },
];

for (const [library, schema] of LIBRARIES) {
  describe(`a schema of ${library}`, () => {
    test("gives a valid configuration as it is", async () => {
      const { value } = await load(schema, "server: {host: a, port: 1}\nmode: {level: 3}\n");
      assert.deepEqual(value, { server: { host: "a", port: 1 }, mode: { level: 3 } });
    });

    test("gives defaults, and what its transforms make of values, with their types", async () => {
      const text = `${OK}startsAt: '2026-01-31'\nservices: {mail: {token: abc}}\n`;
      await using live = await openLive({ "/app.yaml": text }, { schema });
      const config: LiveConfig<Settings> = live.config;
      assert.deepEqual(config.current, {
        server: { host: "localhost", port: 1 },
        startsAt: new Date("2026-01-31"),
        services: { mail: { token: 3 } },
      });
      assert.ok(Object.isFrozen(config.current.services?.mail));
    });

    for (const { name, text, issues } of REFUSALS) {
      test(`refuses ${name} (G4)`, async () => {
        assert.deepEqual(await issuesOf(schema, text), issues[library]);
      });
    }

    test("keeps what runs when it refuses a save, and takes the next good one (G4)", async () => {
      await using live = await openLive({ "/app.yaml": OK }, { schema });
      await live.save("/app.yaml", "server: {port: 0}\n");
      assert.equal(live.config.current.server.port, 1);
      assert.equal(eventsOf(live.events, "validationFailed").length, 1);
      await live.save("/app.yaml", "server: {port: 2}\n");
      assert.equal(live.config.current.server.port, 2);
    });

    test("keeps the identity of what did not change, though it builds anew (G6)", async () => {
      const rest = "startsAt: '2026-01-31'\nservices: {mail: {token: abc}}\nhosts: []\n";
      await using live = await openLive({ "/app.yaml": OK + rest }, { schema });
      const before = live.config.current;
      await live.save("/app.yaml", "server: {port: 2}\n" + rest);
      const after = live.config.current;
      assert.equal(after.server.port, 2);
      assert.equal(after.services, before.services);
      assert.equal(after.startsAt, before.startsAt);
      assert.equal(after.hosts, before.hosts);
      const [{ changes } = { changes: [] }] = eventsOf(live.events, "reloadSucceeded");
      assert.deepEqual(changes.map(({ path }) => path), ["server.port"]);
    });

    test("takes a candidate that is frozen, and leaves it as it is (G6)", async () => {
      const text = '{"server": {"port": 1}, "startsAt": "2026-01-31", ' +
        '"hosts": [{"name": "a", "port": 1}], "services": {"mail": {"token": "abc"}}}';
      const candidate = deepFreeze(JSON.parse(text));
      const rules = { schema, validators: [], timeoutMs: 1000 };
      for (let reload = 1; reload <= 2; reload++) {
        assert.deepEqual(await validate(candidate, rules, new ManualClock()), {
          value: {
            server: { host: "localhost", port: 1 },
            startsAt: new Date("2026-01-31"),
            hosts: [{ name: "a", port: 1 }],
            services: { mail: { token: 3 } },
          },
        });
        assert.deepEqual(candidate, JSON.parse(text));
      }
    });

    test("transforms an object that stands in two places once in each", async () => {
      const one = { token: "abc" };
      const candidate = { server: { port: 1 }, services: { mail: one, web: one } };
      const rules = { schema, validators: [], timeoutMs: 1000 };
      const outcome = await validate(candidate, rules, new ManualClock());
      assert.ok("value" in outcome, JSON.stringify(outcome));
      assert.deepEqual(outcome.value.services, { mail: { token: 3 }, web: { token: 3 } });
    });
  });
}

test("a type of arktype without morphs and defaults gets the candidate itself", async () => {
  const candidate = deepFreeze({ hosts: [{ port: 1 }] });
  const rules = {
    schema: type({ hosts: type({ port: "number" }).array() }),
    validators: [],
    timeoutMs: 1000,
  };
  const outcome = await validate(candidate, rules, new ManualClock());
  assert.ok("value" in outcome && outcome.value === candidate);
});

/** Schemas that settle when `gate` does, and refuse `port: 7`. */
function asynchronousSchemas(
  gate: () => Promise<unknown>,
): readonly [name: string, schema: StandardSchema<{ port: number }>][] {
  const isFree = async ({ port }: { port: number }) => {
    await gate();
    return port !== 7;
  };
  return [
    [
      "zod",
      z.object({ port: z.number() }).refine(isFree, { path: ["port"], error: "is taken" }),
    ],
    [
      "valibot",
      v.pipeAsync(
        v.object({ port: v.number() }),
        v.forwardAsync(v.partialCheckAsync([["port"]], isFree, "is taken"), ["port"]),
      ),
    ],
  ];
}

for (const [library, schema] of asynchronousSchemas(() => Promise.resolve())) {
  test(`an asynchronous schema of ${library} is waited for (S2.7)`, async () => {
    assert.deepEqual((await load(schema, "port: 8\n")).value, { port: 8 });
    assert.deepEqual(await issuesOf(schema, "# mine\nport: 7\n"), ["2:1 port: is taken"]);
  });
}

for (const [library, schema] of asynchronousSchemas(() => new Promise(() => {}))) {
  test(`an asynchronous schema of ${library} that never settles is given up (G7)`, async () => {
    const clock = new ManualClock();
    const rules = { schema, validators: [], timeoutMs: 5000 };
    const outcome = validate({ port: 8 }, rules, clock);
    await clock.advance(5000);
    assert.deepEqual(await outcome, {
      issues: [{
        path: [],
        message: "validation did not finish within 5000 ms (validateTimeoutMs)",
      }],
    });
  });
}

function fail(): never {
  throw new Error("no table of codes");
}

const THROWING: readonly [library: Library, schema: StandardSchema<unknown>][] = [
  ["arktype", type("object").pipe(fail)],
  ["zod", z.object({}).transform(fail)],
  ["valibot", v.pipe(v.object({}), v.transform(fail))],
];
for (const [library, schema] of THROWING) {
  test(`a schema of ${library} that throws is an issue (G7)`, async () => {
    assert.deepEqual(await issuesOf(schema, "{}\n"), ["1:1 the schema failed: no table of codes"]);
  });
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}

function load<T>(schema: StandardSchema<T>, text: string) {
  const runtime = createMemoryRuntime();
  runtime.files.write("/app.yaml", text);
  return loadConfig({ sources: ["/app.yaml"], schema, runtime });
}

/** `line:column path: message` of each issue, in the order of the file. */
async function issuesOf(schema: StandardSchema<unknown>, text: string): Promise<string[]> {
  const error: unknown = await load(schema, text).then(
    () => assert.fail("accepted"),
    (thrown) => thrown,
  );
  assert.ok(error instanceof ValidationError, String(error));
  return error.issues.map(({ path, message, file, line, column }) => {
    assert.equal(file, "/app.yaml");
    return `${line}:${column} ${path === "" ? "" : `${path}: `}${message}`;
  }).sort();
}
