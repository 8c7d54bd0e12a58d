/**
 * What the driver tells the subject and the subject tells the driver.
 *
 * @module
 */

import type { FileChangeKind, WatchOptions } from "../mod.ts";
import type { Digest } from "./digest.ts";

/** What the subject watches; paths are relative to its working directory. */
export interface WatchPlan {
  /** The file that is its configuration. @default {"config.yaml"} */
  readonly file?: string;
  /** A directory that is its configuration instead. */
  readonly directory?: string;
  /** Files and directories for `watchFiles()`, instead of a configuration. */
  readonly files?: readonly string[];
  /** Whether directories are watched with everything below them. @default {false} */
  readonly recursive?: boolean;
}

/** All the subject is told. */
export interface SubjectPlan {
  readonly watch: WatchPlan;
  readonly options: Pick<WatchOptions, "watcher" | "pollMs">;
}

/** One line of the subject's. */
export type SubjectEvent =
  | { readonly type: "ready"; readonly digest: Digest; readonly watcher: string }
  | { readonly type: "commit"; readonly digest: Digest }
  | { readonly type: "rejected"; readonly why: string }
  | { readonly type: "recovered" }
  | WatcherEvent
  | { readonly type: "failed"; readonly why: string }
  | ChangeEvent;

/** A file changed; only when it watches files. */
export interface ChangeEvent {
  readonly type: "change";
  readonly kind: FileChangeKind;
  readonly path: string;
  readonly oldPath?: string;
  /** SHA-256 of the content, lower-case hex. */
  readonly checksum?: string;
}

/** A directory is not watched as before. */
export interface WatcherEvent {
  readonly type: "watcher";
  readonly watcher: string;
  readonly directory: string;
  readonly why: string;
  readonly remedy?: string;
}

/** A line, and when the driver had read it, in milliseconds of `performance.now()`. */
export interface Observed<E = SubjectEvent> {
  readonly at: number;
  readonly event: E;
}
