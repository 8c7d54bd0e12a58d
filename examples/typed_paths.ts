// Paths are checked by the compiler, and values have the type of what stands there.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CheckedPath, type LiveConfig, type ValueAt, watchConfig } from "../mod.ts"; // in your project: from "hotconf"

interface Settings {
  server: { port: number; tls?: { key: string } };
  services: Record<string, { timeoutMs: number }>;
  store: { kind: "disk"; path: string } | { kind: "s3"; bucket: string };
}

const folder = await mkdtemp(join(tmpdir(), "hotconf-"));
const path = join(folder, "app.json");
const save = (settings: Settings) => writeFile(path, JSON.stringify(settings));
await save({ server: { port: 8080 }, services: {}, store: { kind: "disk", path: "/data" } });

await using config: LiveConfig<Settings> = await watchConfig<Settings>({ sources: [path] });
const changes = config.changes();

config.subscribe("server.port", (port) => console.log(`port ${port.toFixed()}`));
config.subscribe("server.tls.key", (key) => console.log(`key ${key?.length ?? "none"}`));
config.subscribe('services["eu.mail"].timeoutMs', (ms) => console.log(`mail ${ms ?? 100} ms`));
config.subscribe("services.*.timeoutMs", (ms, _, { path }) => console.log(`${path} ${ms ?? 100}`));
config.subscribe("store.bucket", (bucket) => console.log(`bucket ${bucket?.toUpperCase()}`));
// @ts-expect-error -- there is no such path: "server.port" and "server.tls" are suggested
config.subscribe("server.prot", () => {});
// A function of your own that takes paths:
function print<Path extends string>(
  path: CheckedPath<Settings, Path>,
  format: (value: ValueAt<Settings, Path>) => string,
): Disposable {
  return config.subscribe<Path>(path, (value) => console.log(format(value)));
}
print("store.kind", (kind) => ({ disk: "on disk", s3: "in the cloud" })[kind]);
const server = { port: 9090, tls: { key: "secret" } };
const store = { kind: "s3", bucket: "data" } as const;
await save({ server, store, services: { "eu.mail": { timeoutMs: 250 } } });
await changes.next();
await rm(folder, { recursive: true });
