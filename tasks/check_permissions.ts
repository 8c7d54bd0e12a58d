/** Importing the library must ask for nothing: no file, no environment variable, no network. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runAlone } from "./check_alone.ts";
import { existing } from "./files.ts";
import { root, run } from "./run.ts";

/** What Deno refused when the library was imported with no permission at all. */
export async function checkPermissions(): Promise<string[]> {
  const script = join(root, ".cache", "check", "no_permission.ts");
  mkdirSync(join(script, ".."), { recursive: true });
  const imports = existing(["mod.ts", "testing.ts", "arktype.ts", "opentelemetry.ts"])
    .map((file) => `import ${JSON.stringify(`../../${file}`)};\n`);
  writeFileSync(script, imports.join("") + `console.log("imported");\n`);
  const { code, output } = await run(Deno.execPath(), ["run", "--no-prompt", script]);
  return code === 0 && output.includes("imported") ? [] : [output.trim()];
}

if (import.meta.main) await runAlone(checkPermissions);
