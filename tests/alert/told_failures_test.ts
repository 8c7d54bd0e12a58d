import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ToldFailures } from "../../src/alert/told_failures.ts";

const failure = (key: string, at = "1") => ({ key, group: "refused", at }) as const;

describe("ToldFailures", () => {
  test("takes the same failure once, and again after the interval with what was left out", () => {
    const told = new ToldFailures(1000);
    assert.equal(told.take(failure("a"), 0), 0);
    assert.equal(told.take(failure("a"), 10), undefined);
    assert.equal(told.take(failure("b"), 10), 0);
    assert.equal(told.take(failure("a"), 999), undefined);
    assert.equal(told.take(failure("a"), 1000), 2);
    assert.equal(told.take(failure("a"), 1999), undefined);
    assert.equal(told.take(failure("a"), 2000), 1);
  });

  test("takes a failure that is over at once, and only those of its group are over", () => {
    const told = new ToldFailures(1000);
    told.take(failure("a", "first"), 0);
    told.take(failure("a", "second"), 1);
    told.take({ key: "c", group: "health", at: "2" }, 1);
    told.take({ key: "d", at: "2" }, 1);
    assert.deepEqual(told.recover("refused"), { count: 2, since: "first" });
    assert.equal(told.recover("refused"), undefined);
    assert.equal(told.take(failure("a"), 2), 0);
    assert.equal(told.take({ key: "c", group: "health", at: "2" }, 2), undefined);
    assert.equal(told.take({ key: "d", at: "2" }, 2), undefined);
  });

  test("forgets the oldest of very many (G10)", () => {
    const told = new ToldFailures(1000);
    for (let number = 0; number < 1000; number++) told.take(failure(`${number}`), 0);
    assert.equal(told.take(failure("999"), 1), undefined);
    assert.equal(told.take(failure("0"), 1), 0);
    assert.equal(told.recover("refused")?.count, 101);
  });
});
