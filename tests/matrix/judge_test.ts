import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Digest } from "../../matrix/digest.ts";
import { isDone, isNothing, judgeRound, type Round, type RoundRule } from "../../matrix/judge.ts";
import type { Observed, SubjectEvent } from "../../matrix/subject_events.ts";
import { checksumOf } from "../../src/checksum.ts";

const VALUES = 76;
const SAVED_AT = 100;

const commit = (digest: Digest): SubjectEvent => ({ type: "commit", digest });
const whole = (n: number) => commit({ "": [n, n, VALUES] });
const rejected: SubjectEvent = { type: "rejected", why: "the file is empty" };

/** The events, 10 ms apart from 110 on. */
function observed(...events: readonly SubjectEvent[]): Observed[] {
  return events.map((event, index) => ({ at: SAVED_AT + 10 * (index + 1), event }));
}

/** Save 3 after save 2. */
const rule: RoundRule = { before: [{ "": 0 }, { "": 2 }], expected: [{ "": 3 }], values: VALUES };

function judge(events: readonly SubjectEvent[], more: Partial<RoundRule> = {}): Round {
  return judgeRound({ ...rule, ...more }, observed(...events), SAVED_AT);
}

describe("a round of a configuration", () => {
  test("is right when its save is handed over once", () => {
    assert.deepEqual(judge([whole(3)]), {
      committed: true,
      reloads: 1,
      exact: true,
      torn: 0,
      isFaulty: false,
      latencyMs: 10,
    });
  });

  test("has no negative latency when the save ends after it was handed over", () => {
    assert.equal(judgeRound(rule, [{ at: 90, event: whole(3) }], SAVED_AT).latencyMs, 0);
  });

  test("is lost when nothing arrives (G1)", () => {
    const { committed, exact, isFaulty, latencyMs, problem } = judge([]);
    assert.deepEqual([committed, exact, isFaulty, latencyMs], [false, false, true, undefined]);
    assert.match(problem!, /did not arrive.*nothing told/);
  });

  test("is lost when an older configuration is handed over last (G1)", () => {
    const { committed, torn } = judge([whole(3), whole(2)]);
    assert.deepEqual([committed, torn], [false, 0]);
  });

  test("is torn when a configuration lacks its end, or some values (G2)", () => {
    for (const digest of [{ "": [3, undefined, 40] }, { "": [3, 3, 75] }, {}] as Digest[]) {
      const { committed, reloads, torn, isFaulty, problem } = judge([commit(digest), whole(3)]);
      assert.deepEqual([committed, reloads, torn, isFaulty], [true, 2, 1, true]);
      assert.match(problem!, /nobody saved/);
    }
  });

  test("is torn when parts of two saves are mixed (G5)", () => {
    const mixed = commit({ a: [3, 3, VALUES], b: [2, 2, VALUES] });
    const { torn, problem } = judge([mixed], {
      before: [{ a: 2, b: 2 }],
      expected: [{ a: 3, b: 3 }],
    });
    assert.equal(torn, 1);
    assert.match(problem!, /a 3…3 \(76 values\), b 2…2/);
  });

  test("is not exact when it is handed over twice, and faulty when three times (G3)", () => {
    const twice = judge([whole(3), whole(3)]);
    assert.deepEqual([twice.reloads, twice.exact, twice.isFaulty], [2, false, false]);
    assert.ok(judge([whole(3), whole(3), whole(3)]).isFaulty);
  });

  test("may have a configuration on the way where the situation says so", () => {
    const expected = [{ "": 5 }, { "": 6 }];
    for (const events of [[whole(6)], [whole(5), whole(6)]]) {
      const { committed, exact, torn } = judge(events, { expected });
      assert.deepEqual([committed, exact, torn], [true, true, 0]);
    }
    assert.ok(!judge([whole(6), whole(5)], { expected }).committed);
  });

  test("of no change is right when nothing is handed over (G3)", () => {
    const same = { expected: [{ "": 2 }] };
    assert.ok(isNothing({ ...rule, ...same }));
    const { committed, exact, latencyMs } = judge([], same);
    assert.deepEqual([committed, exact, latencyMs], [true, true, undefined]);
    assert.equal(judge([whole(2)], same).exact, false);
  });

  test("is faulty when what is right is refused, unless the situation says so (G4)", () => {
    assert.ok(judge([rejected, whole(3)]).isFaulty);
    assert.ok(!judge([rejected, whole(3)], { rejects: "may" }).isFaulty);
    assert.ok(!judge([rejected, whole(3)], { rejects: "must" }).isFaulty);
    assert.ok(judge([whole(3)], { rejects: "must" }).isFaulty);
  });

  test("is faulty when a handler failed", () => {
    assert.ok(judge([whole(3), { type: "failed", why: "oh" }]).isFaulty);
  });
});

describe("a round of file events", () => {
  const [path, oldPath] = ["/two/a", "/one/a"];
  const checksum = checksumOf("text");
  const expected = { changes: [{ kind: "moved", path, oldPath, text: "text" }] } as const;
  const moved: SubjectEvent = { type: "change", kind: "moved", path, oldPath, checksum };
  const created: SubjectEvent = { type: "change", kind: "created", path, checksum };

  test("is right when exactly what was expected is told", () => {
    const round = judge([moved], { expected });
    assert.deepEqual([round.committed, round.reloads, round.exact], [true, 1, true]);
    assert.equal(round.latencyMs, 10);
  });

  test("is lost when another kind is told, and not exact when more is", () => {
    assert.ok(!judge([created], { expected }).committed);
    assert.equal(judge([moved, created], { expected }).exact, false);
  });

  test("is torn when a file is told with other content (G2)", () => {
    const half = { ...created, checksum: checksumOf("te") };
    assert.equal(judge([half, moved], { expected }).torn, 1);
  });
});

test("a round is done as soon as the final configuration is there, and not before", () => {
  assert.ok(!isDone(rule, observed(rejected)));
  assert.ok(!isDone(rule, observed(commit({ "": [3, undefined, 40] }))));
  assert.ok(isDone(rule, observed(whole(3))));
});
