/** Builds the npm package's JavaScript and declarations into `dist/`. */

import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findFiles } from "./files.ts";
import { root, run } from "./run.ts";

/** Builds afresh; answers what the compiler complains about. */
export async function build(): Promise<string[]> {
  const dist = join(root, "dist");
  rmSync(dist, { recursive: true, force: true });
  const { code, output } = await run("node", ["node_modules/typescript/bin/tsc", "-p", "."]);
  if (code !== 0) return [output.trim()];
  for (const path of findFiles(["dist"], ".d.ts")) rewriteExtensions(join(root, path));
  makeExecutable(join(dist, "cli.js"));
  return [];
}

/** The compiler rewrites `./errors.ts` in the JavaScript, but leaves it in the declarations. */
function rewriteExtensions(path: string): void {
  const declarations = readFileSync(path, "utf8");
  writeFileSync(
    path,
    declarations.replace(/(\bfrom |\bimport\()"(\.\.?\/[^"]+)\.ts"/g, '$1"$2.js"'),
  );
}

function makeExecutable(path: string): void {
  const shebang = "#!/usr/bin/env node\n";
  const script = readFileSync(path, "utf8").replace(/^#!.*\n/, "");
  writeFileSync(path, shebang + script);
  chmodSync(path, 0o755);
}

if (import.meta.main) {
  const problems = await build();
  for (const problem of problems) console.error(problem);
  Deno.exit(problems.length > 0 ? 1 : 0);
}
