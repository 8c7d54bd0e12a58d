import assert from "node:assert/strict";
import { test } from "node:test";
import { env } from "../../mod.ts";
import { eventsOf, openLive } from "../live.ts";

test("env({ watch }) takes what the program sets, looking from time to time (S4.4)", async () => {
  const sources = ["/app.yaml", env({ prefix: "APP_", watch: true, intervalMs: 1000 })];
  await using live = await openLive({ "/app.yaml": "a: 1\n" }, { sources });
  live.runtime.environment.set("APP_A", "2");
  await live.clock.advance(999);
  assert.deepEqual(live.config.current, { a: 1 });
  await live.clock.advance(1);
  assert.deepEqual(live.config.current, { a: "2" });
  live.runtime.environment.set("OTHER", "2");
  await live.clock.advance(5000);
  assert.equal(eventsOf(live.events, "reloadSucceeded").length, 1);
  live.runtime.environment.set("APP_A", undefined);
  await live.clock.advance(1000);
  assert.deepEqual(live.config.current, { a: 1 });
});

test("env() says which variable its own parse refuses, and all stays (G4)", async () => {
  const map = { PORT: { path: "port", parse: (text: string) => JSON.parse(text) } };
  await using live = await openLive({ "/app.yaml": "a: 1\n" }, {
    sources: ["/app.yaml", env({ map, watch: true })],
  });
  live.runtime.environment.set("PORT", "{");
  await live.clock.advance(5000);
  const [failed] = eventsOf(live.events, "reloadFailed");
  assert.match(failed!.error.message, /the variable PORT can't be parsed/);
  assert.deepEqual(live.config.current, { a: 1 });
});
