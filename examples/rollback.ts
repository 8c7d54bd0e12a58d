// Go back to the previous settings, to a revision by number, or to the first ones.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { watchConfig } from "../mod.ts"; // in your project: from "hotconf"

const folder = await mkdtemp(join(tmpdir(), "hotconf-"));
const path = join(folder, "app.toml");
await writeFile(path, 'colour = "red"\n');

await using config = await watchConfig<{ colour: string }>({ sources: [path] });
const changes = config.changes();
const show = () => console.log(`revision ${config.revision}: ${config.current.colour}`);
show();

for (const colour of ["green", "blue"]) {
  await writeFile(path, `colour = "${colour}"\n`);
  await changes.next();
  show();
}

config.on("rolledBack", ({ revision, to }) => console.log(`revision ${revision} is ${to} again`));

await config.rollback(); // the previous one: green
show();
await config.rollback({ to: "initial" }); // red
show();
await config.rollback({ to: 3 }); // blue
show();

// The file still says blue; a rollback holds until a source changes.
await writeFile(path, 'colour = "white"\n');
while (config.current.colour !== "white") await changes.next();
show();
await rm(folder, { recursive: true });
