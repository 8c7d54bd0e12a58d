/**
 * The service's routes over `node:http`, which Deno, Bun and Node all have.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { type LiveConfig, toPrometheus } from "../../mod.ts";
import type { ChainOrchestrator } from "./chain_orchestrator.ts";
import { ProviderError } from "./provider_factory.ts";
import type { RateLimiter } from "./rate_limiter.ts";
import type { Environment, Settings } from "./settings.ts";

const MAX_BODY_BYTES = 65_536;

/** The running parts the routes use. */
export interface Parts {
  /** The live configuration. */
  readonly config: LiveConfig<Settings>;
  /** Decides whether a request is accepted. */
  readonly limiter: RateLimiter;
  /** Runs the chains. */
  readonly orchestrator: ChainOrchestrator;
  /** Holds the API keys. */
  readonly env: Environment;
}

/** A request is answered with `status` and `message`. */
class HttpError extends Error {
  readonly status: number;
  readonly headers: Record<string, string>;

  constructor(status: number, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** The listener for an HTTP server. */
export function createRequestListener(parts: Parts): RequestListener {
  return (request, response) => {
    route(parts, request, response).catch((error: unknown) => {
      const { status, message, headers } = toHttpError(error);
      send(response, status, { error: message }, headers);
    });
  };
}

async function route(
  parts: Parts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = new URL(request.url ?? "/", "http://localhost").pathname;
  const chain = /^\/chains\/([^/]+)\/run$/u.exec(path)?.[1];
  const pattern = chain === undefined ? path : "/chains/:name/run";
  switch (`${request.method} ${pattern}`) {
    case "POST /chains/:name/run":
      return send(response, 200, await runChain(parts, decode(chain!), request, response));
    case "GET /config":
      return send(response, 200, describeConfig(parts));
    case "GET /health": {
      const health = parts.config.health();
      return send(response, health.status === "failing" ? 503 : 200, health);
    }
    case "GET /metrics":
      response.writeHead(200, { "content-type": "text/plain; version=0.0.4" });
      response.end(toPrometheus(parts.config.statistics(), parts.config.health()));
      return;
    default:
      throw new HttpError(404, `There is no ${request.method} ${pattern}`);
  }
}

async function runChain(
  { config, limiter, orchestrator }: Parts,
  chain: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<unknown> {
  // Pinned before the first await: whatever is saved from here on, this request sees one revision.
  const { revision, value: settings } = config.snapshot;
  if (!Object.hasOwn(settings.agent_chains, chain)) {
    throw new HttpError(404, `No chain is called "${chain}"`);
  }
  const admission = limiter.take(chain);
  if (!admission.allowed) {
    const seconds = Math.ceil(admission.retryAfterMs / 1000);
    throw new HttpError(429, "Too many requests", { "retry-after": String(seconds) });
  }
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const input = await readInput(request);
  const result = await orchestrator.run(settings, chain, input, gone.signal);
  return { revision, chain, remaining: admission.remaining, ...result };
}

function describeConfig({ config, env }: Parts): unknown {
  const { revision, checksum, at, value } = config.snapshot;
  const keys: Record<string, "set" | "not set"> = {};
  for (const provider of Object.values(value.providers)) {
    if (!("api_key_env" in provider)) continue;
    keys[provider.api_key_env] = env[provider.api_key_env] ? "set" : "not set";
  }
  return { revision, checksum, at, settings: value, keys };
}

async function readInput(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  // Judged by its announced length where there is one: leaving the loop would cut the connection.
  if (Number(request.headers["content-length"]) > MAX_BODY_BYTES) throw tooLarge();
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  const { input } = parseObject(Buffer.concat(chunks).toString("utf8"));
  if (typeof input !== "string") throw new HttpError(400, 'The body must be { "input": "…" }');
  return input;
}

function tooLarge(): HttpError {
  return new HttpError(413, `The body is over ${MAX_BODY_BYTES} bytes`);
}

function parseObject(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    throw new HttpError(400, "The body must be JSON");
  }
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new HttpError(400, "The chain's name is not well encoded");
  }
}

function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof ProviderError) return new HttpError(502, error.message);
  const name = error instanceof Error ? error.name : "";
  if (name === "TimeoutError") return new HttpError(504, "The chain took too long");
  return new HttpError(500, "The request failed");
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}
