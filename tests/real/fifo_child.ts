/**
 * A program with a watched configuration and FIFOs beside it, for tests that look at it from outside.
 * What happens is printed as lines of JSON. It is given the file, or a directory of many, and what it
 * does:
 *
 * - `stay`: watches until it is killed;
 * - `pass`: the same, after it had a FIFO made and removed without looking meanwhile;
 * - `close`: has FIFOs made and closes the configuration at once;
 * - `end`: the same, but just comes to its end, which its watching allows.
 */

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import process from "node:process";
import { directory, watchConfig } from "../../mod.ts";
import { pause } from "./watched.ts";

/** Long enough for an event. */
const EVENT_MS = 50;

/** Far longer than it takes a thread to open what it is told of, and what is enough as a rule. */
const [DEADLINE_MS, USUAL_MS] = [30_000, 500];

const [path = "", task = "stay"] = process.argv.slice(2);
// Looking comes too late, unless it is done before something is closed.
const backstopMs = task === "stay" || task === "pass" ? 1_000 : 60_000;
const source = statSync(path).isDirectory() ? directory(path, { recursive: true }) : path;
const config = await watchConfig({ sources: [source], backstopMs, unref: task === "end" });
config.on("watcherChanged", print);
config.on("reloadSucceeded", ({ type, revision }) => print({ type, revision }));
config.on("reloadFailed", ({ type, error }) => print({ type, message: error.message }));
print({ type: "ready" });
// Those from the start were told before anybody could listen.
config.recentEvents().filter(({ type }) => type === "watcherChanged").forEach(print);
if (task === "pass") {
  // After the first look, and before the next one, as nothing else runs here.
  await pause(EVENT_MS);
  execFileSync("mkfifo", [`${path}.fifo`]);
  // Deno's thread waits for it by then, and will for ever.
  if ("deno" in process.versions) blockUntilAwaited();
  rmSync(`${path}.fifo`);
  print({ type: "passed" });
}
if (task === "close" || task === "end") {
  for (const end of ["1", "2"]) execFileSync("mkfifo", [`${path}.fifo${end}`]);
  await pause(EVENT_MS);
}
if (task === "close") {
  await config.close();
  print({ type: "closed" });
}

/** Lets nothing else run here until a thread waits for somebody who opens a FIFO for writing. */
function blockUntilAwaited(): void {
  const began = performance.now();
  const word = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    const waitedFor = whatThreadsWaitFor();
    if (waitedFor.includes("wait_for_partner")) return;
    // Not every system tells.
    const deadlineMs = waitedFor.some((name) => name !== "0") ? DEADLINE_MS : USUAL_MS;
    if (performance.now() - began > deadlineMs) return;
    Atomics.wait(word, 0, 0, 5);
  }
}

/** Names of the functions of the system in which threads of this process wait. */
function whatThreadsWaitFor(): string[] {
  try {
    const threads = readdirSync("/proc/self/task");
    return threads.map((thread) => readFileSync(`/proc/self/task/${thread}/wchan`, "utf8"));
  } catch {
    return [];
  }
}

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
