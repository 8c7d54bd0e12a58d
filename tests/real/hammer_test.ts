/**
 * What a request may never see, while its server's configuration is replaced:
 *
 * - within `pin()`, two configurations, however often it awaits;
 * - what components made of another one than it reads, when it takes all that at once. For what
 *   they commit without awaiting, or after they awaited, nobody runs between it and the assignment
 *   that makes the new configuration current; nor between the steps back. Of two components that
 *   await while they commit, one would be ahead of the other, so there is one here, the first;
 * - what was refused, or anything closed under its hands.
 */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { commandLine, runtimeName } from "./cli_process.ts";
import type { HammerReport } from "./hammer.ts";

/** `HOTCONF_HAMMER=500` is the whole of it. */
const RELOADS = Number(process.env["HOTCONF_HAMMER"] ?? 40);
const CLIENTS = 200;

// A bundle lies where its source does, under another root and with another ending.
const ending = runtimeName === "node" ? "mjs" : "ts";
const [server, clients] = ["hammer_child", "hammer_clients_child"].map((name) =>
  commandLine(fileURLToPath(new URL(`./${name}.${ending}`, import.meta.url)))
) as [string[], string[]];

test(`of ${CLIENTS} requests at a time, none sees two revisions and none fails while half of the reloads are refused (G4, G5, G6)`, async () => {
  const [program = "", ...args] = clients;
  const { stdout } = await promisify(execFile)(
    program,
    [...args, `${RELOADS}`, `${CLIENTS}`, ...server],
    { maxBuffer: 1e8, timeout: 900_000 },
  );
  const { requests, refused, failed, mixed }: HammerReport = JSON.parse(stdout);
  assert.deepEqual(failed.slice(0, 3), [], `${failed.length} of ${requests} failed`);
  assert.deepEqual(mixed.slice(0, 3), [], `${mixed.length} of ${requests} are mixed`);
  assert.ok(refused > RELOADS / 3 && refused < RELOADS * 2 / 3, `${refused} were refused`);
  assert.ok(requests > RELOADS, `${requests} requests`);
  if (process.env["HOTCONF_HAMMER"]) process.stderr.write(`${requests} requests\n`);
});
