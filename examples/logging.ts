// A log of what is done and why, and in it an audit line for each revision, without secrets.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configure, getConsoleSink, getTextFormatter } from "@logtape/logtape";
import { watchConfig } from "../mod.ts"; // in your project: from "hotconf"

const formatter = getTextFormatter({ timestamp: "none", value: "bare" });
await configure({
  sinks: { console: getConsoleSink({ formatter }) },
  loggers: [
    { category: "hotconf", lowestLevel: "info", sinks: ["console"] }, // or debug, warning, error
    { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["console"] },
  ],
});

const folder = await mkdtemp(join(tmpdir(), "hotconf-"));
const path = join(folder, "app.yaml");
await writeFile(path, "port: 8080\ndb: { password: swordfish }\n");

await using config = await watchConfig({ sources: [path] });
const changes = config.changes();
await writeFile(path, "port: 9090\ndb: { password: correct horse }\n");
await changes.next();
await config.rollback();
await rm(folder, { recursive: true });
