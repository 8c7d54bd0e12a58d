/**
 * A server whose answers depend on its configuration in every way there is, for tests that reload it
 * under load. It is given the file and writes lines of JSON: where it listens, then how each reload
 * ended. It ends when its standard input does.
 *
 * The configuration is `n`, its number, and `trouble`, the step that fails of it. Four components
 * take it: a gate that may hang, a pool that is opened ahead and takes its time to commit, a router
 * that is built ahead, and limits that are not. What nobody may see is in the first lines of `hammer_test.ts`.
 */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { setImmediate, setTimeout } from "node:timers/promises";
import { type LiveConfig, watchConfig } from "../../mod.ts";
import type { HammerAnswer, HammerSettings } from "./hammer.ts";

/** Longer than a step takes here, though everything waits for the requests. */
const deadlineMs = 60_000;

/** What hangs has no more time than this. */
const HANGING_MS = 500;

/** Something that must be open while a request uses it. */
class Pool {
  readonly n: number;
  #users = 0;
  #isLeft = false;
  isOpen = true;

  constructor(n: number) {
    this.n = n;
  }

  enter(): void {
    this.#users += 1;
  }

  leave(): void {
    this.#users -= 1;
    if (this.#isLeft && this.#users === 0) this.isOpen = false;
  }

  /** Closes it when its last user has left. */
  close(): void {
    this.#isLeft = true;
    if (this.#users === 0) this.isOpen = false;
  }
}

const [path = ""] = process.argv.slice(2);
const running: { pool: Pool; router: { n: number }; limits: { n: number } } = {
  pool: new Pool(0),
  router: { n: 0 },
  limits: { n: 0 },
};
const config = await watchConfig<HammerSettings>({
  sources: [path],
  debounce: { minDelayMs: 0, baseDelayMs: 5, maxDelayMs: 50 },
  maxReloadAttempts: 1,
  validators: [({ n }) => typeof n === "number" ? [] : [{ path: "n", message: "not a number" }]],
});

await config.attach<HammerSettings>({
  name: "gate",
  deadlineMs: HANGING_MS,
  commit: ({ trouble }, { signal }) =>
    trouble === "gate hangs" ? setTimeout(10_000, undefined, { signal }) : undefined,
  undo: () => {},
});
// It commits while others run, so it comes before them: then the others commit in the turn of the change.
await config.attach<HammerSettings, Pool>({
  name: "pool",
  deadlineMs,
  async prepare({ n }, { signal }) {
    await setTimeout(1);
    signal.throwIfAborted();
    const pool = new Pool(n);
    signal.addEventListener("abort", () => pool.close());
    return pool;
  },
  async commit({ trouble }, { prepared }) {
    await setTimeout(1);
    if (trouble === "pool commits") throw new Error(trouble);
    // What takes time is done before: nobody may run between this and the commits of the others.
    Object.assign(prepared, { before: running.pool });
    running.pool = prepared;
    setImmediate().then(() => closeLater(prepared));
  },
  undo(_, { prepared }) {
    const { before } = prepared as Pool & { before?: Pool };
    if (before !== undefined) running.pool = before;
  },
});
await config.attach<HammerSettings, { n: number }>({
  name: "router",
  deadlineMs,
  async prepare({ n, trouble }) {
    await setImmediate();
    if (trouble === "router prepares") throw new Error(trouble);
    return { n };
  },
  commit({ trouble }, { prepared }) {
    if (trouble === "router commits") throw new Error(trouble);
    running.router = prepared;
  },
  undo: ({ n }) => void (running.router = { n }),
});
await config.attach<HammerSettings>({
  name: "limits",
  deadlineMs,
  commit({ n, trouble }) {
    // In its own place, as a limiter would, which keeps its counts.
    running.limits.n = n;
    if (trouble === "limits commit") throw new Error(trouble);
  },
  undo: ({ n }) => void (running.limits.n = n),
});

const server = createServer((request, response) => {
  config.pin(() => answer(config, request, response)).catch((error) => {
    response.writeHead(500).end(String(error));
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => {
  print({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
for (const type of ["reloadSucceeded", "reloadFailed", "validationFailed"] as const) {
  config.on(type, ({ revision }) => print({ type, revision, n: config.current.n }));
}
process.stdin.resume().once("end", () => process.exit());

/** The pool before is closed when it is certain that nobody goes back to it. */
function closeLater(pool: Pool & { before?: Pool }): void {
  if (running.pool === pool && config.current.n === pool.n) pool.before?.close();
}

async function answer(
  config: LiveConfig<HammerSettings>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // All that a request takes of components it takes at once.
  const { pool, router, limits: { n: limit } } = running;
  const components = [pool.n, router.n, limit];
  const { revision } = config;
  const seen: number[] = [];
  const look = () => void seen.push(config.current.n, config.snapshot.value.n);
  pool.enter();
  look();
  for await (const _ of request) look();
  await setImmediate();
  look();
  await Promise.all([setTimeout(1).then(look), Promise.resolve().then(look)]);
  await setTimeout(2);
  look();
  if (config.revision !== revision) throw new Error("the revision changed within a request");
  if (!pool.isOpen) throw new Error(`pool ${pool.n} was closed within a request`);
  pool.leave();
  const body: HammerAnswer = { revision, seen, components };
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
