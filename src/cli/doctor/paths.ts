/**
 * Whether a path can be configuration.
 *
 * @module
 */

import * as nodePath from "node:path";
import type { SourceError } from "../../errors.ts";
import { knownExtensions } from "../../format/select.ts";
import { toSourceError } from "../../to_error.ts";
import type { PathTest } from "../../watch/ignore.ts";
import type { PathReport } from "./diagnosis.ts";
import { type Finding, note, problem } from "./finding.ts";
import { listConfiguration } from "./listing.ts";
import { describe, directoriesOf, look, type LookContext, type Looked } from "./look.ts";
import { staleMount } from "./stale_mount.ts";

/** What examining needs. */
export interface PathContext extends LookContext {
  /** Whether a path is editor litter or excluded. */
  readonly isIgnored: PathTest;
  /** Largest file, in bytes. */
  readonly maxBytes: number;
}

/** A path, and what was found. */
export interface PathExamination {
  readonly report: PathReport;
  readonly findings: readonly Finding[];
}

/** Examines a path that was named, and the files in it when it is a directory. */
export async function examinePath(path: string, context: PathContext): Promise<PathExamination> {
  const looked = look(path, context);
  const named = context.isIgnored(path) && looked.kind === "file"
    ? [
      note(
        "litterName",
        path,
        "is named like editor litter, or excluded; it is watched as it is named",
      ),
    ]
    : [];
  if (looked.kind !== "directory") {
    const { report, findings } = examineFile(looked, context);
    return { report, findings: [...findings, ...named] };
  }
  return await examineDirectory(looked, context);
}

async function examineDirectory(looked: Looked, context: PathContext): Promise<PathExamination> {
  const { path, chain } = looked;
  const reported = describe(looked, context);
  const found = await listConfiguration(path, context);
  if (found.error !== undefined) {
    return { report: reported, findings: [unreadable(path, found.error)] };
  }
  const files = found.paths.map((file) => look(file, context))
    // A directory whose name looks like that of a file is left out, as others are.
    .filter(({ kind }) => kind !== "directory");
  const examined = files.map((file) => examineFile(file, context));
  const report = {
    ...reported,
    links: withoutRepeats([reported, ...examined.map(({ report }) => report)]),
    files: files.map((file) => file.path),
    directories: directoriesOf(
      [...chain, ...files.flatMap((file) => file.chain)],
      reported.realPath,
    ),
  };
  const findings = examined.flatMap(({ findings }) => findings);
  if (found.leftOut !== undefined) findings.push(note("leftOut", path, found.leftOut));
  if (files.length > 0) return { report, findings };
  const remedy = `put a file into it: ${knownExtensions().join(", ")}`;
  return {
    report,
    findings: [...findings, problem("noFiles", path, "has no configuration file in it", remedy)],
  };
}

function examineFile(looked: Looked, context: PathContext): PathExamination {
  const { path, kind, error } = looked;
  const report = describe(looked, context);
  switch (kind) {
    case "file":
      return {
        report,
        findings: [...fileFindings(report, context), ...fileMount(report)],
      };
    case "missing":
      return { report, findings: [missing(looked)] };
    case "loop":
      return {
        report,
        findings: [problem(
          "linkLoop",
          path,
          "is a loop of symbolic links, or more than 40 of them in a row",
          "repoint one of the links; ls -l shows where each leads",
        )],
      };
    case "unreadable":
      return { report, findings: [unreadable(path, error!)] };
    default:
      return {
        report,
        findings: [problem(
          "notAFile",
          path,
          `is a ${kind}, neither a file nor a directory`,
          "name a regular file; one can be written from what comes out of this",
        )],
      };
  }
}

function fileFindings(
  { path, bytes = 0, format }: PathReport,
  { runtime: { fileSystem }, maxBytes }: PathContext,
): Finding[] {
  const findings: Finding[] = [];
  try {
    fileSystem.open(path)[Symbol.dispose]();
  } catch (thrown) {
    findings.push(unreadable(path, toSourceError(path, thrown)));
  }
  if (bytes > maxBytes) {
    const message = `has ${bytes} bytes, more than the limit of ${maxBytes}`;
    const remedy = "split it, or raise limits.maxBytes where the program calls watchConfig()";
    findings.push(problem("tooLarge", path, message, remedy));
  }
  if (format === undefined) {
    const remedy = `use ${knownExtensions().join(", ")}, or give the program a format for it`;
    findings.push(problem("unknownFormat", path, "has an extension of no known format", remedy));
  }
  return findings;
}

function missing({ path, chain }: Looked): Finding {
  const { directory, name } = chain.at(-1)!;
  const absent = nodePath.join(directory, name);
  if (chain.length > 1) {
    const message = `leads by a link to ${absent}, which is not there`;
    return problem("missing", path, message, "create what the link leads to, or repoint it");
  }
  const message = absent === path ? "is not there" : `is not there, and neither is ${absent}`;
  return problem("missing", path, message, "create it, or correct the path");
}

function unreadable(path: string, { reason }: SourceError): Finding {
  const remedy = "allow the user that runs the program to read it, and to search its directories";
  return problem("unreadable", path, `can't be read: ${reason}`, remedy);
}

function fileMount({ path, realPath, mount }: PathReport): Finding[] {
  if (mount === undefined || mount.mountPoint !== realPath) return [];
  const message = "is mounted as a single file: one that is renamed over it on the host, as " +
    "most editors and tools do, is never seen";
  const remedy = "mount the directory that holds it instead (in Kubernetes: without subPath)";
  return [...staleMount(path, mount), problem("fileMount", path, message, remedy)];
}

/** The links of several paths, of which one may lead through the same ones as another. */
function withoutRepeats(reports: readonly PathReport[]): PathReport["links"] {
  const links = reports.flatMap((report) => report.links);
  return [...new Map(links.map((link) => [link.path, link])).values()];
}
