/**
 * What a self-test says about a directory.
 *
 * @module
 */

import type { DirectoryReport, Finding, SelfTestReport } from "./diagnosis.ts";

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
    findings.push({
      code: "testedAlone",
      severity: "note",
      path: directory,
      message: "does not show the files beside the paths, and was tested by itself",
    });
  }
  if (error !== undefined) {
    findings.push({
      code: "cannotTest",
      severity: "problem",
      path: writtenIn,
      message: `could not be tested: ${error}`,
      remedy: "name a directory of the same file system to write in: --self-test=DIR",
    });
  }
  if (events !== undefined && events.heard < events.writes) {
    const lost = events.writes - events.heard;
    const isSilent = events.heard === 0;
    findings.push({
      code: isSilent ? "noEvents" : "lostEvents",
      severity: isPolled ? "note" : "problem",
      path: directory,
      message: isSilent
        ? `reported none of ${events.writes} writes${whereIn(directory, writtenIn)}`
        : `did not report ${lost} of ${events.writes} writes within 1 s`,
      ...(!isPolled && { remedy: POLL }),
    });
  }
  if (polling !== undefined && polling.heard < polling.writes) {
    const lost = polling.writes - polling.heard;
    findings.push({
      code: "notSeen",
      severity: "problem",
      path: directory,
      message: `did not show ${lost} of ${polling.writes} writes within 1 s of the next look`,
      remedy: "mount it with a shorter cache of attributes: for NFS actimeo=1",
    });
  }
  return findings;
}

function whereIn(directory: string, writtenIn: string): string {
  return directory === writtenIn ? "" : `, made in ${writtenIn}`;
}
