/**
 * Files whose whole content is one string, such as mounted secrets.
 *
 * @module
 */

import type { PositionedFormat } from "../format/format.ts";

const START = { line: 1, column: 1 };

/** The text of a file as one string, without the newline at its end; it holds no placeholders. */
export const plainText: PositionedFormat = {
  name: "text",
  open: () =>
    Promise.resolve((text) => {
      const value = text.replace(/\r?\n$/u, "");
      return {
        value,
        locate: (path) => path.length === 0 ? START : undefined,
        templateAt: () => escapePlaceholders(value),
      };
    }),
};

/** The text as one whose placeholders are none. */
export function escapePlaceholders(text: string): string {
  return text.replaceAll("${", () => "$${");
}
