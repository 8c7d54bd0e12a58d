/**
 * A program that commits as fast as it can, with its state on disk, until it is killed. It is given
 * the directory of the state and the number of its first configuration, and prints the number of each
 * before it is offered (`given 7`) and when it is on disk (`written 7`).
 */

import { writeSync } from "node:fs";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { memory, watchConfig } from "../../mod.ts";
import { crashValue } from "./crash_value.ts";

const [directory = "", first = "1"] = process.argv.slice(2);
let number = Number(first);
say("given");
const source = memory(crashValue(number));
await using config = await watchConfig({
  sources: [source],
  stateDir: { directory, name: "app" },
});
for (;;) {
  await isWritten();
  say("written");
  number++;
  say("given");
  source.set(crashValue(number));
  const outcome = await config.reload();
  if (outcome.status === "rejected") throw outcome.error;
}

/** A reload does not wait for a slow disk, and says so. */
async function isWritten(): Promise<void> {
  for (;;) {
    const { status, reasons } = config.health();
    if (status === "ok") return;
    const reason = reasons.map(({ message }) => message).join();
    if (!reason.includes("the disk did not answer within")) throw new Error(reason);
    await setTimeout(1);
  }
}

function say(what: string): void {
  // It must be told before the process can be killed in the next step.
  writeSync(1, `${what} ${number}\n`);
}
