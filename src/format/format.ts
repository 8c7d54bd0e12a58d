/**
 * What a format is: text in, value and positions out.
 *
 * @module
 */

import type { Position } from "../issue.ts";
import type { KeyPath } from "../key_path.ts";

/** A user's own format: anything with `parse(text)`, for example `{ parse }` of a YAML library. */
export interface Format {
  /**
   * Turns the text of a file into a value; throws when it can't.
   *
   * @param text The file's text, without a byte order mark. What it throws is reported with the
   * file's path. Nothing else is passed, as parsers take options of their own second.
   */
  parse(text: string): unknown;
}

/** Bounds on a parsed document. */
export interface FormatLimits {
  /** Deepest nesting of objects and arrays. @default {100} */
  readonly maxDepth: number;
  /** Most values in a document, aliases counted as often as they are used. @default {100_000} */
  readonly maxNodes: number;
}

/** A value and the way from a path in it to its place in the text. */
export interface ParsedDocument {
  /** The value: `undefined` for an empty document. */
  readonly value: unknown;
  /** Place of the value at `path` (of its key, in an object), or `undefined` when there is none. */
  locate(path: KeyPath): Position | undefined;
  /** Environment variable that gives the value at `path`, where it comes from one. */
  variableAt?(path: KeyPath): string | undefined;
  /**
   * The string at `path` as a text with placeholders, where it is to be read in another way than as
   * it stands: a literal `${` is `$${` in it.
   */
  templateAt?(path: KeyPath): string | undefined;
  /** Variables that the document defines, as texts with placeholders that may name each other. */
  readonly variables?: ReadonlyMap<string, string> | undefined;
  /**
   * Parses what the text became, and takes over what stands in both.
   *
   * @param value This document's value, or one that equals it.
   * @throws {ParseError} When the text is not well-formed or crosses a limit.
   */
  again?(text: string, value: unknown): ParsedDocument;
}

/**
 * Turns `text` into a value and its positions; `file` is for messages.
 *
 * @throws {ParseError} When the text is not well-formed or crosses a limit.
 */
export type DocumentParser = (text: string, file: string, limits: FormatLimits) => ParsedDocument;

/** A format that knows positions. The built-in formats are of this kind. */
export interface PositionedFormat {
  /** Short name, for example `yaml`. */
  readonly name: string;
  /** Loads the library behind the format; from then on parsing is synchronous. */
  open(): Promise<DocumentParser>;
}
