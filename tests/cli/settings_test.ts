import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Session } from "./session.ts";

async function started(session: Session, line: string): Promise<string> {
  session.start(line);
  return await session.until(line.includes("--json") ? "ready" : "Ctrl-C");
}

async function ended(session: Session): Promise<void> {
  session.interrupt();
  assert.equal(await session.ended(), 0);
}

const filesOf = (table: string) => /"files":(\[[^\]]*\])/.exec(table)![1];

describe("hotconf watch --settings (S2.10)", () => {
  test("watches the sources of the file, from where the file is", async () => {
    const session = new Session({
      "deploy/hotconf.yaml": "sources: [app.yaml, conf.d/]\n",
      "deploy/app.yaml": "a: 1\nb: 1\n",
      "deploy/conf.d/b.yaml": "b: 2\n",
      "config/other.yaml": "c: 3\n",
    });
    const ready = await started(session, "watch --json --settings deploy/hotconf.yaml");
    assert.match(filesOf(ready)!, /deploy\/app\.yaml".*deploy\/conf\.d\/b\.yaml"\]$/);
    session.save("deploy/conf.d/b.yaml", "b: 3\n");
    assert.match(await session.until("reloadSucceeded"), /"path":"b".*"after":3/);
    await ended(session);
  });

  test("watches the PATHs that are typed, or ./config when nothing names any", async () => {
    const files = { "hotconf.yaml": "sources: [a.yaml]\n", "a.yaml": "a: 1\n", "b.yaml": "b: 1\n" };
    const typed = new Session(files);
    assert.match(
      filesOf(await started(typed, "watch b.yaml --json --settings hotconf.yaml"))!,
      /^\["[^"]*\/b\.yaml"\]$/,
    );
    await ended(typed);
    const none = new Session({ "hotconf.yaml": "pollMs: 100\n", "config/c.yaml": "c: 1\n" });
    assert.match(
      filesOf(await started(none, "watch --json --settings hotconf.yaml"))!,
      /^\["[^"]*\/config\/c\.yaml"\]$/,
    );
    await ended(none);
  });

  test("polls and waits as the file says, and tells so", async () => {
    const session = new Session({
      "hotconf.yaml": "sources: [a.yaml]\nwatcher: poll\npollMs: 250\n" +
        "debounce: { strategy: fixed, baseDelayMs: 2000, maxDelayMs: 4000 }\n",
      "a.yaml": "a: 1\n",
    });
    const table = await started(session, "watch --settings hotconf.yaml");
    assert.match(table, /^ {2}watcher {3}polling every 250 ms, as --settings says$/m);
    assert.match(table, /^ {2}debounce {2}fixed, 2000 ms of quiet, at most 4000 ms$/m);
    session.runtime.files.write("/work/a.yaml", "a: 2\n");
    await session.runtime.clock.advance(2000);
    assert.equal(session.takeStdout(), "");
    await session.until("revision 2");
    await ended(session);
  });

  test("comes after what is typed", async () => {
    const session = new Session({
      "hotconf.yaml": "watcher: poll\npollMs: 250\nexclude: [x.yaml]\n" +
        "debounce: { strategy: fixed, baseDelayMs: 20, maxDelayMs: 3000 }\n",
      "config/a.yaml": "a: 1\n",
      "config/x.yaml": "a: 2\n",
      "config/y.yaml": "a: 3\n",
    });
    const table = await started(
      session,
      "watch --settings hotconf.yaml --poll 70 --debounce aggressive --debounce-ms 2500 --exclude y.yaml",
    );
    assert.match(table, /watches 1 file\n/);
    assert.match(table, /^ {2}watcher {3}polling every 70 ms$/m);
    assert.match(table, /^ {2}debounce {2}aggressive, 2500 ms of quiet, at most 3000 ms$/m);
    await ended(session);
    const wrong = new Session({ "hotconf.yaml": "{}\n", "config/a.yaml": "a: 1\n" });
    assert.equal(await wrong.run("watch --settings hotconf.yaml --debounce-ms 2500"), 2);
    assert.match(wrong.stderr, /^hotconf: .*baseDelayMs must not exceed maxDelayMs \(1000\)/);
  });

  test("loads, prints and ends when enabled is false", async () => {
    const session = new Session({
      "hotconf.yaml": "enabled: false\nsources: [a.yaml]\n",
      "a.yaml": "a: 1\n",
    });
    assert.equal(await session.run("watch --json --settings hotconf.yaml"), 0);
    assert.deepEqual(session.takeJson().map(({ type }) => type), ["loaded"]);
    assert.equal(session.runtime.files.watches, 0);
    session.save("a.yaml", "a: [\n");
    assert.equal(await session.run("watch --json --settings hotconf.yaml"), 1);
  });

  test("tells of the events that notify names, and of no other", async () => {
    const session = new Session({
      "hotconf.yaml": "sources: [a.yaml]\nnotify: [reloadFailed, recovered]\n",
      "a.yaml": "a: 1\n",
    });
    await started(session, "watch --json --settings hotconf.yaml");
    session.save("a.yaml", "a: 2\n");
    await session.runtime.clock.advance(3000);
    session.save("a.yaml", "a: [\n");
    await session.until("reloadFailed");
    session.save("a.yaml", "a: 2\n");
    await session.until("recovered");
    await ended(session);
    assert.deepEqual(session.takeJson().map(({ type }) => type), ["closed"]);
    const silent = new Session({
      "hotconf.yaml": "sources: [a.yaml]\nnotify: []\n",
      "a.yaml": "a: 1\n",
    });
    await started(silent, "watch --json --settings hotconf.yaml");
    silent.save("a.yaml", "a: 2\n");
    await silent.runtime.clock.advance(3000);
    await ended(silent);
    assert.deepEqual(silent.takeJson().map(({ type }) => type), ["closed"]);
  });

  const refused: readonly [what: string, text: string | undefined, message: RegExp][] = [
    ["is missing", undefined, /Cannot read hotconf\.yaml: there is no such file$/],
    ["is no YAML", "a: [\n", /Cannot parse hotconf\.yaml:2:1: /],
    [
      "has a wrong setting",
      "enabled: true\npollMs: 0\n",
      /: hotconf\.yaml:2:1: pollMs: must be a number of milliseconds from 1 to \d+ \(was 0\)$/,
    ],
    [
      "has an unknown one",
      "poll_interval: 5\n",
      /: hotconf\.yaml:1:1: poll_interval: is no setting: use enabled, sources, /,
    ],
  ];
  for (const [what, text, message] of refused) {
    test(`is wrong usage when the file ${what}`, async () => {
      const session = new Session({
        "a.yaml": "a: 1\n",
        ...(text !== undefined && { "hotconf.yaml": text }),
      });
      assert.equal(await session.run("watch a.yaml --settings hotconf.yaml"), 2);
      const [line, ...more] = session.stderr.trimEnd().split("\n");
      assert.match(line!, /^hotconf: Cannot use the settings: /);
      assert.match(line!, message);
      assert.deepEqual(more, []);
      assert.equal(session.takeStdout(), "");
    });
  }
});
