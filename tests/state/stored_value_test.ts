import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  dotenv,
  env,
  type Source,
  type SourceDocument,
  textDocument,
  valueDocument,
} from "../../mod.ts";
import { type Layer, LayerParser } from "../../src/layers.ts";
import { freezeShared } from "../../src/freeze.ts";
import { Interpolator } from "../../src/interpolate.ts";
import { mergeLayers } from "../../src/merge.ts";
import { Secrets } from "../../src/secrets.ts";
import { type RestoredLayer, restoreLayer } from "../../src/state/restore.ts";
import { StoredParts, toStored } from "../../src/state/stored_value.ts";
import { MemoryEnvironment } from "../../testing.ts";
import { anyValue } from "../documents.ts";

const LIMITS = { maxDepth: 100, maxNodes: 100_000 };

function yaml(text: string): SourceDocument {
  return textDocument("app", text, ".yaml");
}

/** A source or a document as a layer, with its placeholders filled in. */
async function layerOf(given: Source | SourceDocument, environment: MemoryEnvironment) {
  const document = "read" in given ? (await given.read({ environment } as never))[0]! : given;
  const parser = new LayerParser(LIMITS);
  const layer = await parser.parse(document);
  return new Interpolator(environment, parser.frozen).interpolate(layer).layer;
}

interface Written {
  readonly stored: unknown;
  readonly text: string;
  readonly environment: MemoryEnvironment;
  /** What comes back, given the layers of sources that can be read. */
  restore(layers?: readonly Layer[], unfilled?: readonly string[]): RestoredLayer;
}

async function write(
  sources: readonly (Source | SourceDocument)[],
  variables: Readonly<Record<string, string>> = {},
  patterns: readonly string[] = [],
): Promise<Written> {
  const environment = new MemoryEnvironment();
  for (const [name, value] of Object.entries(variables)) environment.set(name, value);
  const layers = await Promise.all(sources.map((source) => layerOf(source, environment)));
  const candidate = mergeLayers(layers.map(({ parsed }) => parsed.value));
  const stored = toStored(candidate, { layers, secrets: new Secrets(patterns), environment });
  const text = JSON.stringify(stored);
  return {
    stored,
    text,
    environment,
    restore: (readable = [], unfilled = []) =>
      restoreLayer(JSON.parse(text), "", {
        environment,
        layers: readable,
        unfilled: new Set(unfilled),
      }),
  };
}

function valueOf({ layer }: RestoredLayer): unknown {
  return layer.parsed.value;
}

describe("a configuration that is stored", () => {
  test("comes back as it was", async () => {
    const { restore } = await write([
      yaml("server: {host: a, port: 1}\nlist: [1, null, {a: true}]"),
    ]);
    assert.deepEqual(valueOf(restore()), {
      server: { host: "a", port: 1 },
      list: [1, null, { a: true }],
    });
  });

  test("comes back with what JSON can't hold", async () => {
    const value = {
      date: new Date(1_700_000_000_000),
      big: 2n ** 70n,
      numbers: [-0, NaN, Infinity, -Infinity, 1e300, 5e-324],
      nothing: undefined,
      empty: [{}, [], "", null],
      odd: "\ud800",
    };
    const { restore } = await write([valueDocument("m", value)]);
    assert.deepEqual(valueOf(restore()), value);
    assert.ok(Object.hasOwn(valueOf(restore()) as object, "nothing"));
    // Node 20 finds that two dates that are none differ.
    const dated = await write([valueDocument("m", { none: new Date(NaN) })]);
    assert.equal(String((valueOf(dated.restore()) as { none: Date }).none), "Invalid Date");
  });

  test("comes back with keys that stand for something else", async () => {
    const value = JSON.parse(
      '{"a":{"$date":1},"b":{"$object":[["a",1]]},"c":{"$omitted":"secret"},"d":{"$schema":"x"},' +
        '"e":{"$text":"1","f":1},"g":{"$variables":[{"name":"HOME"}]}}',
    );
    const { restore } = await write([valueDocument("m", value)]);
    assert.equal(JSON.stringify(valueOf(restore())), JSON.stringify(value));
  });

  test("comes back whatever it is", () => {
    fc.assert(fc.property(anyValue, (value) => {
      if (typeof value !== "object" || value === null) return;
      const environment = new MemoryEnvironment();
      const secrets = new Secrets(["!*"]);
      const stored = JSON.parse(
        JSON.stringify(toStored(value, { layers: [], secrets, environment })),
      );
      const { layer } = restoreLayer(stored, "", { environment, layers: [], unfilled: new Set() });
      assert.deepEqual(layer.parsed.value, value);
    }));
  });

  test("does not claim what it can't hold", async () => {
    class Connection {
      readonly url = "postgres://user:hunter2@db";
    }
    const value = { a: 1, map: new Map([["a", 1]]), connection: new Connection(), call: () => 1 };
    const { text, restore } = await write([valueDocument("m", value)]);
    assert.ok(!text.includes("hunter2"));
    assert.deepEqual(valueOf(restore()), { a: 1 });
    assert.deepEqual([...restore().missing.keys()], ["map", "connection", "call"]);
    const environment = new MemoryEnvironment();
    const layer = await layerOf(valueDocument("m", value), environment);
    assert.deepEqual(valueOf(restore([layer])), value);
  });

  test("refuses what it does not know", () => {
    const by = { environment: new MemoryEnvironment(), layers: [], unfilled: new Set<string>() };
    for (const stored of [{ $later: 1 }, { $bigint: "x" }, { $object: 1 }, { $object: [1] }]) {
      assert.throws(() => restoreLayer({ a: stored }, "", by), /is not known|keys|BigInt|bigint/iu);
    }
  });
});

describe("a secret that is stored (G11)", () => {
  test("is left out, and taken from a source that can be read (G11)", async () => {
    const document = yaml("database: {host: db, password: hunter2-from-file}");
    const { text, restore } = await write([document]);
    assert.ok(!text.includes("hunter2"));
    assert.deepEqual(valueOf(restore()), { database: { host: "db" } });
    const reason = restore().missing.get("database.password");
    assert.match(
      reason!,
      /a secret, which is not stored, and no source that can be read gives it/u,
    );
    const layer = await layerOf(yaml("database: {password: a new one}"), new MemoryEnvironment());
    assert.deepEqual(valueOf(restore([layer])), {
      database: { host: "db", password: "a new one" },
    });
    assert.equal(restore([layer]).missing.size, 0);
  });

  test("of the environment is a reference to the variable (G11)", async () => {
    const { text, environment, restore } = await write(
      [yaml("port: 1"), env({ prefix: "APP_" })],
      { APP_DATABASE__PASSWORD: "hunter2-of-env", APP_PORT: "8080" },
    );
    assert.ok(!text.includes("hunter2"));
    const { layer } = restore();
    assert.deepEqual(layer.parsed.value, {
      port: "8080",
      database: { password: "hunter2-of-env" },
    });
    // Both are texts for want of types, and the secret is one because of its variable, too.
    assert.deepEqual([...layer.substituted!], [
      ["port", []],
      ["database.password", ["APP_DATABASE__PASSWORD"]],
    ]);
    environment.set("APP_DATABASE__PASSWORD", "rotated");
    assert.deepEqual(valueOf(restore()), { port: "8080", database: { password: "rotated" } });
    environment.set("APP_DATABASE__PASSWORD", undefined);
    assert.deepEqual(valueOf(restore()), { port: "8080", database: {} });
    assert.match(restore().missing.get("database.password")!, /APP_DATABASE__PASSWORD is not set/u);
  });

  test("in a placeholder is a reference, also inside of a text (G11)", async () => {
    const { text, environment, restore } = await write(
      [yaml("password: ${PW}\nurl: postgres://app:${DB_PASSWORD}@db/app?x=$${y}")],
      { PW: "hunter2", DB_PASSWORD: "hunter2-of-db" },
    );
    assert.ok(!text.includes("hunter2"));
    assert.deepEqual(valueOf(restore()), {
      password: "hunter2",
      url: "postgres://app:hunter2-of-db@db/app?x=${y}",
    });
    environment.set("DB_PASSWORD", "rotated");
    assert.deepEqual(valueOf(restore()), {
      password: "hunter2",
      url: "postgres://app:rotated@db/app?x=${y}",
    });
  });

  const leftOut: readonly (readonly [string, string, Record<string, string>])[] = [
    ["the default of a variable", "url: x-${A_TOKEN:-hunter2-default}", {}],
    ["a text around a variable where the path is secret", "password: hunter2-${A}", {
      A: "abcdefgh",
    }],
    ["a variable that is short", "url: x-${A_TOKEN}", { A_TOKEN: "hunter2" }],
    ["a variable that stands there twice", "url: ${A_TOKEN} ${A_TOKEN}", {
      A_TOKEN: "hunter2-abc",
    }],
    ["a number", "secret: {pin: 2222222}", {}],
    ["what quotes another secret", "password: hunter2-abcdef\nnote: it is hunter2-abcdef", {}],
    ["what quotes it around a variable", "token: hunter2-abcdef\nurl: hunter2-abcdef-${A_TOKEN}", {
      A_TOKEN: "12345678",
    }],
  ];
  for (const [name, text, variables] of leftOut) {
    test(`is left out when it is ${name} (G11)`, async () => {
      const { text: stored, restore } = await write([yaml(text)], variables);
      assert.ok(!/hunter2|2222222/u.test(stored), stored);
      assert.ok(restore().missing.size > 0);
    });
  }

  test("is known by a pattern, and by its own file of variables (G11)", async () => {
    const environment = new MemoryEnvironment();
    const readDocument = () =>
      Promise.resolve(textDocument("/.env", "API_TOKEN=hunter2-in-dotenv", ".env"));
    const [file] = await dotenv("/.env").read({ readDocument } as never);
    const layers = [
      await layerOf(file!, environment),
      await layerOf(yaml("owner: hunter2"), environment),
    ];
    const candidate = mergeLayers(layers.map((layer) => layer.parsed.value));
    const secrets = new Secrets(["owner"]);
    const text = JSON.stringify(toStored(candidate, { layers, secrets, environment }));
    assert.equal(text, '{"apiToken":{"$omitted":"secret"},"owner":{"$omitted":"secret"}}');
  });

  test("leaves alone what is only spelt like it", async () => {
    const { restore } = await write([
      yaml("password: postgres\nuser: postgres\nhost: postgres.local"),
    ]);
    assert.deepEqual(valueOf(restore()), { user: "postgres", host: "postgres.local" });
  });

  test("is not taken from a text whose placeholder can't be filled in (G11)", async () => {
    const { restore } = await write([yaml("secrets: {a: {b: 1}}")]);
    const layer = await layerOf(yaml("secrets: {a: {b: '${GONE}'}}"), new MemoryEnvironment());
    const restored = restore([layer], ["secrets.a.b"]);
    assert.deepEqual(valueOf(restored), {});
    assert.deepEqual([...restored.missing.keys()], ["secrets"]);
  });

  test("in an array leaves its place empty (G11)", async () => {
    const { restore } = await write([yaml("keys: [{name: a, apiKey: b}, {name: c, apiKey: d}]")]);
    assert.deepEqual(valueOf(restore()), { keys: [{ name: "a" }, { name: "c" }] });
    assert.deepEqual([...restore().missing.keys()], ["keys.0.apiKey", "keys.1.apiKey"]);
  });

  test("in a list is taken only from one that says the same otherwise (G5, G11)", async () => {
    const a = "{name: a, apiKey: key-a}";
    const b = "{name: b, apiKey: key-b}";
    const { restore } = await write([yaml(`keys: [${a}, ${b}]`)]);
    const keysFrom = async (text: string) => {
      const restored = restore([await layerOf(yaml(text), new MemoryEnvironment())]);
      return (valueOf(restored) as { keys: unknown }).keys;
    };
    const rotated = [{ name: "a", apiKey: "rotated" }, { name: "b", apiKey: "key-b" }];
    assert.deepEqual(await keysFrom(`keys: [{name: a, apiKey: rotated}, ${b}]`), rotated);
    const without = [{ name: "a" }, { name: "b" }];
    for (const list of [`{name: c, apiKey: key-c}, ${a}, ${b}`, `${b}, ${a}`, b]) {
      assert.deepEqual(await keysFrom(`keys: [${list}]`), without);
    }
  });

  test("is not stored where a key or a number quotes it either (G11)", async () => {
    const document = yaml(
      "{password: abcdefghijklm, pin: 123456789012, a: {abcdefghijklm: 1}, b: 123456789012}",
    );
    const { text, restore } = await write([document], {}, ["pin"]);
    assert.doesNotMatch(text, /abcdefghijklm|123456789012/u);
    const readable = await layerOf(document, new MemoryEnvironment());
    assert.deepEqual(valueOf(restore([readable])), readable.parsed.value);
  });
});

describe("a value that shares parts with the one that was stored before", () => {
  const environment = new MemoryEnvironment();
  const secrets = new Secrets(["open.sesame"]);
  const SECRET = "a text that is long enough";
  /** What variables give: their names are secret, and so is what stands there. */
  const variables: Layer = {
    ...{ source: "env", file: "env", hasText: false, checksum: "", isText: false },
    mayBeEmpty: true,
    parsed: {
      value: { a: SECRET, b: { a: "" } },
      locate: () => undefined,
      variableAt: ([key, ...inside]) => key === "a" && inside.length === 0 ? "A_TOKEN" : undefined,
    },
  };

  const keys = ["a", "b", "open", "sesame", "password", "$date", SECRET];
  const atoms = [1, 123456789012, "b", SECRET, `quotes ${SECRET}`, "123456789012", null];
  const kinds = ["frozen", "frozen", "frozen", "array", "open", "map", "instance"] as const;
  const any = fc.nat(1_000);
  const steps = fc.array(
    fc.record({
      kind: fc.constantFrom(...kinds),
      members: fc.array(fc.tuple(fc.constantFrom(...keys), any), { minLength: 1, maxLength: 3 }),
      /** Which part is changed, if it can be, and what then has a member of another value. */
      change: fc.tuple(any, fc.constantFrom(...keys), fc.constantFrom(...atoms)),
      hasVariables: fc.boolean(),
    }),
    { minLength: 4, maxLength: 25 },
  );

  /** A part of parts that there are: the same one may stand anywhere, and in what is no object. */
  function makePart(kind: typeof kinds[number], members: readonly (readonly [string, unknown])[]) {
    const object = Object.fromEntries(members);
    if (kind === "array") return Object.freeze(members.map(([, member]) => member));
    if (kind === "map") return Object.freeze(new Map(members));
    if (kind === "instance") return Object.freeze(Object.assign(Object.create({}), object));
    return kind === "open" ? object : Object.freeze(object);
  }

  function sizeOf(value: unknown): number {
    if (typeof value !== "object" || value === null) return 1;
    const members = value instanceof Map ? [...value.values()] : Object.values(value);
    return members.reduce((size: number, member) => size + sizeOf(member), 1);
  }

  test("is stored as if it shared none (G11)", () => {
    fc.assert(
      fc.property(steps, (given) => {
        const before = new StoredParts();
        const parts: object[] = [];
        for (const { kind, members, change: [which, name, atom], hasVariables } of given) {
          const pick = (index: number): unknown => {
            const part = parts[index % (2 * parts.length)];
            return part === undefined || sizeOf(part) > 50 ? atoms[index % atoms.length] : part;
          };
          parts.push(makePart(kind, members.map(([key, index]) => [key, pick(index)] as const)));
          const changed = parts[which % parts.length];
          if (changed instanceof Map) changed.set(name, atom);
          else if (!Object.isFrozen(changed)) Object.assign(changed!, { [name]: atom });
          for (const layers of hasVariables ? [[], [variables]] : [[]]) {
            const from = { layers, secrets, environment };
            const stored = JSON.stringify(toStored(parts.at(-1), { ...from, before }));
            assert.equal(stored, JSON.stringify(toStored(parts.at(-1), from)));
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test("costs what changed (G10)", () => {
    const before = new StoredParts();
    const store = (next: unknown) =>
      toStored(next, { layers: [], secrets, environment, before }) as Record<string, unknown>;
    const first = freezeShared(undefined, { same: { a: [1, { b: 2 }] }, other: { n: 1 } });
    const second = freezeShared(first, { same: { a: [1, { b: 2 }] }, other: { n: 2 } });
    const [stored, storedNext] = [store(first), store(second)];
    assert.equal(storedNext["same"], stored["same"]);
    assert.deepEqual(storedNext["other"], { n: 2 });
  });

  test("is hidden where it moved to a secret place, or became the text of a secret (G11)", () => {
    const before = new StoredParts();
    const store = (next: unknown) =>
      JSON.stringify(toStored(Object.freeze(next), { layers: [], secrets, environment, before }));
    const part = Object.freeze({ text: SECRET });
    assert.match(store({ part, password: "nothing" }), new RegExp(SECRET, "u"));
    for (const next of [{ password: part }, { part, password: SECRET }]) {
      assert.doesNotMatch(store(next), new RegExp(SECRET, "u"));
    }
    assert.match(store({ part, password: "nothing" }), new RegExp(SECRET, "u"));
  });

  test("is searched as deep as it goes where only a part of it was, in an instance (G11)", () => {
    let part: object = Object.freeze({ password: SECRET });
    for (let depth = 0; depth < 15; depth++) part = Object.freeze({ part });
    const held = Object.freeze({ a: new Map([["b", part]]), quote: SECRET });
    const plain = Object.freeze({ a: Object.freeze({ b: part }), quote: SECRET });
    const before = new StoredParts();
    for (const next of [held, plain, held]) {
      const from = { layers: [], secrets, environment };
      assert.deepEqual(toStored(next, { ...from, before }), toStored(next, from));
    }
  });

  test("is looked at again where something in it can change (G4, G11)", () => {
    const before = new StoredParts();
    // Freezing neither keeps them from being changed.
    const date = Object.freeze(new Date(1));
    const held = Object.freeze(new Map([["password", "another text of some length"]]));
    const member = Object.freeze({ held });
    const store = (quote: string) => {
      const next = Object.freeze({ at: Object.freeze({ date }), member, quote });
      return JSON.stringify(toStored(next, { layers: [], secrets, environment, before }));
    };
    assert.match(store("nothing"), /"\$date":1\}/u);
    date.setTime(2);
    assert.match(store("nothing"), /"\$date":2\}/u);
    held.set("password", SECRET);
    assert.doesNotMatch(store(SECRET), new RegExp(SECRET, "u"));
  });
});
