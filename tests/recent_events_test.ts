import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RecentEvents } from "../src/recent_events.ts";

test("RecentEvents gives the newest first (S1.6)", () => {
  const recent = new RecentEvents<number>(3);
  [1, 2, 3, 4].forEach((event) => recent.push(event));
  assert.deepEqual(recent.list(), [4, 3, 2]);
  assert.deepEqual(recent.list(2), [4, 3]);
  assert.deepEqual(recent.list(0), []);
  assert.deepEqual(recent.list(-1), []);
});

test("RecentEvents of size 0 remembers nothing", () => {
  const recent = new RecentEvents<number>(0);
  recent.push(1);
  assert.deepEqual(recent.list(), []);
});

test("RecentEvents never holds more than its size (G10)", () => {
  fc.assert(fc.property(fc.nat(20), fc.array(fc.integer()), fc.nat(30), (size, events, limit) => {
    const recent = new RecentEvents<number>(size);
    events.forEach((event) => recent.push(event));
    assert.deepEqual(recent.list(limit), events.toReversed().slice(0, Math.min(size, limit)));
  }));
});
