/**
 * The configuration that is saved over and over: about 2 KB of YAML whose first key is the number
 * of the save and whose last key repeats it, so that a reader holding half of it gives itself away.
 *
 * @module
 */

import type { Random } from "./random.ts";

const PROVIDERS = [
  "anthropic",
  "azure",
  "bedrock",
  "groq",
  "mistral",
  "openai",
  "together",
];

/** The text of save number `seq`. */
export function sampleText(seq: number, random: Random): string {
  return `# Agent service, written by the deployment tool
seq: ${seq}
server:
  host: 0.0.0.0
  port: ${random(8000, 8999)}
  timeoutMs: ${random(1, 60) * 500}
providers:
${PROVIDERS.map((name) => sampleProvider(name, random)).join("")}limits:
  requestsPerMinute: ${random(100, 5000)}
  burst: ${random(10, 500)}
  perTenant:
    free: ${random(1, 20)}
    team: ${random(20, 200)}
    company: ${random(200, 2000)}
features:
  streaming: ${random(0, 1) === 1}
  toolUse: true
  darkMode: ${random(0, 1) === 1}
end: ${seq}
`;
}

function sampleProvider(name: string, random: Random): string {
  return `  ${name}:
    endpoint: https://${name}.example.com/v1/messages
    model: ${name}-large-${random(1, 9)}
    maxTokens: ${random(1, 64) * 1024}
    temperature: 0.${random(1, 9)}
    timeoutMs: ${random(5, 60) * 1000}
    retries: ${random(0, 5)}
    tags: [production, region-${random(1, 4)}]
    # Raise together with limits.requestsPerMinute
    concurrency: ${random(1, 64)}
`;
}
