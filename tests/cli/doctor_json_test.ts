import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import type { Diagnosis } from "../../src/cli/doctor/diagnosis.ts";
import { diagnosisToJson } from "../../src/cli/doctor/json.ts";
import { membersOf, tableUnder } from "./documented.ts";

const mount = {
  id: 1,
  parent: 1,
  root: "/",
  mountPoint: "/",
  options: ["rw"],
  fileSystem: "ext4",
  source: "/dev/sda1",
};
const limit = { setting: "fs.inotify.max_user_watches", limit: 10, used: 1 };
const timing = { writes: 2, heard: 1, medianMs: 0.12345, worstMs: 3 };
const directory = { path: "/etc", watcher: "node", reason: "ext4 reports changes", mount } as const;
const path = {
  path: "/etc/a.yaml",
  kind: "file",
  realPath: "/etc/b.yaml",
  links: [{ path: "/etc/a.yaml", target: "b.yaml" }],
  bytes: 3,
  format: "yaml",
  mount,
  files: ["/etc/b.yaml"],
  directories: ["/etc"],
} as const;

/** Everything that can be there. */
const full: Diagnosis = {
  at: "2026-01-01T00:00:00.000Z",
  selfTest: [{
    polling: { ...timing, intervalMs: 500 },
    events: timing,
    error: "no",
    writtenIn: "/etc",
    directory: "/etc",
  }],
  limits: {
    uncountedProcesses: 1,
    openFiles: limit,
    queuedEvents: limit,
    instances: limit,
    watches: limit,
  },
  directories: [directory],
  paths: [path],
  runtime: { quirks: ["is quick"], platform: "linux", version: "1.0.0", name: "bun" },
  findings: [{
    remedy: "create it",
    message: "is not there",
    path: "/etc",
    severity: "problem",
    code: "missing",
  }],
};

/** As little as can be there. */
const bare: Diagnosis = {
  runtime: full.runtime,
  paths: [{ path: "/etc/a.yaml", kind: "missing", links: [], directories: ["/etc"] }],
  directories: [{ path: "/etc", watcher: "poll", reason: "asked for by --poll" }],
  limits: { watches: { setting: "x", limit: 1 }, uncountedProcesses: 0 },
  selfTest: [{ directory: "/etc", writtenIn: "/etc", events: { writes: 3, heard: 0 } }],
  findings: [{ code: "leftOut", severity: "note", message: "a note" }],
  at: full.at,
};

// deno-lint-ignore no-explicit-any -- a test says what it expects by reading it
type Json = any;

function give(diagnosis: Diagnosis): Json {
  return JSON.parse(JSON.stringify(diagnosisToJson(diagnosis)));
}

/** The objects in a diagnosis by the names that docs/command.md gives them. */
function objectsIn(diagnosis: Diagnosis): Record<string, object | undefined> {
  const json = give(diagnosis);
  const [tested] = json.selfTest;
  return {
    diagnosis: json,
    finding: json.findings[0],
    path: json.paths[0],
    link: json.paths[0].links[0],
    directory: json.directories[0],
    mount: json.directories[0].mount,
    limits: json.limits,
    limit: json.limits.watches,
    runtime: json.runtime,
    selfTest: tested,
    timing: tested.polling ?? tested.events,
  };
}

describe("diagnosisToJson()", () => {
  const documented = new Map(
    [...tableUnder("`hotconf doctor`")].map(([name, [members = ""]]) => [name, membersOf(members)]),
  );

  test("gives what docs/command.md lists: every object, every member, in that order", () => {
    const objects = objectsIn(full);
    assert.deepEqual([...documented.keys()], Object.keys(objects));
    for (const [name, members] of documented) {
      const all = members.map((member) => member.replace("?", ""));
      assert.deepEqual(Object.keys(objects[name]!), all, name);
    }
  });

  test("leaves out only members that are marked so", () => {
    for (const [name, object] of Object.entries(objectsIn(bare))) {
      if (object === undefined) continue;
      const given = Object.keys(object);
      const due = documented.get(name)!.filter((member) => !member.endsWith("?"));
      assert.deepEqual(given.filter((member) => due.includes(member)), due, name);
    }
  });

  test("rounds times to microseconds and says whether there is a problem", () => {
    assert.equal(give(full).selfTest[0].events.medianMs, 0.123);
    assert.equal(give(full).isHealthy, false);
    assert.equal(give(bare).isHealthy, true);
  });
});

test("docs/command.md explains every finding", () => {
  const source = readFileSync("src/cli/doctor/finding.ts", "utf8");
  const codes = [...source.matchAll(/^ {2}\| "(\w+)"/gmu)].map(([, code]) => code);
  assert.ok(codes.length > 20);
  assert.deepEqual([...tableUnder("Findings").keys()], codes);
});
