/**
 * Layers: the parsed documents of all sources in order, and the places of their values.
 *
 * @module
 */

import { decodeText } from "./format/decode.ts";
import type {
  DocumentParser,
  Format,
  FormatLimits,
  ParsedDocument,
  PositionedFormat,
} from "./format/format.ts";
import { selectFormat } from "./format/select.ts";
import { type Issue, ParseError } from "./errors.ts";
import { freezeShared } from "./freeze.ts";
import { formatPath, getAt, type KeyPath } from "./key_path.ts";
import type { SourceDocument } from "./source/source.ts";

/** One document's parsed value. */
export interface Layer {
  /** Absolute path of the document. */
  readonly file: string;
  /** Its checksum. */
  readonly checksum: string;
  /** Its value, deeply frozen, and positions. */
  readonly parsed: ParsedDocument;
}

/** A place in a file. */
export type Place = Pick<Issue, "file" | "line" | "column">;

/** Parses documents, each content once; what did not change in one keeps its identity. */
export class LayerParser {
  /** Objects that are known to be deeply frozen, for `freezeShared()` and `Merger`. */
  readonly frozen: WeakSet<object> = new WeakSet();
  readonly #limits: FormatLimits;
  readonly #formats: Readonly<Record<string, Format>> | undefined;
  /** The parsers that are loaded, by format. */
  readonly #opened = new Map<PositionedFormat, DocumentParser>();
  readonly #cache = new Map<
    string,
    { readonly checksum: string; readonly layer: Promise<Layer> }
  >();
  /** The last well-formed value of each path. */
  readonly #values = new Map<string, unknown>();

  /** Creates a parser with the user's formats beside the built-in ones. */
  constructor(limits: FormatLimits, formats?: Readonly<Record<string, Format>>) {
    this.#limits = limits;
    this.#formats = formats;
  }

  /**
   * Parses a document, or gives what came of it the last time if its content is the same.
   *
   * @throws {ParseError} When the text is not well-formed or crosses a limit.
   */
  async parse(document: SourceDocument): Promise<Layer> {
    const { path, checksum } = document;
    const cached = this.#cache.get(path);
    if (cached?.checksum === checksum) return await cached.layer;
    const layer = this.#parse(document);
    this.#cache.set(path, { checksum, layer });
    try {
      return await layer;
    } catch (error) {
      // What failed for another reason than the text may go well the next time.
      if (!(error instanceof ParseError)) this.#cache.delete(path);
      throw error;
    }
  }

  /** Forgets documents that are not in `documents`. */
  keepOnly(documents: readonly SourceDocument[]): void {
    const paths = new Set(documents.map(({ path }) => path));
    for (const path of this.#cache.keys()) {
      if (paths.has(path)) continue;
      this.#cache.delete(path);
      this.#values.delete(path);
    }
  }

  async #parse(document: SourceDocument): Promise<Layer> {
    const { path, checksum, bytes } = document;
    const format = this.#formatOf(document);
    const parseDocument = this.#opened.get(format) ?? await format.open();
    this.#opened.set(format, parseDocument);
    const parsed = parseDocument(decodeText(bytes, path), path, this.#limits);
    const value = freezeShared(this.#values.get(path), parsed.value, this.frozen);
    this.#values.set(path, value);
    return { file: path, checksum, parsed: { ...parsed, value } };
  }

  #formatOf({ path, format }: SourceDocument): PositionedFormat {
    const known = format === undefined
      ? selectFormat(path, this.#formats)
      : selectFormat("document.custom", { ".custom": format });
    if (known !== undefined) return known;
    throw new ParseError({
      file: path,
      reason: "the extension is of no known format; use .yaml, .yml, .json, .jsonc or .toml, " +
        "or give a format",
    });
  }
}

/**
 * The place of the value at `path`: in the last layer that has it, or else of the nearest ancestor
 * that exists.
 */
export function placeOf(layers: readonly Layer[], path: KeyPath): Place {
  for (let ancestor = path; ancestor.length > 0; ancestor = ancestor.slice(0, -1)) {
    const layer = layers.findLast(({ parsed }) => getAt(parsed.value, ancestor) !== undefined);
    if (layer !== undefined) return { file: layer.file, ...layer.parsed.locate(ancestor) };
  }
  const only = layers.length === 1 ? layers[0] : undefined;
  return only === undefined ? {} : { file: only.file, ...only.parsed.locate([]) };
}

/** An issue at `path`, with its place. */
export function issueAt(layers: readonly Layer[], path: KeyPath, message: string): Issue {
  return { path: formatPath(path), message, ...placeOf(layers, path) };
}
