import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, symlinkSync } from "node:fs";
import { resolve } from "node:path";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { describe, test } from "node:test";
import {
  CommandProcess,
  type CommandProcessOptions,
  Folder,
  type JsonLine,
  missingNamespaces,
  runCommand,
  runtimeName,
  withDeadline,
} from "./cli_process.ts";

const onLinux = process.platform === "linux" ? test : test.skip;
const inNamespaces = process.platform !== "linux" || missingNamespaces() ? test.skip : test;
const watcher = runtimeName === "deno" ? "deno" : "node";

/** Examines `words` with `--json`. */
async function examine(
  words: readonly string[],
  options: CommandProcessOptions,
): Promise<{ code: number | null; diagnosis: JsonLine; codes: string[] }> {
  const { code, stdout, stderr } = await runCommand(["doctor", "--json", ...words], options);
  assert.equal(stderr, "");
  const diagnosis = JSON.parse(stdout);
  return { code, diagnosis, codes: diagnosis.findings.map((finding: JsonLine) => finding.code) };
}

describe("hotconf doctor", () => {
  onLinux("finds a healthy file healthy, on this machine and runtime", async () => {
    using folder = new Folder({ "app.yaml": "port: 1\n" });
    const { code, diagnosis } = await examine(["app.yaml"], { cwd: folder.path });
    assert.deepEqual([code, diagnosis.isHealthy], [0, true]);
    const { name, version, platform } = diagnosis.runtime;
    const { deno, bun, node } = process.versions as Record<string, string>;
    assert.deepEqual([name, version, platform], [runtimeName, deno ?? bun ?? node, "linux"]);
    const [directory] = diagnosis.directories;
    assert.deepEqual([directory.path, directory.watcher], [folder.path, watcher]);
    assert.match(directory.reason, /^\w+ reports changes$/);
    assert.ok(folder.path.startsWith(directory.mount.mountPoint));
    const { watches, instances, queuedEvents, openFiles } = diagnosis.limits;
    for (const { limit, used } of [watches, instances, openFiles]) {
      assert.ok(limit > 0 && used >= 0 && used < limit, `${used} of ${limit}`);
    }
    assert.ok(openFiles.used > 3 && queuedEvents.limit > 0);
  });

  onLinux("counts the watches of another process of the user", async () => {
    using folder = new Folder({ "app.yaml": "port: 1\n" });
    const count = async () => {
      const { diagnosis } = await examine(["app.yaml"], { cwd: folder.path });
      return diagnosis.limits.instances.used as number;
    };
    await using watching = new CommandProcess(["watch", "app.yaml", "--json"], {
      cwd: folder.path,
    });
    await watching.jsonOf("ready");
    assert.ok(await count() >= 1);
    assert.equal((await watching.end()).code, 0);
  });

  onLinux("finds what is no file", async () => {
    using folder = new Folder({ "notes.txt": "" });
    execFileSync("mkfifo", [folder.at("pipe.yaml")]);
    symlinkSync("loop.yaml", folder.at("loop.yaml"));
    symlinkSync("nowhere/app.yaml", folder.at("broken.yaml"));
    const words = ["gone.yaml", "pipe.yaml", "loop.yaml", "broken.yaml", "notes.txt", "/dev/null"];
    const { code, codes, diagnosis } = await examine(words, { cwd: folder.path });
    assert.equal(code, 1);
    const kinds = diagnosis.paths.map(({ kind }: { kind: string }) => kind);
    assert.deepEqual(kinds, ["missing", "FIFO", "loop", "missing", "file", "device"]);
    const expected = ["missing", "notAFile", "linkLoop", "missing", "unknownFormat", "notAFile"];
    assert.deepEqual(codes, runtimeName === "deno" ? [...expected, "fifoBeside"] : expected);
  });

  const onDeno = runtimeName === "deno" ? onLinux : test.skip;
  onDeno("says what it can't know without permissions, and asks for none", () => {
    using folder = new Folder({ "app.yaml": "port: 1\n" });
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["run", "--no-prompt", "--allow-read=.", resolve("cli.ts"), "doctor", "app.yaml"],
      { cwd: folder.path, encoding: "utf8" },
    );
    assert.deepEqual([status, stderr], [0, ""]);
    assert.match(stdout, /the table of mounts can't be read[^→]*→ allow Deno .*--allow-all\n/);
  });

  onLinux("ends with 2 and one line for wrong usage", async () => {
    using folder = new Folder();
    const { code, stdout, stderr } = await runCommand(["doctor"], { cwd: folder.path });
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /^hotconf: Nothing to examine: .*\n$/);
  });

  inNamespaces("knows a mounted file, and one that was replaced on the host", async () => {
    using folder = new Folder({ "host/app.yaml": "a: 1\n", "config/app.yaml": "" });
    const bind = "mount --bind host/app.yaml config/app.yaml";
    const mounted = await examine(["config/app.yaml"], { cwd: folder.path, namespace: bind });
    assert.deepEqual([mounted.code, mounted.codes], [1, ["fileMount"]]);
    const namespace = `${bind}\necho 'a: 2' > host/new\nmv host/new host/app.yaml`;
    const replaced = await examine(["config/app.yaml"], { cwd: folder.path, namespace });
    assert.deepEqual([replaced.code, replaced.codes], [1, ["staleMount", "fileMount"]]);
  });

  inNamespaces("names the limit that keeps a directory from being watched (G8)", async () => {
    using folder = new Folder({ "app.yaml": "a: 1\n" });
    for (const [what, code] of [["instances", "instanceLimit"], ["watches", "watchLimit"]]) {
      // Unlike fs.inotify.*, this setting is the namespace's own.
      const namespace = `echo 0 > /proc/sys/user/max_inotify_${what}`;
      const examined = await examine(["app.yaml"], { cwd: folder.path, namespace });
      assert.deepEqual([examined.code, examined.codes], [1, [code]]);
      const { directories: [directory], findings: [finding] } = examined.diagnosis;
      assert.equal(directory.watcher, "poll");
      assert.equal(finding.remedy.split("=")[0], `sysctl user.max_inotify_${what}`);
    }
  });
});

describe("hotconf doctor --self-test", () => {
  onLinux("hears of every write by events and by polling, and leaves nothing (G1)", async () => {
    using folder = new Folder({ "app.yaml": "a: 1\n" });
    const { code, diagnosis } = await examine(["app.yaml", "--self-test", "--poll", "500"], {
      cwd: folder.path,
    });
    const [{ directory, events, polling }] = diagnosis.selfTest;
    assert.deepEqual([code, directory], [0, folder.path]);
    assert.deepEqual([events.writes, events.heard], [20, 20]);
    assert.deepEqual([polling.writes, polling.heard], [5, 5]);
    assert.ok(events.medianMs < polling.medianMs, JSON.stringify(diagnosis.selfTest));
    assert.deepEqual(readdirSync(folder.path), ["app.yaml"]);
  });

  onLinux("removes what it wrote on Ctrl-C", async () => {
    using folder = new Folder({ "app.yaml": "a: 1\n" });
    await using command = new CommandProcess(["doctor", "app.yaml", "--self-test"], {
      cwd: folder.path,
    });
    const seen = async () => {
      while (readdirSync(folder.path).length < 2) await setTimeout(1);
    };
    await withDeadline(seen(), () => "It wrote nothing");
    const { code, stdout, stderr } = await command.end("SIGINT");
    assert.deepEqual([code, stdout, stderr], [1, "", ""]);
    assert.deepEqual(readdirSync(folder.path), ["app.yaml"]);
  });

  inNamespaces("finds a view that does not report what is written behind it", async () => {
    using folder = new Folder({ "lower/app.yaml": "a: 1\n", "merged/x": "" });
    const namespace = "mount -t tmpfs none merged\nmkdir merged/upper merged/work merged/view\n" +
      "mount -t overlay none merged/view " +
      "-o lowerdir=lower,upperdir=merged/upper,workdir=merged/work";
    const { code, codes, diagnosis } = await examine(
      ["merged/view/app.yaml", "--self-test=lower", "--poll", "50"],
      { cwd: folder.path, namespace },
    );
    const [{ directory, writtenIn, events }] = diagnosis.selfTest;
    assert.deepEqual([directory, writtenIn], [folder.at("merged/view"), folder.at("lower")]);
    assert.equal(events.heard, 0);
    assert.deepEqual([code, codes], [0, ["noEvents"]]);
    assert.deepEqual(readdirSync(folder.at("lower")), ["app.yaml"]);
  });
});
