import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Alert, AlertError, webhook, type WebhookOptions } from "../../mod.ts";
import { alertOf } from "./recorded.ts";

const URL_ = "https://user:pa55@hooks.example/services/T0/B0/hook-secret?token=t0ken";

interface Posted {
  readonly url: string;
  readonly init: RequestInit;
  readonly headers: Headers;
  // deno-lint-ignore no-explicit-any -- a test says what it expects by reading it
  readonly body: any;
}

async function post(
  alert: Alert,
  options: WebhookOptions = {},
  answer: () => Response | Promise<Response> = () => new Response("ok"),
): Promise<Posted> {
  let posted: Posted | undefined;
  const sink = webhook(URL_, {
    ...options,
    fetch: (url, init) => {
      const body = JSON.parse(String(init.body));
      posted = { url: url.href, init, headers: new Headers(init.headers), body };
      return Promise.resolve().then(answer);
    },
  });
  await sink.send(alert, { signal: new AbortController().signal });
  return posted!;
}

async function errorOf(answer: () => Response | Promise<Response>): Promise<AlertError> {
  const error: unknown = await post(alertOf("a"), {}, answer).then(() => {}, (thrown) => thrown);
  assert.ok(error instanceof AlertError, String(error));
  return error;
}

const status = (status: number, headers: Record<string, string> = {}) => () =>
  new Response(null, { status, headers });

describe("webhook()", () => {
  test("posts Slack's text, with who sends it and what to take literally (S3.15)", async () => {
    const alert = alertOf("/a.yaml:3:5: port: must be <1 & not *bold* ```\n<!channel>", {
      title: "Configuration refused, revision 1 stays",
    });
    const { url, init, headers, body } = await post(alert, { from: "billing on web-3" });
    assert.equal(url, "https://hooks.example/services/T0/B0/hook-secret?token=t0ken");
    assert.equal(init.method, "POST");
    assert.equal(init.redirect, "manual");
    assert.equal(headers.get("content-type"), "application/json");
    assert.equal(headers.get("authorization"), `Basic ${btoa("user:pa55")}`);
    assert.deepEqual(body, {
      text: "*billing on web-3: Configuration refused, revision 1 stays* (warning)\n" +
        "```\n/a.yaml:3:5: port: must be &lt;1 &amp; not *bold* '''\n&lt;!channel&gt;\n```",
    });
  });

  test("posts the alert as JSON, with headers of one's own", async () => {
    const alert = alertOf("a", { issues: [{ path: "port", message: "no" }] });
    const headers = { authorization: "Bearer hook-secret", "content-type": "application/a+json" };
    const posted = await post(alert, { format: "json", headers, from: "me" });
    assert.deepEqual(posted.body, { from: "me", ...alert });
    assert.equal(posted.headers.get("authorization"), "Bearer hook-secret");
    assert.equal(posted.headers.get("content-type"), "application/a+json");
    assert.deepEqual((await post(alert, { format: "json" })).body, alert);
  });

  test("tries again after 408, 429 and 5xx only", async () => {
    for (const code of [408, 429, 500, 502, 503]) {
      assert.equal((await errorOf(status(code))).canRetry, true, `${code}`);
    }
    for (const code of [301, 302, 307, 400, 401, 403, 404, 410, 418]) {
      assert.equal((await errorOf(status(code))).canRetry, false, `${code}`);
    }
    await post(alertOf("a"), {}, status(204));
    const { message } = await errorOf(status(302, { location: "https://b.example/stolen" }));
    assert.equal(
      message,
      "Cannot send an alert to https://hooks.example: status 302, and redirects are not followed",
    );
  });

  test("reads Retry-After, as seconds and as a date beside the server's own", async () => {
    const date = "Wed, 21 Oct 2026 07:28:00 GMT";
    const cases: readonly [Record<string, string>, number | undefined][] = [
      [{ "retry-after": "30" }, 30_000],
      [{ "retry-after": "0" }, 0],
      [{ "retry-after": "99999999999" }, 99_999_999_999_000],
      [{ "retry-after": "9".repeat(400) }, Infinity],
      [{ "retry-after": "Wed, 21 Oct 2026 07:28:07 GMT", date }, 7000],
      [{ "retry-after": "Wed, 21 Oct 2026 07:27:00 GMT", date }, undefined],
      [{ "retry-after": "Wed, 21 Oct 2026 07:28:07 GMT" }, undefined],
      [{ "retry-after": "soon", date }, undefined],
      [{ "retry-after": "-1", date }, undefined],
      [{}, undefined],
    ];
    for (const [headers, expected] of cases) {
      const { retryAfterMs } = await errorOf(status(429, headers));
      assert.equal(retryAfterMs, expected, JSON.stringify(headers));
    }
  });

  test("shows scheme and host of the URL only, whatever goes wrong (G11)", async () => {
    const error = await errorOf(() => {
      throw new TypeError(`error sending request for url (${URL_})`, { cause: new Error(URL_) });
    });
    const shown = `${error.message} ${error.stack} ${error.cause} ${JSON.stringify(error)}`;
    assert.doesNotMatch(shown, /hook-secret|t0ken|pa55|T0/);
    assert.equal(
      error.message,
      "Cannot send an alert to https://hooks.example: it can't be reached",
    );
    const fetch = () => {
      throw new TypeError("no route to hooks.example/services/hook-secret");
    };
    const { signal } = new AbortController();
    await assert.rejects(async () => {
      await webhook(URL_, { fetch }).send(alertOf("a"), { signal });
    }, { name: "AlertError", reason: "it can't be reached" });
    assert.equal(webhook(URL_).name, "https://hooks.example");
    assert.equal(webhook(URL_, { name: "ops" }).name, "ops");
    assert.doesNotMatch(JSON.stringify(webhook(URL_)), /hook-secret|t0ken|pa55/);
  });

  test("refuses what is no URL, no header or no format, without quoting it (G11)", () => {
    const refused = (run: () => unknown, expected: RegExp) =>
      assert.throws(run, (error: Error) => {
        assert.match(error.message, expected);
        assert.doesNotMatch(`${error.stack} ${error.cause}`, /hook-secret/);
        return true;
      });
    refused(() => webhook("hook-secret"), /not well-formed/);
    refused(() => webhook("ftp://a/hook-secret"), /must be https:\/\/ or http:\/\//);
    refused(() => webhook("https://ops:50%hook-secret@a/"), /must be written %25/);
    refused(() => webhook(URL_, { headers: { a: "hook-secret\nb: c" } }), /headers of a webhook/);
    refused(() => webhook(URL_, { format: "teams" as "json" }), /use "slack" or "json"/);
  });
});
