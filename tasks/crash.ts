/**
 * Kills a program that commits as fast as it can, again and again, on the three runtimes in turn, and
 * looks at what is left of its state on disk.
 *
 *     deno task crash          1,000 kills, about five minutes
 *     deno task crash 90       so many
 */

import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { crash, judge } from "../tests/real/crash.ts";
import { findBun } from "./bun.ts";
import { bundleForNode } from "./node_bundle.ts";
import { killChildrenOnSignal, root } from "./run.ts";

const kills = Number(Deno.args[0] ?? 1_000);
if (!(kills >= 1)) {
  console.error(`Cannot kill ${Deno.args[0]} times: give a number, 1 or more`);
  Deno.exit(2);
}
killChildrenOnSignal();
await bundleForNode([]);
const child = "tests/real/state_child";
const commands = {
  deno: [Deno.execPath(), "run", "-A", join(root, `${child}.ts`)],
  bun: [(await findBun()).path, join(root, `${child}.ts`)],
  node: ["node", join(root, ".cache/node-tests", `${child}.mjs`)],
};
const names = Object.keys(commands) as (keyof typeof commands)[];

// Not in the folder for temporary files: that may be kept in memory.
const directory = mkdtempSync(join(root, ".cache", "crash-"));
const startedAt = performance.now();
let last = { written: 0, found: 0 };
let [unreadable, lost, inFlight, leftOver] = [0, 0, 0, 0];
const commits = () => `${last.found} commits`;
try {
  for (let kill = 0; kill < kills; kill++) {
    const name = names[kill % names.length]!;
    const left = await crash(commands[name], directory, last);
    const wrong = judge(left);
    if (wrong !== undefined) console.error(`kill ${kill + 1}, on ${name}: ${wrong}`);
    unreadable += left.unreadable;
    lost += Number(left.found < left.written);
    inFlight += Number(left.given > left.found);
    leftOver = Math.max(leftOver, left.leftOver);
    last = left;
    if ((kill + 1) % 100 === 0) console.log(`${kill + 1} kills, ${commits()}`);
  }
} finally {
  rmSync(directory, { recursive: true });
}
const seconds = Math.round((performance.now() - startedAt) / 1_000);
console.log(
  `${kills} kills on ${names.join(", ")} within ${commits()} and ${seconds} s: ` +
    `${unreadable} unreadable, ${lost} lost; ` +
    `${inFlight} were killed in the middle of a commit, ` +
    `at most ${leftOver} files lay about that were not finished`,
);
Deno.exit(unreadable + lost > 0 ? 1 : 0);
