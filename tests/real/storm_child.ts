/**
 * A program that watches a directory and believes what it is told. It writes `watching` when it
 * begins, and for each line it reads the checksums it knows, by the name of the file, as JSON.
 */

import { basename } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { watchFiles } from "../../mod.ts";

const [directory = ""] = process.argv.slice(2);
const believed = new Map<string, string>();
const files = await watchFiles([directory]);
files.on("fileChanged", ({ path, oldPath, checksum }) => {
  if (oldPath !== undefined) believed.delete(basename(oldPath));
  if (checksum === undefined) believed.delete(basename(path));
  else believed.set(basename(path), checksum);
});
process.stdout.write("watching\n");
for await (const _line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(Object.fromEntries(believed))}\n`);
}
await files.close();
