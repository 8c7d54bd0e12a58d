import { watchFiles } from "../../../mod.ts";
import type { Tell } from "./mod.ts";

/** hotconf with its defaults. */
export async function start(directory: string, recursive: boolean, tell: Tell): Promise<void> {
  const files = await watchFiles([directory], { recursive });
  files.on("fileChanged", ({ path, checksum }) => tell(path, checksum));
}
