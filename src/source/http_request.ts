/**
 * One question to a server: with bounds on time, size and where it leads.
 *
 * @module
 */

import * as nodePath from "node:path";
import { checksumOf } from "../checksum.ts";
import { SourceError } from "../errors.ts";
import { nameOf } from "./http_address.ts";
import type { ReadContext } from "./source.ts";

/** What is used of `fetch`. */
export type Fetch = (url: URL, init: RequestInit) => Promise<Response>;

/** What a server answered. */
export interface Answer {
  readonly bytes: Uint8Array;
  /** SHA-256 of the body in lower-case hex. */
  readonly checksum: string;
  /** Extension of the format that the content type names, or else of the path. */
  readonly extension: string | undefined;
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/** A question. */
export interface Question extends Pick<ReadContext, "schedule" | "signal"> {
  readonly url: URL;
  /** What may be told of it. */
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly fetch: Fetch;
  /** What it answered the last time. */
  readonly held: Answer | undefined;
}

const MOST_REDIRECTS = 5;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
const ABSENT: readonly number[] = [404, 410];

/**
 * Asks; gives `held` when the server says that it did not change.
 *
 * @throws {SourceError} When there is no such answer. It names no credentials.
 */
export async function ask(question: Question): Promise<Answer> {
  const { schedule, signal, timeoutMs } = question;
  const controller = new AbortController();
  const abort = () => controller.abort();
  let isLate = false;
  const timer = schedule(timeoutMs, () => {
    isLate = true;
    abort();
  });
  signal.addEventListener("abort", abort, { once: true });
  const ended = new Promise<never>((_resolve, reject) => {
    controller.signal.addEventListener("abort", () => reject(new Error("aborted")), { once: true });
  });
  try {
    return await Promise.race([follow(question, controller.signal), ended]);
  } catch (error) {
    if (isLate) throw failure(question, `no answer within ${timeoutMs} ms`, "ETIMEDOUT");
    if (error instanceof SourceError) throw error;
    // Its message and its cause may hold the whole URL.
    throw failure(question, ...reasonOf(error));
  } finally {
    signal.removeEventListener("abort", abort);
    timer[Symbol.dispose]();
    abort();
  }
}

async function follow(question: Question, signal: AbortSignal): Promise<Answer> {
  const { headers, held, fetch } = question;
  const asked = {
    accept: "application/json, application/yaml, application/toml, */*;q=0.5",
    ...(held?.etag && { "if-none-match": held.etag }),
    ...(held?.lastModified && { "if-modified-since": held.lastModified }),
    ...headers,
  };
  let { url } = question;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const response = await fetch(url, { headers: asked, redirect: "manual", signal });
    const location = REDIRECTS.includes(response.status) ? response.headers.get("location") : null;
    if (location === null) return await answerOf(question, response);
    await response.body?.cancel();
    url = redirected(question, url, location);
  }
  throw failure(question, `more than ${MOST_REDIRECTS} redirects`, "ELOOP");
}

/** Headers, and what is read, are for this host alone. */
function redirected(question: Question, from: URL, location: string): URL {
  if (!URL.canParse(location, from.href)) throw failure(question, "it redirects to no URL");
  const to = new URL(location, from.href);
  const isSafer = to.protocol === from.protocol ||
    (from.protocol === "http:" && to.protocol === "https:");
  if (to.host === from.host && isSafer) return to;
  throw failure(question, `it redirects to ${nameOf(to)}, and only the same host is followed`);
}

async function answerOf(question: Question, response: Response): Promise<Answer> {
  const { status, headers } = response;
  const { held } = question;
  if (status === 304 && held !== undefined) return held;
  if (status !== 200) {
    await response.body?.cancel();
    throw failure(question, `status ${status}`, ABSENT.includes(status) ? "ENOENT" : undefined);
  }
  const bytes = await bodyOf(question, response);
  return {
    bytes,
    checksum: checksumOf(bytes),
    extension: extensionOf(headers.get("content-type") ?? "", question.url),
    etag: headers.get("etag"),
    lastModified: headers.get("last-modified"),
  };
}

async function bodyOf(question: Question, response: Response): Promise<Uint8Array> {
  const { maxBytes } = question;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) {
      throw failure(question, `more than ${maxBytes} bytes (maxBytes)`, "EFBIG");
    }
    chunks.push(chunk);
  }
  const { headers } = response;
  const promised = headers.has("content-encoding") ? null : headers.get("content-length");
  if (promised !== null && Number(promised) !== size) {
    throw failure(question, `the connection ended after ${size} of ${promised} bytes`);
  }
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

/** The extension of the format, as far as known. */
function extensionOf(contentType: string, { pathname }: URL): string | undefined {
  const type = contentType.split(";")[0]!.trim().toLowerCase();
  const [, named] = /^(?:application|text)\/(?:.*\+|x-)?(json|yaml|toml)$/u.exec(type) ?? [];
  if (named !== undefined) return `.${named}`;
  return nodePath.posix.extname(pathname) || undefined;
}

/** Reasons by what is in the code, or else the message, of an error. */
const REASONS: readonly (readonly [pattern: RegExp, reason: string, code: string])[] = [
  [/refused/iu, "connection refused", "ECONNREFUSED"],
  [/notfound|eai_again|dns|resolve/iu, "there is no such host", "ENOTFOUND"],
  [/cert|tls|ssl/iu, "its certificate is not trusted", "ECERT"],
  [
    /reset|terminated|closed|hang ?up|socket|incomplete|eof/iu,
    "the connection broke",
    "ECONNRESET",
  ],
  [/notcapable|net access/iu, "Deno has no permission; allow it with --allow-net", "EACCES"],
];

/** Why a request failed, and a code, without anything that may hold a part of the URL. */
export function reasonOf(error: unknown): [reason: string, code?: string] {
  const { name, code, message, cause } = Object(error) as Partial<Error & { code: unknown }>;
  const { code: innerCode, message: innerMessage } = Object(cause) as typeof cause & {
    code?: unknown;
    message?: unknown;
  };
  const texts = [name, code, innerCode, innerMessage, message].map(String);
  for (const text of texts) {
    const known = REASONS.find(([pattern]) => pattern.test(withoutUrls(text)));
    if (known !== undefined) return [known[1], known[2]];
  }
  return ["it can't be reached"];
}

/** The text without URLs, which may hold secrets. */
export function withoutUrls(text: string): string {
  return text.replace(/https?:\S*/giu, "");
}

function failure({ name }: Question, reason: string, code?: string): SourceError {
  return new SourceError({ file: name, reason, code });
}
