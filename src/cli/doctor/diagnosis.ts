/**
 * What `hotconf doctor` finds out, as data.
 *
 * @module
 */

import type { WatcherName } from "../../events.ts";
import type { RuntimeName } from "../../runtime/runtime.ts";
import type { Mount } from "../../watch/mounts.ts";
import type { SpecialKind } from "../system.ts";
import type { Finding } from "./finding.ts";

/** Everything that was found out. */
export interface Diagnosis {
  /** What runs the command. */
  readonly runtime: RuntimeReport;
  /** The paths, in the order given. */
  readonly paths: readonly PathReport[];
  /** The directories that are watched for them, sorted. */
  readonly directories: readonly DirectoryReport[];
  /** What the system allows, and what of it is used. */
  readonly limits: Limits;
  /** Set when there was a self-test. */
  readonly selfTest?: readonly SelfTestReport[];
  /** What is wrong or worth knowing; problems last. */
  readonly findings: readonly Finding[];
  /** When, as ISO 8601 in UTC. */
  readonly at: string;
}

/** What runs the command. */
export interface RuntimeReport {
  /** Its name. */
  readonly name: RuntimeName;
  /** Its version. */
  readonly version: string;
  /** Name of the operating system, such as `linux`. */
  readonly platform: string;
  /** What it does differently and that matters here. */
  readonly quirks: readonly string[];
}

/** What a path turned out to be. */
export type PathKind = "file" | "directory" | "missing" | "loop" | "unreadable" | SpecialKind;

/** A path that was examined. */
export interface PathReport {
  /** Absolute path. */
  readonly path: string;
  /** What it leads to. */
  readonly kind: PathKind;
  /** The links on the way, and where each leads as it is written there. */
  readonly links: readonly { readonly path: string; readonly target: string }[];
  /** Where it leads to, free of links; absent when that is nowhere. */
  readonly realPath?: string;
  /** Size of a file. */
  readonly bytes?: number;
  /** Format of a file, by its extension. */
  readonly format?: string;
  /** What it is mounted from; absent when that is not known. */
  readonly mount?: Mount;
  /** The files of a directory that belong to the configuration. */
  readonly files?: readonly string[];
  /** The directories that are watched for it. */
  readonly directories: readonly string[];
}

/** A directory that is watched. */
export interface DirectoryReport {
  /** Absolute path, free of links. */
  readonly path: string;
  /** How it is watched. */
  readonly watcher: WatcherName;
  /** Why in this way. */
  readonly reason: string;
  /** What it is mounted from; absent when that is not known. */
  readonly mount?: Mount;
}

/** Something that is limited. */
export interface Limit {
  /** What the limit is set by, such as `fs.inotify.max_user_watches`. */
  readonly setting: string;
  /** The limit. */
  readonly limit: number;
  /** How much of it is used; absent when that can't be counted. */
  readonly used?: number;
}

/** What the system allows; each is absent where there is no such limit, or it can't be read. */
export interface Limits {
  /** Directories watched by all processes of the user. */
  readonly watches?: Limit;
  /** Processes of the user that watch, more or less: each has one inotify descriptor. */
  readonly instances?: Limit;
  /** Events that wait for a process. */
  readonly queuedEvents?: Limit;
  /** Files that the process has open. */
  readonly openFiles?: Limit;
  /** Number of the user's processes of which nothing could be counted. */
  readonly uncountedProcesses: number;
}

/** How long it took to hear of writes. */
export interface Timing {
  /** Number of writes. */
  readonly writes: number;
  /** Number of those that were heard of in time. */
  readonly heard: number;
  /** Middle of the times from the end of the write to the hint, in milliseconds. */
  readonly medianMs?: number;
  /** The longest of them. */
  readonly worstMs?: number;
}

/** What writing in a directory showed. */
export interface SelfTestReport {
  /** The directory that was listened to. */
  readonly directory: string;
  /** The directory that was written in: the same, unless one was named that shows the same files. */
  readonly writtenIn: string;
  /** Why nothing could be tested; the other members are then absent. */
  readonly error?: string;
  /** With the runtime's events; absent when the directory can't be watched. */
  readonly events?: Timing;
  /** With polling. */
  readonly polling?: Timing & { readonly intervalMs: number };
}
