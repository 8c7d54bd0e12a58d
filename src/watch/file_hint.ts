/**
 * What a hint about a file tells.
 *
 * @module
 */

import type { HintKind } from "./watcher.ts";

/**
 * What is believed to have happened to a file. `touched`: a `modified` that was no write, as the size
 * and the time of the last write are those the file had when it was closed; a `chmod`, for example.
 * `dropped`: a `renamed` after which its name is gone, which was a link through another link, and so
 * is the file from where that one leads to; as when an update of a Kubernetes volume drops a key.
 */
export type FileHintKind = HintKind | "touched" | "dropped";

/** Hint about a file. */
export interface FileHint {
  /** Path of the file as it was given, or found in a watched directory. */
  readonly path: string;
  /** What is believed to have happened. */
  readonly kind: FileHintKind;
  /** For how long the file has not been written, in milliseconds, when that is known. */
  readonly quietForMs: number;
  /** Whether a look found that this very file was written since the last hint or look. */
  readonly isWrittenOver?: boolean;
}
