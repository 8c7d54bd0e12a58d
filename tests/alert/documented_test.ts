import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import process from "node:process";
import { describe, test } from "node:test";
import {
  AlertError,
  type AlertSink,
  watchConfig as watch,
  type WatchConfigOptions,
  webhook,
} from "../../mod.ts";
import { createMemoryRuntime } from "../../testing.ts";
import { openLive } from "../live.ts";
import { alertOf } from "./recorded.ts";

const PAGE = readFileSync("docs/alerts.md", "utf8");

/** Code of the page stands between two comments, so that it is run here. */
const HERE = readFileSync("tests/alert/documented_test.ts", "utf8");

function shown(name: string): string {
  const found = new RegExp(`<!-- tested: ${name} -->\\s*\`\`\`\\w+\\n([\\s\\S]*?)\`\`\``, "u").exec(
    PAGE,
  );
  assert.ok(found, `docs/alerts.md shows no ${name}`);
  return found[1]!;
}

for (const name of ["slack", "sink"]) {
  test(`the code ${name} of docs/alerts.md is run by the tests`, () => {
    const [, indent, code] = new RegExp(`^( *)// begin ${name}\\n([\\s\\S]*?)^ *// end\\n`, "mu")
      .exec(HERE)!;
    assert.equal(shown(name), code!.replaceAll(new RegExp(`^${indent}`, "gmu"), ""));
  });
}

describe("the examples of docs/alerts.md", () => {
  test("a webhook, and what it posts", async () => {
    const runtime = createMemoryRuntime();
    runtime.files.write(resolve("config/app.yaml"), "port: 1\n");
    const validators = [
      (value: unknown) =>
        (value as { port: number }).port > 0
          ? []
          : [{ path: "port", message: "must be more than 0" }],
    ];
    const watchConfig = (options: WatchConfigOptions<unknown>) =>
      watch({ ...options, validators, runtime });
    const posted: string[] = [];
    const { fetch } = globalThis;
    const { SLACK_WEBHOOK_URL } = process.env;
    try {
      process.env.SLACK_WEBHOOK_URL = "https://hooks.example/T0";
      globalThis.fetch = (_url, init) => {
        posted.push(JSON.parse(String(init!.body)).text);
        return Promise.resolve(new Response("ok"));
      };
      // begin slack
      const config = await watchConfig({
        sources: ["config/app.yaml"],
        alerts: [webhook(process.env.SLACK_WEBHOOK_URL!, { from: "billing on web-3" })],
      });
      // end
      runtime.files.writeAtomically(resolve("config/app.yaml"), "a: 1\nport: 0\n");
      await runtime.clock.advance(3000);
      await config.close();
    } finally {
      globalThis.fetch = fetch;
      if (SLACK_WEBHOOK_URL === undefined) delete process.env.SLACK_WEBHOOK_URL;
      else process.env.SLACK_WEBHOOK_URL = SLACK_WEBHOOK_URL;
    }
    const texts = posted.map((text) =>
      text.replaceAll("```\n", "").replaceAll("\n```", "\n").replaceAll(
        resolve("config"),
        "/srv/config",
      )
    );
    assert.deepEqual(texts, [shown("posted")]);
  });

  test("a sink", async () => {
    const paged: string[] = [];
    const page = (
      { title }: { title: string; details: string; key: string; signal: AbortSignal },
    ) => {
      paged.push(title);
      return Promise.resolve(paged.length > 1);
    };
    // begin sink
    const pager: AlertSink = {
      name: "pager",
      maxAttempts: 10,
      async send({ severity, title, text, revision }, { signal }) {
        if (severity !== "critical") return;
        const accepted = await page({ title, details: text, key: `config-${revision}`, signal });
        if (!accepted) throw new AlertError({ sink: "pager", reason: "refused", canRetry: false });
      },
    };
    // end
    const { signal } = new AbortController();
    await pager.send(alertOf("a"), { signal });
    const critical = alertOf("a", { severity: "critical" });
    await assert.rejects(async () => void await pager.send(critical, { signal }), AlertError);
    await pager.send(critical, { signal });
    assert.deepEqual(paged, ["title of a", "title of a"]);
    await using live = await openLive({ "/app.yaml": "a: 1\n" }, { alerts: [pager] });
    assert.equal(live.config.revision, 1);
  });
});
