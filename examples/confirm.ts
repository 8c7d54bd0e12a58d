// New settings have to prove themselves, or the ones before come back by themselves.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { watchConfig } from "../mod.ts"; // in your project: from "hotconf"

const folder = await mkdtemp(join(tmpdir(), "hotconf-"));
const path = join(folder, "app.yaml");
await writeFile(path, "database: db-1\n");

await using config = await watchConfig<{ database: string }>({
  sources: [path],
  confirm: {
    withinMs: 1000,
    async health(_signal, { value }) {
      await Promise.resolve(); // ask the program, with its new settings
      if (value.database === "db-nowhere") throw new Error("the database does not answer");
    },
  },
});
const changes = config.changes();
config.on("confirmed", ({ revision }) => console.log(`revision ${revision} stays`));
config.on("rolledBack", ({ from, reason }) => console.log(`revision ${from} went: ${reason}`));

await writeFile(path, "database: db-2\n");
await changes.next();
await writeFile(path, "database: db-nowhere\n");
while (config.snapshot.cause !== "confirm-failed") await changes.next();
console.log(config.current.database);
for (const { revision, cause } of config.history()) console.log(`${revision} ${cause}`);
await rm(folder, { recursive: true });
