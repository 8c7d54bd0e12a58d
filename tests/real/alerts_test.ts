import assert from "node:assert/strict";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { describe, test } from "node:test";
import { webhook, type WebhookOptions } from "../../mod.ts";
import { bodyOf, inTime, loopback } from "./agent_service_fixture.ts";
import { CommandProcess, Folder } from "./cli_process.ts";
import { openWatched, waitFor, type Watched } from "./watched.ts";

const SECRET = "hook-s3cret";

const port = (value: unknown) => {
  const { port } = value as { port: number };
  return port > 0 ? [] : [{ path: ["port"], message: "must be more than 0" }];
};

/** A configuration whose alerts go to a server, and what the server was sent. */
async function open(answer: RequestListener, options: WebhookOptions = {}) {
  // deno-lint-ignore no-explicit-any -- a test says what it expects by reading it
  const posted: any[] = [];
  const channel = {
    answer,
    posted,
    headers: [] as IncomingMessage["headers"][],
  };
  const server = await loopback(async (request, response) => {
    channel.headers.push(request.headers);
    posted.push(await bodyOf(request).catch(() => "cut off"));
    channel.answer(request, response);
  });
  const url = `${server.url.replace("//", `//ops:${SECRET}@`)}/services/${SECRET}?key=${SECRET}`;
  const watched = await openWatched({ "app.yaml": "port: 1\n" }, {
    validators: [port],
    alerts: [webhook(url, { format: "json", ...options })],
  });
  return {
    ...watched,
    channel,
    posted,
    server,
    save: (text: string) => watched.folder.save("app.yaml", text),
    kinds: () => posted.map(({ kind }) => kind),
    errors: () => errorsOf(watched),
    async [Symbol.asyncDispose]() {
      await watched[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

function errorsOf({ events }: Watched): string[] {
  return events.flatMap((event) => event.type === "alertFailed" ? [event.error.message] : []);
}

const status =
  (code: number, headers: Record<string, string> = {}) => (_: unknown, response: ServerResponse) =>
    void response.writeHead(code, headers).end("answer");

const never: RequestListener = () => {};

describe("webhook() and a real server", () => {
  test("posts what was refused with its place, and that it is over (S3.15)", async () => {
    await using opened = await open(status(200), { headers: { "x-team": "ops" } });
    const { save, posted, until, folder, channel } = opened;
    save("a: 1\nport: 0\n");
    await until(() => posted.length === 1, "the alert");
    assert.equal(posted[0].text, `${folder.at("app.yaml")}:2:1: port: must be more than 0`);
    assert.equal(channel.headers[0]!["x-team"], "ops");
    assert.equal(channel.headers[0]!.authorization, `Basic ${btoa(`ops:${SECRET}`)}`);
    save("port: 2\n");
    await until(() => posted.length === 2, "the recovery");
    assert.deepEqual(opened.kinds(), ["validationFailed", "recovered"]);
    await opened.config.rollback();
    await until(() => posted.length === 3, "the rollback");
    assert.equal(posted[2].kind, "rolledBack");
    assert.deepEqual(opened.errors(), []);
  });

  test("tries again after 500 and a connection that is closed, in order", async () => {
    for (
      const fails of [
        status(500),
        (_: unknown, response: ServerResponse) => void response.destroy(),
      ]
    ) {
      let attempts = 0;
      await using opened = await open((request, response) => {
        attempts += 1;
        (attempts === 1 ? fails : status(200))(request, response);
      });
      const { save, posted, until } = opened;
      save("port: 0\n");
      await until(() => posted.length === 1, "the first attempt");
      save("port: 2\n");
      await until(() => posted.length === 3, "the other attempts");
      assert.deepEqual(opened.kinds(), ["validationFailed", "validationFailed", "recovered"]);
      assert.deepEqual(opened.errors(), []);
    }
  });

  test("waits as long as Retry-After of 429 asks for", async () => {
    const askedAt: number[] = [];
    const refuse = status(429, { "retry-after": "2" });
    await using opened = await open((request, response) => {
      askedAt.push(performance.now());
      (askedAt.length === 1 ? refuse : status(200))(request, response);
    });
    opened.save("port: 0\n");
    await opened.until(() => askedAt.length === 2, "the second attempt");
    assert.ok(askedAt[1]! - askedAt[0]! >= 1990, "asked again too early");
  });

  test("does not follow a redirect to another host (G11)", async () => {
    const stolen: string[] = [];
    await using other = await loopback((request, response) => {
      stolen.push(JSON.stringify(request.headers));
      response.end();
    });
    for (const code of [301, 302, 307, 308]) {
      await using opened = await open(status(code, { location: `${other.url}/${SECRET}` }));
      opened.save("port: 0\n");
      await opened.until(() => opened.errors().length === 1, "the failure");
      assert.match(opened.errors()[0]!, /: status 30\d, and redirects are not followed$/);
      assert.equal(opened.posted.length, 1);
    }
    assert.deepEqual(stolen, []);
  });

  test("an endpoint that never answers delays no reload, in the order of events (G7)", async () => {
    await using opened = await open(never, { deadlineMs: 60_000 });
    const { save, posted, until, config, events } = opened;
    save("port: 0\n");
    await until(() => posted.length === 1, "the request");
    save("port: 2\n");
    await until(() => config.revision === 2, "the next save");
    save("port: [\n");
    await until(() => events.some(({ type }) => type === "reloadFailed"), "the one after it");
    await config.rollback();
    assert.equal(config.revision, 3);
    assert.deepEqual([opened.kinds(), opened.errors()], [["validationFailed"], []]);
  });

  test("an attempt has ended when its status is there, though the answer goes on", async () => {
    const answers: ServerResponse[] = [];
    await using opened = await open((_request, response) => {
      response.writeHead(200).flushHeaders();
      answers.push(response);
    }, { deadlineMs: 60_000, maxAttempts: 1 });
    opened.save("port: 0\n");
    await opened.until(() => opened.posted.length === 1, "headers that come at once");
    opened.save("port: 2\n");
    await opened.until(() => opened.posted.length === 2, "the next, though the first goes on");
    assert.deepEqual(opened.errors(), []);
    for (const answer of answers) answer.end("late");
  });

  test("an attempt ends at its deadline (S3.15)", async () => {
    await using opened = await open(never, { deadlineMs: 100, maxAttempts: 1 });
    opened.save("port: 0\n");
    await opened.until(() => opened.errors().length === 1, "the deadline");
    assert.match(opened.errors()[0]!, /: no answer within 100 ms$/);
  });

  test("close() gives an endpoint that never answers half a second (G9)", async () => {
    // An attempt would have more time than the test has.
    await using opened = await open(never, { deadlineMs: 60_000 });
    opened.save("port: 0\n");
    await opened.until(() => opened.posted.length === 1, "the request");
    await inTime("close()", opened.config.close());
    assert.match(opened.errors()[0]!, /it was closed before there was an answer$/);
    const { length } = opened.events;
    await opened.config.close();
    assert.equal(opened.events.length, length);
  });

  test("nobody there: said once all attempts failed, by the host alone (G11)", async () => {
    const gone = await loopback(never);
    await gone[Symbol.asyncDispose]();
    const url = `${gone.url.replace("//", `//ops:${SECRET}@`)}/${SECRET}?key=${SECRET}`;
    await using watched = await openWatched({ "app.yaml": "port: 1\n" }, {
      validators: [port],
      alerts: [webhook(url, { maxAttempts: 2 })],
    });
    watched.folder.save("app.yaml", "port: 0\n");
    await watched.until(() => errorsOf(watched).length === 1, "the failure");
    assert.equal(
      errorsOf(watched)[0],
      `Cannot send an alert to ${gone.url}: connection refused`,
    );
    const shown = watched.events.map((event) =>
      JSON.stringify(event) + ("error" in event ? `${event.error.stack}${event.error.cause}` : "")
    );
    assert.doesNotMatch(shown.join(), new RegExp(SECRET));
    assert.doesNotMatch(JSON.stringify(watched.config.health()), new RegExp(SECRET));
  });
});

test("hotconf watch alerts whom HOTCONF_ALERT_WEBHOOK names, and shows no more than its host (S3.15)", async () => {
  const posted: string[] = [];
  await using server = await loopback(async (request, response) => {
    posted.push((await bodyOf(request)).text);
    response.writeHead(posted.length > 1 ? 404 : 200).end();
  });
  using folder = new Folder({ "app.yaml": "port: 1\n" });
  await using command = new CommandProcess(["watch", "app.yaml"], {
    cwd: folder.path,
    env: { HOTCONF_ALERT_WEBHOOK: `${server.url}/${SECRET}` },
  });
  while (!(await command.line()).includes("Ctrl-C ends")) { /* the table */ }
  folder.save("app.yaml", "port: [\n");
  await waitFor(() => posted.length === 1, () => "the alert");
  assert.match(posted[0]!, /^\*Configuration can't be loaded, revision 1 stays\*/);
  folder.save("app.yaml", "port: 2\n");
  let shown = "";
  while (!shown.includes("an alert was lost")) shown = await command.line();
  assert.match(shown, /: Cannot send an alert to http:\/\/127\.0\.0\.1:\d+: status 404$/);
  const { code, stdout, stderr } = await command.end("SIGINT");
  assert.equal(code, 0);
  assert.doesNotMatch(stdout + stderr, new RegExp(SECRET));
});
