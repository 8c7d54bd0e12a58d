/**
 * What a self-test says about a directory.
 *
 * @module
 */

import type { DirectoryReport, SelfTestReport } from "./diagnosis.ts";
import { type Finding, note, problem } from "./finding.ts";

const POLL = "poll it: --poll or HOTCONF_POLL=1 for the command, " +
  'watcher: "poll" in the program';

/** Judges self-tests of the directories that are watched, or of another one. */
export function judgeSelfTests(
  reports: readonly SelfTestReport[],
  directories: readonly DirectoryReport[],
): Finding[] {
  return reports.flatMap((report) => judge(report, directories));
}

/** What is not heard of where polling is used anyway is no problem. */
function judge(
  { directory, writtenIn, error, events, polling }: SelfTestReport,
  directories: readonly DirectoryReport[],
): Finding[] {
  const isPolled = directories.some(({ path, watcher }) =>
    path === directory && watcher === "poll"
  );
  const findings: Finding[] = [];
  if (directories.every(({ path }) => path !== directory)) {
    const message = "does not show the files beside the paths, and was tested by itself";
    findings.push(note("testedAlone", directory, message));
  }
  if (error !== undefined) {
    const remedy = "name a directory of the same file system to write in: --self-test=DIR";
    findings.push(problem("cannotTest", writtenIn, `could not be tested: ${error}`, remedy));
  }
  if (events !== undefined && events.heard < events.writes) {
    const isSilent = events.heard === 0;
    const code = isSilent ? "noEvents" : "lostEvents";
    const message = isSilent
      ? `reported none of ${events.writes} writes${whereIn(directory, writtenIn)}`
      : `did not report ${events.writes - events.heard} of ${events.writes} writes within 1 s`;
    findings.push(
      isPolled ? note(code, directory, message) : problem(code, directory, message, POLL),
    );
  }
  if (polling !== undefined && polling.heard < polling.writes) {
    const lost = polling.writes - polling.heard;
    const message = `did not show ${lost} of ${polling.writes} writes within 1 s of the next look`;
    const remedy = "mount it with a shorter cache of attributes: for NFS actimeo=1";
    findings.push(problem("notSeen", directory, message, remedy));
  }
  return findings;
}

function whereIn(directory: string, writtenIn: string): string {
  return directory === writtenIn ? "" : `, made in ${writtenIn}`;
}
