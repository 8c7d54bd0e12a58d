// Hear about one value, a part, a pattern or everything; stop hearing by signal or disposal.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { watchConfig } from "../mod.ts"; // in your project: from "hotconf"

interface Settings {
  server: { host: string; port: number };
  services: Record<string, { timeoutMs: number }>;
}

const folder = await mkdtemp(join(tmpdir(), "hotconf-"));
const path = join(folder, "app.json");
const save = (settings: Settings) => writeFile(path, JSON.stringify(settings));
await save({ server: { host: "localhost", port: 8080 }, services: { mail: { timeoutMs: 100 } } });

await using config = await watchConfig<Settings>({ sources: [path] });
const changes = config.changes();
const until = new AbortController();

config.subscribe("server.port", (port, before) => console.log(`one value: ${before} → ${port}`));
config.subscribe("server", (server) => console.log(`a part: ${JSON.stringify(server)}`));
config.subscribe("services.*.timeoutMs", (ms, _before, { path }) => {
  console.log(`a pattern: ${path} is ${ms}`);
}, { signal: until.signal });
const everything = config.subscribe("*", (_value, _before, { path }) => {
  console.log(`everything: ${path}`);
});

await save({ server: { host: "localhost", port: 9090 }, services: { mail: { timeoutMs: 250 } } });
await changes.next();

until.abort();
everything[Symbol.dispose]();
await save({ server: { host: "localhost", port: 7070 }, services: { mail: { timeoutMs: 500 } } });
await changes.next();
await rm(folder, { recursive: true });
