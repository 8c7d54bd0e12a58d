// Tell people when a change is refused, and when that is over: a channel, and a sink of your own.
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AlertSink, watchConfig, webhook } from "../mod.ts"; // in your project: from "hotconf"

// Stands for the server of Slack; in your project the URL comes from the environment.
const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += chunk;
  console.log(`channel: ${JSON.parse(body).text.split("\n")[0]}`);
  response.end("ok");
  server.emit("told");
}).listen(0, "127.0.0.1");
await once(server, "listening");
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/T0/B0`;

const terminal: AlertSink = {
  name: "terminal",
  send: ({ title, text }) => console.log(`terminal: ${title}\nterminal: ${text}`),
};

const folder = await mkdtemp(join(tmpdir(), "hotconf-"));
const path = join(folder, "app.yaml");
await writeFile(path, "port: 8080\n");
const config = await watchConfig<{ port: number }>({
  sources: [path],
  validators: [
    ({ port }) => port > 0 ? [] : [{ path: "port", message: "must be a number from 1" }],
  ],
  alerts: [terminal, webhook(url, { from: "shop on web-3" })],
});

for (const text of ["port: 0\n", "port: 9090\n"]) {
  const told = once(server, "told");
  await writeFile(path, text);
  await told;
}
await config.close();
server.close();
await rm(folder, { recursive: true });
