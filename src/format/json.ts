/**
 * The JSON format.
 *
 * @module
 */

import type { PositionedFormat } from "./format.ts";
import { openJson } from "./json_document.ts";

/** Strict JSON; a key that occurs twice is an error, an empty text is an empty document. */
export const json: PositionedFormat = {
  name: "json",
  open: () => openJson({ comments: false }),
};
