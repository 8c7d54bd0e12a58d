import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SourceError, type Validator } from "../mod.ts";
import { checksumOf } from "../src/checksum.ts";
import { eventsOf, openLive, typesOf } from "./live.ts";

interface Numbers {
  n: number;
}

const positive: Validator<Numbers> = ({ n }) =>
  n > 0 ? [] : [{ path: "n", message: "must be positive" }];

describe("LiveConfig.reload()", () => {
  test("answers `unchanged` when nothing changed (S2.3)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    assert.deepEqual(await live.reload(), { status: "unchanged", revision: 1 });
    assert.deepEqual(live.events, []);
  });

  test("answers `committed` with what differs, without waiting for a hint (S2.3)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    live.files.deliverHints("never");
    live.files.writeAtomically("/app.yaml", "n: 2\n");
    const outcome = await live.reload();
    const changes = [
      { path: "n", kind: "changed", before: 1, after: 2, file: "/app.yaml", line: 1 },
    ];
    assert.deepEqual(outcome, { status: "committed", revision: 2, changes });
    assert.deepEqual(live.config.current, { n: 2 });
    assert.equal(eventsOf(live.events, "reloadSucceeded")[0]!.cause, "manual");
  });

  test("answers `rejected` with the issues (S2.3, S5.7)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" }, { validators: [positive] });
    live.files.writeAtomically("/app.yaml", "n: 0\n");
    const place = { file: "/app.yaml", line: 1, column: 1, checksum: checksumOf("n: 0\n") };
    const issue = { path: "n", message: "must be positive", ...place };
    const rejected = { status: "rejected", revision: 1, issues: [issue] };
    assert.deepEqual(await live.reload(), rejected);
    assert.deepEqual(await live.reload(), rejected, "it is evaluated again");
  });

  test("answers `rejected` with the error when a file can't be read or parsed", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    live.files.fail("/app.yaml", "EACCES");
    const outcome = await live.reload();
    assert.ok(outcome.status === "rejected" && outcome.error instanceof SourceError);
    assert.equal(outcome.error.code, "EACCES");
    assert.equal(outcome.issues, undefined);
    live.files.mend("/app.yaml");
    assert.deepEqual(await live.reload(), { status: "unchanged", revision: 1 });
    assert.deepEqual(typesOf(live.events), ["reloadFailed", "recovered"]);
  });

  test("is one reload with the save it comes before", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    live.files.writeAtomically("/app.yaml", "n: 2\n");
    await live.reload();
    await live.clock.advance(5000);
    assert.deepEqual(typesOf(live.events), ["fileChanged", "reloadSucceeded"]);
  });

  test("waits for a file that is being written (G2)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\nm: 1\n" });
    live.files.truncate("/app.yaml");
    live.files.append("/app.yaml", "n: 2\n");
    const reload = live.config.reload();
    await live.clock.advance(30);
    live.files.append("/app.yaml", "m: 2\n");
    live.files.close("/app.yaml");
    await live.clock.advance(3000);
    assert.equal((await reload).status, "committed");
    assert.deepEqual(live.config.current, { n: 2, m: 2 });
    assert.equal(live.config.revision, 2);
  });

  test("reads only the files of the source that is named (S5.7)", async () => {
    await using live = await openLive({ "/a.yaml": "a: 1\n", "/b.yaml": "b: 1\n" });
    const opened: string[] = [];
    const { fileSystem } = live.runtime;
    const { open } = fileSystem;
    fileSystem.open = (path) => {
      opened.push(path);
      return open(path);
    };
    await live.reload({ source: "/b.yaml" });
    assert.deepEqual(opened, ["/b.yaml"]);
    await live.reload();
    assert.deepEqual(opened.sort(), ["/a.yaml", "/b.yaml", "/b.yaml"]);
    live.files.deliverHints("never");
    live.files.writeAtomically("/b.yaml", "b: 2\n");
    await live.reload({ source: "/b.yaml" });
    assert.deepEqual(live.config.current, { a: 1, b: 2 });
  });

  test("refuses a source that there is not, and names those there are", async () => {
    await using live = await openLive({ "/a.yaml": "a: 1\n", "/b.yaml": "b: 1\n" });
    await assert.rejects(live.config.reload({ source: "/c.yaml" }), {
      name: "RangeError",
      message: 'Cannot reload the source "/c.yaml": the sources are "/a.yaml", "/b.yaml"',
    });
  });

  test("runs one after the other when called at once (G5)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    live.files.deliverHints("never");
    live.files.writeAtomically("/app.yaml", "n: 2\n");
    const outcomes = await Promise.all([1, 2, 3].map(() => live.reload()));
    assert.deepEqual(outcomes.map(({ status }) => status), [
      "committed",
      "unchanged",
      "unchanged",
    ]);
  });
});
