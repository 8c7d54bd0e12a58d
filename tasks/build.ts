/**
 * Builds the npm package's JavaScript and declarations into `dist/`.
 *
 * One file for each entry, and what they share in `dist/chunks/`: to find, read and link 170 small
 * files takes Node longer than to run them. Nothing is renamed or
 * squeezed, so that a stack trace names functions, and the comment above each part its source.
 */

import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build as bundle, type Metafile, type Plugin, stop } from "esbuild";
import { findFiles } from "./files.ts";
import { root, run } from "./run.ts";

const entries = ["mod.ts", "testing.ts", "arktype.ts", "opentelemetry.ts", "cli.ts"];

/**
 * Imports at once what the source loads later, but for packages: it is a tenth of the code, and
 * would break the rest up into a dozen files, which costs more than it saves.
 */
export const inOnePiece: Plugin = {
  name: "in one piece",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
      const parts: string[] = [];
      const source = readFileSync(path, "utf8").replace(
        /\bawait import\(("\.[^"]+")\)/g,
        (_, specifier) => `eager${parts.push(specifier)}`,
      );
      const imports = parts.map((specifier, index) =>
        `import * as eager${index + 1} from ${specifier};\n`
      );
      return { contents: imports.join("") + source, loader: "ts" };
    });
  },
};

/** Builds afresh; answers what the compiler complains about, and what is not in one piece. */
export async function build(): Promise<string[]> {
  const dist = join(root, "dist");
  rmSync(dist, { recursive: true, force: true });
  const { code, output } = await run("node", ["node_modules/typescript/bin/tsc", "-p", "."]);
  if (code !== 0) return [output.trim()];
  for (const path of findFiles(["dist"], ".d.ts")) rewriteExtensions(join(root, path));
  const metafile = await bundleEntries(dist);
  makeExecutable(join(dist, "cli.js"));
  return describePieces(metafile);
}

async function bundleEntries(outdir: string): Promise<Metafile> {
  try {
    const { metafile } = await bundle({
      absWorkingDir: root,
      entryPoints: entries,
      outdir,
      bundle: true,
      splitting: true,
      plugins: [inOnePiece],
      chunkNames: "chunks/[name]-[hash]",
      packages: "external",
      platform: "node",
      format: "esm",
      target: "node20.12",
      metafile: true,
      logLevel: "silent", // The failure's message says it all.
    });
    return metafile;
  } finally {
    await stop();
  }
}

function describePieces({ outputs }: Metafile): string[] {
  return Object.values(outputs).flatMap(({ imports }) =>
    imports.filter(({ kind, external }) => kind === "dynamic-import" && !external)
      .map(({ path }) => `${path} is a file of its own: load it with await import("./…")`)
  );
}

/** The compiler leaves `./errors.ts` in the declarations. */
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
