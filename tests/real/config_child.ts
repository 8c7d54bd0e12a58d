/**
 * A program with a watched configuration, for tests that look at it from outside. What happens is
 * printed as lines of JSON. It is given the file and how it behaves:
 *
 * - `stay`: watches until it is killed;
 * - `poll`: the same, without the runtime's events;
 * - `close`: closes the configuration after the first reload;
 * - `abort`: aborts its signal after the first reload;
 * - `unref`, `unref-poll`: watches with `unref` and has nothing else to do;
 * - `unref-files`: the same with `watchFiles()`;
 * - `unref-later`: the same, but has something else to do until the first reload;
 * - `unref-component`: the same, while a component prepares that never ends;
 * - `unref-beside`: watches with `unref`, and without beside it;
 * - `unprivileged`: watches as a user who may not read everything.
 */

import process from "node:process";
import { clearInterval, setInterval } from "node:timers";
import { watchConfig, watchFiles } from "../../mod.ts";

const NOBODY = 65534;

const [path = "", behaviour = "stay"] = process.argv.slice(2);
if (behaviour === "unprivileged" && process.getuid?.() === 0) {
  process.setgid?.(NOBODY);
  process.setuid?.(NOBODY);
}

const endless = {
  name: "endless",
  deadlineMs: 60_000,
  prepare: () => new Promise<never>(() => {}),
  commit: () => {},
};
const abort = new AbortController();
const sources = [path];
const watcher = behaviour.endsWith("poll") ? "poll" : "auto";
const unref = behaviour.startsWith("unref");
const work = behaviour === "unref-later" ? setInterval(() => {}, 1000) : undefined;
try {
  if (behaviour === "unref-beside") await watchFiles(sources);
  if (behaviour === "unref-files") await watchFiles(sources, { unref });
  const config = await watchConfig({ sources, watcher, pollMs: 50, signal: abort.signal, unref });
  config.on("reloadFailed", ({ type, error }) => print({ type, message: error.message }));
  config.on("recovered", print);
  config.on("reloadSucceeded", async ({ type, revision }) => {
    print({ type, revision });
    clearInterval(work);
    if (behaviour === "abort") abort.abort();
    if (behaviour === "close") await config.close();
    if (config.isClosed) print({ type: "closed" });
  });
  if (behaviour === "unref-component") void config.attach(endless);
  print({ type: "ready" });
} catch (error) {
  print({ type: "refused", message: (error as Error).message });
}

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
