/**
 * Alerts to a URL.
 *
 * @module
 */

import { AlertError } from "../errors.ts";
import { addressOf } from "../source/http_address.ts";
import { type Fetch, reasonOf } from "../source/http_request.ts";
import type { Alert, AlertSink, AlertSinkOptions } from "./alert.ts";
import { line } from "./alert_text.ts";

/** Options of {@linkcode webhook}. */
export interface WebhookOptions extends AlertSinkOptions {
  /**
   * `slack`: `{ "text": … }` in Slack's markup, which Mattermost and Rocket.Chat understand as well;
   * `json`: the {@linkcode Alert}. @default {"slack"}
   */
  readonly format?: "slack" | "json";
  /** Who sends it, such as the names of service and host; stands in front of the title. */
  readonly from?: string;
  /** Headers of each request; they are told to nobody else. @default {{}} */
  readonly headers?: Readonly<Record<string, string>>;
  /** Name of the sink. @default {the scheme and the host of the URL: the rest of it is secret} */
  readonly name?: string;
  /** How to post. @default {fetch of the runtime} */
  readonly fetch?: Fetch;
}

/** Statuses that say: later. */
const LATER: readonly number[] = [408, 429];

/**
 * A URL that alerts are posted to, one after the other. It is asked again when it can't be reached,
 * or answers with 408, 429 or 5xx: after a growing time, or when `Retry-After` says. Redirects are
 * not followed, as they would tell the alert to somebody else. Of the URL, which is a secret, only
 * scheme and host are shown.
 *
 * @param url `https:` or `http:`; credentials in it are sent as a header.
 * @throws {TypeError} When it is no such URL, or a header is none.
 * @throws {RangeError} When the format is unknown.
 * @example
 * ```ts
 * import process from "node:process";
 * import { watchConfig, webhook } from "hotconf";
 *
 * await using config = await watchConfig({
 *   sources: ["config/app.yaml"],
 *   alerts: [webhook(process.env.SLACK_WEBHOOK_URL!, { from: "billing on web-3" })],
 * });
 * ```
 */
export function webhook(url: string | URL, options: WebhookOptions = {}): AlertSink {
  const { format = "slack", from, headers = {}, name, ...rest } = options;
  const { fetch: post = (target: URL, init: RequestInit) => fetch(target, init), ...bounds } = rest;
  if (format !== "slack" && format !== "json") {
    throw new RangeError(`Cannot use format ${JSON.stringify(format)}: use "slack" or "json"`);
  }
  const address = addressOf(url);
  const sink = name ?? address.url.origin;
  const allHeaders = headersOf({ ...address.headers, ...headers });
  const bodyOf = format === "slack" ? slackBody : jsonBody;
  return {
    ...bounds,
    name: sink,
    async send(alert, { signal }) {
      const body = JSON.stringify(bodyOf(alert, from));
      const request = { method: "POST", headers: allHeaders, body, redirect: "manual", signal };
      const response = await answerOf(() => post(address.url, request as RequestInit), sink);
      const error = errorOf(sink, response);
      // What it says is not read, and need not arrive.
      response.body?.cancel().catch(() => {});
      if (error !== undefined) throw error;
    },
  };
}

async function answerOf(ask: () => Promise<Response>, sink: string): Promise<Response> {
  try {
    return await ask();
  } catch (error) {
    // Its message and its cause may hold the whole URL.
    throw new AlertError({ sink, reason: reasonOf(error)[0] });
  }
}

function headersOf(given: Readonly<Record<string, string>>): Headers {
  try {
    const headers = new Headers(given);
    if (!headers.has("content-type")) headers.set("content-type", "application/json");
    return headers;
  } catch {
    // What is wrong with it may be quoted, and may be a secret.
    throw new TypeError("Cannot use the headers of a webhook: they are not well-formed");
  }
}

function errorOf(sink: string, { status, headers }: Response): AlertError | undefined {
  if (status >= 200 && status < 300) return undefined;
  const isRedirect = status < 400;
  const reason = isRedirect
    ? `status ${status}, and redirects are not followed`
    : `status ${status}`;
  const canRetry = status >= 500 || LATER.includes(status);
  return new AlertError({ sink, reason, canRetry, retryAfterMs: retryAfterMs(headers) });
}

/** What `Retry-After` asks for: seconds, or a date, which is compared with the server's own. */
function retryAfterMs(headers: Headers): number | undefined {
  const text = headers.get("retry-after") ?? "";
  if (/^\d+$/u.test(text)) return Number(text) * 1000;
  const ms = Date.parse(text) - Date.parse(headers.get("date") ?? "");
  return ms > 0 ? ms : undefined;
}

function jsonBody(alert: Alert, from: string | undefined): object {
  return { ...(from !== undefined && { from }), ...alert };
}

function slackBody({ severity, title, text }: Alert, from: string | undefined): object {
  const who = from === undefined ? "" : `${line(from)}: `;
  // Between such marks nothing is a mention, a link or bold.
  const quoted = text.replaceAll("```", "'''");
  return { text: escapeSlack(`*${who}${title}* (${severity})\n\`\`\`\n${quoted}\n\`\`\``) };
}

/** All that Slack asks to escape. */
function escapeSlack(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
