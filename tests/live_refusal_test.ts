import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { directory, ParseError, SourceError, type StandardSchema, type Validator } from "../mod.ts";
import { checksumOf } from "../src/checksum.ts";
import { eventsOf, openLive, reasonsOf, typesOf } from "./live.ts";

interface Numbers {
  n: number;
}

const positive: Validator<Numbers> = ({ n }) =>
  n > 0 ? [] : [{ path: "n", message: "must be positive" }];

describe("a refused change leaves the snapshot and says why:", () => {
  test("a text that does not parse, with file, line and column (G4, S3.7)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    const before = live.config.snapshot;
    await live.save("/app.yaml", "n: 1\nm: [2\n");
    assert.equal(live.config.snapshot, before);
    const [event] = eventsOf(live.events, "reloadFailed");
    assert.equal(event!.revision, 1);
    assert.deepEqual(event!.files, ["/app.yaml"]);
    assert.ok(event!.error instanceof ParseError);
    assert.equal(event!.error.file, "/app.yaml");
    assert.ok(event!.error.line! >= 2 && event!.error.column! >= 1);
    assert.match(event!.error.message, /^Cannot parse \/app\.yaml:\d+:\d+: [^\n]+$/);
  });

  test("an issue, with file, line and column (G4, S3.7)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" }, { validators: [positive] });
    const before = live.config.snapshot;
    await live.save("/app.yaml", "# zero\n\nn: 0\n");
    assert.equal(live.config.snapshot, before);
    const checksum = checksumOf("# zero\n\nn: 0\n");
    const place = { file: "/app.yaml", line: 3, column: 1, checksum };
    assert.deepEqual(eventsOf(live.events, "validationFailed"), [{
      type: "validationFailed",
      revision: 1,
      issues: [{ path: "n", message: "must be positive", ...place }],
      files: ["/app.yaml"],
      settledBy: "rename",
      cause: "save",
      at: live.events.at(-1)!.at,
    }]);
  });

  test("a rule over several files, at the file that breaks it (G4, S3.8)", async () => {
    const files = {
      "/config/chains.yaml": "chains:\n  main:\n    provider: openai\n",
      "/config/providers.yaml": "providers:\n  openai: {enabled: true}\n",
    };
    interface Service {
      chains: Record<string, { provider: string }>;
      providers: Record<string, unknown>;
    }
    const knownProviders: Validator<Service> = ({ chains, providers }) =>
      Object.entries(chains)
        .filter(([, { provider }]) => !(provider in providers))
        .map(([name, { provider }]) => ({
          path: ["chains", name, "provider"],
          message: `there is no provider ${provider}`,
        }));
    await using live = await openLive<Service>(files, {
      sources: [directory("/config")],
      validators: [knownProviders],
    });
    await live.save("/config/chains.yaml", "chains:\n  main:\n    provider: groq\n");
    assert.deepEqual(eventsOf(live.events, "validationFailed")[0]!.issues, [{
      path: "chains.main.provider",
      message: "there is no provider groq",
      file: "/config/chains.yaml",
      line: 3,
      column: 5,
      checksum: checksumOf("chains:\n  main:\n    provider: groq\n"),
    }]);
    assert.equal(live.config.current.chains["main"]!.provider, "openai");
    // The other file makes it right.
    await live.save("/config/providers.yaml", "providers:\n  openai: {}\n  groq: {}\n");
    assert.equal(live.config.current.chains["main"]!.provider, "groq");
    assert.equal(live.config.revision, 2);
  });

  test("an emptied file (G2)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    live.files.write("/app.yaml", "");
    await live.clock.advance(5000);
    assert.deepEqual(live.config.current, { n: 1 });
    const [event] = eventsOf(live.events, "validationFailed");
    assert.match(event!.issues[0]!.message, /^the file is empty and was not before/);
    assert.equal(event!.issues[0]!.file, "/app.yaml");
    await live.save("/app.yaml", "n: 2\n");
    assert.deepEqual(live.config.current, { n: 2 });
  });

  test("not an emptied file when the guard is off", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" }, { guards: { empty: false } });
    live.files.write("/app.yaml", "");
    await live.clock.advance(5000);
    assert.deepEqual(live.config.current, {});
    assert.equal(live.config.revision, 2);
  });

  test("a deleted file, until it is there again (G4, S2.8)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    live.files.remove("/app.yaml");
    await live.clock.advance(5000);
    assert.deepEqual(live.config.current, { n: 1 });
    assert.deepEqual(typesOf(live.events), ["fileChanged", "reloadFailed"]);
    assert.equal(eventsOf(live.events, "fileChanged")[0]!.kind, "deleted");
    const { error } = eventsOf(live.events, "reloadFailed")[0]!;
    assert.ok(error instanceof SourceError);
    assert.equal(error.code, "ENOENT");
    assert.equal(error.file, "/app.yaml");
    await live.save("/app.yaml", "n: 2\n");
    assert.deepEqual(live.config.current, { n: 2 });
    assert.equal(eventsOf(live.events, "fileChanged")[1]!.kind, "created");
  });

  test("a deleted file that comes back as it was has recovered, not changed (G4)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    live.files.remove("/app.yaml");
    await live.clock.advance(5000);
    await live.save("/app.yaml", "n: 1\n");
    assert.equal(live.config.revision, 1);
    assert.deepEqual(typesOf(live.events), [
      "fileChanged",
      "reloadFailed",
      "fileChanged",
      "recovered",
    ]);
  });

  test("a file of a directory that is deleted does not blank the others (S4.8)", async () => {
    const files = { "/c/a.yaml": "a: 1\n", "/base.yaml": "b: 1\n" };
    await using live = await openLive(files, { sources: ["/base.yaml", directory("/c")] });
    live.files.remove("/c/a.yaml");
    await live.clock.advance(5000);
    assert.deepEqual(live.config.current, { b: 1, a: 1 });
    assert.equal(live.config.health().status, "degraded");
    await live.save("/base.yaml", "b: 2\n");
    assert.deepEqual(live.config.current, { b: 1, a: 1 }, "one source is missing still");
    await live.save("/c/a.yaml", "a: 2\n");
    assert.deepEqual(live.config.current, { b: 2, a: 2 });
  });

  test("an unreadable file, until it can be read again (G4, S2.8)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    live.files.fail("/app.yaml", "EACCES");
    await live.save("/app.yaml", "n: 2\n");
    assert.deepEqual(live.config.current, { n: 1 });
    assert.deepEqual(typesOf(live.events), ["reloadFailed"]);
    const { error } = eventsOf(live.events, "reloadFailed")[0]!;
    assert.equal(error.message, "Cannot read /app.yaml: permission denied");
    live.files.mend("/app.yaml");
    live.files.touch("/app.yaml");
    await live.clock.advance(5000);
    assert.deepEqual(live.config.current, { n: 2 });
  });

  test("an unreadable file only once, however often it is looked at", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    live.files.fail("/app.yaml", "EACCES");
    for (let n = 2; n < 6; n++) await live.save("/app.yaml", `n: ${n}\n`);
    assert.deepEqual(typesOf(live.events), ["reloadFailed"]);
  });

  test("nothing, when a file is locked for a moment only (S3.14)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    live.files.fail("/app.yaml", "EBUSY");
    live.files.writeAtomically("/app.yaml", "n: 2\n");
    await live.clock.advance(200);
    live.files.mend("/app.yaml");
    await live.clock.advance(3000);
    assert.deepEqual(live.config.current, { n: 2 });
    assert.deepEqual(typesOf(live.events), ["fileChanged", "reloadSucceeded"]);
  });

  test("a __proto__ key, with its place; nothing is polluted (G12)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    await live.save("/app.yaml", "n: 2\n__proto__:\n  polluted: true\n");
    assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
    assert.deepEqual(live.config.current, { n: 1 });
    assert.match(
      eventsOf(live.events, "reloadFailed")[0]!.error.message,
      /^Cannot parse \/app\.yaml:2:1: the key "__proto__" is not allowed$/,
    );
  });
});

describe("a validator can't break the watch", () => {
  test("by throwing (G7)", async () => {
    let isBroken = false;
    const validators = [() => {
      if (isBroken) throw new Error("database is down");
    }];
    await using live = await openLive({ "/app.yaml": "n: 1\n" }, { validators });
    isBroken = true;
    await live.save("/app.yaml", "n: 2\n");
    assert.deepEqual(live.config.current, { n: 1 });
    const { message } = eventsOf(live.events, "validationFailed")[0]!.issues[0]!;
    assert.equal(message, "a validator failed: database is down");
    isBroken = false;
    assert.equal((await live.config.reload()).status, "committed", "it is asked again");
  });

  test("by never settling: it is refused after the deadline (G7)", async () => {
    let hangs = false;
    const validators = [() => hangs ? new Promise<never>(() => {}) : undefined];
    await using live = await openLive({ "/app.yaml": "n: 1\n" }, {
      validators,
      validateTimeoutMs: 2000,
    });
    hangs = true;
    live.files.writeAtomically("/app.yaml", "n: 2\n");
    await live.clock.advance(1900);
    assert.deepEqual(typesOf(live.events), ["fileChanged"]);
    await live.clock.advance(200);
    assert.match(
      eventsOf(live.events, "validationFailed")[0]!.issues[0]!.message,
      /did not finish within 2000 ms/,
    );
    hangs = false;
    await live.save("/app.yaml", "n: 3\n");
    assert.deepEqual(live.config.current, { n: 3 });
  });

  test("by being asynchronous: readers see the old value meanwhile (G6, S2.7)", async () => {
    let accept = () => {};
    let isSlow = false;
    const validators = [() => isSlow ? new Promise<void>((done) => accept = done) : undefined];
    await using live = await openLive({ "/app.yaml": "n: 1\n" }, { validators });
    isSlow = true;
    live.files.writeAtomically("/app.yaml", "n: 2\n");
    await live.clock.advance(1000);
    assert.deepEqual(live.config.current, { n: 1 });
    accept();
    await live.clock.advance(0);
    assert.deepEqual(live.config.current, { n: 2 });
  });

  test("by keeping the candidate and changing it later (G6)", async () => {
    const candidates: Numbers[] = [];
    const validators: Validator<Numbers>[] = [(candidate) => void candidates.push(candidate)];
    await using live = await openLive<Numbers>({ "/app.yaml": "n: 1\n" }, { validators });
    await live.save("/app.yaml", "n: 2\n");
    for (const candidate of candidates) {
      try {
        candidate.n = 99;
      } catch {
        // It may be frozen.
      }
    }
    assert.deepEqual(live.config.current, { n: 2 });
    assert.deepEqual(live.config.snapshotAt(1).value, { n: 1 });
  });

  test("by changing the candidate, which is frozen (G6)", async () => {
    const validators: Validator<Numbers>[] = [(candidate) => void (candidate.n += 1)];
    const live = openLive<Numbers>({ "/app.yaml": "n: 1\n" }, { validators });
    await assert.rejects(live, /a validator failed: .*(?:read.?only|Cannot assign)/u);
  });

  test("by giving, as a schema, a value that contains itself (G7)", async () => {
    let isCyclic = false;
    const schema: StandardSchema<unknown> = {
      "~standard": {
        version: 1,
        vendor: "test",
        validate(candidate) {
          const value: Record<string, unknown> = { ...(candidate as object) };
          if (isCyclic) value["self"] = value;
          return { value };
        },
      },
    };
    await using live = await openLive({ "/app.yaml": "n: 1\n" }, { schema });
    isCyclic = true;
    await live.save("/app.yaml", "n: 2\n");
    assert.deepEqual(live.config.current, { n: 1 });
    assert.deepEqual(typesOf(live.events), ["fileChanged", "reloadFailed"]);
    isCyclic = false;
    await live.save("/app.yaml", "n: 3\n");
    assert.deepEqual(live.config.current, { n: 3 });
  });

  test("by asking for a reload inside, which runs after it (G7)", async () => {
    const statuses: string[] = [];
    let live: Awaited<ReturnType<typeof openLive>> | undefined = undefined;
    const validators: Validator<unknown>[] = [() => {
      if (live === undefined || statuses.length > 0) return;
      statuses.push("asked");
      void live.config.reload().then(({ status }) => statuses.push(status));
    }];
    live = await openLive({ "/app.yaml": "n: 1\n" }, { validators });
    await live.save("/app.yaml", "n: 2\n");
    assert.deepEqual(live.config.current, { n: 2 });
    assert.deepEqual(statuses, ["asked", "unchanged"]);
    await live.config.close();
  });
});

describe("after a refused change", () => {
  test("the next good save is committed without a restart (G4)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" }, { validators: [positive] });
    await live.save("/app.yaml", "n: 0\n");
    await live.save("/app.yaml", "n: [\n");
    await live.save("/app.yaml", "n: 5\n");
    assert.deepEqual(live.config.current, { n: 5 });
    assert.equal(live.config.revision, 2);
  });

  test("the old content is `recovered`, with no new revision (G4)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" }, { validators: [positive] });
    await live.save("/app.yaml", "n: 0\n");
    await live.save("/app.yaml", "n: 1\n");
    assert.equal(live.config.revision, 1);
    assert.deepEqual(live.events.at(-1), {
      type: "recovered",
      revision: 1,
      files: ["/app.yaml"],
      at: live.events.at(-1)!.at,
    });
    assert.equal(live.config.health().status, "ok");
  });

  test("the same bad content saved again is not reported again (G3)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" }, { validators: [positive] });
    await live.save("/app.yaml", "n: 0\n");
    const { length } = live.events;
    await live.save("/app.yaml", "n: 0\n");
    assert.equal(live.events.length, length);
  });

  test("health() names the first of many issues, and how many more there are (G10)", async () => {
    const rule = ({ n }: { n: number }) =>
      Array.from({ length: n === 1 ? 0 : 1000 }, (_, index) => ({ message: `wrong: ${index}` }));
    await using live = await openLive<{ n: number }>({ "/app.yaml": "n: 1" }, {
      validators: [rule],
    });
    await live.save("/app.yaml", "n: 2");
    const [reason] = reasonsOf(live.config);
    assert.match(reason!, /stays: \/app.yaml:1:1: wrong: 0; .*: wrong: 19; 980 more issues$/);
  });

  test("health() is degraded and says why, until it is mended (S5.13)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" }, { validators: [positive] });
    await live.save("/app.yaml", "n: 0\n");
    const { status, reasons, revision, isWatching } = live.config.health();
    assert.deepEqual({ status, reasons, revision, isWatching }, {
      status: "degraded",
      reasons: [{
        kind: "refused",
        message: "The last change was refused, revision 1 stays: " +
          "/app.yaml:1:1: n: must be positive",
      }],
      revision: 1,
      isWatching: true,
    });
    await live.save("/app.yaml", "n: {\n");
    assert.match(reasonsOf(live.config)[0]!, /revision 1 stays: Cannot parse \/app\.yaml:/);
    await live.save("/app.yaml", "n: 2\n");
    assert.deepEqual([live.config.health().status, live.config.health().reasons], ["ok", []]);
  });
});
