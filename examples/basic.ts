// The whole idea: valid settings at the start, and the last valid ones at any time after.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type } from "arktype";
import { file, formatIssue, watchConfig } from "../mod.ts"; // in your project: from "hotconf"

const Settings = type({
  server: { host: "string", port: "1 <= number.integer <= 65535" },
  "features?": { darkMode: "boolean" },
});

const folder = await mkdtemp(join(tmpdir(), "hotconf-"));
const path = join(folder, "app.yaml");
await writeFile(path, "server:\n  host: localhost\n  port: 8080\n");

await using config = await watchConfig({ schema: Settings, sources: [file(path)] });
console.log(`revision ${config.revision}: port ${config.current.server.port}`);

config.subscribe("server.port", (port, before) => console.log(`port ${before} → ${port}`));
config.on("validationFailed", async ({ issues, revision }) => {
  console.log(`revision ${revision} stays: ${issues.map(formatIssue).join("; ")}`);
  console.log(`port is still ${config.current.server.port}`);
  await writeFile(path, "server:\n  host: localhost\n  port: 9090\n");
});

await writeFile(path, "server:\n  host: localhost\n  port: 0\n");
for await (const change of config.changes()) {
  console.log(`revision ${change.revision}: ${change.changedPaths.join(", ")} changed`);
  break;
}
await rm(folder, { recursive: true });
