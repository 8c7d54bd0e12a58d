/**
 * What a hint about a file tells.
 *
 * @module
 */

import type { HintKind } from "./watcher.ts";

/**
 * What is believed to have happened to a file. `touched`: a `modified` that was no write, as the size
 * and the time of the last write are those the file had when it was closed; a `chmod`, for example.
 */
export type FileHintKind = HintKind | "touched";

/** Hint about a file. */
export interface FileHint {
  /** Path of the file as it was given, or found in a watched directory. */
  readonly path: string;
  /** What is believed to have happened. */
  readonly kind: FileHintKind;
  /** For how long the file has not been written, in milliseconds, when that is known. */
  readonly quietForMs: number;
}
