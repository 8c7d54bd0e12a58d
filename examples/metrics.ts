// A page for Prometheus, and reloads as metrics and traces of OpenTelemetry.
import * as api from "@opentelemetry/api";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toPrometheus, watchConfig } from "../mod.ts"; // in your project: from "hotconf"
import { observe } from "../opentelemetry.ts"; // in your project: from "hotconf/opentelemetry"

const folder = await mkdtemp(join(tmpdir(), "hotconf-"));
const path = join(folder, "app.yaml");
await writeFile(path, "greeting: Hello\n");

await using config = await watchConfig<{ greeting: string }>({ sources: [path] });

// Silent until the program registers an SDK with the API.
observe(config, api);

const server = createServer((_request, response) => {
  response.setHeader("content-type", "text/plain; version=0.0.4");
  response.end(toPrometheus(config.statistics(), config.health(), { labels: { config: "app" } }));
}).listen(0);

const changes = config.changes();
await writeFile(path, "greeting: Good morning\n");
await changes.next();

const { port } = server.address() as AddressInfo;
const page = await (await fetch(`http://localhost:${port}/metrics`)).text();
for (const line of page.split("\n")) {
  if (/^hotconf_(reloads_total|reload_duration_seconds_count|health)\{/.test(line)) {
    console.log(line);
  }
}

const { reloads, stages } = config.statistics({ reset: true })!;
console.log(`${reloads.succeeded} succeeded; parsing took ${stages.parse.p50Ms} ms`);
console.log(`counted since: ${config.statistics()!.reloads.total}`);

server.close();
server.closeAllConnections();
await rm(folder, { recursive: true });
