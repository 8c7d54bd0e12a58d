import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ChangeStream } from "../src/change_stream.ts";

describe("a ChangeStream", () => {
  test("gives what is pushed, in turn", async () => {
    const stream = createStream();
    stream.push(1);
    assert.deepEqual(await stream.next(), { done: false, value: 1 });
    stream.push(2);
    assert.deepEqual(await stream.next(), { done: false, value: 2 });
  });

  test("hands a change to who waits for it", async () => {
    const stream = createStream();
    const [first, second] = [stream.next(), stream.next()];
    stream.push(1);
    stream.push(2);
    assert.equal((await first).value, 1);
    assert.equal((await second).value, 2);
  });

  test("keeps only the newest change for a slow consumer (G10)", async () => {
    const stream = createStream();
    for (let change = 1; change <= 1000; change++) stream.push(change);
    stream.close();
    assert.deepEqual(await collect(stream), [1000]);
  });

  test("ends quietly when closed, for those who wait too", async () => {
    const stream = createStream();
    const waiting = stream.next();
    stream.close();
    assert.deepEqual(await waiting, { done: true, value: undefined });
    assert.deepEqual(await stream.next(), { done: true, value: undefined });
  });

  test("still gives the change that was not taken when it was closed", async () => {
    const stream = createStream();
    stream.push(1);
    stream.close();
    assert.deepEqual(await collect(stream), [1]);
  });

  test("takes nothing after its end", async () => {
    const stream = createStream();
    stream.close();
    stream.push(1);
    assert.deepEqual(await collect(stream), []);
  });

  test("throws the reason of an abort at who waits, once", async () => {
    const stream = createStream();
    const reason = new Error("shutting down");
    const waiting = stream.next();
    stream.abort(reason);
    await assert.rejects(waiting, reason);
    assert.deepEqual(await stream.next(), { done: true, value: undefined });
  });

  test("throws the reason of an abort at the next one who asks, once", async () => {
    const stream = createStream();
    const reason = new Error("shutting down");
    stream.push(1);
    stream.abort(reason);
    await assert.rejects(stream.next(), reason);
    assert.deepEqual(await stream.next(), { done: true, value: undefined });
  });

  test("throws nothing any more at a consumer that has left", async () => {
    const stream = createStream();
    stream.abort(new Error("shutting down"));
    await stream.return();
    assert.deepEqual(await stream.next(), { done: true, value: undefined });
  });

  test("throws even a reason that is undefined", async () => {
    const stream = createStream();
    stream.abort(undefined);
    const outcome = await stream.next().then(() => "resolved", () => "rejected");
    assert.equal(outcome, "rejected");
  });

  test("ends when its consumer breaks out of the loop", async () => {
    let ends = 0;
    const stream = createStream(() => ends++);
    stream.push(1);
    for await (const change of stream) {
      assert.equal(change, 1);
      break;
    }
    assert.equal(ends, 1);
    stream.push(2);
    assert.deepEqual(await collect(stream), []);
  });

  test("tells of its end once, however it ends", () => {
    let ends = 0;
    const stream = createStream(() => ends++);
    stream.close();
    stream.abort(new Error("too late"));
    stream.close();
    assert.equal(ends, 1);
  });
});

function createStream(onEnd: () => void = () => {}): ChangeStream<number> {
  return new ChangeStream<number>(onEnd);
}

async function collect(stream: ChangeStream<number>): Promise<number[]> {
  const changes = [];
  for await (const change of stream) changes.push(change);
  return changes;
}
