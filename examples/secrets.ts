// Secrets are for the program alone: what is shown, logged or reported hides them.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type } from "arktype";
import { formatIssue, watchConfig } from "../mod.ts"; // in your project: from "hotconf"

const Settings = type({ db: { url: "string > 10", password: "string > 5" }, port: "number" });

const folder = await mkdtemp(join(tmpdir(), "hotconf-"));
const path = join(folder, "app.yaml");
const save = (url: string, password: string) =>
  writeFile(path, `db:\n  url: ${url}\n  password: ${password}\nport: 1\n`);
await save("postgres://one@host/db", "correct horse");

await using config = await watchConfig({
  schema: Settings,
  sources: [path],
  secrets: ["db.url"], // `password` is one by its name
});
config.on("validationFailed", ({ issues }) => {
  for (const issue of issues) console.log(formatIssue({ ...issue, file: "app.yaml" }));
});
const changes = config.changes();

await save("postgres://two@host/db", "battery staple");
const { value } = await changes.next();
for (const { path, before, after } of value!.changes) console.log(`${path}: ${before} → ${after}`);
console.log(config.current.db.password === "battery staple"); // the program has it
console.log(config.explain("db.password").value);

await save("postgres://two@host/db", "short");
await config.reload();
await rm(folder, { recursive: true });
