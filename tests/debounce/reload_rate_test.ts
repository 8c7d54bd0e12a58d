import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ReloadRate } from "../../src/debounce/reload_rate.ts";

/** When each of `count` reloads takes place that are all wanted at once, or every `everyMs`. */
function times(count: number, everyMs: number): number[] {
  const rate = new ReloadRate();
  let now = 0;
  return Array.from({ length: count }, (_, index) => {
    now = Math.max(now, index * everyMs, rate.notBefore);
    rate.note(now);
    return now;
  });
}

describe("reloads (G10)", () => {
  test("are taken as they come, up to fifty in a second", () => {
    assert.deepEqual(times(50, 0), Array(50).fill(0));
    assert.deepEqual(times(200, 21), Array.from({ length: 200 }, (_, index) => index * 21));
  });

  test("are at least 50 ms apart when there are more", () => {
    assert.deepEqual(times(53, 0).slice(-3), [50, 100, 150]);
    const storm = times(2_000, 1);
    const within = storm.filter((time) => time < 10_000).length;
    assert.ok(within <= 550, `${within} in ten seconds`);
  });

  test("are as they come again after a quiet second", () => {
    const rate = new ReloadRate();
    for (let count = 0; count < 100; count++) rate.note(count);
    assert.ok(rate.notBefore > 0);
    rate.note(10_000);
    assert.equal(rate.notBefore, -Infinity);
  });
});
