/**
 * What a valid configuration is: the schema of the merged files, and rules between the files.
 *
 * `deno task watch` and `hotconf watch --schema examples/agent_service/schema.ts` load this module.
 *
 * @module
 */

import process from "node:process";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type } from "arktype";
import type { Environment, Settings } from "./settings.ts";

const RateLimit = type({
  rpm: "1 <= number.integer <= 100000",
  burst: "1 <= number.integer <= 10000",
});

const Chain = type({
  description: "string",
  timeout_ms: "1 <= number.integer <= 600000",
  steps: type({ name: "string > 0", provider: "string", "fallback?": "string", prompt: "string" })
    .array().atLeastLength(1),
});

// `actual` is emptied because a key pasted here by mistake must not be repeated in an issue.
const EnvironmentName = type(/^[A-Z][A-Z0-9_]*$/).configure({
  expected: () => "the name of an environment variable such as OPENAI_API_KEY, never the key",
  actual: () => "",
});

const REMOTE = {
  enabled: "boolean",
  base_url: "string.url",
  model: "string > 0",
  api_key_env: EnvironmentName,
  timeout_ms: "1 <= number.integer <= 600000",
} as const;

// One branch for each kind, so that an issue speaks about the fields of that kind only.
const Provider = type({ kind: "'echo'", enabled: "boolean" })
  .or({
    kind: "'mock'",
    enabled: "boolean",
    reply: "string",
    "latency_ms?": "0 <= number <= 60000",
  })
  .or({ kind: "'openai'", ...REMOTE })
  .or({ kind: "'anthropic'", ...REMOTE });

const schema: StandardSchemaV1<unknown, Settings> = type({
  rate_limits: { default: RateLimit, "chains?": { "[string]": RateLimit } },
  agent_chains: { "[string]": Chain },
  providers: { "[string]": Provider },
}).onDeepUndeclaredKey("reject");

// Annotated, so that whoever imports it checks an interface and not arktype's inference.
export default schema;

/** One thing a rule finds wrong. */
export interface Finding {
  /** Where, as segments. */
  path: (string | number)[];
  /** What, in one sentence. */
  message: string;
}

/** A rule over the merged configuration. */
export type Rule = (settings: Settings) => Finding[];

/** The rules between the files, with the environment that must hold the API keys. */
export function createRules(env: Environment): Rule[] {
  return [stepsUseEnabledProviders, limitsNameChains, (settings) => keysAreSet(settings, env)];
}

/** The rules, with the environment of this process. */
export const validators: Rule[] = createRules(process.env);

function stepsUseEnabledProviders({ agent_chains, providers }: Settings): Finding[] {
  const findings: Finding[] = [];
  const checkProvider = (name: string, path: (string | number)[]) => {
    const known = Object.keys(providers).join(", ");
    if (!Object.hasOwn(providers, name)) {
      findings.push({ path, message: `no provider is called "${name}" (there are ${known})` });
    } else if (!providers[name]!.enabled) {
      findings.push({ path, message: `provider "${name}" is not enabled` });
    }
  };
  for (const [chain, { steps }] of Object.entries(agent_chains)) {
    for (const [index, { provider, fallback }] of steps.entries()) {
      const path = ["agent_chains", chain, "steps", index];
      checkProvider(provider, [...path, "provider"]);
      if (fallback === undefined) continue;
      if (fallback !== provider) checkProvider(fallback, [...path, "fallback"]);
      else findings.push({ path: [...path, "fallback"], message: "must be another provider" });
    }
  }
  return findings;
}

function limitsNameChains({ agent_chains, rate_limits }: Settings): Finding[] {
  return Object.keys(rate_limits.chains ?? {})
    .filter((chain) => !Object.hasOwn(agent_chains, chain))
    .map((chain) => ({
      path: ["rate_limits", "chains", chain],
      message: `no chain is called "${chain}"`,
    }));
}

function keysAreSet({ providers }: Settings, env: Environment): Finding[] {
  const findings: Finding[] = [];
  for (const [name, provider] of Object.entries(providers)) {
    if (!("api_key_env" in provider)) continue;
    const { username, password } = new URL(provider.base_url);
    if (username !== "" || password !== "") {
      findings.push({ path: ["providers", name, "base_url"], message: "must hold no credentials" });
    }
    if (provider.enabled && !env[provider.api_key_env]) {
      findings.push({
        path: ["providers", name, "api_key_env"],
        message: `environment variable ${provider.api_key_env} is not set, ` +
          `so "${name}" cannot be enabled`,
      });
    }
  }
  return findings;
}
