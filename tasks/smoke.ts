/**
 * Installs the packed package into an empty folder, as a user would, and uses it there on Node, on
 * Bun and on Deno. Needs a finished build in `dist/`.
 */

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
import { type } from "arktype";
import { secret, secretPaths } from "hotconf/arktype";
import { observe } from "hotconf/opentelemetry";

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
const secrets = secretPaths(type({ db: { password: secret(type("string")) } }));
console.log("saw", seen.join(" "), typeof ManualClock, typeof observe, ...secrets);
`;
const appOutput = "saw 1 2 2 1 1 3 function function db.password";

/** Compiled without @types/node (`dom` has AbortSignal too); the package's own declarations are checked as well. */
const typed = `
import { watchConfig } from "hotconf";
import { ManualClock } from "hotconf/testing";
import { jsonSchema } from "hotconf/arktype";
import { observe } from "hotconf/opentelemetry";
const config = await watchConfig<{ port: number }>({ sources: ["app.yaml"] });
export const port: number = config.current.port;
export const clock: ManualClock = new ManualClock();
export const schema: object = jsonSchema({} as Parameters<typeof jsonSchema>[0]);
export const observing: Disposable = observe(config, {} as Parameters<typeof observe>[1]);
// @ts-expect-error There is no such key.
config.subscribe("prot", () => {});
`;

/** arktype's own declarations need @types/node, so these are compiled without looking into any. */
const typedWithArktype = `
import { type } from "arktype";
import { watchConfig } from "hotconf";
import { jsonSchema, secret } from "hotconf/arktype";
const Settings = type({ password: secret(type("string >= 8")) });
const config = await watchConfig({ sources: ["app.yaml"], schema: Settings });
export const password: string = config.current.password;
export const schema: object = jsonSchema(Settings);
`;

const schemaModule = `
import { type } from "arktype";
import { secret } from "hotconf/arktype";
export default type({ port: "number", "password?": secret(type("string")) });
`;

const appLimitMs = 120_000;

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
  const dependencies = { hotconf: `file:./${tarball}`, arktype: arktypeRange() };
  const manifest = { name: "smoke", private: true, type: "module", dependencies };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  writeFileSync(join(folder, "app.js"), app);
  writeFileSync(join(folder, "typed.ts"), typed);
  writeFileSync(join(folder, "typed_with_arktype.ts"), typedWithArktype);
  const args = ["install", "--no-audit", "--no-fund", "--prefix", folder];
  const installed = await run("npm", args, { cwd: folder });
  if (installed.code !== 0) return `npm install: ${installed.output.trim()}`;
}

/** The range of arktype that the package names; it is the user who installs it. */
function arktypeRange(): string {
  const { peerDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return peerDependencies.arktype;
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
    const args = [compiler, ...flags, "--module", module];
    await expect(`types, module ${module}`, "node", [...args, "typed.ts"], {});
    const withArktype = [...args, "--skipLibCheck", "typed_with_arktype.ts"];
    await expect(`types with arktype, module ${module}`, "node", withArktype, {});
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
  writeFileSync(join(folder, "schema.js"), schemaModule);
  const schema = ["schema", "--schema", "schema.js"];
  await expect("hotconf schema", "npx", [...npx, ...schema], { output: '"writeOnly": true' });
  await expect("hotconf check, broken", "npx", [...npx, "check", "broken.yaml"], { code: 1 });
  return problems;
}
