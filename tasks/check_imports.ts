/** What the library may import from outside, and what importing it may load. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runAlone } from "./check_alone.ts";
import { type Import, readImports } from "./module_graph.ts";
import { root } from "./run.ts";

/** Each costs tens or hundreds of milliseconds to load; they are imported when first needed. */
const lazyPackages = ["@logtape/logtape", "arktype", "js-yaml", "jsonc-parser", "smol-toml"];

/**
 * Parts that few programs use: an option or a file's extension has them loaded, when watching
 * starts. A folder stands for all in it that is not named in {@linkcode eagerFiles}.
 */
const lazyParts = [
  "src/alert/",
  "src/cli/",
  "src/format/",
  "src/last_known_good.ts",
  "src/state/",
  "src/state_on_disk.ts",
];

/** What options and sources are checked with, and what every format needs. */
const eagerFiles = [
  "src/alert/alert_text.ts",
  "src/alert/webhook.ts",
  "src/format/decode.ts",
  "src/format/limits.ts",
  "src/format/place.ts",
  "src/format/plain.ts",
  "src/format/select.ts",
  "src/format/thrown.ts",
  "src/state/entry_name.ts",
  "src/state/options.ts",
];

/**
 * Packages that the library imports and `dependencies` does not have: `deno publish` would write a
 * broken import for them without a word, and npm would not install them. Types count too.
 */
export async function checkDependencies(): Promise<string[]> {
  const { dependencies = {} } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const imports = (await readImports()).filter(({ file, specifier }) =>
    file === undefined && !specifier.startsWith("node:")
  );
  const missing = imports.filter(({ specifier }) => !(packageName(specifier) in dependencies))
    .map(({ from, line, specifier }) => `${from}:${line} imports ${specifier}, not a dependency`);
  const used = new Set(imports.map(({ specifier }) => packageName(specifier)));
  const unused = Object.keys(dependencies).filter((name) => !used.has(name))
    .map((name) => `package.json: nothing in the library imports the dependency ${name}`);
  return [...missing, ...unused];
}

/** What `import "hotconf"` would load although it is to be loaded when needed. */
export async function checkLazyImports(): Promise<string[]> {
  const imports = (await readImports()).filter(({ kind }) => kind === "static");
  return ["mod.ts", "testing.ts", "arktype.ts", "opentelemetry.ts"].flatMap((entry) => {
    const loaded = reachable(entry, imports);
    return imports
      .filter((found) => loaded.has(found.from) && isLazy(found))
      .map(({ from, line, specifier }) => `${entry} loads ${specifier} at once: ${from}:${line}`);
  });
}

function isLazy({ file, specifier }: Import): boolean {
  if (file === undefined) return lazyPackages.includes(packageName(specifier));
  return lazyParts.some((part) => file.startsWith(part)) && !eagerFiles.includes(file);
}

function reachable(entry: string, imports: readonly Import[]): Set<string> {
  const found = new Set([entry]);
  for (const from of found) {
    for (const { from: importer, file } of imports) {
      if (importer === from && file !== undefined) found.add(file);
    }
  }
  return found;
}

function packageName(specifier: string): string {
  return specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}

if (import.meta.main) await runAlone(checkDependencies, checkLazyImports);
