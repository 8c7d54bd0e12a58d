// A format of your own: anything with parse(text), for example a library's parser.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { watchConfig } from "../mod.ts"; // in your project: from "hotconf"

/** Lines of `name = value`, `#` begins a comment. */
const properties = {
  parse(text: string): Record<string, string> {
    const lines = text.split("\n").map((line) => line.trim());
    return Object.fromEntries(
      lines.filter((line) => line !== "" && !line.startsWith("#")).map((line, index) => {
        const [name, value] = line.split("=", 2);
        if (value === undefined) throw new SyntaxError(`entry ${index + 1} has no "="`);
        return [name!.trim(), value.trim()];
      }),
    );
  },
};

const folder = await mkdtemp(join(tmpdir(), "hotconf-"));
const path = join(folder, "app.properties");
await writeFile(path, "# where to listen\nhost = localhost\n");

await using config = await watchConfig<Record<string, string>>({
  sources: [path],
  formats: { ".properties": properties },
});
const changes = config.changes();
console.log(`host is ${config.current.host}`);

config.on("reloadFailed", async ({ error }) => {
  console.log(`kept ${config.current.host}: ${error.message}`);
  await writeFile(path, "host = example.org\n");
});
await writeFile(path, "host\n");
await changes.next();
console.log(`host is ${config.current.host}`);
await rm(folder, { recursive: true });
