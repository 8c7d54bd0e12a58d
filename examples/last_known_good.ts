// Start on the configuration that was good last, when the file is broken.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { watchConfig } from "../mod.ts"; // in your project: from "hotconf"

const folder = await mkdtemp(join(tmpdir(), "hotconf-"));
const path = join(folder, "app.yaml");
const start = () =>
  watchConfig<{ greeting: string }>({
    sources: [path],
    stateDir: join(folder, "state"), // such as /var/lib/app
    startFrom: "last-known-good",
  });

await writeFile(path, "greeting: hello\n");
{
  await using config = await start();
  console.log(`${config.current.greeting}, from ${config.snapshot.cause}`);
}

await writeFile(path, "greeting: [\n"); // while nobody looked
await using config = await start();
config.on("reloadFailed", ({ error }) => console.log(error.message));
console.log(`${config.current.greeting}, from ${config.snapshot.cause}`);
console.log(config.health().reasons[0]?.message);

const changes = config.changes();
await writeFile(path, "greeting: welcome\n");
await changes.next();
console.log(`${config.current.greeting}, ${config.health().status}`);
await config.close();
await rm(folder, { recursive: true });
