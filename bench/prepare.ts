/**
 * Gets ready what the benches run: the peers, the bundles for Node, the runtimes.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { build, stop } from "esbuild";
import { inOnePiece } from "../tasks/build.ts";
import { findBun } from "../tasks/bun.ts";
import { run } from "../tasks/run.ts";
import type { RuntimeName } from "./systems/mod.ts";

/** This folder. */
export const BENCH: string = dirname(fileURLToPath(import.meta.url));

/** Where bundles go; inside this folder, so that they find its packages. */
const BUNDLES = join(BENCH, ".cache");

/** The command that runs a module of this folder on a runtime. */
export type CommandFor = (runtime: RuntimeName, module: string) => string[];

/** How the programs of a bench are started. */
export interface PrepareOptions {
  /** Whether the programs may collect garbage when they want to. @default {false} */
  readonly exposesCollector?: boolean;
  /** Whether Bun runs the bundles, too, as it runs the package from npm. @default {false} */
  readonly bundlesForBun?: boolean;
}

/** Installs the peers, bundles `modules` for Node and finds Bun. */
export async function prepare(
  modules: readonly string[],
  { exposesCollector = false, bundlesForBun = false }: PrepareOptions = {},
): Promise<CommandFor> {
  await installPeers();
  await bundleForNode(modules);
  const bun = await findBun();
  const bundleOf = (module: string) => join(BUNDLES, module.replace(/\.ts$/, ".mjs"));
  const commands: Record<RuntimeName, (module: string) => string[]> = {
    node: (module) => [
      ...["node", ...(exposesCollector ? ["--expose-gc"] : [])],
      bundleOf(module),
    ],
    bun: (module) => [bun.path, bundlesForBun ? bundleOf(module) : join(BENCH, module)],
    deno: (module) => [
      ...[process.execPath, "run", "--quiet", "--allow-all", "--no-config"],
      ...(exposesCollector ? ["--v8-flags=--expose-gc"] : []),
      ...["--node-modules-dir=manual", join(BENCH, module)],
    ],
  };
  return (runtime, module) => commands[runtime](module);
}

/** Installs the peers unless they are there. */
async function installPeers(): Promise<void> {
  if (existsSync(join(BENCH, "node_modules", "c12", "package.json"))) return;
  console.error(
    "Installing the libraries to compare with into bench/node_modules",
  );
  const { code, output } = await run("npm", ["install"], { cwd: BENCH });
  if (code !== 0) {
    throw new Error(`Cannot install the libraries to compare with:\n${output}`);
  }
}

/** Bundles for Node 20, which reads no TypeScript; packages stay outside. */
async function bundleForNode(modules: readonly string[]): Promise<void> {
  try {
    await build({
      entryPoints: modules.map((module) => join(BENCH, module)),
      outdir: BUNDLES,
      outbase: BENCH,
      outExtension: { ".js": ".mjs" },
      bundle: true,
      plugins: [inOnePiece], // As the package is built.
      splitting: true, // So that a reader loads its own system only.
      packages: "external",
      platform: "node",
      target: "node20.12",
      format: "esm",
      logLevel: "warning",
    });
  } finally {
    await stop();
  }
}
