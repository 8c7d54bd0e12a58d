/**
 * What becomes of a source whose file or directory is not there.
 *
 * @module
 */

import { SourceError } from "../errors.ts";
import type { Source } from "./source.ts";

/**
 * What becomes of a source that goes missing while it is watched.
 *
 * - `fail`: the reload fails, and all stays as it is
 * - `keep`: what the source gave last is used, others go on; `sourceStale` and `health()` tell
 * - `remove-layer`: its values go, and those of lower sources come through
 */
export type OnMissing = "fail" | "keep" | "remove-layer";

/** Options of sources that can be missing. */
export interface MissingOptions {
  /** Whether it need not be there at the start. @default {false} */
  readonly optional?: boolean;
  /**
   * What becomes of it when it goes missing later. @default {"fail"; "remove-layer" when optional}
   */
  readonly onMissing?: OnMissing;
}

const KNOWN: readonly unknown[] = ["fail", "keep", "remove-layer"];

/**
 * A way to read that does as the options say when there is nothing to read.
 *
 * @throws {RangeError} When `onMissing` is none of the three.
 */
export function unlessMissing(
  { optional = false, onMissing = optional ? "remove-layer" : "fail" }: MissingOptions,
  read: Source["read"],
): Source["read"] {
  if (!KNOWN.includes(onMissing)) {
    throw new RangeError(
      `Cannot use onMissing, it must be "fail", "keep" or "remove-layer": ` +
        `current value is ${JSON.stringify(onMissing)}`,
    );
  }
  const mayBeEmpty = onMissing === "remove-layer" || undefined;
  return async (context) => {
    try {
      const documents = await read(context);
      return mayBeEmpty ? documents.map((document) => ({ ...document, mayBeEmpty })) : documents;
    } catch (error) {
      if (!(error instanceof SourceError) || error.code !== "ENOENT") throw error;
      if (context.isNew ? optional : onMissing === "remove-layer") return [];
      if (context.isNew || onMissing === "fail") throw error;
      context.stale(error);
      return context.last;
    }
  };
}
