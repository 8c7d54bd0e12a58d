/**
 * How a program of this folder is started on each runtime.
 *
 * @module
 */

import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { build, stop } from "esbuild";
import { findBun } from "../tasks/bun.ts";
import { root } from "../tasks/run.ts";
import type { RuntimeName } from "./columns.ts";

const MATRIX = dirname(fileURLToPath(import.meta.url));

/** Inside the repository, so that the bundle finds its packages. */
const BUNDLES = join(root, ".cache", "matrix");

/** The command that runs a module of this folder on a runtime. */
export type CommandFor = (runtime: RuntimeName, module: string) => string[];

/** Bundles `modules` for Node, which reads no TypeScript before version 22, and finds Bun. */
export async function prepareRuntimes(modules: readonly string[]): Promise<CommandFor> {
  await bundle(modules);
  const bun = await findBun();
  const deno = [process.execPath, "run", "--quiet", "--allow-all", "--no-check"];
  const config = `--config=${join(root, "deno.json")}`;
  return (runtime, module) => {
    switch (runtime) {
      case "deno":
        return [...deno, config, join(MATRIX, module)];
      case "bun":
        return [bun.path, join(MATRIX, module)];
      case "node":
        return ["node", join(BUNDLES, module.replace(/\.ts$/, ".mjs"))];
    }
  };
}

async function bundle(modules: readonly string[]): Promise<void> {
  try {
    await build({
      entryPoints: modules.map((module) => join(MATRIX, module)),
      outdir: BUNDLES,
      outExtension: { ".js": ".mjs" },
      bundle: true,
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
