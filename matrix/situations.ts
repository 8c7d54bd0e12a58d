/**
 * Every row of the matrix, in the order of the page.
 *
 * @module
 */

import { savesInProcess } from "./save_in_process.ts";
import { savesOfManyFiles } from "./save_many_files.ts";
import { savesOfNothing } from "./save_nothing.ts";
import { savesWithEditors } from "./save_with_editors.ts";
import { savesWithTools } from "./save_with_tools.ts";
import { forbiddenFiles } from "./stress_forbidden.ts";
import { limits } from "./stress_limits.ts";
import { lostEvents } from "./stress_lost_events.ts";
import { notFiles } from "./stress_not_a_file.ts";
import { storms } from "./stress_storms.ts";
import { comingAndGoing } from "./structure_directories.ts";
import { kubernetesMounts } from "./structure_kubernetes.ts";
import { links } from "./structure_links.ts";
import { mounts } from "./structure_mounts.ts";
import { names } from "./structure_names.ts";
import type { Situation } from "./situation.ts";

/** Every situation. */
export const SITUATIONS: readonly Situation[] = [
  ...savesInProcess,
  ...savesWithEditors,
  ...savesWithTools,
  ...savesOfManyFiles,
  ...savesOfNothing,
  ...comingAndGoing,
  ...links,
  ...kubernetesMounts,
  ...mounts,
  ...names,
  ...storms,
  ...lostEvents,
  ...limits,
  ...forbiddenFiles,
  ...notFiles,
];
