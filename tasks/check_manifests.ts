/** `package.json`, `deno.json` and the source have to say the same about the package. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { version } from "../src/version.ts";
import { runAlone } from "./check_alone.ts";
import { root } from "./run.ts";

interface Manifest {
  readonly version: string;
  readonly license: string;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly bin?: Readonly<Record<string, string>>;
}

/** Differences in version, licence and export subpaths. `./cli` on JSR is `bin` on npm. */
export function checkManifests(): string[] {
  const npm = read("package.json");
  const jsr = read("deno.json");
  const problems: string[] = [];
  const same = (what: string, values: Readonly<Record<string, unknown>>) => {
    if (new Set(Object.values(values)).size === 1) return;
    const list = Object.entries(values).map(([file, value]) => `${value} in ${file}`);
    problems.push(`${what}: ${list.join(", ")}`);
  };
  same("version", {
    "package.json": npm.version,
    "deno.json": jsr.version,
    "src/version.ts": version,
  });
  same("license", { "package.json": npm.license, "deno.json": jsr.license });
  for (const subpath of new Set([...Object.keys(npm.exports), ...Object.keys(jsr.exports)])) {
    if (subpath === "./package.json") continue; // npm's own; JSR shows its manifest anyway.
    const onNpm = npmTarget(npm, subpath);
    const onJsr = jsr.exports[subpath];
    if (typeof onJsr !== "string") problems.push(`deno.json does not export ${subpath}`);
    else if (onNpm !== builtPath(onJsr)) {
      problems.push(`${subpath}: deno.json has ${onJsr}, package.json has ${onNpm ?? "nothing"}`);
    }
  }
  return problems;
}

function read(file: string): Manifest {
  return JSON.parse(readFileSync(join(root, file), "utf8"));
}

function npmTarget({ exports, bin }: Manifest, subpath: string): string | undefined {
  if (subpath === "./cli") return bin?.hotconf && `./${bin.hotconf.replace(/^\.\//, "")}`;
  return (exports[subpath] as { default?: string } | undefined)?.default;
}

/** Where the build puts a source file. */
function builtPath(source: string): string {
  return source.replace(/^\.\//, "./dist/").replace(/\.ts$/, ".js");
}

if (import.meta.main) await runAlone(checkManifests);
