import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { openLive } from "./live.ts";

test("a secret number is hidden as a member of an error, too (G7, G11)", async () => {
  await using live = await openLive({ "/app.yaml": "pin: 48213377\nport: 8080\n" }, {
    secrets: ["pin"],
  });
  const told: unknown[] = [];
  live.config.on("handlerFailed", ({ error }) => void told.push(error));
  for (const code of [48_213_377, 48_213_377n]) {
    const failing = live.config.on("fileChanged", () => {
      throw Object.assign(new Error("it is the wrong one"), { code, codes: [code], port: 8080 });
    });
    await live.save("/app.yaml", `pin: 48213377\nport: 8080 # ${typeof code}\n`);
    failing[Symbol.dispose]();
  }
  assert.equal(told.length, 2);
  for (const error of told) {
    assert.ok(!inspect(error).includes("48213377"), inspect(error));
    assert.equal((error as { readonly port?: unknown }).port, 8080);
  }
});
