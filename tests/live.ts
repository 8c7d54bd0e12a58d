/** A watched configuration on files in memory and a clock that stands still. */

import { watchConfig } from "../mod.ts";
import type { ConfigEvent, LiveConfig, ReloadOutcome, WatchConfigOptions } from "../mod.ts";
import { createMemoryRuntime, type MemoryRuntime } from "../testing.ts";

/** A configuration under test, with everything to move it. */
export interface Live<T> extends AsyncDisposable {
  readonly config: LiveConfig<T>;
  readonly files: MemoryRuntime["files"];
  readonly clock: MemoryRuntime["clock"];
  readonly runtime: MemoryRuntime;
  /** Every event since the first load but `healthChanged`, oldest first. */
  readonly events: ConfigEvent[];
  /** Saves a file the way editors do and lets a save's time pass. */
  save(path: string, text: string): Promise<void>;
  /** Reloads by hand and lets the time pass in which a file may be written on. */
  reload(
    options?: { readonly source?: string; readonly force?: boolean },
  ): Promise<ReloadOutcome>;
  /** Resumes in the same way. */
  resume(): Promise<ReloadOutcome>;
}

/** Longer than a file has to be quiet. */
const QUIET_MS = 100;

/** Longer than any save takes to be dealt with, `maxDelayMs` and the backstop included. */
const SAVE_MS = 3000;

/** Watches `/app.yaml`, or the sources in `options`, after writing `files`. */
export async function openLive<T = unknown>(
  files: Readonly<Record<string, string>>,
  options: Partial<WatchConfigOptions<T>> = {},
): Promise<Live<T>> {
  const runtime = options.runtime as MemoryRuntime | undefined ?? createMemoryRuntime();
  for (const [path, text] of Object.entries(files)) runtime.files.write(path, text);
  const config = await watchConfig<T>({ sources: Object.keys(files), ...options, runtime });
  const passing = async (outcome: Promise<ReloadOutcome>) => {
    await runtime.clock.advance(QUIET_MS);
    return await outcome;
  };
  const events: ConfigEvent[] = [];
  config.on("*", (event) => void (event.type === "healthChanged" || events.push(event)));
  return {
    config,
    runtime,
    events,
    files: runtime.files,
    clock: runtime.clock,
    async save(path, text) {
      runtime.files.writeAtomically(path, text);
      await runtime.clock.advance(SAVE_MS);
    },
    reload: (given) => passing(config.reload(given)),
    resume: () => passing(config.resume()),
    [Symbol.asyncDispose]: () => config.close(),
  };
}

/** The types of events, in order. */
export function typesOf(events: readonly ConfigEvent[]): string[] {
  return events.map(({ type }) => type);
}

/** The events of one type, in order. */
export function eventsOf<Type extends ConfigEvent["type"]>(
  events: readonly ConfigEvent[],
  type: Type,
): Extract<ConfigEvent, { type: Type }>[] {
  return events.filter((event) => event.type === type) as Extract<ConfigEvent, { type: Type }>[];
}

/** Why a handle is not well, as sentences. */
export function reasonsOf(config: Pick<LiveConfig<unknown>, "health">): string[] {
  return config.health().reasons.map(({ message }) => message);
}
