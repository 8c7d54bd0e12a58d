/**
 * Every row of the matrix, in the order of the page.
 *
 * @module
 */

import { savesInProcess } from "./save_in_process.ts";
import type { Situation } from "./situation.ts";

/** Every situation. */
export const SITUATIONS: readonly Situation[] = [
  ...savesInProcess,
];
