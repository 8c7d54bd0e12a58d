/**
 * Where the example's own configuration lies.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** `config/` beside this module or, in a bundle, below the working directory. */
export function configDirectory(): string {
  const beside = fileURLToPath(new URL("config", import.meta.url));
  return existsSync(beside) ? beside : "examples/agent_service/config";
}
