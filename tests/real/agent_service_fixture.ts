/**
 * A running copy of the example service, for tests: edits its files, asks it over HTTP, waits for
 * its events.
 *
 * @module
 */

import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LogEntry } from "../../examples/agent_service/log.ts";
import {
  type Service,
  type ServiceOptions,
  startService,
} from "../../examples/agent_service/service.ts";
import type { ConfigEvent } from "../../mod.ts";

const DEADLINE_MS = 30_000;

const TICK_MS = 10;

/** Answer of a request. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  /** The text as JSON. */
  // deno-lint-ignore no-explicit-any -- a test says what it expects by reading it
  readonly body: any;
  readonly headers: Headers;
}

/** An event, and when it came, in milliseconds in which this process could run. */
export type Reported<Type extends ConfigEvent["type"]> =
  & Extract<ConfigEvent, { type: Type }>
  & { readonly elapsedMs: number };

/** A service on a copy of the example's configuration, in a folder of its own. */
export class AgentService implements AsyncDisposable {
  readonly directory: string;
  readonly log: LogEntry[] = [];
  readonly events: ConfigEvent[] = [];
  #service!: Service;

  private constructor() {
    this.directory = mkdtempSync(join(tmpdir(), "hotconf-agent-"));
    cpSync("examples/agent_service/config", this.directory, { recursive: true });
  }

  /** Starts it; `prepare` may change the files before. */
  static async start(
    options: Partial<ServiceOptions> = {},
    prepare: (service: AgentService) => void = () => {},
  ): Promise<AgentService> {
    const agent = new AgentService();
    prepare(agent);
    const log = (entry: LogEntry) => void agent.log.push(entry);
    agent.#service = await startService({ directory: agent.directory, env: {}, log, ...options });
    agent.config.on("*", (event) => void agent.events.push(event));
    return agent;
  }

  get config(): Service["config"] {
    return this.#service.config;
  }

  get url(): string {
    return this.#service.url;
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  /** Saves in place: empties the file, then writes it. */
  overwrite(name: string, edit: (text: string) => string): void {
    writeFileSync(this.path(name), this.#edited(name, edit));
  }

  /** Saves as editors do: moves a new file onto the old one. */
  replace(name: string, edit: (text: string) => string): void {
    writeFileSync(this.path(`${name}.tmp`), this.#edited(name, edit));
    renameSync(this.path(`${name}.tmp`), this.path(name));
  }

  /** Does something and gives the first event of a type (and of a kind) that follows. */
  async after<Type extends ConfigEvent["type"]>(
    type: Type,
    act: () => void | Promise<void>,
    matches: (event: Extract<ConfigEvent, { type: Type }>) => boolean = () => true,
  ): Promise<Reported<Type>> {
    const over = new AbortController();
    const elapsedMs = stopwatch(over.signal);
    const event = new Promise<Reported<Type>>((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`No ${type} came, but ${this.#told()}`)),
        DEADLINE_MS,
      );
      over.signal.addEventListener("abort", () => clearTimeout(late), { once: true });
      this.config.on("*", (event) => {
        const wanted = event as Extract<ConfigEvent, { type: Type }>;
        if (event.type !== type || !matches(wanted)) return;
        resolve({ ...wanted, elapsedMs: elapsedMs() });
      }, { signal: over.signal });
    });
    try {
      const [reported] = await Promise.all([event, act()]);
      return reported;
    } finally {
      over.abort();
    }
  }

  /** Types of the events since the start, without the ones for single files and for health. */
  get outcomes(): string[] {
    return this.events.map(({ type }) => type)
      .filter((type) => type !== "fileChanged" && type !== "healthChanged");
  }

  /** The log as text. */
  get logged(): string {
    return this.log.map(({ level, message, stack }) => `${level} ${message}\n${stack ?? ""}`).join(
      "\n",
    );
  }

  run(chain: string, input = "hello"): Promise<Answer> {
    return this.post(`/chains/${chain}/run`, JSON.stringify({ input }));
  }

  post(path: string, body: string): Promise<Answer> {
    return request(`${this.url}${path}`, { method: "POST", body });
  }

  get(path: string): Promise<Answer> {
    return request(`${this.url}${path}`);
  }

  close(): Promise<void> {
    return this.#service.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await inTime("the service to close", this.close());
    rmSync(this.directory, { recursive: true });
  }

  #edited(name: string, edit: (text: string) => string): string {
    const before = readFileSync(this.path(name), "utf8");
    const after = edit(before);
    if (after === before) throw new Error(`The edit of ${name} changes nothing`);
    return after;
  }

  #told(): string {
    return this.events.length === 0
      ? "nothing else either"
      : JSON.stringify(this.events, undefined, 1);
  }
}

/** The outcome of `promise`, which is to come before the deadline. */
export async function inTime<V>(what: string, promise: Promise<V>): Promise<V> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`Gave up waiting for ${what}`)), DEADLINE_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Time that passes, without that in which the machine let this process wait. */
function stopwatch(signal: AbortSignal): () => number {
  let elapsedMs = 0;
  let last = performance.now();
  const look = () => {
    const now = performance.now();
    elapsedMs += Math.min(now - last, 2 * TICK_MS);
    last = now;
  };
  const ticking = setInterval(look, TICK_MS);
  signal.addEventListener("abort", () => clearInterval(ticking), { once: true });
  return () => (look(), elapsedMs);
}

/** A server on the loopback interface. */
export interface Loopback extends AsyncDisposable {
  readonly url: string;
}

/** Starts a server that stands for somebody else's. */
export async function loopback(listener: RequestListener): Promise<Loopback> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The body of a request as JSON. */
// deno-lint-ignore no-explicit-any -- a test says what it expects by reading it
export async function bodyOf(request: IncomingMessage): Promise<any> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  return JSON.parse(text);
}

async function request(url: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(DEADLINE_MS) });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json");
  return {
    status: response.status,
    text,
    body: isJson ? JSON.parse(text) : undefined,
    headers: response.headers,
  };
}
