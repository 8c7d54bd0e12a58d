/**
 * A program with a watched configuration, for tests that look at it from outside. What happens is
 * printed as lines of JSON. It is given the file and how it behaves:
 *
 * - `stay`: watches until it is killed;
 * - `poll`: the same, without the runtime's events;
 * - `close`: closes the configuration after the first reload;
 * - `abort`: aborts its signal after the first reload;
 * - `unprivileged`: watches as a user who may not read everything.
 */

import process from "node:process";
import { watchConfig } from "../../mod.ts";

const NOBODY = 65534;

const [path = "", behaviour = "stay"] = process.argv.slice(2);
if (behaviour === "unprivileged" && process.getuid?.() === 0) {
  process.setgid?.(NOBODY);
  process.setuid?.(NOBODY);
}

const abort = new AbortController();
const sources = [path];
const watcher = behaviour === "poll" ? "poll" : "auto";
try {
  const config = await watchConfig({ sources, watcher, pollMs: 50, signal: abort.signal });
  config.on("reloadFailed", ({ type, error }) => print({ type, message: error.message }));
  config.on("recovered", print);
  config.on("reloadSucceeded", async ({ type, revision }) => {
    print({ type, revision });
    if (behaviour === "abort") abort.abort();
    if (behaviour === "close") await config.close();
    if (config.isClosed) print({ type: "closed" });
  });
  print({ type: "ready" });
} catch (error) {
  print({ type: "refused", message: (error as Error).message });
}

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
