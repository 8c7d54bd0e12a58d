/**
 * Bundling the tests for Node, which cannot run TypeScript before version 22.
 *
 * `tests/merge_test.ts` becomes `.cache/node-tests/tests/merge_test.mjs`, and so on: the path stays,
 * the ending changes. Besides the tests these are bundled, for tests that start another process:
 * `cli.ts` and every `tests/**\/*_child.ts`.
 *
 * A bundle lies elsewhere than its source, so a test must not look for files beside
 * `import.meta.url`. On every runtime tests run with the repository's root as working directory:
 * `resolve("tests/fixtures/app.yaml")` is right everywhere.
 */

import { join } from "node:path";
import { build, stop } from "esbuild";
import { existing, findFiles } from "./files.ts";
import { root } from "./run.ts";

const outdir = ".cache/node-tests";

/**
 * Bundles the test files and what they start; answers the tests' bundles, in the same order.
 *
 * @throws {Error} When a file cannot be bundled; the message has the place.
 */
export async function bundleForNode(tests: readonly string[]): Promise<string[]> {
  try {
    await build({
      absWorkingDir: root,
      entryPoints: [...tests, ...existing(["cli.ts"]), ...findFiles(["tests"], "_child.ts")],
      outdir,
      outbase: ".",
      outExtension: { ".js": ".mjs" },
      bundle: true,
      packages: "external",
      platform: "node",
      format: "esm",
      target: "node20.12",
      sourcemap: true,
      logLevel: "silent", // The failure's message says it all.
    });
  } finally {
    await stop();
  }
  return tests.map((path) => join(outdir, path.replace(/\.ts$/, ".mjs")));
}
