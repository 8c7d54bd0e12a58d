import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { LiveConfig, PathOf, ValueAt } from "../mod.ts";
import { openLive } from "./live.ts";

interface Settings {
  server: { host: string; port: number };
  features?: { darkMode: boolean; beta?: { ratio: number } };
  hosts: { name: string; tags: readonly string[] }[];
  limits: Record<string, { rpm: number }>;
  ports?: Record<number, string>;
  mode: "fast" | "safe";
  fallback: string | null;
  either: { kind: "a"; left: number } | { kind: "b"; right: string };
  at: Date;
}

const START = `
server: {host: a, port: 1}
features: {darkMode: true}
hosts: [{name: x, tags: [t]}]
limits: {gpt: {rpm: 1}}
mode: fast
`;

/** Compiles only when both types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true
  : false;

function holds<T extends true>(value: T): T {
  return value;
}

describe("the type of a value at a path", () => {
  test("is that of the property", () => {
    holds<Same<ValueAt<Settings, "server.port">, number>>(true);
    holds<Same<ValueAt<Settings, "server">, { host: string; port: number }>>(true);
    holds<Same<ValueAt<Settings, "mode">, "fast" | "safe">>(true);
    holds<Same<ValueAt<Settings, "fallback">, string | null>>(true);
    holds<Same<ValueAt<Settings, "at">, Date>>(true);
    assert.ok(true);
  });

  test("has undefined when an ancestor is optional", () => {
    holds<Same<ValueAt<Settings, "features.darkMode">, boolean | undefined>>(true);
    holds<Same<ValueAt<Settings, "features.beta.ratio">, number | undefined>>(true);
    holds<Same<ValueAt<Settings, "features">, Settings["features"]>>(true);
  });

  test("has undefined for a key of a record, which may not be there", () => {
    holds<Same<ValueAt<Settings, "limits.gpt.rpm">, number | undefined>>(true);
    holds<Same<ValueAt<Settings, "limits.gpt">, { rpm: number } | undefined>>(true);
    holds<Same<ValueAt<Settings, "ports.80">, string | undefined>>(true);
  });

  test("has undefined for an index, which may be beyond the end", () => {
    holds<Same<ValueAt<Settings, "hosts.0.name">, string | undefined>>(true);
    holds<Same<ValueAt<Settings, "hosts.0.tags.1">, string | undefined>>(true);
  });

  test("has undefined for a member that only some of a union have", () => {
    holds<Same<ValueAt<Settings, "either.kind">, "a" | "b">>(true);
    holds<Same<ValueAt<Settings, "either.left">, number | undefined>>(true);
  });

  test("is unknown in a configuration without a schema", () => {
    holds<Same<PathOf<unknown>, string>>(true);
    holds<Same<ValueAt<unknown, "anything.at.all">, unknown>>(true);
  });
});

describe("subscribe()", () => {
  test("types values by their path", async () => {
    await using live = await openLive<Settings>({ "/app.yaml": START });
    const calls: unknown[] = [];
    live.config.subscribe("server.port", (after, before) => {
      holds<Same<typeof after, number>>(true);
      holds<Same<typeof before, number>>(true);
      calls.push([before, after]);
    });
    live.config.subscribe("features.darkMode", (after) => {
      holds<Same<typeof after, boolean | undefined>>(true);
      // @ts-expect-error -- it may be missing
      const certain: boolean = after;
      calls.push(certain);
    });
    live.config.subscribe("hosts.0.name", (after) => {
      holds<Same<typeof after, string | undefined>>(true);
      calls.push(after);
    });
    live.config.subscribe("limits.gpt.rpm", (after) => {
      holds<Same<typeof after, number | undefined>>(true);
      calls.push(after);
    });
    live.config.subscribe("hosts.*.name", (after) => {
      holds<Same<typeof after, unknown>>(true);
      calls.push(after);
    });
    live.config.subscribe("limits.*.rpm", (after) => {
      holds<Same<typeof after, number | undefined>>(true);
      calls.push(after);
    });
    await live.save(
      "/app.yaml",
      "server: {host: a, port: 2}\nhosts: [{name: y, tags: [t]}]\nlimits: {gpt: {rpm: 5}}\nmode: fast\n",
    );
    assert.deepEqual(calls, [[1, 2], undefined, "y", 5, "y", 5]);
  });

  test("takes wrong paths for compile errors", async () => {
    await using live = await openLive<Settings>({ "/app.yaml": START });
    const { config } = live;
    const never = () => assert.fail("called");
    const wrong = [
      // @ts-expect-error -- no such key at the top
      config.subscribe("sever", never),
      // @ts-expect-error -- no such key below
      config.subscribe("server.prot", never),
      // @ts-expect-error -- nothing below a number
      config.subscribe("server.port.x", never),
      // @ts-expect-error -- nothing below a Date that could change on its own
      config.subscribe("at.getTime", never),
      // @ts-expect-error -- an array is entered by an index
      config.subscribe("hosts.first.name", never),
      // @ts-expect-error -- no such key in an item
      config.subscribe("hosts.0.port", never),
      // @ts-expect-error -- a subscriber of text for a number
      config.subscribe("server.port", (_port: string) => {}),
    ];
    await live.save("/app.yaml", START.replace("host: a", "host: b"));
    for (const subscription of wrong) subscription[Symbol.dispose]();
  });

  test("takes stars and, without a schema, any path", async () => {
    await using live = await openLive({ "/app.yaml": START });
    const untyped: LiveConfig<unknown> = live.config;
    const calls: unknown[] = [];
    for (const path of ["*", "limits.*", "*.gpt", "limits.*.rpm"] as const) {
      untyped.subscribe(path, (_after, _before, info) => calls.push([path, info.path]));
    }
    untyped.subscribe("limits.gpt.rpm", (after) => calls.push(after));
    await live.save("/app.yaml", START.replace("rpm: 1", "rpm: 2"));
    assert.deepEqual(calls, [
      ["*", "limits.gpt.rpm"],
      ["limits.*", "limits.gpt"],
      ["*.gpt", "limits.gpt"],
      ["limits.*.rpm", "limits.gpt.rpm"],
      2,
    ]);
  });
});
