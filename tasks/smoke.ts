/**
 * Installs the packed package into an empty folder, as a user would, and uses it there on Node, on
 * Bun and on Deno. Needs a finished build in `dist/`.
 */

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { version } from "../src/version.ts";
import { findBun } from "./bun.ts";
import { root, run, type RunOptions } from "./run.ts";

/** Loads, reloads, refuses and goes back; must then end by itself. */
const app = `
import { writeFileSync } from "node:fs";
import { watchConfig } from "hotconf";
import { ManualClock } from "hotconf/testing";

const isPort = (candidate) =>
  typeof candidate.port === "number" ? [] : [{ path: "port", message: "must be a number" }];

writeFileSync("app.yaml", "port: 1\\n");
const config = await watchConfig({ sources: ["app.yaml"], validators: [isPort] });
const seen = [config.current.port];
const next = (type) => new Promise((resolve) => config.on(type, resolve, { once: true }));

const committed = next("reloadSucceeded");
writeFileSync("app.yaml", "port: 2\\n");
await committed;
seen.push(config.current.port);

const refused = next("validationFailed");
writeFileSync("app.yaml", "port: many\\n");
const { issues: [issue] } = await refused;
seen.push(config.current.port, issue.line);

await config.rollback();
seen.push(config.current.port, config.revision);
await config.close();
console.log("saw", seen.join(" "), typeof ManualClock);
`;
const appOutput = "saw 1 2 2 1 1 3 function";

/** Compiled without @types/node (`dom` has AbortSignal too); the package's own declarations are checked as well. */
const typed = `
import { watchConfig } from "hotconf";
import { ManualClock } from "hotconf/testing";
const config = await watchConfig<{ port: number }>({ sources: ["app.yaml"] });
export const port: number = config.current.port;
export const clock: ManualClock = new ManualClock();
// @ts-expect-error There is no such key.
config.subscribe("prot", () => {});
`;

const appLimitMs = 30_000;

/** What does not work in the installed package. */
export async function smoke(): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "hotconf-smoke-"));
  try {
    const failure = await install(folder);
    return failure ? [failure] : await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function install(folder: string): Promise<string | undefined> {
  const pack = await run("npm", ["pack", "--ignore-scripts", "--pack-destination", folder]);
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  if (pack.code !== 0 || !tarball) return `npm pack: ${pack.output.trim()}`;
  const dependencies = { hotconf: `file:./${tarball}` };
  const manifest = { name: "smoke", private: true, type: "module", dependencies };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  writeFileSync(join(folder, "app.js"), app);
  writeFileSync(join(folder, "typed.ts"), typed);
  const args = ["install", "--no-audit", "--no-fund", "--prefix", folder];
  const installed = await run("npm", args, { cwd: folder });
  if (installed.code !== 0) return `npm install: ${installed.output.trim()}`;
}

async function use(folder: string): Promise<string[]> {
  const problems: string[] = [];
  const expect = async (
    what: string,
    command: string,
    args: readonly string[],
    expected: { readonly code?: number; readonly output?: string },
  ) => {
    const options: RunOptions = { cwd: folder, timeoutMs: appLimitMs };
    const { code, output, timedOut } = await run(command, args, options);
    const { code: expectedCode = 0, output: expectedOutput = "" } = expected;
    if (code === expectedCode && output.includes(expectedOutput)) return;
    const end = timedOut ? `did not end within ${appLimitMs} ms` : `exit code ${code}`;
    problems.push(`${what}: ${end}, expected ${expectedCode} and "${expectedOutput}"\n${output}`);
  };
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  const flags = [
    "--noEmit",
    "--strict",
    "--target",
    "es2022",
    "--lib",
    "es2023,esnext.disposable,dom",
  ];
  for (const module of ["nodenext", "preserve"]) { // As Node resolves, and as bundlers do.
    const args = [compiler, ...flags, "--module", module, "typed.ts"];
    await expect(`types, module ${module}`, "node", args, {});
  }

  const bun = await findBun();
  const deno = ["run", "-A", "--node-modules-dir=manual", "app.js"];
  await expect("on Node", "node", ["app.js"], { output: appOutput });
  await expect("on Bun", bun.path, ["app.js"], { output: appOutput });
  await expect("on Deno", Deno.execPath(), deno, { output: appOutput });

  const npx = ["--no-install", "hotconf"];
  writeFileSync(join(folder, "app.yaml"), "port: 1\n");
  writeFileSync(join(folder, "broken.yaml"), "port: [1\n");
  await expect("hotconf --version", "npx", [...npx, "--version"], { output: version });
  await expect("hotconf check", "npx", [...npx, "check", "app.yaml"], {});
  await expect("hotconf check, broken", "npx", [...npx, "check", "broken.yaml"], { code: 1 });
  return problems;
}
