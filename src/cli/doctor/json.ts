/**
 * The diagnosis for programs: a public contract, see docs/command.md.
 *
 * @module
 */

import type { Mount } from "../../watch/mounts.ts";
import { isProblem } from "./finding.ts";
import type { Diagnosis, DirectoryReport, Limit, PathReport, Timing } from "./diagnosis.ts";

/** The diagnosis as the contract has it: documented members only, in the documented order. */
export function diagnosisToJson(
  { runtime, paths, directories, limits, selfTest, findings, at }: Diagnosis,
): object {
  const { watches, instances, queuedEvents, openFiles, uncountedProcesses } = limits;
  return {
    type: "diagnosis",
    isHealthy: !findings.some(isProblem),
    findings: findings.map(({ code, severity, path, message, remedy }) => ({
      code,
      severity,
      path,
      message,
      remedy,
    })),
    paths: paths.map(pathToJson),
    directories: directories.map(directoryToJson),
    limits: {
      watches: limitToJson(watches),
      instances: limitToJson(instances),
      queuedEvents: limitToJson(queuedEvents),
      openFiles: limitToJson(openFiles),
      uncountedProcesses,
    },
    runtime: {
      name: runtime.name,
      version: runtime.version,
      platform: runtime.platform,
      quirks: runtime.quirks,
    },
    selfTest: selfTest?.map(({ directory, writtenIn, error, events, polling }) => ({
      directory,
      writtenIn,
      error,
      events: events && timingToJson(events),
      polling: polling && { intervalMs: polling.intervalMs, ...timingToJson(polling) },
    })),
    at,
  };
}

// JSON.stringify() leaves out what is undefined.

function pathToJson(
  { path, kind, realPath, links, bytes, format, mount, files, directories }: PathReport,
): object {
  return {
    path,
    kind,
    realPath,
    links: links.map(({ path, target }) => ({ path, target })),
    bytes,
    format,
    mount: mount && mountToJson(mount),
    files,
    directories,
  };
}

function directoryToJson({ path, watcher, reason, mount }: DirectoryReport): object {
  return { path, watcher, reason, mount: mount && mountToJson(mount) };
}

function mountToJson({ mountPoint, fileSystem, source, root }: Mount): object {
  return { mountPoint, fileSystem, source, root };
}

function limitToJson(limit: Limit | undefined): object | undefined {
  return limit && { setting: limit.setting, limit: limit.limit, used: limit.used };
}

function timingToJson({ writes, heard, medianMs, worstMs }: Timing): object {
  return { writes, heard, medianMs: toMicroseconds(medianMs), worstMs: toMicroseconds(worstMs) };
}

function toMicroseconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 1000) / 1000;
}
