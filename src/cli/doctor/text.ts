/**
 * The diagnosis for people: short, aligned, problems last.
 *
 * @module
 */

import * as nodePath from "node:path";
import type { Mount } from "../../watch/mounts.ts";
import { version } from "../../version.ts";
import {
  alignRows,
  count,
  countHidden,
  formatBytes,
  formatMs,
  indent,
  MOST_LINES,
  renderFacts,
  type Row,
  type View,
} from "../render.ts";
import { displayPath, printable } from "../style.ts";
import type { Diagnosis, Limit, PathReport, Timing } from "./diagnosis.ts";
import { type Finding, isProblem } from "./finding.ts";

/** More links or files of one path are counted. */
const MOST_THINGS = 5;

/** The diagnosis as lines. */
export function renderDiagnosis(diagnosis: Diagnosis, view: View): string[] {
  const { style } = view;
  const { runtime: { name, version: runtimeVersion, platform, quirks }, findings } = diagnosis;
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [style("strong", title), ...indent(lines)];
  return [
    style("strong", `hotconf ${version} on ${name} ${printable(runtimeVersion)}, ${platform}`),
    ...indent(quirks.map((quirk) => style("quiet", quirk))),
    ...diagnosis.paths.flatMap((path) => renderPath(path, view)),
    ...section("watched", renderDirectories(diagnosis, view)),
    ...section("limits", renderLimits(diagnosis, view)),
    ...section("self-test", renderSelfTest(diagnosis, view)),
    ...section("notes", renderFindings(findings.filter((finding) => !isProblem(finding)), view)),
    ...renderVerdict(findings.filter(isProblem), view),
  ];
}

function renderPath(report: PathReport, view: View): string[] {
  const { path, kind, realPath, links, bytes, format, mount, files } = report;
  const size = bytes === undefined ? "" : `, ${formatBytes(bytes)}`;
  const show = (shown: string) => displayPath(shown, view.cwd);
  return [
    view.style("strong", show(path)),
    ...indent(renderFacts({
      kind: `${kind}${size}${kind === "file" ? `, ${format ?? "no known format"}` : ""}`,
      ...(links.length > 0 && {
        links: listSome(links.map((link) => `${show(link.path)} → ${link.target}`)),
      }),
      ...(links.length > 0 && realPath !== undefined && { "leads to": show(realPath) }),
      ...(mount !== undefined && { mount: describeMount(mount, realPath) }),
      ...(files !== undefined && {
        files: listSome(files.map((file) => nodePath.basename(file))),
      }),
    }, view)),
  ];
}

function listSome(things: readonly string[]): string {
  const rest = things.length - MOST_THINGS;
  const some = things.slice(0, MOST_THINGS).join(", ");
  if (things.length === 0) return "none";
  return rest > 0 ? `${some} and ${rest} more` : some;
}

/** What is mounted where, and how, when that means something. */
function describeMount(
  { mountPoint, fileSystem, source, root }: Mount,
  path?: string,
): string {
  const at = `${fileSystem} at ${mountPoint}`;
  // A subvolume of btrfs has a root of its own as well.
  const isBind = root !== "/" && fileSystem !== "btrfs";
  if (mountPoint === path && isBind) return `${at}, this alone, from ${root}`;
  if (isBind) return `${at}, a bind mount of ${root}`;
  return /[:/]/u.test(source) && !source.startsWith("/dev/") ? `${at}, ${source}` : at;
}

function renderDirectories({ directories }: Diagnosis, view: View): string[] {
  const rows = directories.slice(0, MOST_LINES).map(({ path, watcher, reason }): Row => [
    { text: displayPath(path, view.cwd) },
    {
      text: watcher === "poll" ? "polling" : `${watcher} events`,
      role: watcher === "poll" ? "changed" : "good",
    },
    { text: printable(reason), role: "quiet" },
  ]);
  return [...alignRows(rows, view), ...countHidden(directories.length, "directories", view)];
}

function renderLimits({ limits }: Diagnosis, view: View): string[] {
  const { watches, instances, queuedEvents, openFiles, uncountedProcesses } = limits;
  const isPartial = uncountedProcesses > 0
    ? `, ${uncountedProcesses} of whose processes could not be counted`
    : "";
  const row = (name: string, limit: Limit | undefined, of: string): Row[] =>
    limit === undefined ? [] : [[
      { text: name },
      { text: `${limit.used === undefined ? "" : `${limit.used} of `}${limit.limit}` },
      { text: of, role: "quiet" },
    ]];
  return alignRows([
    ...row("inotify watches", watches, `of this user${isPartial}`),
    ...row("inotify instances", instances, `of this user${isPartial}`),
    ...row("queued events", queuedEvents, "of each process"),
    ...row("open files", openFiles, "of this process"),
  ], view);
}

function renderSelfTest({ selfTest = [] }: Diagnosis, view: View): string[] {
  const rows = selfTest.flatMap((report): Row[] => {
    const { directory, writtenIn, error, events, polling } = report;
    const where = displayPath(directory, view.cwd);
    const written = writtenIn === directory
      ? ""
      : ` written in ${displayPath(writtenIn, view.cwd)}`;
    if (error !== undefined) return [[{ text: where }, { text: printable(error), role: "bad" }]];
    return [
      ...(events === undefined ? [] : [timingRow(where + written, "events", events)]),
      ...(polling === undefined
        ? []
        : [timingRow(where + written, `every ${polling.intervalMs} ms`, polling)]),
    ];
  });
  return alignRows(rows, view);
}

function timingRow(where: string, how: string, timing: Timing): Row {
  const { writes, heard, medianMs, worstMs } = timing;
  return [
    { text: where },
    { text: how },
    { text: `${heard} of ${writes} writes`, role: heard === writes ? "good" : "bad" },
    { text: medianMs === undefined ? "" : `${formatMs(medianMs)} median` },
    { text: worstMs === undefined ? "" : `${formatMs(worstMs)} worst` },
  ];
}

function renderFindings(findings: readonly Finding[], { style, cwd }: View): string[] {
  const lines = findings.slice(0, MOST_LINES).flatMap((finding) => {
    const { path, message, remedy } = finding;
    const subject = path === undefined ? "" : `${style("strong", displayPath(path, cwd))} `;
    const text = printable(message);
    const line = `${subject}${isProblem(finding) ? style("bad", text) : text}`;
    return remedy === undefined ? [line] : [line, `  → ${printable(remedy)}`];
  });
  return [...lines, ...countHidden(findings.length, "findings", { style, cwd })];
}

function renderVerdict(problems: readonly Finding[], view: View): string[] {
  if (problems.length === 0) return [view.style("good", "no problem found")];
  return [
    view.style("bad", count(problems.length, "problem")),
    ...indent(renderFindings(problems, view)),
  ];
}
