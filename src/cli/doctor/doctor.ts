/**
 * `hotconf doctor`: how paths would be watched, and what is in the way.
 *
 * @module
 */

import * as nodePath from "node:path";
import { isoTime } from "../../clock.ts";
import { resolveLoadOptions } from "../../options.ts";
import { createIgnore } from "../../watch/ignore.ts";
import { parseMounts } from "../../watch/mounts.ts";
import type { DoctorArguments } from "../arguments.ts";
import type { CommandIo } from "../io.ts";
import { kindOf, pathsToTake } from "../load_options.ts";
import { DEFAULT_POLL_MS } from "../polling.ts";
import { createStyle } from "../style.ts";
import { UsageError } from "../usage_error.ts";
import type { Diagnosis, PathReport, SelfTestReport } from "./diagnosis.ts";
import { cannotWatch, examineDirectories } from "./directories.ts";
import { type Finding, isProblem } from "./finding.ts";
import { diagnosisToJson } from "./json.ts";
import { examineLimits } from "./limit_findings.ts";
import { readLimits } from "./limits.ts";
import { examinePath } from "./paths.ts";
import { examineRuntime } from "./quirks.ts";
import { findViews, selfTest, type SelfTestContext } from "./self_test.ts";
import { judgeSelfTests } from "./self_test_findings.ts";
import { renderDiagnosis } from "./text.ts";

/**
 * Examines, and reports what it found.
 *
 * @returns The exit code: 0 when all is well, 1 when there is a problem, or when interrupted before
 * that is known.
 * @throws {UsageError} When there is nothing to examine, or nothing to write in.
 */
export async function doctor(args: DoctorArguments, io: CommandIo): Promise<number> {
  const { stdout, environment, cwd, interrupted } = io;
  let diagnosis: Diagnosis;
  try {
    diagnosis = await diagnose(args, io);
  } catch (thrown) {
    if (interrupted.aborted) return 1;
    throw thrown;
  }
  const lines = args.json
    ? [JSON.stringify(diagnosisToJson(diagnosis))]
    : renderDiagnosis(diagnosis, { style: createStyle(stdout, environment), cwd });
  stdout.write(lines.map((line) => `${line}\n`).join(""));
  return diagnosis.findings.some(isProblem) ? 1 : 0;
}

async function diagnose(args: DoctorArguments, io: CommandIo): Promise<Diagnosis> {
  const { runtime, cwd } = io;
  const { polling } = args;
  const paths = pathsToTake(args, io).map((path) => nodePath.resolve(cwd, path));
  const writeIn = directoryToWriteIn(args, io);
  // Before anything is watched here.
  const limits = readLimits(io);
  const context = {
    ...io,
    polling,
    mounts: parseMounts(runtime.fileSystem.mountTable()),
    isIgnored: await createIgnore(args.exclude),
    maxBytes: resolveLoadOptions({ sources: paths }).limits.maxBytes,
  };
  const system = examineRuntime(io);
  const examined = await Promise.all(paths.map((path) => examinePath(path, context)));
  const reports = examined.map(({ report }) => report);
  const watched = [...new Set(reports.flatMap(({ directories }) => directories))].sort();
  const directories = examineDirectories(watched, context);
  const judged = examineLimits(limits, directories.errors);
  const tested = args.selfTest === undefined
    ? undefined
    : await testAll(reports, writeIn, { ...io, pollMs: polling?.ms ?? DEFAULT_POLL_MS });
  const findings = [
    ...system.findings,
    ...judged.findings,
    ...examined.flatMap(({ findings }) => findings),
    ...directories.findings,
    ...cannotWatch(judged.unexplained, io),
    ...judgeSelfTests(tested ?? [], directories.reports),
  ];
  return {
    runtime: system.report,
    paths: reports,
    directories: directories.reports,
    limits,
    ...(tested !== undefined && { selfTest: tested }),
    findings: sorted(findings),
    at: isoTime(runtime.clock),
  };
}

/** Problems last, where they are read. */
function sorted(findings: readonly Finding[]): Finding[] {
  return [...findings.filter((finding) => !isProblem(finding)), ...findings.filter(isProblem)];
}

function directoryToWriteIn(
  { selfTest }: DoctorArguments,
  { cwd, runtime: { fileSystem } }: CommandIo,
): string | undefined {
  if (selfTest?.directory === undefined) return undefined;
  const path = nodePath.resolve(cwd, selfTest.directory);
  if (kindOf(path, fileSystem) === "directory") return path;
  throw new UsageError(
    `Option --self-test must name a directory, got ${JSON.stringify(selfTest.directory)}`,
  );
}

async function testAll(
  reports: readonly PathReport[],
  writeIn: string | undefined,
  context: SelfTestContext,
): Promise<SelfTestReport[]> {
  const directories = [...new Set(reports.map(directoryBeside))].sort();
  const views = writeIn === undefined
    ? directories.map((directory) => ({ directory, writtenIn: directory }))
    : await findViews(directories, writeIn, context);
  return await Promise.all(views.map((view, index) => selfTest(view, index, context)));
}

/** The directory in which a path's content is replaced. */
function directoryBeside({ kind, realPath, directories }: PathReport): string {
  if (realPath === undefined) return directories.at(-1)!;
  return kind === "directory" ? realPath : nodePath.dirname(realPath);
}
