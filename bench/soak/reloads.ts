/**
 * A program that watches a configuration for the whole soak: `reloads.ts FILE`. It says `c SEQ` for
 * each configuration that is committed, `r` for each that is refused, and answers `look` with what
 * it holds.
 *
 * @module
 */

import process from "node:process";
import { watchConfig } from "../../mod.ts";
import { listen, say } from "../lines.ts";
import { type Resources, sampleResources } from "./resources.ts";

/** What is saved over and over. */
export interface SoakConfig {
  readonly seq: number;
  readonly server: { readonly port: number };
}

/** What the program answers when it is asked. */
export interface Look extends Resources {
  /** Revision of the configuration it has. */
  readonly revision: number;
  /** Times a subscriber and a reader of `changes()` were called. */
  readonly notified: readonly [subscriber: number, changes: number];
}

const [file = ""] = process.argv.slice(2);
const config = await watchConfig<SoakConfig>({
  sources: [file],
  validators: [checkPort],
});
let subscribed = 0;
let changed = 0;
config.on("reloadSucceeded", () => say(`c ${config.current.seq}`));
config.on("reloadFailed", () => say("r"));
config.on("validationFailed", () => say("r"));
config.subscribe("server", () => subscribed++);
void countChanges();
listen(async () => {
  const { revision } = config;
  const look: Look = {
    ...await sampleResources(),
    revision,
    notified: [subscribed, changed],
  };
  say(JSON.stringify(look));
});
say("ready");

function checkPort({ server }: SoakConfig): { path: string; message: string }[] {
  return server.port > 0 ? [] : [{ path: "server.port", message: "must be above 0" }];
}

async function countChanges(): Promise<void> {
  for await (const _change of config.changes()) changed++;
}
