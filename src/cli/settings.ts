/**
 * Loads the file named with `--settings`.
 *
 * @module
 */

import { dirname, resolve } from "node:path";
import { ParseError, SourceError, ValidationError } from "../errors.ts";
import {
  type HotReloadOptions,
  hotReloadOptions,
  type HotReloadSettings,
  hotReloadSettings,
} from "../hot_reload_settings.ts";
import { formatIssue } from "../issue.ts";
import { loadConfig } from "../load_config.ts";
import { file } from "../source/file.ts";
import type { CommandIo } from "./io.ts";
import { displayPath } from "./style.ts";
import { UsageError } from "./usage_error.ts";

/** The settings of a file, and the options that they stand for. */
export interface LoadedSettings {
  /** What the file says, with defaults. */
  readonly settings: HotReloadSettings;
  /** Its sources are relative to the file. */
  readonly options: HotReloadOptions;
}

/**
 * Loads settings.
 *
 * @param name Path of the file, as typed.
 * @throws {UsageError} When the file can't be read or parsed, or a setting is wrong.
 */
export async function loadSettings(
  name: string,
  { cwd, runtime }: Pick<CommandIo, "cwd" | "runtime">,
): Promise<LoadedSettings> {
  const path = resolve(cwd, name);
  try {
    const schema = hotReloadSettings;
    const { value: settings } = await loadConfig({ sources: [file(path)], schema, runtime });
    return { settings, options: hotReloadOptions(settings, dirname(path)) };
  } catch (thrown) {
    throw new UsageError(`Cannot use the settings: ${explain(thrown, cwd)}`, { cause: thrown });
  }
}

function explain(thrown: unknown, cwd: string): string {
  if (thrown instanceof ValidationError) {
    return thrown.issues.map((issue) => formatIssue({ ...issue, file: shown(issue.file, cwd) }))
      .join("; ");
  }
  if (thrown instanceof ParseError || thrown instanceof SourceError) {
    return thrown.message.replace(thrown.file, () => displayPath(thrown.file, cwd));
  }
  return thrown instanceof Error ? thrown.message : String(thrown);
}

function shown(path: string | undefined, cwd: string): string | undefined {
  return path === undefined ? undefined : displayPath(path, cwd);
}
