import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { CheckedPath, LiveConfig, PathOf, ValueAt } from "../mod.ts";
import { formatPath, parsePath } from "../mod.ts";
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

/** `Path` written `Times` times with dots. */
type Joined<Path extends string, Times extends number, Done extends 1[] = [1]> =
  Done["length"] extends Times ? Path : `${Path}.${Joined<Path, Times, [...Done, 1]>}`;

function holds<T extends true>(value: T): T {
  return value;
}

/** Compiles only when every text is a path or a pattern of `T`. */
function paths<T>() {
  return <Path extends string>(..._paths: CheckedPath<T, Path>[]) => {};
}

describe("the type of a value at a path (S2.5)", () => {
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
    type Nullable = { tls: { key: string } | null };
    holds<Same<ValueAt<Nullable, "tls.key">, string | undefined>>(true);
  });

  test("has undefined for a key of a record, which may not be there", () => {
    holds<Same<ValueAt<Settings, "limits.gpt.rpm">, number | undefined>>(true);
    holds<Same<ValueAt<Settings, "limits.gpt">, { rpm: number } | undefined>>(true);
    holds<Same<ValueAt<Settings, "ports.80">, string | undefined>>(true);
    holds<Same<ValueAt<Settings, `limits.${string}.rpm`>, number | undefined>>(true);
    type Mixed = { named: 1; [key: string]: number; [flag: `is-${string}`]: 1 };
    holds<Same<ValueAt<Mixed, "named">, 1>>(true);
    holds<Same<ValueAt<Mixed, "other">, number | undefined>>(true);
    holds<Same<ValueAt<Mixed, "is-on">, 1 | undefined>>(true);
  });

  test("has undefined for an index, which may be beyond the end", () => {
    holds<Same<ValueAt<Settings, "hosts.0.name">, string | undefined>>(true);
    holds<Same<ValueAt<Settings, "hosts.0.tags.1">, string | undefined>>(true);
  });

  test("is that of its place in a tuple", () => {
    type Tuples = {
      pair: readonly [string, { n: number }];
      many: [string, ...number[]];
      o: [1, 2?];
    };
    holds<Same<ValueAt<Tuples, "pair.0">, string>>(true);
    holds<Same<ValueAt<Tuples, "pair.1.n">, number>>(true);
    holds<Same<ValueAt<Tuples, "many.0">, string>>(true);
    holds<Same<ValueAt<Tuples, "many.7">, string | number | undefined>>(true);
    holds<Same<ValueAt<Tuples, "o.1">, 2 | undefined>>(true);
    holds<Same<ValueAt<Tuples, "pair.*">, string | { n: number }>>(true);
    const path = paths<Tuples>();
    path("pair.0", "pair.1.n", "many.3", "o.0");
    // @ts-expect-error -- beyond its end
    path("pair.2");
    // @ts-expect-error -- a method is no value
    path("pair.map");
  });

  test("has undefined for a member that only some of a union have", () => {
    holds<Same<ValueAt<Settings, "either.kind">, "a" | "b">>(true);
    holds<Same<ValueAt<Settings, "either.left">, number | undefined>>(true);
    type Store = { store?: { kind: "s3"; at: { bucket: string } } | { kind: "disk"; at: string } };
    holds<Same<ValueAt<Store, "store.at.bucket">, string | undefined>>(true);
    holds<Same<ValueAt<Store, "store.kind">, "s3" | "disk" | undefined>>(true);
    const path = paths<Store>();
    path("store.at", "store.at.bucket");
    // @ts-expect-error -- no member has it
    path("store.at.path");
    type OneOrMany = { hosts: string | string[] };
    holds<Same<ValueAt<OneOrMany, "hosts.0">, string | undefined>>(true);
  });

  test("is the same when it may only be read", () => {
    type Frozen = { readonly a: { readonly b: readonly { readonly c: number }[] } };
    holds<Same<ValueAt<Frozen, "a.b.0.c">, number | undefined>>(true);
    holds<Same<ValueAt<Frozen, "a.b">, readonly { readonly c: number }[]>>(true);
  });

  test("ends at what is replaced as a whole", () => {
    type Branded = string & { readonly brand: "id" };
    interface Leaves {
      id: Branded;
      url: URL;
      pattern: RegExp;
      map: Map<string, { x: 1 }>;
      set: ReadonlySet<string>;
      bytes: Uint8Array;
      call: (text: string) => void;
      error: { name: string; message: string };
    }
    holds<Same<ValueAt<Leaves, "id">, Branded>>(true);
    holds<Same<ValueAt<Leaves, "map">, Map<string, { x: 1 }>>>(true);
    holds<
      Same<PathOf<Leaves>, keyof Leaves | "error.name" | "error.message">
    >(true);
    const path = paths<Leaves>();
    path("id", "url", "pattern", "map", "set", "bytes", "call", "error.message");
    // @ts-expect-error -- text
    path("id.brand");
    // @ts-expect-error -- a URL
    path("url.href");
    // @ts-expect-error -- a regular expression
    path("pattern.source");
    // @ts-expect-error -- a map
    path("map.size");
    // @ts-expect-error -- a set
    path("set.size");
    // @ts-expect-error -- bytes
    path("bytes.0");
    // @ts-expect-error -- a function
    path("call.name");
  });

  test("is that of a quoted key", () => {
    type Unusual = {
      "a.b": { c: number };
      services: Record<string, { "time out": number }>;
      'say "hi"': 1;
      "*": 2;
      "": 3;
    };
    holds<Same<ValueAt<Unusual, '["a.b"].c'>, number>>(true);
    holds<Same<ValueAt<Unusual, 'services["a.b"]["time out"]'>, number | undefined>>(true);
    holds<Same<ValueAt<Unusual, 'services.x["time out"]'>, number | undefined>>(true);
    holds<Same<ValueAt<Unusual, '["say \\"hi\\""]'>, 1>>(true);
    holds<Same<ValueAt<Unusual, '["*"]'>, 2>>(true);
    holds<Same<ValueAt<Unusual, '[""]'>, 3>>(true);
    const path = paths<Unusual>();
    path('["a.b"].c', '["say \\"hi\\""]', '[""]', 'services["a.b"]["time out"]');
    // @ts-expect-error -- it has to be quoted
    path("a.b.c");
    // @ts-expect-error -- no such key
    path('["a.b"].d');
    // @ts-expect-error -- nothing between the dots
    path("services..x");
    // @ts-expect-error -- a quoted key is followed by a dot
    path('["a.b"]c');
    // @ts-expect-error -- the quotes are not closed
    path('["a.b');
    // @ts-expect-error -- the path goes on
    path("services.");
  });

  test("is that of everything a pattern matches", () => {
    holds<Same<ValueAt<Settings, "limits.*.rpm">, number | undefined>>(true);
    holds<Same<ValueAt<Settings, "limits.*">, { rpm: number } | undefined>>(true);
    holds<Same<ValueAt<Settings, "hosts.*.name">, string | undefined>>(true);
    holds<Same<ValueAt<Settings, "hosts.*.tags.*">, string | undefined>>(true);
    holds<Same<ValueAt<Settings, "server.*">, string | number>>(true);
    holds<Same<ValueAt<Settings, "*.port">, number | { rpm: number } | undefined>>(true);
    holds<Same<ValueAt<Settings, "*">, unknown>>(true);
    const path = paths<Settings>();
    path("*", "*.port", "*.*", "limits.*.rpm", "either.*");
    // @ts-expect-error -- no limit has it
    path("limits.*.tpm");
    // @ts-expect-error -- nothing of it has anything below
    path("server.*.x");
  });

  test("is found in a type that holds itself, however deep", () => {
    type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
    interface Tree {
      name: string;
      left?: Tree;
      right?: Tree;
      children: Record<string, Tree[]>;
    }
    type Deep = Joined<"left.right", 10>;
    holds<Same<ValueAt<Tree, "left.right.name">, string | undefined>>(true);
    holds<Same<ValueAt<{ root: Tree }, `root.${Deep}.name`>, string | undefined>>(true);
    holds<Same<ValueAt<Json, "a.0.b">, Json | undefined>>(true);
    paths<Json>()("a.0.b.c.d.e.f.g.h.i.j");
    paths<Tree>()("children.x.0.left", "children.*.*.name");
    // @ts-expect-error -- no such key, however deep
    paths<Tree>()("children.x.0.left.nam");
    const path: PathOf<Tree> = "left.right.right.name";
    assert.equal(path, "left.right.right.name");
  });

  test("is unknown in a configuration without a schema", () => {
    holds<Same<PathOf<unknown>, string>>(true);
    holds<Same<ValueAt<unknown, "anything.at.all">, unknown>>(true);
    // deno-lint-ignore no-explicit-any -- a schema without a type
    paths<any>()("anything.at.all");
    holds<Same<ValueAt<{ extra: unknown }, "extra.x.y">, unknown>>(true);
    paths<{ extra: unknown }>()("extra.x.y");
  });
});

describe("the paths of a type", () => {
  test("are those of every member, with unusual keys quoted as formatPath() quotes them", () => {
    type Small = {
      a: { "b.c": 1; d?: { e: 2 } | null };
      "f g": [1, { h: 2 }];
      either: { kind: 1; x: 1 } | { kind: 2; y: { z: 1 } };
      5: true;
    };
    holds<
      Same<
        PathOf<Small>,
        | "a"
        | 'a["b.c"]'
        | "a.d"
        | "a.d.e"
        | '["f g"]'
        | '["f g"].0'
        | '["f g"].1'
        | '["f g"].1.h'
        | "either"
        | "either.kind"
        | "either.x"
        | "either.y"
        | "either.y.z"
        | "5"
      >
    >(true);
    for (const path of ['a["b.c"]', "a.d.e", '["f g"].1.h', "5"] satisfies PathOf<Small>[]) {
      assert.equal(formatPath(parsePath(path)), path);
    }
  });

  test("take any key of a record and any index of a list", () => {
    const path: PathOf<Settings> = "limits.gpt.rpm";
    holds<Same<typeof path extends `limits.${string}` ? true : false, true>>(true);
    const paths: PathOf<Settings>[] = ["hosts.3.tags.0", "features.beta.ratio"];
    // @ts-expect-error -- an array is entered by an index
    paths.push("hosts.first");
  });

  test("go to subscribe() through a function that names the type", async () => {
    await using live = await openLive<Settings>({ "/app.yaml": START });
    function follow<Path extends string>(
      path: CheckedPath<Settings, Path>,
      use: (value: ValueAt<Settings, Path>) => void,
    ) {
      return live.config.subscribe<Path>(path, use);
    }
    const ports: number[] = [];
    follow("server.port", (port) => ports.push(port));
    const listed: PathOf<Settings> = "server.host" as PathOf<Settings>;
    live.config.subscribe(listed, () => ports.push(0));
    await live.save("/app.yaml", START.replace("port: 1", "port: 2"));
    assert.deepEqual(ports, [2]);
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
      holds<Same<typeof after, string | undefined>>(true);
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
      // @ts-expect-error -- no such key in any limit
      config.subscribe("limits.*.tpm", never),
      // @ts-expect-error -- any text may be wrong
      config.subscribe("server" as string, never),
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
