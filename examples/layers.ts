// A base file, overrides, the environment and the program itself: one value, each part explained.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { type } from "arktype";
import { env, formatPlace, memory, watchConfig } from "../mod.ts"; // in your project: from "hotconf"

const Settings = type({ server: { host: "string", port: "number" }, debug: "boolean = false" });

const folder = await mkdtemp(join(tmpdir(), "hotconf-"));
const [base, local] = [join(folder, "base.yaml"), join(folder, "local.yaml")];
await writeFile(base, "server:\n  host: ${LAYERS_HOST:-localhost}\n  port: 8080\n");
await writeFile(local, "server:\n  port: 9090\n");
process.env["LAYERS_SERVER__PORT"] = "7070";

const flags = memory({}, { name: "flags" });
await using config = await watchConfig({
  schema: Settings,
  sources: [base, local, env({ prefix: "LAYERS_" }), flags], // later wins
});
const tell = () => {
  const { value, origin, shadowed } = config.explain("server.port");
  const places = shadowed.map(({ value, file = "" }) => `${value} of ${file.slice(folder.length)}`);
  console.log(`${value} from ${formatPlace({ ...origin })}, not ${places.join(", ")}`);
};
tell();

const changes = config.changes();
flags.set({ debug: true });
await changes.next();
console.log(`debug is ${config.current.debug}, given by ${config.explain("debug").origin?.source}`);
console.log(`host is ${config.current.server.host}`);
await rm(folder, { recursive: true });
