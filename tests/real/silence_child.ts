/**
 * A program without a log that reloads, is refused a change and throws in a handler. It says whether
 * LogTape was loaded.
 */

import process from "node:process";
import { watchConfig } from "../../mod.ts";
import { createMemoryRuntime } from "../../testing.ts";

const runtime = createMemoryRuntime();
runtime.files.write("/app.yaml", "port: 1\n");
const config = await watchConfig({ sources: ["/app.yaml"], runtime });
config.on("*", () => {
  throw new Error("a handler fails");
});
for (const text of ["port: 2\n", "port: [\n", "port: 3\n"]) {
  runtime.files.writeAtomically("/app.yaml", text);
  await runtime.clock.advance(3000);
}
await config.close();
const isLoaded = Symbol.for("logtape.rootLogger") in globalThis;
process.stdout.write(`revision ${config.revision}, LogTape ${isLoaded ? "" : "not "}loaded\n`);
