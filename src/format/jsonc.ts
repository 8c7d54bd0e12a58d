/**
 * The JSONC format.
 *
 * @module
 */

import type { PositionedFormat } from "./format.ts";
import { openJson } from "./json_document.ts";

/** JSON with comments and commas after the last member. */
export const jsonc: PositionedFormat = {
  name: "jsonc",
  open: () => openJson({ comments: true }),
};
