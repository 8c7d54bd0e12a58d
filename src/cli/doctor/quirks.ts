/**
 * What runtimes do differently where it matters to whoever watches files, all of it measured.
 *
 * @module
 */

import type { RuntimeName } from "../../runtime/runtime.ts";
import type { CommandIo } from "../io.ts";
import type { RuntimeReport } from "./diagnosis.ts";
import type { Finding } from "./finding.ts";

/** The oldest Node with everything that is used. */
const OLDEST_NODE = [20, 12] as const;

const QUIRKS: readonly (readonly [appliesTo: readonly RuntimeName[], quirk: string])[] = [
  [["bun"], "may report only the first of two changes within 10 ms; looking finds the second"],
  [["deno"], "cuts file times to milliseconds; a file changed just now is told by its content"],
];

const NO_CLOSE = "does not report when a writer closes a file; one written in place is reloaded " +
  "when it is quiet";

/** Describes the runtime, and says if it is too old. */
export function examineRuntime(
  { runtime: { name, watcher }, system: { runtimeVersion, platform } }: CommandIo,
): { report: RuntimeReport; findings: Finding[] } {
  const quirks = QUIRKS.filter(([runtimes]) => runtimes.includes(name)).map(([, quirk]) => quirk);
  return {
    report: {
      name,
      version: runtimeVersion,
      platform,
      quirks: watcher.reportsClose ? quirks : [NO_CLOSE, ...quirks],
    },
    findings: name === "node" && isTooOld(runtimeVersion)
      ? [{
        code: "runtimeTooOld",
        severity: "problem",
        message: `Node ${runtimeVersion} is older than ${OLDEST_NODE.join(".")}`,
        remedy: "use a newer Node, or Deno or Bun",
      }]
      : [],
  };
}

function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
}
