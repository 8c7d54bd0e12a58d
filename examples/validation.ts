// Rules in a schema, a rule across two files, and a secret that no message shows.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type } from "arktype";
import { secret } from "../arktype.ts"; // in your project: from "hotconf/arktype"
import { formatIssue, type Validator, watchConfig } from "../mod.ts"; // in your project: from "hotconf"

const folder = await mkdtemp(join(tmpdir(), "hotconf-"));
const [chains, providers] = [join(folder, "chains.yaml"), join(folder, "providers.yaml")];
await writeFile(chains, "chains:\n  support: { provider: mock }\n");
await writeFile(providers, "providers:\n  mock: { url: http://localhost, login: guest-guest }\n");

const Settings = type({
  chains: { "[string]": { provider: "string", retries: "number.integer = 2" } },
  providers: { "[string]": { url: "string.url", login: secret(type("string >= 8")) } },
  "+": "reject", // a key that is not in the schema is an issue
});

const providersExist: Validator<typeof Settings.infer> = ({ chains, providers }) =>
  Object.entries(chains)
    .filter(([, { provider }]) => !Object.hasOwn(providers, provider))
    .map(([name, { provider }]) => ({
      path: ["chains", name, "provider"],
      message: `no provider is called "${provider}"`,
    }));

await using config = await watchConfig({
  schema: Settings,
  sources: [chains, providers],
  validators: [providersExist], // after the schema, with its output
});
console.log(`retries: ${config.current.chains.support?.retries}`); // a default of the schema

async function save(path: string, text: string): Promise<void> {
  await writeFile(path, text);
  const outcome = await config.reload(); // not needed: the save is seen anyway
  const issues = outcome.status === "rejected" ? outcome.issues : [];
  console.log(outcome.status, ...(issues ?? []).map(formatIssue));
}
await save(chains, "chains:\n  support: { provider: mistral }\n");
await save(chains, "chains:\n  support: { provider: mock }\nchans: {}\n");
await save(chains, "chains:\n  support: { provider: mock, retries: 3 }\n");
await save(providers, "providers:\n  mock: { url: http://localhost, login: guest }\n");
await rm(folder, { recursive: true });
