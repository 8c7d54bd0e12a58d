import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { StageMarks } from "../../src/statistics/stages.ts";
import { ManualClock } from "../../testing.ts";

describe("StageMarks", () => {
  test("end a stage where the next one begins", async () => {
    const clock = new ManualClock();
    const start = clock.now();
    const marks = new StageMarks(clock);
    marks.begin("parse");
    await clock.advance(3);
    marks.begin("validate");
    await clock.advance(4);
    assert.deepEqual(marks.end(), [
      { stage: "parse", from: start, to: start + 3 },
      { stage: "validate", from: start + 3, to: start + 7 },
    ]);
  });

  test("go on after stages that were timed before, and leave the time in between out", async () => {
    const clock = new ManualClock();
    const start = clock.now();
    const reading = new StageMarks(clock);
    reading.begin("read");
    await clock.advance(1);
    const read = reading.end();
    await clock.advance(5);
    const marks = new StageMarks(clock, read);
    marks.begin("parse");
    assert.deepEqual(marks.end().map(({ stage, from }) => [stage, from - start]), [
      ["read", 0],
      ["parse", 6],
    ]);
    assert.equal(marks.startedAt, start);
    assert.equal(read.length, 1);
  });

  test("give the same times however often they are ended", async () => {
    const clock = new ManualClock();
    const marks = new StageMarks(clock);
    assert.deepEqual([marks.end(), marks.startedAt], [[], undefined]);
    marks.begin("apply");
    const ended = [...marks.end()];
    await clock.advance(9);
    assert.deepEqual(marks.end(), ended);
  });
});
