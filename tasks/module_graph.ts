/** Who imports whom in the library, as Deno sees it; several checks read it. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { existing, findFiles } from "./files.ts";
import { root, run } from "./run.ts";

/** One import in a library file. */
export interface Import {
  /** The importing file, relative to the root. */
  readonly from: string;
  /** What the import says, e.g. `./errors.ts` or `js-yaml`. */
  readonly specifier: string;
  /** The imported file, relative to the root; undefined for a package or a built-in module. */
  readonly file: string | undefined;
  readonly kind: "static" | "dynamic" | "type";
  /** Line in `from`, from 1. */
  readonly line: number;
}

interface Resolved {
  readonly specifier?: string;
  readonly error?: string;
  readonly span: { readonly start: { readonly line: number } };
}

interface Info {
  readonly modules: readonly {
    readonly specifier: string;
    readonly error?: string;
    readonly dependencies?: readonly {
      readonly specifier: string;
      readonly code?: Resolved;
      readonly type?: Resolved;
      readonly isDynamic?: boolean;
    }[];
  }[];
}

/** The files published as the library and the command, relative to the root. */
export function libraryFiles(): string[] {
  return [
    ...existing(["mod.ts", "testing.ts", "arktype.ts", "opentelemetry.ts", "admin.ts", "cli.ts"]),
    ...findFiles(["src"], ".ts"),
  ];
}

/**
 * Every import in the library's files.
 *
 * @throws {Error} When Deno cannot read the graph or a module in it is missing.
 */
export async function readImports(): Promise<Import[]> {
  const files = libraryFiles();
  const entry = join(root, ".cache", "check", "every_module.ts");
  mkdirSync(join(entry, ".."), { recursive: true });
  writeFileSync(
    entry,
    files.map((file) => `import ${JSON.stringify(`../../${file}`)};\n`).join(""),
  );

  const { code, output } = await run(Deno.execPath(), ["info", "--json", "--quiet", entry]);
  if (code !== 0) throw new Error(output);
  const { modules } = JSON.parse(output.slice(output.indexOf("{"))) as Info;
  const broken = modules.find(({ error }) => error !== undefined);
  if (broken) throw new Error(`${broken.specifier}: ${broken.error}`);

  return modules.flatMap(({ specifier, dependencies = [] }) => {
    const from = repositoryPath(specifier);
    if (from === undefined || !files.includes(from)) return [];
    return dependencies.map((dependency): Import => {
      const resolved = dependency.code ?? dependency.type;
      if (resolved?.error) throw new Error(`${from}: ${resolved.error}`);
      return {
        from,
        specifier: dependency.specifier,
        file: repositoryPath(resolved?.specifier ?? dependency.specifier),
        kind: !dependency.code ? "type" : dependency.isDynamic ? "dynamic" : "static",
        line: (resolved?.span.start.line ?? 0) + 1,
      };
    });
  });
}

function repositoryPath(specifier: string): string | undefined {
  if (!specifier.startsWith("file:")) return;
  return relative(root, fileURLToPath(specifier)).split(sep).join("/");
}
