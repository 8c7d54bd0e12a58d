/**
 * A folder for the files of a bench.
 *
 * @module
 */

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

const MEMORY = "/dev/shm";

/**
 * Creates a folder that is on no disk, where there is such a place: a disk takes longer for a save
 * than everything that is measured. It goes with the process, however that ends.
 */
export function createMemoryFolder(): string {
  const folder = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), "hotconf-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => process.exit(1));
  }
  process.on("uncaughtException", (error) => {
    console.error(error);
    process.exit(1);
  });
  return folder;
}
