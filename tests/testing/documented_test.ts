import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { type } from "arktype";
import { env, watchConfig } from "../../mod.ts";
import { createMemoryRuntime, createTestConfig, ManualClock, recordEvents } from "../../testing.ts";

/** The code of the page stands between two comments here. */
const HERE = readFileSync("tests/testing/documented_test.ts", "utf8");
const PAGE = readFileSync("docs/testing.md", "utf8");

describe("the code of docs/testing.md", () => {
  test("is run by the tests", () => {
    const shown = [...PAGE.matchAll(/<!-- tested: (\w+) -->\s*```ts\n([\s\S]*?)```/gu)];
    assert.equal(shown.length, 5);
    for (const [, name, code] of shown) {
      const region = new RegExp(`^( *)// begin ${name}\\n([\\s\\S]*?)^ *// end\\n`, "mu").exec(
        HERE,
      );
      const run = region![2]!.replaceAll(new RegExp(`^${region![1]}`, "gmu"), "");
      assert.equal(code, run, `the code called ${name}`);
    }
  });

  test("records events, and says what came instead of one", async () => {
    const runtime = createMemoryRuntime();
    const { files } = runtime;
    files.write("/app.yaml", "port: 8080\n");
    const schema = type({ port: "number.integer >= 1" });
    await using config = await watchConfig({ schema, sources: ["/app.yaml"], runtime });
    // begin events
    using recorded = recordEvents(config, runtime);
    files.writeAtomically("/app.yaml", "port: 0\n");
    const { issues } = await recorded.next("validationFailed"); // the clock goes on by itself
    assert.equal(issues[0]?.line, 1);

    files.writeAtomically("/app.yaml", "port: 9090\n");
    await recorded.next("reloadSucceeded", { withinMs: 500 });
    const changed = recorded.ofType("fileChanged").map(({ path }) => path);
    assert.deepEqual(changed, ["/app.yaml", "/app.yaml"]);
    // end
    using again = recordEvents(config, runtime);
    files.writeAtomically("/app.yaml", "port: 0\n");
    await assert.rejects(again.next("reloadSucceeded", { withinMs: 500 }), ({ message }: Error) => {
      assert.ok(PAGE.includes(message), message);
      return true;
    });
  });

  test("watches files in memory", async () => {
    // begin files
    const runtime = createMemoryRuntime();
    runtime.files.write("/etc/app/app.yaml", "port: 8080\n");
    runtime.environment.set("APP_HOST", "localhost");
    await using config = await watchConfig({
      sources: ["/etc/app/app.yaml", env({ prefix: "APP_" })],
      runtime,
    });
    runtime.files.writeAtomically("/etc/app/app.yaml", "port: 9090\n");
    await runtime.clock.advance(1000);
    assert.deepEqual(config.current, { port: 9090, host: "localhost" });
    // end
  });

  test("copes with faults (G1, G2, G4, G8)", async () => {
    const runtime = createMemoryRuntime();
    const { files, clock } = runtime;
    files.write("/app.yaml", "port: 8080\nhost: a\n");
    await using config = await watchConfig<{ port: number }>({ sources: ["/app.yaml"], runtime });
    // begin faults
    files.writeInParts("/app.yaml", ["port: 90", "90\nhost: b\n"], { pauseMs: 20 }); // torn in a value
    await clock.advance(2000);
    assert.deepEqual(config.current, { port: 9090, host: "b" });

    files.fail("/app.yaml", "EBUSY", { times: 2 }); // two reads fail, the third does not
    files.writeAtomically("/app.yaml", "port: 7070\nhost: c\n");
    await clock.advance(5000);
    assert.equal(config.current.port, 7070);

    files.fail("/", "EMFILE", { on: ["watch"] }); // no watcher can be had any more
    files.endWatchers("/", "EIO"); // and the one there is dies
    files.writeAtomically("/app.yaml", "port: 6060\nhost: d\n");
    await clock.advance(2000);
    assert.deepEqual([config.current.port, config.watcher], [6060, "poll"]);
    files.mend("/");

    files.deliverHints("never"); // a network file system; also "twice" and "backwards"
    files.writeAtomically("/app.yaml", "port: 5050\nhost: e\n");
    await clock.advance(2000);
    assert.equal(config.current.port, 5050);
    // end
  });

  test("copes with a disk for state that is full (G4)", async () => {
    // begin state
    await using test = await createTestConfig({ port: 8080 }, { stateDir: "/var/lib/app" });
    const full = Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
    test.runtime.stateFiles.inject(({ operation }) => operation === "write" ? full : undefined);
    await test.set({ port: 9090 });
    const { error } = await test.recorded.next("stateFailed");
    assert.match(error.message, /no space is left/);
    assert.equal(test.config.current.port, 9090); // what runs is unharmed
    // end
  });

  test("lets time pass", async () => {
    // begin time
    const clock = new ManualClock(Date.UTC(2026, 0, 1));
    const rung: string[] = [];
    clock.schedule(50, () => rung.push("first"));
    clock.schedule(2000, () => rung.push("second"));
    await clock.advance(50);
    assert.deepEqual([rung.length, clock.pending], [1, [1950]]);
    await clock.advanceUntil(() => rung.length === 2); // or advanceUntilIdle(), until no timer is set
    assert.deepEqual([clock.now(), new Date(clock.wallTime()).getUTCSeconds()], [2000, 2]);
    // end
  });
});
