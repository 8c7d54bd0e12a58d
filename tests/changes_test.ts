import assert from "node:assert/strict";
import { test } from "node:test";
import { findChanges } from "../src/changes.ts";
import { Secrets } from "../src/secrets.ts";
import { openLive } from "./live.ts";

function nest(value: unknown): unknown {
  let nested = value;
  for (let level = 0; level < 100_000; level++) nested = { nested };
  return nested;
}

test("what is nested too deep to be compared has changed as a whole (G7)", () => {
  const before = { value: nest(1), layers: [] };
  const after = { value: nest(2), layers: [] };
  const { changes, changedPaths } = findChanges(before, after, new Secrets());
  assert.equal(changes.length, 1);
  const [change] = changes;
  assert.deepEqual([change!.path, change!.kind], ["", "changed"]);
  // What is secret in them can't be told.
  assert.ok(!("before" in change!) && !("after" in change!));
  assert.deepEqual(changedPaths, [[]]);
});

test("what vanished has the place it had, also in an item that moved by its key (S3.12)", async () => {
  const a = "- { name: a, port: 1 }\n";
  const b = "- name: b\n  port: 2\n  token: old\n";
  await using live = await openLive({ "/app.yaml": `services:\n${a}${b}` }, {
    arrayKeys: { services: "name" },
  });
  const outcome = await Promise.all([
    live.config.changes().next(),
    live.save("/app.yaml", `services:\n- name: b\n  token: new\n\n\n${a}`),
  ]);
  const file = "/app.yaml";
  const secret = "[secret]";
  assert.deepEqual(outcome[0].value?.changes, [
    { path: "services.0.token", kind: "changed", before: secret, after: secret, file, line: 3 },
    { path: "services.1.port", kind: "removed", before: 2, file, line: 4 },
  ]);
});

test("a value is as secret as it was where it was, when its item moved by its key (G11)", () => {
  const [one, other] = [{ id: 1, pin: "1234" }, { id: 2, pin: "5678" }];
  const before = { value: { list: [one, other] }, layers: [] };
  const after = { value: { list: [{ ...other, pin: "0000" }, one] }, layers: [] };
  const { changes, changedPaths } = findChanges(
    before,
    after,
    new Secrets(["list.1.pin"]),
    () => (item) => (item as { id: number }).id,
  );
  assert.deepEqual(changes, [
    { path: "list.0.pin", kind: "changed", before: "[secret]", after: "0000" },
  ]);
  // Subscribers go by index.
  assert.deepEqual(changedPaths.map((path) => path.join(".")), [
    "list.0.id",
    "list.0.pin",
    "list.1.id",
    "list.1.pin",
  ]);
});

test("subscribers are told of every index that differs, whatever the keys say", async () => {
  const item = (name: string) => `- { name: ${name} }\n`;
  await using live = await openLive({ "/app.yaml": `list:\n${item("a")}${item("b")}` }, {
    arrayKeys: { list: "name" },
  });
  const told: unknown[] = [];
  live.config.subscribe("list.*.name", (now, before, { path }) => told.push([path, before, now]));
  await live.save("/app.yaml", `list:\n${item("z")}${item("a")}${item("b")}`);
  assert.deepEqual(told, [
    ["list.0.name", "a", "z"],
    ["list.1.name", "b", "a"],
    ["list.2.name", undefined, "b"],
  ]);
});

test("arrayKeys that can't be used are refused at the start", async () => {
  const live = (arrayKeys: Record<string, string>) => openLive({ "/a.json": "{}" }, { arrayKeys });
  await assert.rejects(live({ "a..b": "id" }), RangeError);
  await assert.rejects(live({ a: 1 as unknown as string }), { name: "TypeError" });
});
