// Typed file events without parsing: created, modified, moved, deleted.
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type FileChangedEvent, watchFiles } from "../mod.ts"; // in your project: from "hotconf"

const folder = await mkdtemp(join(tmpdir(), "hotconf-"));
const first = join(folder, "first.txt");
const second = join(folder, "second.txt");

await using files = await watchFiles([folder]);

/** Makes a change and waits until it is reported. */
async function show(edit: () => Promise<void>): Promise<void> {
  const reported = new Promise<FileChangedEvent>((resolve) => {
    files.on("fileChanged", resolve, { once: true });
  });
  await edit();
  const { kind, path, oldPath, checksum } = await reported;
  const from = oldPath === undefined ? "" : ` from ${basename(oldPath)}`;
  console.log(`${kind} ${basename(path)}${from} ${checksum?.slice(0, 8) ?? ""}`.trimEnd());
}

await show(() => writeFile(first, "one\n"));
await show(() => writeFile(first, "two\n"));
await show(() => rename(first, second));
await show(() => rm(second));

console.log("newest first:", files.recentEvents({ limit: 2 }).map(({ type }) => type).join(", "));
await rm(folder, { recursive: true });
