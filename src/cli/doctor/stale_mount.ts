/**
 * Mounts of what is gone.
 *
 * @module
 */

import type { Mount } from "../../watch/mounts.ts";
import { type Finding, problem } from "./finding.ts";

/** Linux' mark for a mount of something that was removed, or replaced by a rename. */
const DELETED = "//deleted";

/** The problem of `path` when it shows something that is no more what others see. */
export function staleMount(path: string, { root }: Mount): Finding[] {
  if (!root.endsWith(DELETED)) return [];
  const message = `shows ${root.slice(0, -DELETED.length)} as it was before it was replaced or ` +
    "removed on the host";
  return [problem("staleMount", path, message, "mount it anew: restart the container")];
}
