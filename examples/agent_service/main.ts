/**
 * Starts the service: `deno run -A examples/agent_service/main.ts [DIRECTORY] [PORT]`.
 *
 * Set `ALERT_WEBHOOK_URL` to have refused configurations, and their end, posted to a channel.
 *
 * @module
 */

import process from "node:process";
import { webhook } from "../../mod.ts";
import { configDirectory } from "./config_directory.ts";
import type { LogEntry } from "./log.ts";
import { startService } from "./service.ts";

function log({ level, message, stack }: LogEntry): void {
  console.log(`${new Date().toISOString()} ${level.padEnd(5)} ${message}`);
  if (stack !== undefined) console.log(stack);
}

const [directory = configDirectory(), port = "8080"] = process.argv.slice(2);
const channel = process.env.ALERT_WEBHOOK_URL;

try {
  const service = await startService({
    directory,
    port: Number(port),
    env: process.env,
    log,
    alerts: channel === undefined ? [] : [webhook(channel, { from: "agent service" })],
  });
  log({ level: "info", message: `${service.url} answers, settings from ${directory}` });
  const stop = (): void => void service.close();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
