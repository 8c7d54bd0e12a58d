import { type } from "arktype";
import { watchConfig } from "../mod.ts"; // in your project: from "hotconf"

const Settings = type({
  server: { host: "string", port: "1 <= number.integer <= 65535" },
  "features?": { darkMode: "boolean" },
});

await using config = await watchConfig({
  schema: Settings, // arktype, zod, valibot: any Standard Schema
  sources: ["config/app.yaml"], // YAML, JSON, TOML; also directory(), env(), http() …; the later wins
});

console.log(config.current.server.port); // frozen, typed, always the last valid one
config.subscribe("server.port", (port, before) => console.log(`port ${before} → ${port}`));
config.on("validationFailed", ({ issues }) => console.warn("kept", config.revision, issues));
