/**
 * What every peer's user writes: read, parse with js-yaml, validate with arktype, hand over.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { type } from "arktype";
import { load } from "js-yaml";

/**
 * Requires what the service can't start without and leaves the rest optional or a map, as schemas
 * of configurations do: a file cut off in the middle can be valid.
 */
export const Settings: (candidate: unknown) => unknown = type({
  seq: "number.integer",
  server: {
    host: "string",
    port: "1 <= number.integer <= 65535",
    "timeoutMs?": "number >= 0",
  },
  "providers?": {
    "[string]": {
      endpoint: "string.url",
      "model?": "string",
      "maxTokens?": "number.integer > 0",
      "temperature?": "0 <= number <= 2",
      "timeoutMs?": "number >= 0",
      "retries?": "number.integer >= 0",
      "tags?": "string[]",
      "concurrency?": "number.integer > 0",
    },
  },
  "limits?": {
    requestsPerMinute: "number > 0",
    "burst?": "number > 0",
    "perTenant?": { "[string]": "number" },
  },
  "features?": { "[string]": "boolean" },
  "end?": "number.integer",
});

/** Takes a configuration that a system considers good. */
export type Accept = (settings: unknown) => void;

/** Starts watching `file`; settles when every later save should be seen. */
export type System = (file: string, accept: Accept) => Promise<void> | void;

/** Hands the candidate over when it is valid; an invalid one leaves the old one in place. */
export function acceptValid(candidate: unknown, accept: Accept): void {
  const settings = Settings(candidate);
  if (!(settings instanceof type.errors)) accept(settings);
}

/** Reads and parses the file, and hands it over when it is valid. */
export function reload(file: string, accept: Accept): void {
  let candidate: unknown;
  try {
    candidate = load(readFileSync(file, "utf8"));
  } catch {
    return; // Unreadable or not YAML: the old configuration stays.
  }
  acceptValid(candidate, accept);
}
