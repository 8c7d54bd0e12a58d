import assert from "node:assert/strict";
import { once } from "node:events";
import { renameSync, rmSync, symlinkSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import {
  type ConfigEvent,
  directory,
  dotenv,
  env,
  file,
  http,
  type HttpOptions,
  loadConfig,
  type Source,
  SourceError,
  watchConfig,
  watchEnv,
} from "../../mod.ts";
import { Folder } from "./cli_process.ts";
import { waitFor } from "./watched.ts";

/** A server on loopback that answers as it is told. */
class TestServer implements AsyncDisposable {
  readonly #server: Server;
  answer: RequestListener;
  asked = 0;

  constructor(answer: RequestListener) {
    this.answer = answer;
    this.#server = createServer((request, response) => {
      this.asked++;
      this.answer(request, response);
    });
  }

  async open(): Promise<this> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  url(path = "/app.json"): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections?.();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

const json = (value: unknown): RequestListener => (request, response) => {
  const body = JSON.stringify(value);
  const etag = `"${body.length}-${body}"`.replaceAll(/[^\w"-]/gu, "");
  if (request.headers["if-none-match"] === etag) return response.writeHead(304).end();
  return response.writeHead(200, { "content-type": "application/json", etag }).end(body);
};

async function load(answer: RequestListener, options: HttpOptions = {}): Promise<unknown> {
  await using server = await new TestServer(answer).open();
  return (await loadConfig({ sources: [http(server.url(), options)] })).value;
}

describe("http() and a real server", () => {
  test("takes what changed, and goes on while the server is away (S4.8)", async () => {
    await using server = await new TestServer(json({ a: 1 })).open();
    const events: ConfigEvent[] = [];
    await using config = await watchConfig({ sources: [http(server.url(), { intervalMs: 20 })] });
    config.on("*", (event) => void events.push(event));
    const until = (isTrue: () => boolean, what: string) =>
      waitFor(isTrue, () => `${what}: ${JSON.stringify(events)}`);
    await until(() => server.asked > 2, "304");
    assert.deepEqual(events, []);
    server.answer = json({ a: 2 });
    await until(() => config.revision === 2, "the new body");
    assert.deepEqual(config.current, { a: 2 });
    server.answer = (_request, response) => response.writeHead(500).end();
    await until(() => config.health().status === "degraded", "stale");
    assert.deepEqual(config.current, { a: 2 });
    server.answer = json({ a: 2 });
    await until(() => config.health().status === "ok", "restored");
    assert.deepEqual(events.map(({ type }) => type), [
      "reloadSucceeded",
      "sourceStale",
      "healthChanged",
      "sourceRestored",
      "healthChanged",
    ]);
  });

  test("unpacks gzip, and counts what is unpacked (G10)", async () => {
    const packed = (value: unknown): RequestListener => (_request, response) =>
      response.writeHead(200, { "content-encoding": "gzip", "content-type": "application/json" })
        .end(gzipSync(JSON.stringify(value)));
    assert.deepEqual(await load(packed({ a: 1 })), { a: 1 });
    await assert.rejects(
      load(packed({ a: "x".repeat(1_000_000) }), { maxBytes: 100_000 }),
      (error) => error instanceof SourceError && error.code === "EFBIG",
    );
  });

  test("follows no redirect to another host (G12)", async () => {
    await using other = await new TestServer(json({ a: 1 })).open();
    await assert.rejects(
      load((_request, response) => response.writeHead(302, { location: other.url() }).end()),
      /only the same host is followed/,
    );
    assert.equal(other.asked, 0);
    const within: RequestListener = (request, response) =>
      request.url === "/app.json"
        ? response.writeHead(307, { location: "/other.json" }).end()
        : json({ a: 1 })(request, response);
    assert.deepEqual(await load(within), { a: 1 });
  });

  const refused: readonly [string, RequestListener, RegExp, HttpOptions?][] = [
    ["an error", (_request, response) => response.writeHead(500).end(), /status 500/],
    [
      "a body that ends in the middle",
      (_request, response) => {
        response.writeHead(200, { "content-length": "100" });
        response.write('{"a": 1');
        setImmediate(() => response.destroy());
      },
      /connection|can't be reached/,
    ],
    [
      "chunks that end in the middle",
      (_request, response) => {
        response.writeHead(200, { "content-type": "application/json" });
        response.write('{"a": 1}');
        setImmediate(() => response.socket?.destroy());
      },
      /connection|can't be reached/,
    ],
    ["no answer", () => {}, /no answer within 200 ms/, { timeoutMs: 200 }],
    [
      "a body that goes on for ever",
      (_request, response) => {
        const write = () => {
          if (!response.destroyed) response.write("x".repeat(10_000), () => setImmediate(write));
        };
        write();
      },
      /more than 50000 bytes/,
      { maxBytes: 50_000 },
    ],
    [
      "what is no JSON",
      (_request, response) =>
        response.writeHead(200, { "content-type": "application/json" }).end("{"),
      /Cannot parse http:\/\/127.0.0.1:\d+\/app.json:1/,
    ],
  ];
  for (const [title, answer, reason, options] of refused) {
    test(`refuses ${title} (G4)`, () => assert.rejects(load(answer, options), reason));
  }

  test("tells of a server that is not there, and no credentials (G11)", async () => {
    const server = await new TestServer(json({})).open();
    const url = server.url("/app.json?token=t0ken").replace("//", "//user:pa55@");
    await server[Symbol.asyncDispose]();
    await assert.rejects(loadConfig({ sources: [http(url)] }), (error: Error) => {
      assert.match(error.message, /^Cannot read http:\/\/127.0.0.1:\d+\/app.json\?token=…: conn/);
      assert.doesNotMatch(`${error.stack}${error.cause}`, /pa55|t0ken/);
      return true;
    });
  });
});

/** A configuration of `sources` on real files. */
async function open(sources: readonly (string | Source)[]) {
  const events: ConfigEvent[] = [];
  const config = await watchConfig({ sources });
  config.on("*", (event) => void events.push(event));
  const until = (isTrue: () => boolean, what: string) =>
    waitFor(isTrue, () => `${what}: ${JSON.stringify(events)}`);
  return { config, events, until, [Symbol.asyncDispose]: () => config.close() };
}

describe("real files", () => {
  test("of variables come, change and go (S4.5)", async () => {
    using folder = new Folder({ "app.yaml": "a: 1\n" });
    await using live = await open([
      folder.at("app.yaml"),
      dotenv(folder.at(".env"), { optional: true }),
    ]);
    const { config, until } = live;
    folder.save(".env", "A=2\nB='${A}'\nC=\"${A}!\"\n");
    await until(() => config.revision === 2, "the file");
    assert.deepEqual(config.current, { a: "2", b: "${A}", c: "2!" });
    rmSync(folder.at(".env"));
    await until(() => config.revision === 3, "its end");
    assert.deepEqual(config.current, { a: 1 });
  });

  test("that are missing are kept where that is asked for (S4.8)", async () => {
    using folder = new Folder({ "app.yaml": "a: 1\n", "b.yaml": "b: 1\n" });
    const kept = file(folder.at("b.yaml"), { onMissing: "keep" });
    await using live = await open([folder.at("app.yaml"), kept]);
    const { config, until, events } = live;
    rmSync(folder.at("b.yaml"));
    await until(() => config.health().status === "degraded", "stale");
    folder.save("app.yaml", "a: 2\n");
    await until(() => config.revision === 2, "the other file");
    assert.deepEqual(config.current, { a: 2, b: 1 });
    folder.save("b.yaml", "b: 1\n");
    await until(() => events.at(-1)?.type === "healthChanged", "restored");
    assert.equal(events.at(-2)?.type, "sourceRestored");
  });

  test("of a mounted directory of secrets are swapped as one (S5.2, G3)", async () => {
    using folder = new Folder({ "..1/user": "a\n", "..1/password": "b\n" });
    symlinkSync("..1", folder.at("..data"));
    symlinkSync("..data/user", folder.at("user"));
    symlinkSync("..data/password", folder.at("password"));
    await using live = await open([directory(folder.path, { keyBy: "filename" })]);
    const { config, until } = live;
    assert.deepEqual(config.current, { user: "a", password: "b" });
    folder.write("..2/user", "c\n");
    folder.write("..2/password", "d\n");
    symlinkSync("..2", folder.at("..data_tmp"));
    renameSync(folder.at("..data_tmp"), folder.at("..data"));
    await until(() => config.revision === 2, "the swap");
    assert.deepEqual(config.current, { user: "c", password: "d" });
  });

  test("with debounce options of their own reload on their own (S4.3)", async () => {
    using folder = new Folder({ "a.yaml": "a: 1\n", "b.yaml": "b: 1\n" });
    // So much longer that a process that is stopped for a moment does not make one of both.
    const slow = { strategy: "fixed", baseDelayMs: 3_000, maxDelayMs: 3_000 } as const;
    await using live = await open([
      folder.at("a.yaml"),
      directory(folder.path, { include: ["b.yaml"], debounce: slow }),
    ]);
    folder.write("b.yaml", "b: 2\n");
    folder.write("a.yaml", "a: 2\n");
    await live.until(() => live.config.revision === 3, "both");
    const files = live.events.flatMap((event) =>
      event.type === "reloadSucceeded" ? [event.files] : []
    );
    assert.deepEqual(files.flat().sort(), [folder.at("a.yaml"), folder.at("b.yaml")]);
    assert.equal(files.length, 2);
  });
});

describe("the real environment (S4.4)", () => {
  test("is noticed by watchEnv() and env(), and failures are warnings (G7)", async () => {
    const warned = once(process, "warning");
    let changes: unknown;
    using _watch = watchEnv("HOTCONF_TEST_A", (given) => {
      changes = given;
      throw new Error("the callback failed");
    }, { intervalMs: 10 });
    await using live = await open([
      env({ prefix: "HOTCONF_TEST_", watch: true, intervalMs: 10 }),
    ]);
    process.env["HOTCONF_TEST_A"] = "1";
    try {
      await live.until(() => live.config.revision === 2 && changes !== undefined, "the change");
      assert.deepEqual(live.config.current, { a: "1" });
      assert.deepEqual(changes, { HOTCONF_TEST_A: [undefined, "1"] });
      assert.match(String((await warned)[0]), /the callback failed/);
    } finally {
      delete process.env["HOTCONF_TEST_A"];
    }
  });
});
