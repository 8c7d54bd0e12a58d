import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { file, type Source, type Validator, valueDocument } from "../mod.ts";
import { eventsOf, openLive } from "./live.ts";

interface Numbers {
  n: number;
}

const positive: Validator<Numbers> = ({ n }) =>
  n > 0 ? [] : [{ path: "n", message: "must be positive" }];

describe("LiveConfig.addSource() and removeSource()", () => {
  test("add a source that wins, and take it away again (S2.1)", async () => {
    await using live = await openLive({ "/base.yaml": "a: 1\nb: 1\n" });
    live.files.write("/more.yaml", "b: 2\n");
    const added = await live.config.addSource("/more.yaml");
    assert.equal(added.status, "committed");
    assert.deepEqual(live.config.current, { a: 1, b: 2 });
    assert.deepEqual(live.config.sources, ["/base.yaml", "/more.yaml"]);
    assert.deepEqual(live.config.files, ["/base.yaml", "/more.yaml"]);
    assert.equal(live.config.snapshot.cause, "sources");
    const removed = await live.config.removeSource("/more.yaml");
    assert.equal(removed.status, "committed");
    assert.deepEqual(live.config.current, { a: 1, b: 1 });
    assert.deepEqual(live.config.files, ["/base.yaml"]);
  });

  test("tell a source that it is not watched any more, when it goes and when it is refused", async () => {
    const signals: AbortSignal[] = [];
    const own = (name: string, value: object): Source => ({
      name,
      read: () => Promise.resolve([valueDocument(name, value)]),
      watch: ({ signal }) => void signals.push(signal),
    });
    await using live = await openLive<{ a: number }>({ "/base.yaml": "a: 1\n" }, {
      validators: [({ a }) => a === 1 ? [] : [{ message: "not 1" }]],
    });
    await live.config.addSource(own("good", { b: 1 }));
    assert.equal((await live.config.addSource(own("bad", { a: 2 }))).status, "rejected");
    assert.deepEqual(signals.map(({ aborted }) => aborted), [false, true]);
    await live.config.removeSource("good");
    assert.deepEqual(signals.map(({ aborted }) => aborted), [true, true]);
  });

  test("watch what was added, and no more what was removed (S2.1)", async () => {
    await using live = await openLive({ "/base.yaml": "a: 1\n", "/d/more.yaml": "b: 2\n" }, {
      sources: ["/base.yaml"],
    });
    await live.config.addSource(file("/d/more.yaml"));
    await live.save("/d/more.yaml", "b: 3\n");
    assert.deepEqual(live.config.current, { a: 1, b: 3 });
    assert.equal(live.files.watches, 2);
    await live.config.removeSource("/d/more.yaml");
    assert.equal(live.files.watches, 1);
    const { length } = live.events;
    await live.save("/d/more.yaml", "b: 4\n");
    assert.equal(live.events.length, length);
    await live.save("/base.yaml", "a: 2\n");
    assert.deepEqual(live.config.current, { a: 2 });
  });

  test("leave everything as it was when the result is refused (S2.1, G4)", async () => {
    await using live = await openLive({ "/base.yaml": "n: 1\n" }, { validators: [positive] });
    live.files.write("/bad.yaml", "n: 0\n");
    const outcome = await live.config.addSource("/bad.yaml");
    assert.ok(outcome.status === "rejected");
    assert.equal(outcome.issues![0]!.file, "/bad.yaml");
    assert.deepEqual(live.config.current, { n: 1 });
    assert.deepEqual(live.config.sources, ["/base.yaml"]);
    assert.equal(live.config.health().status, "ok");
    assert.equal(eventsOf(live.events, "validationFailed").length, 1);
    await live.save("/bad.yaml", "n: 5\n");
    assert.deepEqual(live.config.current, { n: 1 }, "it is not watched");
    await live.save("/base.yaml", "n: 2\n");
    assert.deepEqual(live.config.current, { n: 2 });
  });

  test("do not add a file that is missing", async () => {
    await using live = await openLive({ "/base.yaml": "n: 1\n" });
    const outcome = await live.config.addSource("/none.yaml");
    assert.ok(outcome.status === "rejected");
    assert.match(outcome.error!.message, /^Cannot read \/none\.yaml: there is no such file$/);
    assert.deepEqual(live.config.sources, ["/base.yaml"]);
  });

  test("keep a source without which the rest is refused (S2.1)", async () => {
    const files = { "/base.yaml": "n: 0\n", "/more.yaml": "n: 1\n" };
    await using live = await openLive(files, { validators: [positive] });
    assert.equal((await live.config.removeSource("/more.yaml")).status, "rejected");
    assert.deepEqual(live.config.sources, ["/base.yaml", "/more.yaml"]);
    await live.save("/more.yaml", "n: 2\n");
    assert.deepEqual(live.config.current, { n: 2 });
  });

  test("refuse a name that is there twice, that is not there, and the last one", async () => {
    await using live = await openLive({ "/base.yaml": "n: 1\n" });
    await assert.rejects(live.config.addSource("/base.yaml"), {
      name: "RangeError",
      message: 'Cannot add the source "/base.yaml": there is one of that name',
    });
    await assert.rejects(live.config.removeSource("/more.yaml"), {
      name: "RangeError",
      message: 'Cannot remove the source "/more.yaml": the sources are "/base.yaml"',
    });
    await assert.rejects(live.config.removeSource("/base.yaml"), {
      name: "RangeError",
      message: 'Cannot remove the source "/base.yaml": it is the only one',
    });
    await assert.rejects(live.config.addSource(undefined as unknown as string), TypeError);
    await live.save("/base.yaml", "n: 2\n");
    assert.deepEqual(live.config.current, { n: 2 });
  });

  test("leave what changed in the other sources to a reload of its own", async () => {
    await using live = await openLive({ "/base.yaml": "a: 1\n" });
    live.files.write("/more.yaml", "b: 1\n");
    live.files.deliverHints("never");
    live.files.writeAtomically("/base.yaml", "a: 2\n");
    await live.config.addSource("/more.yaml");
    assert.deepEqual(live.config.current, { a: 1, b: 1 });
    await live.clock.advance(3000);
    assert.deepEqual(live.config.current, { a: 2, b: 1 });
  });

  test("don't lose a save that comes while a source is refused (G1)", async () => {
    await using live = await openLive({ "/base.yaml": "n: 1\n" }, { validators: [positive] });
    live.files.write("/bad.yaml", "n: 0\n");
    live.files.writeAtomically("/base.yaml", "n: 2\n");
    await live.config.addSource("/bad.yaml");
    await live.clock.advance(3000);
    assert.deepEqual(live.config.current, { n: 2 });
  });
});
