// Two parts of a program take new settings together, or neither does.
import { createServer, type Server } from "node:http";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { watchConfig } from "../mod.ts"; // in your project: from "hotconf"

const folder = await mkdtemp(join(tmpdir(), "hotconf-"));
const path = join(folder, "app.yaml");
const save = (port: number, rpm: number) => writeFile(path, `port: ${port}\nrpm: ${rpm}\n`);
await save(0, 10);

await using config = await watchConfig<{ port: number; rpm: number }>({
  sources: [path],
  maxReloadAttempts: 1,
});

let rpm = 0;
using _limiter = await config.attach({
  name: "limiter",
  select: (settings) => settings.rpm,
  commit: (next) => void (rpm = next), // without `undo`, the value before is committed again
});

let running: Server | undefined;
using _server = await config.attach({
  name: "server",
  select: (settings) => settings.port,
  // A port that is taken is found here, while the old server still answers.
  prepare: (port, { signal }) =>
    new Promise<Server>((resolve, reject) => {
      const server = createServer((_, response) => response.end("hello")).once("error", reject);
      server.listen(port, "127.0.0.1", () => resolve(server));
      signal.addEventListener("abort", () => server.close());
    }),
  commit(_port, { prepared }) {
    running?.close();
    running = prepared;
  },
});

const { port } = running!.address() as { port: number };
config.on("reloadFailed", ({ error, revision }) => {
  console.log(`revision ${revision} stays: ${error.message.replace(`${port}`, "the port")}`);
  console.log(`rpm is ${rpm}`);
});

const refused = new Promise((resolve) => config.on("reloadFailed", resolve, { once: true }));
await save(port, 20); // the port that the server itself has
await refused;
const changes = config.changes();
await save(0, 30);
await changes.next();
console.log(`rpm is ${rpm}`);

running!.close();
await rm(folder, { recursive: true });
