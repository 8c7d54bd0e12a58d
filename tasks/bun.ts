/** Finding Bun: the one on the PATH when it is new enough, else npm's, kept in `.cache/bun`. */

import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { root, run } from "./run.ts";

/** The release that is fetched when the PATH has none. */
const BUN_VERSION = "1.4.5";
const OLDEST_MAJOR = 1;
const OLDEST_MINOR = 3;

/** A Bun that has answered `--version`. */
export interface Bun {
  readonly path: string;
  readonly version: string;
}

/**
 * Finds or fetches Bun.
 *
 * @throws {Error} When npm cannot fetch it or its program does not run on this machine.
 */
export async function findBun(): Promise<Bun> {
  const installed = await answering("bun");
  if (installed && isNewEnough(installed.version)) return installed;

  const folder = join(root, ".cache", "bun");
  const cached = await findIn(folder);
  if (cached?.version === BUN_VERSION) return cached;

  await fetchInto(folder);
  const fetched = await findIn(folder);
  if (fetched) return fetched;
  throw new Error(`Cannot run Bun ${BUN_VERSION}: npm installed it, but no program in it answers`);
}

async function answering(path: string): Promise<Bun | undefined> {
  const { code, output } = await run(path, ["--version"], { timeoutMs: 120_000 });
  const version = /^\d+\.\d+\.\d+/m.exec(output)?.[0];
  return code === 0 && version ? { path, version } : undefined;
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > OLDEST_MAJOR || (major === OLDEST_MAJOR && minor >= OLDEST_MINOR);
}

/** The package's own program, or the one in the package for this platform that it would link to. */
async function findIn(folder: string): Promise<Bun | undefined> {
  const modules = join(folder, "node_modules");
  const platforms = join(modules, "@oven");
  const candidates = [
    join(modules, "bun", "bin", "bun.exe"), // Called so on every system.
    ...(existsSync(platforms) ? readdirSync(platforms) : []).map((name) =>
      join(platforms, name, "bin", process.platform === "win32" ? "bun.exe" : "bun")
    ),
  ];
  for (const path of candidates.filter(existsSync)) {
    const bun = await answering(path);
    if (bun) return bun;
  }
}

async function fetchInto(folder: string): Promise<void> {
  console.log(`Fetching Bun ${BUN_VERSION} from npm into .cache/bun`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ private: true, dependencies: { bun: BUN_VERSION } }),
  );
  const install = await run(
    "npm",
    [
      "install",
      "--prefix",
      folder,
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
      "--no-package-lock",
    ],
    { cwd: folder },
  );
  if (install.code !== 0) {
    throw new Error(`Cannot fetch Bun ${BUN_VERSION} with npm:\n${install.output.trim()}`);
  }
  // npm 11.19 stopped running install scripts, so the package's own is run here: it picks the
  // program for this processor and C library and puts it in place of the placeholder.
  const script = join(folder, "node_modules", "bun", "install.js");
  const linked = await run("node", [script], { cwd: join(folder, "node_modules", "bun") });
  if (linked.code !== 0) console.warn(`Bun's install script failed:\n${linked.output.trim()}`);
}
