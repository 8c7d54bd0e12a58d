/**
 * Clients for the providers of a configuration, kept for as long as their settings stay the same.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import type { Environment, ProviderSettings, RemoteSettings, Settings } from "./settings.ts";

/** Answers prompts. */
export interface Provider {
  /**
   * The answer to `prompt`.
   *
   * @throws {ProviderError} When the provider can't answer.
   */
  complete(prompt: string, signal: AbortSignal): Promise<string>;
}

/** A provider can't answer. The message never holds the key, the prompt or the answer. */
export class ProviderError extends Error {
  override readonly name = "ProviderError";
}

/** Gives each provider's client, a new one only when the provider's own settings changed. */
export class ProviderFactory {
  readonly #env: Environment;
  // Unchanged parts of a configuration keep their identity across revisions, so the settings
  // object is the key, and a client goes away with the last snapshot that uses it.
  readonly #clients = new WeakMap<ProviderSettings, Provider>();

  /** @param env Where API keys are looked up, by the name in `api_key_env`. */
  constructor(env: Environment) {
    this.#env = env;
  }

  /**
   * The client of provider `name` as `settings` have it.
   *
   * @throws {ProviderError} When there is none of that name.
   */
  get(settings: Settings, name: string): Provider {
    const own = Object.hasOwn(settings.providers, name) ? settings.providers[name] : undefined;
    if (own === undefined) throw new ProviderError(`No provider is called "${name}"`);
    const known = this.#clients.get(own);
    if (known !== undefined) return known;
    const created = this.#create(name, own);
    this.#clients.set(own, created);
    return created;
  }

  #create(name: string, settings: ProviderSettings): Provider {
    switch (settings.kind) {
      case "echo":
        return { complete: (prompt) => Promise.resolve(prompt) };
      case "mock":
        return {
          complete: (_prompt, signal) =>
            delay(settings.latency_ms ?? 0, settings.reply, { signal }),
        };
      default:
        return {
          complete: (prompt, signal) =>
            askRemote(name, settings, this.#env[settings.api_key_env] ?? "", prompt, signal),
        };
    }
  }
}

async function askRemote(
  name: string,
  { kind, base_url, model, timeout_ms }: RemoteSettings,
  key: string,
  prompt: string,
  signal: AbortSignal,
): Promise<string> {
  const messages = [{ role: "user", content: prompt }];
  const [path, headers, body] = kind === "openai"
    ? ["chat/completions", { authorization: `Bearer ${key}` }, { model, messages }]
    : [
      "messages",
      { "x-api-key": key, "anthropic-version": "2023-06-01" },
      { model, messages, max_tokens: 1024 },
    ];
  try {
    const response = await fetch(`${base_url.replace(/\/$/u, "")}/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers } as Record<string, string>,
      body: JSON.stringify(body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeout_ms)]),
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new ProviderError(`Provider "${name}" answered with status ${response.status}`);
    }
    return readAnswer(kind, await response.json());
  } catch (error) {
    if (error instanceof ProviderError) throw error;
    const reason = error instanceof Error ? error.name : typeof error;
    throw new ProviderError(`Cannot ask provider "${name}": ${reason}`, { cause: error });
  }
}

function readAnswer(kind: RemoteSettings["kind"], reply: unknown): string {
  const { choices, content } = (reply ?? {}) as {
    choices?: { message?: { content?: unknown } }[];
    content?: { text?: unknown }[];
  };
  const answer = kind === "openai" ? choices?.[0]?.message?.content : content?.[0]?.text;
  if (typeof answer !== "string") throw new ProviderError(`The answer is not one of ${kind}`);
  return answer;
}
