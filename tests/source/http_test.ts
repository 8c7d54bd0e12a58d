import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { http, type HttpOptions, loadConfig, type Source, SourceError } from "../../mod.ts";
import { createMemoryRuntime } from "../../testing.ts";
import { eventsOf, openLive, typesOf } from "../live.ts";

const URL_ = "https://user:pa55@config.example/app.json?token=t0ken";
const NAME = "https://config.example/app.json?token=…";

interface Asked {
  readonly url: string;
  readonly headers: Headers;
}

/** A server that answers as it is told. */
function serve(answer: () => Response | Promise<Response>) {
  const asked: Asked[] = [];
  const server = {
    answer,
    asked,
    fetch: (url: URL, { headers }: RequestInit) => {
      asked.push({ url: url.href, headers: new Headers(headers) });
      return Promise.resolve().then(() => server.answer());
    },
  };
  return server;
}

const json = (value: unknown, headers: Record<string, string> = {}) => () =>
  new Response(JSON.stringify(value), {
    headers: { "content-type": "application/json", ...headers },
  });

async function open(answer: () => Response | Promise<Response>, options: HttpOptions = {}) {
  const server = serve(answer);
  const source = http(URL_, {
    fetch: server.fetch,
    random: () => 0.5,
    intervalMs: 1000,
    timeoutMs: 500,
    ...options,
  });
  const news = { count: 0 };
  const counted: Source = {
    ...source,
    watch(context) {
      const changed = () => {
        news.count++;
        context.changed();
      };
      return source.watch({ ...context, changed });
    },
  };
  const live = await openLive({ "/app.yaml": "b: 1\n" }, { sources: ["/app.yaml", counted] });
  return {
    live,
    news,
    server,
    clock: live.clock,
    [Symbol.asyncDispose]: () => live.config.close(),
  };
}

describe("http()", () => {
  test("asks from time to time, and reloads only when the body changed (G3)", async () => {
    await using opened = await open(json({ a: 1 }, { etag: '"1"', "last-modified": "x" }));
    const { live, server, clock, news } = opened;
    assert.deepEqual(live.config.current, { b: 1, a: 1 });
    server.answer = () => new Response(null, { status: 304 });
    await clock.advance(3000);
    assert.equal(server.asked.length, 4);
    assert.equal(server.asked[1]!.headers.get("if-none-match"), '"1"');
    assert.equal(server.asked[1]!.headers.get("if-modified-since"), "x");
    server.answer = json({ a: 1 });
    await clock.advance(1000);
    assert.deepEqual([live.events, news.count], [[], 0]);
    server.answer = json({ a: 2 });
    await clock.advance(1000);
    assert.deepEqual(live.config.current, { b: 1, a: 2 });
    assert.deepEqual(typesOf(live.events), ["reloadSucceeded"]);
    assert.deepEqual([server.asked.length, news.count], [6, 1]);
  });

  test("is not asked when a file is saved, and at once by reload()", async () => {
    await using opened = await open(json({ a: 1 }), { intervalMs: 1e6 });
    const { live, server } = opened;
    await live.save("/app.yaml", "b: 2\n");
    assert.equal(server.asked.length, 1);
    server.answer = json({ a: 2 });
    assert.equal((await live.reload()).status, "committed");
    assert.deepEqual([live.config.current, server.asked.length], [{ b: 2, a: 2 }, 2]);
  });

  for (
    const [what, answer, reason] of [
      ["fails", () => new Response("", { status: 500 }), "status 500"],
      ["says that it is gone", () => new Response("", { status: 404 }), "status 404"],
      ["can't be reached", () => Promise.reject(new TypeError("fetch failed")), "be reached"],
      ["gives no answer in time", () => new Promise<Response>(() => {}), "within 500 ms"],
      [
        "sends too much",
        () => new Response("x".repeat(101)),
        "more than 100 bytes",
      ],
      [
        "sends too little",
        () => new Response("{}", { headers: { "content-length": "9" } }),
        "after 2 of 9 bytes",
      ],
    ] as const
  ) {
    test(`goes on with what it gave when the server ${what} (S4.8, G10)`, async () => {
      await using opened = await open(json({ a: 1 }), { maxBytes: 100 });
      const { live, server, clock } = opened;
      server.answer = answer;
      await clock.advance(2000);
      await live.save("/app.yaml", "b: 2\n");
      assert.deepEqual(live.config.current, { b: 2, a: 1 });
      const stale = eventsOf(live.events, "sourceStale");
      assert.equal(stale.length, 1);
      assert.ok(stale[0]!.error.message.includes(reason), stale[0]!.error.message);
      assert.equal(live.config.health().status, "degraded");
      server.answer = json({ a: 1 });
      await clock.advance(20_000);
      assert.equal(eventsOf(live.events, "sourceRestored").length, 1);
      assert.equal(live.config.health().status, "ok");
    });
  }

  test("asks less often while the server is away, ten times at most", async () => {
    await using opened = await open(json({ a: 1 }));
    const { server, clock } = opened;
    server.answer = () => new Response("", { status: 500 });
    const at: number[] = [];
    for (let second = 0; second < 40; second++) {
      const before = server.asked.length;
      await clock.advance(1000);
      // What is noticed first is asked for once.
      if (server.asked.length > before) at.push(second + 1);
    }
    assert.deepEqual(at, [1, 3, 7, 15, 25, 35]);
  });

  test("spreads requests by a tenth", async () => {
    await using opened = await open(json({ a: 1 }), { random: () => 0 });
    await opened.clock.advance(899);
    assert.equal(opened.server.asked.length, 1);
    await opened.clock.advance(1);
    assert.equal(opened.server.asked.length, 2);
  });

  test("refuses a body that does not parse, with its place (G4)", async () => {
    await using opened = await open(json({ a: 1 }));
    opened.server.answer = () =>
      new Response('{\n "a": }', { headers: { "content-type": "application/json" } });
    await opened.clock.advance(3000);
    const [failed] = eventsOf(opened.live.events, "reloadFailed");
    assert.match(
      failed!.error.message,
      /^Cannot parse https:\/\/config.example\/app.json\?token=…:2/,
    );
    assert.deepEqual(opened.live.config.current, { b: 1, a: 1 });
  });

  const formats: readonly [string, string, string, unknown, HttpOptions?][] = [
    ["content type", "https://h/x", "application/vnd.a+yaml; charset=utf-8", { a: 1 }],
    ["extension", "https://h/x.yaml?v=1", "text/plain", { a: 1 }],
    ["option", "https://h/x.json", "application/json", { a: 1 }, { format: ".yaml" }],
  ];
  for (const [title, url, contentType, value, options] of formats) {
    test(`knows the format by ${title}`, async () => {
      const headers = { "content-type": contentType };
      const { fetch } = serve(() => new Response("a: 1\n", { headers }));
      const sources = [http(url, { fetch, ...options })];
      const loaded = await loadConfig({ sources, runtime: createMemoryRuntime() });
      assert.deepEqual(loaded.value, value);
    });
  }

  test("follows redirects on the same host, five at most, and no further (G12)", async () => {
    const to = (location: string) => new Response(null, { status: 302, headers: { location } });
    const load = (answer: (count: number) => Response) => {
      let count = 0;
      const { fetch, asked } = serve(() => answer(count++));
      const loaded = loadConfig({
        sources: [http(URL_, { fetch })],
        runtime: createMemoryRuntime(),
      });
      return { loaded, asked };
    };
    const good = load((count) => count < 5 ? to(`/${count}.json`) : json({ a: 1 })());
    assert.deepEqual((await good.loaded).value, { a: 1 });
    assert.equal(good.asked.at(-1)?.url, "https://config.example/4.json");
    for (
      const [location, reason] of [
        ["/again.json", /more than 5 redirects/],
        ["https://other.example/?x=s3cret", /redirects to https:\/\/other.example\/\?x=…, and/],
        ["http://config.example/", /only the same host/],
        ["https://config.example:444/", /only the same host/],
        ["file:///etc/passwd", /only the same host/],
      ] as const
    ) {
      await assert.rejects(load(() => to(location)).loaded, reason);
    }
  });

  test("sends credentials, and tells nobody of them (G11)", async () => {
    const { fetch, asked } = serve(() => Promise.reject(new TypeError(`no way to ${URL_}`)));
    const options = { fetch, headers: { "x-key": "hush" } };
    const sources = [http(URL_, options)];
    const error = await loadConfig({ sources, runtime: createMemoryRuntime() }).catch((e) => e);
    assert.ok(error instanceof SourceError);
    assert.equal(error.file, NAME);
    const told = [error.message, error.stack, JSON.stringify(error), String(error.cause)].join();
    assert.doesNotMatch(told, /pa55|t0ken|hush/);
    const [{ url, headers }] = asked as [Asked];
    assert.equal(url, "https://config.example/app.json?token=t0ken");
    assert.equal(headers.get("authorization"), `Basic ${btoa("user:pa55")}`);
    assert.equal(headers.get("x-key"), "hush");
    assert.throws(() => http("https://user:pa55@"), (e: Error) => !e.message.includes("pa55"));
  });

  test("need not be reachable at the start when it is optional", async () => {
    await using opened = await open(() => new Response("", { status: 404 }), { optional: true });
    assert.deepEqual(opened.live.config.current, { b: 1 });
    opened.server.answer = json({ a: 1 });
    await opened.clock.advance(3000);
    assert.deepEqual(opened.live.config.current, { b: 1, a: 1 });
  });

  test("tells both configurations that share it", async () => {
    const server = serve(json({ a: 1 }));
    const source = http(URL_, { fetch: server.fetch, intervalMs: 1000, random: () => 0.5 });
    await using one = await openLive({}, { sources: [source] });
    await using other = await openLive({}, { sources: [source] });
    server.answer = json({ a: 2 });
    await one.clock.advance(1000);
    await other.clock.advance(1000);
    assert.deepEqual([one.config.current, other.config.current], [{ a: 2 }, { a: 2 }]);
  });

  test("refuses what is out of range", () => {
    assert.throws(() => http("ftp://h/x"), TypeError);
    assert.throws(() => http("https://h/x", { intervalMs: 0 }), RangeError);
  });
});
