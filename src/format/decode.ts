/**
 * Bytes of a configuration file to text.
 *
 * @module
 */

import { ParseError } from "../errors.ts";
import { positionAt } from "./place.ts";

/**
 * The text of UTF-8 `bytes`, without a byte order mark; `file` is for messages.
 *
 * @throws {ParseError} When the bytes are not UTF-8 or hold a NUL; at the first bad byte.
 */
export function decodeText(bytes: Uint8Array, file: string): string {
  if (hasUtf16Mark(bytes)) {
    const position = { line: 1, column: 1 };
    throw new ParseError({ file, reason: "the file is UTF-16; save it as UTF-8", position });
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const valid = textBeforeBadByte(bytes);
    throw new ParseError({
      file,
      reason: "the file is not valid UTF-8",
      position: positionAt(valid, valid.length),
    });
  }
  const nul = text.indexOf("\0");
  if (nul >= 0) {
    throw new ParseError({
      file,
      reason: "the file holds a NUL character; it is binary, or not saved as UTF-8",
      position: positionAt(text, nul),
    });
  }
  return text;
}

function hasUtf16Mark([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

/** Searches for the longest beginning that is no error yet; an unfinished character may end it. */
function textBeforeBadByte(bytes: Uint8Array): string {
  let text = "";
  let good = 0;
  let bad = bytes.length + 1;
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1;
    try {
      const decoder = new TextDecoder("utf-8", { fatal: true });
      text = decoder.decode(bytes.subarray(0, middle), { stream: true });
      good = middle;
    } catch {
      bad = middle;
    }
  }
  return text;
}
