/**
 * Starts the service: `deno run -A examples/agent_service/main.ts [DIRECTORY] [PORT]`.
 *
 * Set `ALERT_WEBHOOK_URL` to have refused configurations posted to a channel.
 *
 * @module
 */

import process from "node:process";
import { configDirectory } from "./config_directory.ts";
import type { LogEntry } from "./log.ts";
import { startService } from "./service.ts";
import { createWebhook } from "./webhook.ts";

function log({ level, message, stack }: LogEntry): void {
  console.log(`${new Date().toISOString()} ${level.padEnd(5)} ${message}`);
  if (stack !== undefined) console.log(stack);
}

const [directory = configDirectory(), port = "8080"] = process.argv.slice(2);
const webhook = process.env.ALERT_WEBHOOK_URL;

try {
  const service = await startService({
    directory,
    port: Number(port),
    env: process.env,
    log,
    notify: webhook === undefined ? undefined : createWebhook(webhook),
  });
  log({ level: "info", message: `${service.url} answers, settings from ${directory}` });
  const stop = (): void => void service.close();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
