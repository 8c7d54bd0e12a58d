// Variables over files: a base file, `.env` for the laptop, the environment, and watching both.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { type } from "arktype";
import { dotenv, env, watchConfig, watchEnv } from "../mod.ts"; // in your project: from "hotconf"

const Settings = type({ server: { host: "string", port: "number" }, logLevel: "string" });

const folder = await mkdtemp(join(tmpdir(), "hotconf-"));
const [app, local] = [join(folder, "app.yaml"), join(folder, ".env")];
await writeFile(app, "server: { host: localhost, port: 8080 }\nlogLevel: info\n");
await writeFile(local, 'HOST=db\nAPP_SERVER__HOST="${HOST}.local"\n');
process.env["APP_SERVER__PORT"] = "9090";

await using config = await watchConfig({
  schema: Settings,
  sources: [
    app,
    dotenv(local, { prefix: "APP_", optional: true }),
    env({ prefix: "APP_", map: { LOG_LEVEL: "logLevel" }, watch: true, intervalMs: 500 }),
  ],
});
const { host, port } = config.current.server;
console.log(`${host}:${port}`);
for (const path of ["server.host", "server.port"] as const) {
  console.log(`${path} is ${config.explain(path).origin?.variable}`);
}

const changes = config.changes();
const noticed = new Promise<unknown>((resolve) => {
  watchEnv(["LOG_LEVEL", "TZ"], resolve, { intervalMs: 50 }); // looks, and keeps no process alive
});
process.env["LOG_LEVEL"] = "debug";
console.log(JSON.stringify(await noticed));
for await (const { value } of changes) {
  console.log(`logLevel is ${value.logLevel}`);
  break;
}
await rm(folder, { recursive: true });
