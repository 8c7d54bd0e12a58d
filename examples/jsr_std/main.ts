// Deno's standard library beside hotconf: it finds the files, parses them, and bounds a reload.
import { file, watchConfig } from "@hotconf/hotconf";
import { deadline } from "@std/async/deadline";
import { expandGlob } from "@std/fs/expand-glob";
import { parse } from "@std/yaml/parse";

const paths: string[] = [];
for await (const { path, isFile } of expandGlob("config/**/*.yaml")) {
  if (isFile) paths.push(path);
}

await using config = await watchConfig({
  sources: paths.sort().map((path) => file(path, { format: { parse } })),
});
config.on("reloadSucceeded", ({ revision }) => console.log(`revision ${revision}`));

const { status } = await deadline(config.reload(), 1_000);
console.log(`${paths.length} files: ${status}`);
