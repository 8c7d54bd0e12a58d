import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Digest } from "../../matrix/digest.ts";
import { judgeRound, type RoundRule } from "../../matrix/judge.ts";
import { statesOf } from "../../matrix/situation.ts";
import { watcherFaults } from "../../matrix/stress_limits.ts";
import { storms } from "../../matrix/stress_storms.ts";
import type { SubjectEvent } from "../../matrix/subject_events.ts";
import { tale } from "../../matrix/tale.ts";

const VALUES = 2;

describe("a storm on many files", () => {
  const rule: RoundRule = {
    before: [{ a: 0, b: 0 }],
    expected: [{ a: 1, b: 1 }, { a: 2, b: 2 }],
    values: VALUES,
    mayMix: true,
  };
  const torn = (digest: Digest, more: Partial<RoundRule> = {}) =>
    judgeRound({ ...rule, ...more }, [{ at: 1, event: { type: "commit", digest } }], 0).torn;

  test("may be handed over with files of different saves, each of them whole", () => {
    assert.equal(torn({ a: [2, 2, VALUES], b: [0, 0, VALUES] }), 0);
    assert.equal(torn({ a: [2, 2, VALUES], b: [0, 0, VALUES] }, { mayMix: false }), 1);
  });

  test("is torn when a file is not whole, of no save, missing, or unknown (G2)", () => {
    assert.equal(torn({ a: [2, 1, VALUES], b: [0, 0, VALUES] }), 1);
    assert.equal(torn({ a: [2, 2, 1], b: [0, 0, VALUES] }), 1);
    assert.equal(torn({ a: [3, 3, VALUES], b: [0, 0, VALUES] }), 1);
    assert.equal(torn({ a: [2, 2, VALUES] }), 1);
    assert.equal(torn({ a: [2, 2, VALUES], c: [2, 2, VALUES] }), 1);
    assert.equal(torn({}), 1);
  });

  test("ends with the last save of each file", () => {
    const storm = storms.find(({ name }) => name === "storm-directory")!;
    const [first] = statesOf(storm, 1);
    const last = statesOf(storm, 1).at(-1)!;
    assert.deepEqual([first!.part_000, first!.part_999], [0, 0]);
    assert.deepEqual([last.part_000, last.part_001, last.part_999], [10_000, 9_001, 9_999]);
  });
});

test("what a situation found wrong makes a round faulty", () => {
  const round = judgeRound(
    { before: [{ "": 0 }], expected: [{ "": 0 }], values: VALUES, faults: ["told wrong of conf"] },
    [],
    0,
  );
  assert.ok(round.isFaulty);
  assert.match(round.problem!, /told wrong of conf/);
});

describe("a directory that can't be watched for a while", () => {
  const [directory, remedy] = ["/conf", "sysctl fs.inotify.max_user_watches=524288"];
  const polled: SubjectEvent = { type: "watcher", watcher: "poll", directory, why: "full", remedy };
  const watched: SubjectEvent = { type: "watcher", watcher: "node", directory, why: "again" };
  const faults = (...told: readonly SubjectEvent[]) =>
    watcherFaults(told, [directory], /max_user_watches/);

  test("is right when it is told once, with the remedy, and once when it is over (G8)", () => {
    assert.deepEqual(faults(polled, watched), []);
  });

  test("is wrong when anything is missing, or told again (G8)", () => {
    const { remedy: _remedy, ...withoutRemedy } = polled;
    const wrong = [[], [polled], [watched, polled], [withoutRemedy, watched], [
      polled,
      polled,
      watched,
    ], [polled, watched, polled]];
    for (const told of wrong) assert.deepEqual(faults(...told), ["told wrong of conf"]);
  });

  test("is wrong when another directory is told of", () => {
    const other = { ...polled, directory: "/other" };
    assert.deepEqual(faults(polled, watched, other), ["told of another directory"]);
  });
});

test("of a storm only the beginning and the end are told", () => {
  const commits = Array.from({ length: 1_000 }, (_, seq): SubjectEvent => (
    { type: "commit", digest: { "": [seq, seq, VALUES] } }
  ));
  const text = tale(commits);
  assert.match(text, /^commit 0…0 .*; 984 more; .*commit 999…999 \(2 values\)$/);
  assert.ok(text.length < 500);
});
