/**
 * The service: a live configuration, the parts that use it, and an HTTP server.
 *
 * @module
 */

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { LiveConfig } from "../../mod.ts";
import { ChainOrchestrator } from "./chain_orchestrator.ts";
import { createRequestListener } from "./http_api.ts";
import { describeEvent, type Log } from "./log.ts";
import { ProviderFactory } from "./provider_factory.ts";
import { RateLimiter } from "./rate_limiter.ts";
import type { Settings } from "./settings.ts";
import { watchSettings, type WatchSettingsOptions } from "./watch_settings.ts";

/** Options of {@linkcode startService}. */
export interface ServiceOptions extends WatchSettingsOptions {
  /** Directory with the three files. */
  readonly directory: string;
  /** Port on the loopback interface; 0 for a free one. @default {0} */
  readonly port?: number;
  /** Takes what is said about the configuration. */
  readonly log: Log;
}

/** A running service. */
export interface Service extends AsyncDisposable {
  /** Address of the server, without a slash at the end. */
  readonly url: string;
  /** The live configuration. */
  readonly config: LiveConfig<Settings>;
  /** Answers the requests at hand, then ends everything. */
  close(): Promise<void>;
}

/**
 * Starts the service.
 *
 * @throws {Error} When the configuration is not valid to begin with, or the port is taken.
 */
export async function startService(
  { directory, port = 0, log, ...options }: ServiceOptions,
): Promise<Service> {
  const config = await watchSettings(directory, options);
  const limiter = new RateLimiter(config.current);
  const orchestrator = new ChainOrchestrator(new ProviderFactory(options.env));

  config.on("*", (event) => describeEvent(event).forEach(log));

  const server = createServer(
    createRequestListener({ config, limiter, orchestrator, env: options.env }),
  );
  try {
    await config.attach({
      name: "rate limiter",
      select: ({ rate_limits, agent_chains }) => ({ rate_limits, agent_chains }),
      commit: (settings) => limiter.apply(settings),
    });
    await listen(server, port);
  } catch (error) {
    await config.close();
    throw error;
  }
  const close = async (): Promise<void> => {
    await Promise.all([stop(server), config.close()]);
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    config,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** Requests under way get this long to be answered; a connection kept open may look like one. */
const GRACE_MS = 1_000;

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
