/**
 * What the sample has to satisfy, as an arktype schema without morphs.
 *
 * @module
 */

import { type } from "arktype";
import type { StandardSchema } from "../../mod.ts";

const Service = type({
  image: "string",
  replicas: "1 <= number.integer <= 1000000",
  enabled: "boolean",
  regions: "string[]",
  endpoint: {
    url: "string",
    port: "1 <= number.integer <= 65535",
    timeoutMs: "number >= 0",
  },
  resources: { cpu: "number > 0", memory: "string" },
  environment: type({ name: "string", value: "string | number" }).array(),
  health: {
    path: "string",
    everyMs: "number > 0",
    failures: "number.integer > 0",
  },
  notes: "string",
});

/** The schema of {@linkcode Sample}. */
export const Settings: StandardSchema<unknown> = type({
  teams: {
    "[string]": {
      owner: "string",
      budget: "number",
      services: { "[string]": Service },
    },
  },
});
