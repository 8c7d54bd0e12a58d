/**
 * The format of a file, by its extension.
 *
 * @module
 */

import { extname } from "node:path";
import type { DocumentParser, Format, PositionedFormat } from "./format.ts";
import { checkLimits } from "./limits.ts";
import { toPlain } from "./plain.ts";
import { explainThrown, parseOrExplain } from "./thrown.ts";

/** Formats by extension: lower case, with its dot, for example `.ini`. */
export type FormatMap = Readonly<Record<string, Format>>;

const yaml = loadedLater("yaml", async () => (await import("./yaml.ts")).yaml);

const BUILT_IN: ReadonlyMap<string, PositionedFormat> = new Map([
  [".yaml", yaml],
  [".yml", yaml],
  [".json", loadedLater("json", async () => (await import("./json.ts")).json)],
  [".jsonc", loadedLater("jsonc", async () => (await import("./jsonc.ts")).jsonc)],
  [".toml", loadedLater("toml", async () => (await import("./toml.ts")).toml)],
]);

const EXTENSION = /^\.[^\s./\\*]+$/u;

/**
 * The format for the extension of `path`, in any case; the user's `formats` come before the
 * built-in ones. `undefined` when the extension is not known.
 *
 * @throws {TypeError} When a key of `formats` is not an extension, or a format has no `parse()`.
 */
export function selectFormat(path: string, formats: FormatMap = {}): PositionedFormat | undefined {
  checkFormats(formats);
  const extension = extname(path).toLowerCase();
  if (Object.hasOwn(formats, extension)) return adaptFormat(extension, formats[extension]!);
  return BUILT_IN.get(extension);
}

/**
 * Every extension that {@linkcode selectFormat} knows, sorted.
 *
 * @throws {TypeError} When a key of `formats` is not an extension, or a format has no `parse()`.
 */
export function knownExtensions(formats: FormatMap = {}): readonly string[] {
  checkFormats(formats);
  return [...new Set([...BUILT_IN.keys(), ...Object.keys(formats)])].sort();
}

function checkFormats(formats: FormatMap): void {
  for (const [extension, format] of Object.entries(formats)) {
    if (!EXTENSION.test(extension) || extension !== extension.toLowerCase()) {
      throw new TypeError(
        `Cannot use ${JSON.stringify(extension)} as a key of formats: ` +
          `write an extension in lower case with its dot, as in ".ini"`,
      );
    }
    if (typeof Object(format).parse === "function") continue;
    throw new TypeError(
      `Cannot use formats[${JSON.stringify(extension)}], it must be an object with parse()`,
    );
  }
}

/** A user's format with limits and errors like the built-in ones, but without positions. */
function adaptFormat(extension: string, format: Format): PositionedFormat {
  const parser: DocumentParser = (text, file, limits) =>
    parseOrExplain(
      file,
      () => {
        const document = { value: format.parse(text), locate: () => undefined };
        checkLimits(document, file, limits);
        // A copy, so that freezing it later can't freeze what the user's parser still holds.
        return { ...document, value: toPlain(document.value, (leaf) => leaf) };
      },
      (cause) => ({ ...explainThrown(cause), cause }),
    );
  return { name: extension.slice(1), open: () => Promise.resolve(parser) };
}

/** A format whose own code is loaded with its library, when the first such file is read. */
function loadedLater(name: string, load: () => Promise<PositionedFormat>): PositionedFormat {
  return { name, open: async () => (await load()).open() };
}
