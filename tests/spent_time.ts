/** How long something took, for tests that it takes no time, however busy the machine is. */

import process from "node:process";

/** Milliseconds that `work` took, or the processor time where that is less: others may run too. */
export function spentMs(work: () => void): number {
  const [startedAt, before] = [performance.now(), process.cpuUsage()];
  work();
  const { user, system } = process.cpuUsage(before);
  return Math.min(performance.now() - startedAt, (user + system) / 1_000);
}
