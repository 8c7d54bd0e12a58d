/**
 * Token buckets that take new limits while they are in use.
 *
 * @module
 */

import type { RateLimit, Settings } from "./settings.ts";

/** Answer of {@linkcode RateLimiter.take}. */
export type Admission =
  | { readonly allowed: true; readonly remaining: number }
  | { readonly allowed: false; readonly retryAfterMs: number };

interface Bucket {
  limit: RateLimit;
  tokens: number;
  filledAt: number;
}

/** What the limiter needs to know. */
export type LimiterSettings = Pick<Settings, "rate_limits" | "agent_chains">;

/** Lets each chain have `burst` requests at once and `rpm` a minute in the long run. */
export class RateLimiter {
  readonly #buckets = new Map<string, Bucket>();
  readonly #now: () => number;

  /**
   * @param settings Limits to begin with; every bucket is full.
   * @param now Monotonic time in milliseconds.
   */
  constructor(settings: LimiterSettings, now: () => number = () => performance.now()) {
    this.#now = now;
    this.apply(settings);
  }

  /**
   * Takes new limits. Time that has passed counts at the old rate; the tokens at hand stay, but
   * never more than the new burst, so that a change neither hands out nor takes away requests.
   */
  apply(settings: LimiterSettings): void {
    for (const chain of this.#buckets.keys()) {
      if (!Object.hasOwn(settings.agent_chains, chain)) this.#buckets.delete(chain);
    }
    for (const chain of Object.keys(settings.agent_chains)) {
      const limit = settings.rate_limits.chains?.[chain] ?? settings.rate_limits.default;
      const bucket = this.#buckets.get(chain);
      if (bucket === undefined) {
        this.#buckets.set(chain, { limit, tokens: limit.burst, filledAt: this.#now() });
      } else {
        this.#fill(bucket);
        bucket.limit = limit;
        bucket.tokens = Math.min(bucket.tokens, limit.burst);
      }
    }
  }

  /** Asks for one request of `chain`; a chain without a bucket is refused for a second. */
  take(chain: string): Admission {
    const bucket = this.#buckets.get(chain);
    if (bucket === undefined) return { allowed: false, retryAfterMs: 1000 };
    this.#fill(bucket);
    if (bucket.tokens < 1) {
      return { allowed: false, retryAfterMs: (1 - bucket.tokens) * 60_000 / bucket.limit.rpm };
    }
    bucket.tokens -= 1;
    return { allowed: true, remaining: Math.floor(bucket.tokens) };
  }

  #fill(bucket: Bucket): void {
    const now = this.#now();
    const earned = (now - bucket.filledAt) * bucket.limit.rpm / 60_000;
    bucket.tokens = Math.min(bucket.limit.burst, bucket.tokens + earned);
    bucket.filledAt = now;
  }
}
