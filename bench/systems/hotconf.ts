import { watchConfig } from "../../mod.ts";
import { type Accept, Settings } from "../settings.ts";

/** hotconf with its defaults. */
export async function start(file: string, accept: Accept): Promise<void> {
  const config = await watchConfig({
    sources: [file],
    schema: Settings as never,
  });
  config.on("reloadSucceeded", () => accept(config.current));
}
