/**
 * The service's three files as one live configuration.
 *
 * @module
 */

import { join } from "node:path";
// In a project of your own, import from "hotconf".
import { file, type LiveConfig, watchConfig, type WatchConfigOptions } from "../../mod.ts";
import schema, { createRules } from "./schema.ts";
import type { Environment, Settings } from "./settings.ts";

/** The files, later ones win. */
export const FILES = ["rate_limits.yaml", "agent_chains.yaml", "providers.yaml"] as const;

/** Options of {@linkcode watchSettings}. */
export interface WatchSettingsOptions
  extends Omit<WatchConfigOptions<Settings>, "sources" | "statistics"> {
  /** Where API keys are looked up. */
  readonly env: Environment;
}

/**
 * Watches the files in `directory`; the rules between them always apply, `validators` add to them.
 *
 * @throws {Error} When the files are not valid to begin with.
 */
export function watchSettings(
  directory: string,
  { env, validators = [], ...options }: WatchSettingsOptions,
): Promise<LiveConfig<Settings>> {
  return watchConfig<Settings>({
    schema,
    ...options,
    sources: FILES.map((name) => file(join(directory, name))),
    validators: [...createRules(env), ...validators],
  });
}
