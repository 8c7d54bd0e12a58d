import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { machine, type MachineOptions, USER } from "./machine.ts";

const APP = { "config/app.yaml": "port: 1\n" };
const ROOT = "20 1 8:1 / / rw - ext4 /dev/sda1 rw";

/** What a machine is expected to show. */
interface Expectation extends MachineOptions {
  readonly words?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Codes of the notes, in order. */
  readonly notes?: readonly string[];
  /** Codes of the problems, in order. */
  readonly problems?: readonly string[];
  /** Part of what is said of the first finding: path, message and remedy. */
  readonly says?: RegExp;
  /** How the directories are watched, by path. */
  readonly watched?: Readonly<Record<string, string>>;
}

const machines: Readonly<Record<string, Expectation>> = {
  "a healthy file": {
    files: APP,
    words: "config/app.yaml",
    watched: { "/work/config": "memory: ext4 reports changes" },
  },
  "the default directory, which may itself be replaced": {
    files: APP,
    watched: {
      "/work": "memory: ext4 reports changes",
      "/work/config": "memory: ext4 reports changes",
    },
  },
  "a machine without a table of mounts": {
    files: APP,
    words: "config/app.yaml",
    mounts: [],
    notes: ["mountsUnknown"],
    says: /^the table of mounts can't be read.*\|allow the process to read \/proc/,
    watched: { "/work/config": "memory: watching it works" },
  },
  "a machine without a table of mounts, on Deno": {
    runtime: "deno",
    files: APP,
    words: "config/app.yaml",
    mounts: [],
    notes: ["mountsUnknown"],
    says: /\|allow Deno .* --allow-all$/,
  },
  "another system than Linux": {
    files: APP,
    words: "config/app.yaml",
    mounts: [],
    system: { platform: "darwin" },
  },
  "a missing file": {
    words: "app.yaml",
    problems: ["missing"],
    says: /^\/work\/app\.yaml is not there\|create it, or correct the path$/,
  },
  "a file in a missing directory": {
    words: "conf/app.yaml",
    problems: ["missing"],
    says: /is not there, and neither is \/work\/conf\|/,
  },
  "a link that leads nowhere": {
    links: { "app.yaml": "stored/app.yaml" },
    words: "app.yaml",
    problems: ["missing"],
    says: /leads by a link to \/work\/stored, which is not there\|.*repoint it$/,
  },
  "a loop of links": {
    links: { "a.yaml": "b.yaml", "b.yaml": "a.yaml" },
    words: "a.yaml",
    problems: ["linkLoop"],
    says: /^\/work\/a\.yaml is a loop of symbolic links, or more than 40/,
  },
  "links in two directories": {
    files: { "stored/app.yaml": "a: 1\n" },
    links: { "config/app.yaml": "../stored/app.yaml" },
    words: "config/app.yaml",
    watched: {
      "/work/config": "memory: ext4 reports changes",
      "/work/stored": "memory: ext4 reports changes",
    },
  },
  "a FIFO": {
    specials: { "pipe.yaml": "FIFO" },
    words: "pipe.yaml",
    problems: ["notAFile"],
    says: /is a FIFO, neither a file nor a directory\|name a regular file/,
  },
  "a socket": { specials: { "s.yaml": "socket" }, words: "s.yaml", problems: ["notAFile"] },
  "a device": { specials: { "d.yaml": "device" }, words: "d.yaml", problems: ["notAFile"] },
  "a FIFO beside the file, on Deno": {
    runtime: "deno",
    files: APP,
    specials: { "config/pipe": "FIFO", "config/socket": "socket" },
    words: "config/app.yaml",
    problems: ["fifoBeside"],
    says: /^\/work\/config\/pipe is a FIFO.*its directory is polled.*\|.*HOTCONF_POLL=1/,
  },
  "a FIFO beside the file, on Deno, when polling": {
    runtime: "deno",
    files: APP,
    specials: { "config/pipe": "FIFO" },
    words: "config/app.yaml --poll",
    watched: { "/work/config": "poll: asked for by --poll" },
  },
  "a FIFO beside the file, on Bun": {
    runtime: "bun",
    files: APP,
    specials: { "config/pipe": "FIFO" },
    words: "config/app.yaml",
  },
  "an unreadable file": {
    files: APP,
    failures: { "config/app.yaml": "EACCES" },
    words: "config/app.yaml",
    problems: ["unreadable"],
    says: /can't be read: permission denied\|allow the user/,
  },
  "a directory that may be entered, but not listed or watched": {
    files: APP,
    failures: { config: "EACCES" },
    words: "config",
    problems: ["unreadable", "cannotWatch"],
    says: /^\/work\/config can't be read: permission denied\|/,
  },
  "a file in a directory that can't be watched": {
    files: APP,
    failures: { config: "EACCES" },
    words: "config/app.yaml",
    problems: ["cannotWatch"],
    says: /can't be watched by events and is polled: EACCES.*\|Allow the process to read/,
    watched: { "/work/config": "poll: EACCES: /work/config" },
  },
  "a file that is too large": {
    files: { "large.yaml": "#".repeat(8 * 1024 * 1024 + 1) },
    words: "large.yaml",
    problems: ["tooLarge"],
    says: /has 8388609 bytes, more than the limit of 8388608\|.*limits\.maxBytes/,
  },
  "a file of no known format": {
    files: { "app.conf": "a=1\n" },
    words: "app.conf",
    problems: ["unknownFormat"],
    says: /\|use \.json, \.jsonc, \.toml, \.yaml, \.yml, or/,
  },
  "editor litter that is named": {
    files: { "~app.yaml": "a: 1\n" },
    words: "~app.yaml",
    notes: ["litterName"],
  },
  "editor litter of no known format": {
    files: { "app.conf~": "a: 1\n" },
    words: "app.conf~",
    notes: ["litterName"],
    problems: ["unknownFormat"],
  },
  "a directory whose name is that of a file": {
    files: { ...APP, "other/b.yaml": "" },
    links: { "config/other.yaml": "../other" },
    words: "config",
  },
  "a file that is excluded and named": {
    files: APP,
    words: "config/app.yaml --exclude app.*",
    notes: ["litterName"],
  },
  "a directory without configuration": {
    files: { "config/notes.txt": "", "config/.hidden.yaml": "", "config/~a.yaml": "" },
    notes: ["leftOut"],
    problems: ["noFiles"],
    says:
      /leaves out .* \(hidden\), notes\.txt \(no known format\), ~a\.yaml \(litter or excluded\)/,
  },
  "files of a directory with faults of their own": {
    files: { ...APP, "config/large.json": "1".repeat(8 * 1024 * 1024 + 1) },
    links: { "config/broken.yaml": "nowhere.yaml", "config/loop.toml": "loop.toml" },
    specials: { "config/pipe.yaml": "FIFO" },
    problems: ["missing", "tooLarge", "linkLoop", "notAFile"],
    says: /^\/work\/config\/broken\.yaml leads by a link/,
  },
  "a ConfigMap": {
    files: { "config/..2026/app.yaml": "a: 1\n" },
    links: { "config/..data": "..2026", "config/app.yaml": "..data/app.yaml" },
    watched: {
      "/work": "memory: ext4 reports changes",
      "/work/config": "memory: ext4 reports changes",
      "/work/config/..2026": "memory: ext4 reports changes",
    },
  },
  "a single file that is mounted": {
    files: APP,
    words: "config/app.yaml",
    mounts: [ROOT, "30 20 8:2 /srv/app.yaml /work/config/app.yaml rw - ext4 /dev/sdb1 rw"],
    problems: ["fileMount"],
    says: /renamed over it on the host.*is never seen\|mount the directory that holds it instead/,
  },
  "a single file that is mounted, seen through a link": {
    files: APP,
    links: { "app.yaml": "config/app.yaml" },
    words: "app.yaml",
    mounts: [ROOT, "30 20 8:2 /srv/app.yaml /work/config/app.yaml rw - ext4 /dev/sdb1 rw"],
    problems: ["fileMount"],
  },
  "a single file that was mounted and then replaced on the host": {
    files: APP,
    words: "config/app.yaml",
    mounts: [ROOT, "30 20 8:2 /srv/app.yaml//deleted /work/config/app.yaml rw - ext4 /dev/sdb1 rw"],
    problems: ["staleMount", "fileMount"],
    says: /shows \/srv\/app\.yaml as it was before it was replaced.*\|.*restart the container/,
  },
  "a bind mount of a directory": {
    files: APP,
    mounts: [ROOT, "30 20 8:2 /srv/config /work/config rw - ext4 /dev/sdb1 rw"],
  },
  "a bind mount of a directory that is gone": {
    files: APP,
    mounts: [ROOT, "30 20 8:2 /srv/config//deleted /work/config rw - ext4 /dev/sdb1 rw"],
    problems: ["staleMount"],
  },
  "a network file system": {
    files: APP,
    words: "config/app.yaml",
    mounts: [ROOT, "30 20 0:50 / /work/config rw - nfs4 server:/export rw"],
    notes: ["silentMount"],
    says: /is polled: \/work\/config is a mount of type nfs4, which does not report/,
    watched: {
      "/work/config":
        "poll: /work/config is a mount of type nfs4, which does not report changes made elsewhere",
    },
  },
  "no inotify watch left": {
    files: APP,
    words: "config/app.yaml",
    watchError: Object.assign(new Error("ENOSPC: no space"), { code: "ENOSPC" }),
    settings: { "fs/inotify/max_user_watches": 500 },
    processes: [{ user: USER, inotify: [300, 199] }, { user: USER, inotify: [1] }],
    problems: ["watchLimit"],
    says:
      /watches are used up: 500 of 500;.*: 1 directory\|sysctl fs\.inotify\.max_user_watches=524288$/,
    watched: { "/work/config": "poll: ENOSPC: no space" },
  },
  "no inotify watch left for two directories": {
    files: APP,
    watchError: Object.assign(new Error("ENOSPC: no space"), { code: "ENOSPC" }),
    problems: ["watchLimit"],
    says: /: 2 directories\|/,
  },
  "no inotify instance left": {
    files: APP,
    words: "config/app.yaml",
    watchError: Object.assign(new Error("EMFILE: too many"), { code: "EMFILE" }),
    settings: { "fs/inotify/max_user_instances": 2 },
    processes: [{ user: USER, inotify: [1, 1] }],
    problems: ["instanceLimit"],
    says: /instances are used up: 2 of 2;.*\|sysctl fs\.inotify\.max_user_instances=1024$/,
  },
  "a lower limit in the user namespace": {
    files: APP,
    words: "config/app.yaml",
    watchError: Object.assign(new Error("EMFILE: too many"), { code: "EMFILE" }),
    settings: { "user/max_inotify_instances": 1 },
    processes: [{ user: USER, inotify: [1] }],
    problems: ["instanceLimit"],
    says: /used up: 1 of 1;.*\|sysctl user\.max_inotify_instances=1024$/,
  },
  "nearly all inotify watches used": {
    files: APP,
    settings: { "fs/inotify/max_user_watches": 1000 },
    processes: [{ user: USER, inotify: [900] }],
    notes: ["watchLimit"],
    says: /watches are nearly used up: 900 of 1000\|sysctl fs\.inotify\.max_user_watches=524288$/,
  },
  "others' and hidden processes": {
    files: APP,
    settings: { "fs/inotify/max_user_watches": 1000 },
    processes: [
      { user: USER, inotify: [899] },
      { user: 0, inotify: [500] },
      { user: USER, inotify: "hidden" },
    ],
  },
  "a limit that is high already": {
    files: APP,
    settings: { "fs/inotify/max_user_watches": 600_000 },
    watchError: Object.assign(new Error("ENOSPC: no space"), { code: "ENOSPC" }),
    problems: ["watchLimit"],
    says: /max_user_watches=1200000$/,
  },
  "a short queue": {
    files: APP,
    settings: { "fs/inotify/max_queued_events": 100 },
    notes: ["queueLimit"],
    says: /more than 100 events is lost.*\|sysctl fs\.inotify\.max_queued_events=16384$/,
  },
  "no file left to open": {
    files: APP,
    watchError: Object.assign(new Error("EMFILE: too many"), { code: "EMFILE" }),
    openFiles: { limit: 64, used: 40 },
    problems: ["openFileLimit"],
    says: /may have 64 files open, and this one has 40 already\|ulimit -n 65536/,
  },
  "an old Node": {
    version: "20.11.1",
    files: APP,
    problems: ["runtimeTooOld"],
    says: /^Node 20\.11\.1 is older than 20\.12\|/,
  },
  "the oldest Node": { version: "20.12.0", files: APP },
  "polling that the environment asks for": {
    files: APP,
    words: "config/app.yaml",
    environment: { HOTCONF_POLL: "true" },
    mounts: [ROOT, "30 20 0:50 / /work/config rw - nfs4 server:/export rw"],
    watched: { "/work/config": "poll: asked for by HOTCONF_POLL" },
  },
  "a directory that reports nothing, tested": {
    files: APP,
    words: "config/app.yaml --self-test",
    isSilent: true,
    problems: ["noEvents"],
    says: /^\/work\/config reported none of 3 writes\|poll it: --poll or HOTCONF_POLL=1/,
  },
};

interface Found {
  readonly code: string;
  readonly severity: "note" | "problem";
  readonly path?: string;
  readonly message: string;
  readonly remedy?: string;
}

interface Diagnosis {
  readonly isHealthy: boolean;
  readonly findings: readonly Found[];
  readonly directories: readonly { path: string; watcher: string; reason: string }[];
  // deno-lint-ignore no-explicit-any -- a test says what it expects by reading it
  readonly [member: string]: any;
}

/** Runs the doctor there. */
async function examine(options: Expectation): Promise<{ code: number; diagnosis: Diagnosis }> {
  const { words = "", environment } = options;
  const session = machine(options);
  const code = await session.run(`doctor --json ${words}`, environment);
  assert.equal(session.stderr, "");
  const [diagnosis, ...others] = session.takeJson();
  assert.equal(others.length, 0);
  assert.equal(session.runtime.files.watches, 0, "watches are left");
  assert.equal(session.runtime.clock.timers, 0, "timers are left");
  return { code, diagnosis: diagnosis as unknown as Diagnosis };
}

describe("hotconf doctor", () => {
  for (const [name, expected] of Object.entries(machines)) {
    test(`examines ${name}`, async () => {
      const { code, diagnosis } = await examine(expected);
      const { findings, isHealthy, directories } = diagnosis;
      const codesOf = (severity: string) =>
        findings.filter((finding) => finding.severity === severity).map((finding) => finding.code);
      const { notes = [], problems = [], says, watched } = expected;
      assert.deepEqual({ notes: codesOf("note"), problems: codesOf("problem") }, {
        notes,
        problems,
      });
      assert.deepEqual(findings.map((finding) => finding.code), [...notes, ...problems]);
      assert.deepEqual([code, isHealthy], problems.length > 0 ? [1, false] : [0, true]);
      if (says !== undefined) {
        const { path, message, remedy } = findings[0]!;
        assert.match(`${path === undefined ? "" : `${path} `}${message}|${remedy ?? ""}`, says);
      }
      if (watched !== undefined) {
        const found = directories.map((
          { path, watcher, reason },
        ) => [path, `${watcher}: ${reason}`]);
        assert.deepEqual(Object.fromEntries(found), watched);
      }
    });
  }

  test("gives every problem a remedy, in one line without a full stop", async () => {
    for (const expected of Object.values(machines)) {
      const { findings } = (await examine(expected)).diagnosis;
      for (const { severity, message, remedy } of findings) {
        for (const text of [message, remedy ?? ""]) assert.doesNotMatch(text, /\n|\.$/);
        if (severity === "problem") assert.ok(remedy, message);
      }
    }
  });

  test("tells what each path leads to, through every link", async () => {
    const { diagnosis } = await examine({
      files: { "stored/app.yaml": "a: 1\n" },
      links: { "config": "current", "current": "stored" },
      words: "config/app.yaml",
    });
    assert.deepEqual(diagnosis.paths, [{
      path: "/work/config/app.yaml",
      kind: "file",
      realPath: "/work/stored/app.yaml",
      links: [
        { path: "/work/config", target: "current" },
        { path: "/work/current", target: "stored" },
      ],
      bytes: 5,
      format: "yaml",
      mount: { mountPoint: "/", fileSystem: "ext4", source: "/dev/sda1", root: "/" },
      directories: ["/work", "/work/stored"],
    }]);
  });

  test("tells each link of a ConfigMap once", async () => {
    const { diagnosis } = await examine({
      files: { "config/..2026/a.yaml": "", "config/..2026/b.yaml": "" },
      links: {
        "config/..data": "..2026",
        "config/a.yaml": "..data/a.yaml",
        "config/b.yaml": "..data/b.yaml",
      },
    });
    const links = diagnosis["paths"][0].links.map(({ path }: { path: string }) => path);
    assert.deepEqual(links.sort(), [
      "/work/config/..data",
      "/work/config/a.yaml",
      "/work/config/b.yaml",
    ]);
  });

  test("counts the watches of the user's processes, and those it may not look into", async () => {
    const { diagnosis } = await examine({
      files: APP,
      processes: [
        { user: USER, inotify: [3, 0] },
        { user: USER, inotify: [] },
        { user: USER, inotify: "hidden" },
        { user: 0, inotify: [70] },
      ],
    });
    assert.deepEqual(diagnosis["limits"], {
      watches: { setting: "fs.inotify.max_user_watches", limit: 60_000, used: 3 },
      instances: { setting: "fs.inotify.max_user_instances", limit: 128, used: 2 },
      queuedEvents: { setting: "fs.inotify.max_queued_events", limit: 16_384 },
      openFiles: { setting: "ulimit -n", limit: 1024, used: 20 },
      uncountedProcesses: 1,
    });
  });

  test("leaves out limits where there is no /proc", async () => {
    const readText = () => {
      throw new Error("there is no such file");
    };
    const { code, diagnosis } = await examine({ files: APP, system: { readText } });
    assert.deepEqual([code, diagnosis["limits"]], [0, { uncountedProcesses: 0 }]);
  });

  test("names what the runtime does differently", async () => {
    for (
      const [runtime, quirk] of [["deno", /milliseconds/], ["bun", /closes.*first of two/]] as const
    ) {
      const { diagnosis } = await examine({ runtime, version: "1.2.3", files: APP });
      const { quirks, ...others } = diagnosis["runtime"];
      assert.deepEqual(others, { name: runtime, version: "1.2.3", platform: "linux" });
      assert.match(quirks.join(), quirk);
    }
  });

  const misuses: readonly [line: string, message: RegExp][] = [
    ["doctor", /^hotconf: Nothing to examine: name a PATH, as there is no directory \.\/config\n$/],
    ["doctor a.yaml --self-test=nowhere", /^hotconf: Option --self-test must name a directory/],
    ["doctor a.yaml --once", /^hotconf: Option --once belongs to hotconf watch, not/],
  ];
  for (const [line, message] of misuses) {
    test(`refuses hotconf ${line} with one line and code 2`, async () => {
      const session = machine({});
      assert.equal(await session.run(line), 2);
      assert.match(session.stderr, message);
      assert.equal(session.takeStdout(), "");
    });
  }
});

describe("hotconf doctor --self-test", () => {
  test("times writes by events and by polling, and leaves nothing behind", async () => {
    const session = machine({ files: APP });
    assert.equal(await session.run("doctor config/app.yaml --json --self-test --poll 200"), 0);
    const [{ selfTest }] = session.takeJson() as [Diagnosis];
    const [{ polling, ...test }, ...others] = selfTest;
    assert.equal(others.length, 0);
    assert.deepEqual(test, {
      directory: "/work/config",
      writtenIn: "/work/config",
      events: { writes: 20, heard: 20, medianMs: 0, worstMs: 0 },
    });
    const { medianMs, worstMs, ...counts } = polling;
    assert.deepEqual(counts, { intervalMs: 200, writes: 5, heard: 5 });
    // At any time between two looks, not always right after one.
    assert.ok(medianMs > 50 && medianMs <= 150, `${medianMs} ms`);
    assert.ok(worstMs > 150 && worstMs <= 200, `${worstMs} ms`);
    assert.deepEqual(session.runtime.files.fileSystem.list("/work/config").length, 1);
    assert.equal(session.runtime.clock.timers, 0);
    assert.equal(session.runtime.files.watches, 0);
  });

  test("tests each directory once, all at the same time", async () => {
    const files = { ...APP, "config/b.yaml": "", "other/c.yaml": "" };
    const session = machine({ files });
    await session.run("doctor config/app.yaml config other/c.yaml --json --self-test");
    const [{ selfTest }] = session.takeJson() as [Diagnosis];
    const directories = selfTest.map(({ directory }: { directory: string }) => directory);
    assert.deepEqual(directories, ["/work/config", "/work/other"]);
    assert.ok(session.runtime.clock.now() < 6_000);
  });

  test("listens beside the path when the named directory shows the same files", async () => {
    const session = machine({ files: APP, links: { "/host": "/work/config" } });
    assert.equal(await session.run("doctor config/app.yaml --json --self-test=/host"), 0);
    const [{ selfTest: [{ directory, writtenIn }] }] = session.takeJson() as [Diagnosis];
    assert.deepEqual([directory, writtenIn], ["/work/config", "/host"]);
  });

  test("tests the named directory by itself when it shows others, and says so", async () => {
    const session = machine({ files: { ...APP, "tmp/x": "" } });
    assert.equal(await session.run("doctor config/app.yaml --json --self-test=tmp"), 0);
    const [{ selfTest: [{ directory, writtenIn }], findings }] = session.takeJson() as [Diagnosis];
    assert.deepEqual([directory, writtenIn], ["/work/tmp", "/work/tmp"]);
    assert.deepEqual(findings.map(({ code }) => code), ["testedAlone"]);
  });

  test("takes no other file's change for its own", async () => {
    const session = machine({ files: APP });
    const { watcher } = session.runtime;
    const { watch } = watcher;
    watcher.watch = (directory, onHint, onEnd) =>
      watch(directory, ({ kind }) => onHint({ name: "other.yaml", kind }), onEnd);
    assert.equal(await session.run("doctor config/app.yaml --json --self-test"), 1);
    const [{ findings }] = session.takeJson() as [Diagnosis];
    assert.deepEqual(findings.map(({ code }) => code), ["noEvents"]);
  });

  test("says that it can't write, and where it could", async () => {
    const createFile = () => {
      throw Object.assign(new Error("EROFS: read-only file system"), { code: "EROFS" });
    };
    const { code, diagnosis } = await examine({
      files: APP,
      words: "config/app.yaml --self-test",
      system: { createFile },
    });
    assert.equal(code, 1);
    const [{ code: found, message, remedy }] = diagnosis.findings as [Found];
    assert.deepEqual([found, message], [
      "cannotTest",
      "could not be tested: EROFS: read-only file system",
    ]);
    assert.match(remedy!, /--self-test=DIR/);
  });

  test("leaves alone what somebody else made under its names", async () => {
    const planted = "config/.hotconf-doctor-7-0-0.tmp";
    const session = machine({ files: { ...APP, "other.yaml": "a: 1\n" } });
    session.runtime.files.symlink("../other.yaml", `/work/${planted}`);
    assert.equal(await session.run("doctor config/app.yaml --json --self-test"), 1);
    const [{ findings }] = session.takeJson() as [Diagnosis];
    assert.deepEqual(findings.map(({ code }) => code), ["cannotTest"]);
    const { fileSystem } = session.runtime;
    assert.equal(fileSystem.lstat(`/work/${planted}`)?.kind, "symlink");
    assert.equal(fileSystem.stat("/work/other.yaml")?.size, 5);
  });

  test("takes silence for no problem where polling is used anyway", async () => {
    const { code, diagnosis } = await examine({
      files: APP,
      isSilent: true,
      words: "config/app.yaml --self-test --poll",
    });
    assert.deepEqual([code, diagnosis.findings.map(({ code }) => code)], [0, ["noEvents"]]);
  });

  test("tells a write that no look shows", async () => {
    const session = machine({ files: APP });
    const stale = session.runtime.files.fileSystem.stat("/work/config/app.yaml");
    const { fileSystem } = session.runtime;
    const { stat } = fileSystem;
    fileSystem.stat = (path) => path.includes("-poll.tmp") ? stale : stat(path);
    assert.equal(await session.run("doctor config/app.yaml --json --self-test --poll 50"), 1);
    const [{ findings }] = session.takeJson() as [Diagnosis];
    assert.deepEqual(findings.map(({ code }) => code), ["notSeen"]);
    assert.match(findings[0]!.message, /^did not show \d of \d writes/);
  });

  test("removes what it wrote when it is interrupted, at any moment (G9)", async () => {
    for (const ms of [0, 5, 15, 100, 400, 1000, 2000]) {
      const session = machine({ files: APP });
      session.start("doctor config/app.yaml --json --self-test");
      await session.runtime.clock.advance(ms);
      session.interrupt();
      assert.equal(await session.ended(), 1);
      assert.equal(session.takeStdout(), "");
      assert.equal(session.runtime.files.fileSystem.list("/work/config").length, 1, `${ms} ms`);
      assert.equal(session.runtime.files.watches, 0);
      assert.equal(session.runtime.clock.timers, 0);
    }
  });
});
