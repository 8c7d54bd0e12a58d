/**
 * A program that reloads a server while many ask it, apart from the test: to look at each promise of
 * a process, as `node:test` does on Node, would cost more than the rest. It is given how many reloads
 * and clients there are, then the command that starts the server, and writes what came of it as JSON.
 */

import process from "node:process";
import { Hammer, type HammerReport } from "./hammer.ts";

const [reloads, clients, ...command] = process.argv.slice(2);
await using hammer = await Hammer.start(command);
const reloading = hammer.reload(Number(reloads));
const { requests, failed, mixed } = await hammer.ask(Number(clients), reloading);
const report: HammerReport = { requests, refused: await reloading, failed, mixed };
process.stdout.write(`${JSON.stringify(report)}\n`);
