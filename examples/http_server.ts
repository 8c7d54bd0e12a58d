// A web server whose answers follow the file, on Deno.serve, Bun.serve or node:http.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { watchConfig } from "../mod.ts"; // in your project: from "hotconf"

const folder = await mkdtemp(join(tmpdir(), "hotconf-"));
const path = join(folder, "app.yaml");
await writeFile(path, "greeting: Hello\n");
const config = await watchConfig<{ greeting: string }>({ sources: [path] });

// `current` is one frozen object: read it once, and a save in between can't mix with this answer.
const answer = () => `${config.current.greeting}, this is revision ${config.revision}\n`;

interface Runtimes {
  Deno?: { serve(o: object, f: () => Response): { addr: { port: number }; shutdown(): unknown } };
  Bun?: { serve(o: { port: number; fetch(): Response }): { port: number; stop(): unknown } };
}
const { Deno, Bun } = globalThis as unknown as Runtimes;
let port: number, stop: () => unknown;
if (Deno !== undefined) {
  const server = Deno.serve({ port: 0, onListen() {} }, () => new Response(answer()));
  [port, stop] = [server.addr.port, () => server.shutdown()];
} else if (Bun !== undefined) {
  const server = Bun.serve({ port: 0, fetch: () => new Response(answer()) });
  [port, stop] = [server.port, () => server.stop()];
} else {
  const server = createServer((_request, response) => response.end(answer())).listen(0);
  [port, stop] = [(server.address() as AddressInfo).port, () => server.close()];
}
console.log(`http://localhost:${port} answers; edit ${path}, Ctrl-C ends`);
process.once("SIGINT", async () => {
  await Promise.all([stop(), config.close(), rm(folder, { recursive: true })]);
});
