import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AlertError, type AlertSinkOptions } from "../../mod.ts";
import { GRACE_MS, Outbox } from "../../src/alert/outbox.ts";
import { ManualClock } from "../../testing.ts";
import { alertOf, never, record, type Recorded } from "./recorded.ts";

function open(
  answer?: Recorded["answer"],
  options: AlertSinkOptions = {},
  clock: ManualClock = new ManualClock(),
) {
  const sink = record(answer);
  const failed: AlertError[] = [];
  const outbox = new Outbox({
    deadlineMs: 5000,
    maxAttempts: 4,
    maxPerMinute: 10,
    repeatAfterMs: 0,
    ...options,
    sink,
    clock,
    random: () => 0,
    onFailed: (error) => failed.push(error),
  });
  const textsAt = () => sink.alerts.map(({ text }) => text);
  return { clock, sink, outbox, failed, texts: textsAt };
}

const fail = (options: { canRetry?: boolean; retryAfterMs?: number } = {}) => () => {
  throw new AlertError({ sink: "recorded", reason: "no", ...options });
};

describe("Outbox", () => {
  test("sends one after the other, in order, and nothing before the caller is done (G7)", async () => {
    const { clock, sink, outbox, texts } = open(() =>
      new Promise((done) => clock.schedule(100, done as () => void))
    );
    outbox.push(alertOf("a"));
    outbox.push(alertOf("b"));
    assert.deepEqual(texts(), []);
    await clock.settle();
    assert.deepEqual(texts(), []);
    await clock.advance(0);
    assert.deepEqual(texts(), ["a"]);
    await clock.advance(99);
    assert.deepEqual(texts(), ["a"]);
    await clock.advance(1);
    assert.deepEqual(texts(), ["a", "b"]);
    await clock.advance(100);
    assert.equal(clock.timers, 0);
    assert.ok(sink.signals.every(({ aborted }) => aborted));
    outbox.push(alertOf("c"));
    await clock.advance(1);
    assert.deepEqual(texts(), ["a", "b", "c"]);
  });

  test("sends what is pushed at the very end of what was sent before", async () => {
    // How many turns it takes until it ends is nobody's business.
    for (let turns = 0; turns < 12; turns++) {
      const answers: (() => void)[] = [];
      const { clock, outbox, texts } = open(() => new Promise<void>((done) => answers.push(done)));
      outbox.push(alertOf("a"));
      await clock.advance(0);
      answers[0]!();
      for (let turn = 0; turn < turns; turn++) await undefined;
      outbox.push(alertOf("b"));
      await clock.advance(1);
      assert.deepEqual(texts(), ["a", "b"], `after ${turns} turns`);
    }
  });

  test("tries again after 1, 2 and 4 seconds, and then gives up", async () => {
    const { clock, outbox, failed, texts } = open(fail());
    outbox.push(alertOf("a"));
    for (
      const [ms, attempts] of [[0, 1], [999, 1], [1, 2], [1999, 2], [1, 3], [3999, 3]] as const
    ) {
      await clock.advance(ms);
      assert.equal(texts().length, attempts);
    }
    assert.equal(failed.length, 0);
    await clock.advance(1);
    assert.equal(texts().length, 4);
    assert.deepEqual(failed.map(({ message }) => message), [
      "Cannot send an alert to recorded: no",
    ]);
    await clock.advance(100_000);
    assert.equal(texts().length, 4);
  });

  test("gives up at once what can't be tried again, and goes on with the next", async () => {
    const { clock, sink, outbox, failed, texts } = open(fail({ canRetry: false }));
    outbox.push(alertOf("a"));
    outbox.push(alertOf("b"));
    await clock.advance(0);
    assert.deepEqual(texts(), ["a", "b"]);
    assert.equal(failed.length, 2);
    sink.answer = () => {};
    outbox.push(alertOf("c"));
    await clock.advance(0);
    assert.equal(failed.length, 2);
  });

  test("waits as long as it is asked to, up to a minute, and up to half of that more", async () => {
    for (const [retryAfterMs, waitMs] of [[30_000, 30_000], [86_400_000, 60_000], [1, 1000]]) {
      const { clock, outbox, texts } = open(fail({ retryAfterMs: retryAfterMs! }));
      outbox.push(alertOf("a"));
      await clock.advance(waitMs! - 1);
      assert.equal(texts().length, 1);
      await clock.advance(1);
      assert.equal(texts().length, 2);
    }
  });

  test("waits as usual when what it is asked for is no time, or before now (G12)", async () => {
    for (const retryAfterMs of [NaN, -5000, -Infinity]) {
      const { clock, outbox, texts } = open(fail({ retryAfterMs }));
      outbox.push(alertOf("a"));
      await clock.advance(999);
      assert.equal(texts().length, 1, `${retryAfterMs}`);
      await clock.advance(1);
      assert.equal(texts().length, 2, `${retryAfterMs}`);
    }
  });

  test("gives up after a number of attempts that is none (G10)", async () => {
    const { clock, outbox, failed } = open(fail(), { maxAttempts: 1.5 });
    outbox.push(alertOf("a"));
    await clock.advance(100_000);
    assert.equal(failed.length, 1);
    assert.equal(clock.timers, 0);
  });

  test("cuts off an attempt at its deadline, with its signal (G7)", async () => {
    const { clock, sink, outbox, failed, texts } = open(never, { deadlineMs: 200, maxAttempts: 2 });
    outbox.push(alertOf("a"));
    await clock.advance(199);
    assert.equal(sink.signals[0]!.aborted, false);
    await clock.advance(1);
    assert.equal(sink.signals[0]!.aborted, true);
    await clock.advance(1200);
    assert.equal(texts().length, 2);
    assert.match(failed[0]!.message, /^Cannot send an alert to recorded: no answer within 200 ms$/);
    assert.equal(clock.timers, 0);
  });

  test("keeps no process alive before it is closed", async () => {
    const clock = new ManualClock();
    const kept: (readonly [ms: number, keepAlive: boolean | undefined])[] = [];
    const schedule = clock.schedule.bind(clock);
    clock.schedule = (ms, run, options) => {
      kept.push([ms, options?.keepAlive]);
      return schedule(ms, run, options);
    };
    const { outbox } = open(fail(), { deadlineMs: 200, maxPerMinute: 1 }, clock);
    outbox.push(alertOf("a"));
    outbox.push(alertOf("b"));
    await clock.advance(10_000);
    assert.deepEqual(kept.slice(0, 3), [[0, false], [200, false], [1000, false]]);
    assert.ok(kept.length > 6 && kept.every(([, keepAlive]) => keepAlive === false));
    await outbox.close();
    assert.ok(kept.some(([ms, keepAlive]) => ms === GRACE_MS && keepAlive !== false));
  });

  test("takes what is thrown for a reason, without the URLs in it (G11)", async () => {
    const quoted = "sending to https://hooks.example/T0/hook-secret failed";
    const { clock, outbox, failed } = open(() => Promise.reject(new TypeError(quoted)), {
      maxAttempts: 1,
    });
    outbox.push(alertOf("a"));
    await clock.advance(0);
    assert.equal(failed[0]!.message, "Cannot send an alert to recorded: sending to  failed");
    assert.equal(failed[0]!.cause, undefined);
    assert.doesNotMatch(failed[0]!.stack!, /hook-secret/);
  });

  test("sums up in one what is more than allowed in a minute (G10)", async () => {
    const { clock, sink, outbox, texts } = open(undefined, { maxPerMinute: 3 });
    for (const text of ["a", "b", "c", "d", "d", "e"]) outbox.push(alertOf(text));
    outbox.push(alertOf("f", { severity: "critical", kind: "failing", revision: 9, leftOut: 2 }));
    await clock.advance(59_999);
    assert.deepEqual(texts(), ["a", "b", "c"]);
    await clock.advance(1);
    assert.equal(texts().length, 4);
    const { title, text, ...rest } = sink.alerts[3]!;
    assert.equal(title, "4 alerts in short time");
    assert.equal(
      text,
      "2 × title of d\n1 × title of e\n1 × title of f\nThe last one: title of f\nf",
    );
    assert.equal(rest.kind, "heldBack");
    assert.equal(rest.severity, "critical");
    assert.deepEqual([rest.revision, rest.leftOut], [9, 2]);
    await clock.advance(1);
    outbox.push(alertOf("g"));
    await clock.advance(1);
    assert.equal(texts().at(-1), "g");
  });

  test("sends one that was held back as it is", async () => {
    const { clock, outbox, texts } = open(undefined, { maxPerMinute: 1 });
    outbox.push(alertOf("a"));
    outbox.push(alertOf("b"));
    await clock.advance(60_000);
    assert.deepEqual(texts(), ["a", "b"]);
  });

  test("keeps no more than fifty, and counts the rest (G10)", async () => {
    const { clock, sink, outbox } = open(never);
    for (let number = 0; number < 1000; number++) outbox.push(alertOf(`${number}`));
    await clock.advance(0);
    sink.answer = () => {};
    await clock.advance(10_000);
    const [first, last] = [sink.alerts[0]!, sink.alerts.at(-1)!];
    assert.equal(first.title, "1000 alerts in short time");
    assert.match(first.text, /\n990 × others\n/);
    assert.equal(last.title, first.title);
    assert.match(last.text, /The last one: title of 999\n999$/);
    assert.ok(last.text.length <= 2000);
  });

  test("is as severe as the worst, also where only the number of it is kept", async () => {
    const { clock, sink, outbox } = open();
    outbox.push(alertOf("first", { severity: "critical" }));
    for (let number = 0; number < 60; number++) outbox.push(alertOf(`${number}`));
    await clock.advance(0);
    assert.deepEqual(sink.alerts.map(({ severity }) => severity), ["critical"]);
    for (let number = 0; number < 60; number++) outbox.push(alertOf(`${number}`));
    await clock.advance(60_000);
    assert.deepEqual(sink.alerts.slice(1).map(({ severity }) => severity), ["warning"]);
  });

  test("close() waits for nothing when nothing is to be sent (G9)", async () => {
    const { clock, outbox, texts } = open();
    await outbox.close();
    outbox.push(alertOf("a"));
    await clock.advance(1000);
    assert.deepEqual(texts(), []);
    assert.equal(clock.timers, 0);
  });

  test("close() sends what waits, in one where it was held back, without waiting (G9)", async () => {
    const { clock, outbox, texts } = open(undefined, { maxPerMinute: 1 });
    for (const text of ["a", "b", "c"]) outbox.push(alertOf(text));
    await clock.advance(10);
    assert.deepEqual(texts(), ["a"]);
    await outbox.close();
    assert.match(texts()[1]!, /^1 × title of b\n1 × title of c\n/);
    assert.equal(clock.timers, 0);
  });

  test("close() tries once more what failed before, and then gives it up (G9)", async () => {
    const { clock, outbox, failed, texts } = open(fail());
    outbox.push(alertOf("a"));
    await clock.advance(0);
    await outbox.close();
    assert.deepEqual(texts(), ["a", "a"]);
    assert.equal(failed.length, 1);
    assert.equal(clock.timers, 0);
  });

  test("close() waits no longer for what fails while it waits (G9)", async () => {
    let refuse = (_error: Error) => {};
    const { clock, sink, outbox, failed, texts } = open(() =>
      new Promise((_resolve, reject) => refuse = reject)
    );
    outbox.push(alertOf("a"));
    await clock.advance(0);
    const closing = outbox.close();
    sink.answer = () => {};
    refuse(new Error("no"));
    await closing;
    assert.deepEqual([texts(), failed], [["a", "a"], []]);
    assert.equal(clock.timers, 0);
  });

  test("close() cuts off what takes longer than half a second, and says what is lost (G9)", async () => {
    const { clock, sink, outbox, failed, texts } = open(never);
    outbox.push(alertOf("a"));
    outbox.push(alertOf("b"));
    await clock.advance(0);
    let isClosed = false;
    const closing = outbox.close().then(() => isClosed = true);
    await clock.advance(GRACE_MS - 1);
    assert.deepEqual([isClosed, texts()], [false, ["a"]]);
    await clock.advance(1);
    await closing;
    assert.equal(sink.signals[0]!.aborted, true);
    assert.deepEqual(texts(), ["a"]);
    assert.deepEqual(failed.map(({ reason }) => reason).sort(), [
      "it was closed before there was an answer",
      "it was closed while 1 more alert waited",
    ]);
    assert.equal(clock.timers, 0);
  });
});
