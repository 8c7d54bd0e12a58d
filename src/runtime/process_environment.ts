/**
 * The environment of this process, on every runtime.
 *
 * @module
 */

import process from "node:process";
import type { Environment } from "./environment.ts";

/** The variables of this process. On Deno only those that are asked for need a permission. */
export const processEnvironment: Environment = {
  get: (name) => process.env[name],
  names: () => Object.keys(process.env),
};
