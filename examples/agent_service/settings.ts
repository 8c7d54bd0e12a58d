/**
 * The shape of the three files in `config/`, merged.
 *
 * @module
 */

/** Everything the service is configured with. */
export interface Settings {
  /** From `rate_limits.yaml`. */
  readonly rate_limits: RateLimits;
  /** From `agent_chains.yaml`, by chain name. */
  readonly agent_chains: Readonly<Record<string, Chain>>;
  /** From `providers.yaml`, by provider name. */
  readonly providers: Readonly<Record<string, ProviderSettings>>;
}

/** Limits of all chains. */
export interface RateLimits {
  /** For chains without an entry of their own. */
  readonly default: RateLimit;
  /** By chain name. */
  readonly chains?: Readonly<Record<string, RateLimit>>;
}

/** Limit of one chain. */
export interface RateLimit {
  /** Requests per minute in the long run. */
  readonly rpm: number;
  /** Requests accepted at once before the rate applies. */
  readonly burst: number;
}

/** What happens to a request. */
export interface Chain {
  /** What the chain is for. */
  readonly description: string;
  /** Deadline of the whole chain in milliseconds. */
  readonly timeout_ms: number;
  /** At least one; each one's answer is the next one's `{input}`. */
  readonly steps: readonly ChainStep[];
}

/** One question to one provider. */
export interface ChainStep {
  /** Name in answers and logs. */
  readonly name: string;
  /** Name of an enabled provider. */
  readonly provider: string;
  /** Name of another enabled provider, asked when the first one fails. */
  readonly fallback?: string;
  /** Text with `{input}` where the request or the previous answer goes. */
  readonly prompt: string;
}

/** One provider, told apart by `kind`. */
export type ProviderSettings = EchoSettings | MockSettings | RemoteSettings;

/** Answers with the prompt. */
export interface EchoSettings {
  /** Tells this provider from others. */
  readonly kind: "echo";
  /** Whether chains may use it. */
  readonly enabled: boolean;
}

/** Answers with a fixed text. */
export interface MockSettings {
  /** Tells this provider from others. */
  readonly kind: "mock";
  /** Whether chains may use it. */
  readonly enabled: boolean;
  /** The text. */
  readonly reply: string;
  /** How long an answer takes, in milliseconds. */
  readonly latency_ms?: number;
}

/** Asks a service over HTTP. */
export interface RemoteSettings {
  /** Which protocol the service speaks. */
  readonly kind: "openai" | "anthropic";
  /** Whether chains may use it. */
  readonly enabled: boolean;
  /** Address up to and including the version, for example `https://api.openai.com/v1`. */
  readonly base_url: string;
  /** Name of the model. */
  readonly model: string;
  /** Name of the environment variable that holds the API key. */
  readonly api_key_env: string;
  /** Deadline of one answer in milliseconds. */
  readonly timeout_ms: number;
}

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;
