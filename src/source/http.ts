/**
 * A URL as a source.
 *
 * @module
 */

import { SourceError } from "../errors.ts";
import type { Format } from "../format/format.ts";
import { checkNumber } from "../option_checks.ts";
import { toError } from "../to_error.ts";
import { formatFields } from "./file.ts";
import { type Answer, ask, type Fetch } from "./http_request.ts";
import { addressOf } from "./http_address.ts";
import type { ReadContext, Source, SourceDocument } from "./source.ts";

/** Options of {@linkcode http}. */
export interface HttpOptions {
  /**
   * Parser, or an extension, such as `".yaml"`.
   * @default {what the content type says, or else the URL's extension}
   */
  readonly format?: Format | string;
  /** Headers of each request; they are told to nobody else. @default {{}} */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Time between two requests, in milliseconds, more or less a tenth; up to ten times as long while
   * the server is away. @default {30_000}
   */
  readonly intervalMs?: number;
  /** Time for a request, redirects and body included, in milliseconds. @default {5000} */
  readonly timeoutMs?: number;
  /** Largest body, unpacked, in bytes. @default {8_388_608} */
  readonly maxBytes?: number;
  /** Whether it need not be reachable at the start. @default {false} */
  readonly optional?: boolean;
  /** Name of the source. @default {the URL without credentials and without values in its query} */
  readonly name?: string;
  /** How to ask. @default {fetch of the runtime} */
  readonly fetch?: Fetch;
  /** A number from 0 to 1, so that not all processes ask at once. @default {Math.random} */
  readonly random?: () => number;
}

/** While a server is away, the time between two requests grows up to so many times. */
const LONGEST_BACKOFF = 10;

/** The time between two requests varies by this part. */
const JITTER = 0.1;

/**
 * A URL as a source: asked again from time to time with `If-None-Match` and `If-Modified-Since`, and
 * by `reload()`. While it can't be reached, or answers with an error, what it gave last is used.
 * Redirects are followed on the same host only.
 *
 * @param url `https:` or `http:`; credentials in it are sent, and told to nobody else.
 * @throws {TypeError} When it is no such URL.
 * @throws {RangeError} When an option is out of range.
 * @example
 * ```ts
 * import { http, watchConfig } from "hotconf";
 *
 * await using config = await watchConfig({
 *   sources: ["config/app.yaml", http("https://config.example/app.json", { optional: true })],
 * });
 * ```
 */
export function http(url: string | URL, options: HttpOptions = {}): Source {
  const { format, intervalMs = 30_000, optional = false, random = Math.random } = options;
  const { timeoutMs = 5000, maxBytes = 8 * 1024 * 1024, headers = {} } = options;
  for (const [option, value] of Object.entries({ intervalMs, timeoutMs, maxBytes })) {
    checkNumber(option, value, 1);
  }
  const address = addressOf(url);
  const name = options.name ?? address.name;
  const request = {
    url: address.url,
    name,
    headers: { ...address.headers, ...headers },
    timeoutMs,
    maxBytes,
    fetch: options.fetch ?? ((target, init) => fetch(target, init)),
  };
  let held: Answer | undefined;
  /** What came of the last request of a look, until it is read. */
  let unread: Answer | Error | undefined;
  /** What came of the last request, and how often that was something else than before. */
  let state: string | undefined;
  let generation = 0;

  const askAgain = async (
    context: Pick<ReadContext, "schedule" | "signal">,
  ): Promise<Answer | Error> => {
    const { schedule, signal } = context;
    const answer = await ask({ ...request, schedule, signal, held }).catch(toError);
    const next = answer instanceof Error ? answer.message : answer.checksum;
    if (state !== undefined && state !== next) generation += 1;
    state = next;
    if (!(answer instanceof Error)) held = answer;
    return answer;
  };
  return {
    name,
    async read(context) {
      const answer = unread ?? await askAgain(context);
      unread = undefined;
      if (!(answer instanceof Error)) return [documentOf(name, answer, format)];
      if (context.isNew && !optional) throw answer;
      if (!context.isNew || !isAbsent(answer)) context.stale(answer);
      return context.last;
    },
    watch(context) {
      let failures = 0;
      // Another configuration may use the source, and hear of news before.
      let seen = generation;
      const look = async () => {
        const answer = await askAgain(context);
        if (context.signal.aborted) return;
        failures = answer instanceof Error ? failures + 1 : 0;
        if (generation !== seen) {
          unread = answer;
          context.changed();
        }
        seen = generation;
        lookLater();
      };
      const lookLater = () =>
        context.schedule(delayOf(intervalMs, failures, random()), () => void look());
      lookLater();
    },
  };
}

/** Time until the next request, after so many failures in a row. */
function delayOf(intervalMs: number, failures: number, random: number): number {
  const backoff = Math.min(2 ** Math.min(failures, 30), LONGEST_BACKOFF);
  return intervalMs * backoff * (1 + JITTER * (2 * random - 1));
}

function documentOf(
  path: string,
  { bytes, checksum, extension }: Answer,
  format: Format | string | undefined,
): SourceDocument {
  return {
    path,
    bytes,
    checksum,
    ...(format !== undefined ? formatFields(format) : extension !== undefined && { extension }),
  };
}

/** Whether the server says that there is nothing. */
function isAbsent(error: Error): boolean {
  return error instanceof SourceError && error.code === "ENOENT";
}
