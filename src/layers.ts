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
import { checkLimits } from "./format/limits.ts";
import { selectFormat } from "./format/select.ts";
import { ParseError, type ParseErrorOptions } from "./errors.ts";
import { freezeShared } from "./freeze.ts";
import type { Issue } from "./issue.ts";
import { formatPath, getAt, type KeyPath } from "./key_path.ts";
import { isPlainObject } from "./merge.ts";
import { redactExcerpt } from "./redact_text.ts";
import { type SecretOrigin, Secrets } from "./secrets.ts";
import type { SourceDocument } from "./source/source.ts";

/** One document's parsed value. */
export interface Layer {
  /** Name of the source that gave it. */
  readonly source: string;
  /** Absolute path of the document, or its URL or name. */
  readonly file: string;
  /** Whether there is a text that `file` names. */
  readonly hasText: boolean;
  /** Its checksum. */
  readonly checksum: string;
  /** Its value, deeply frozen, at its place in the configuration, and positions. */
  readonly parsed: ParsedDocument;
  /** Whether its strings are texts for want of types. */
  readonly isText: boolean;
  /** Whether it may come to hold nothing. */
  readonly mayBeEmpty: boolean;
  /** Names of the variables that were filled in, by the text of the value's path. */
  readonly substituted?: ReadonlyMap<string, readonly string[]>;
  /** What those variables of the environment said, by name. */
  readonly filledIn?: ReadonlyMap<string, string | undefined>;
}

/** Where a value stands: in a file, in a variable, or at least in a source. */
export type Place = Pick<Issue, "file" | "line" | "column" | "variable" | "source">;

interface Parsed {
  readonly path: string;
  readonly checksum: string;
  readonly parsed: Promise<ParsedDocument>;
  readonly format: SourceDocument["format"];
  readonly extension: SourceDocument["extension"];
  /** What it parsed to, or else what was there before. */
  last: ParsedDocument | undefined;
}

/** Parses documents, each content once; what did not change in one keeps its identity. */
export class LayerParser {
  /** Objects that are known to be deeply frozen, for `freezeShared()` and `Merger`. */
  readonly frozen: WeakSet<object> = new WeakSet();
  readonly #limits: FormatLimits;
  readonly #formats: Readonly<Record<string, Format>> | undefined;
  readonly #secrets: Secrets;
  /** The parsers that are loaded, by format. */
  readonly #opened = new Map<PositionedFormat, DocumentParser>();
  /** By path and place: two sources may give one file, under different keys. */
  readonly #cache = new Map<string, Parsed>();

  /** Creates a parser with the user's formats beside the built-in ones. */
  constructor(
    limits: FormatLimits,
    formats?: Readonly<Record<string, Format>>,
    secrets: Secrets = new Secrets(),
  ) {
    this.#limits = limits;
    this.#formats = formats;
    this.#secrets = secrets;
  }

  /**
   * Parses a document, or gives what came of it the last time if its content is the same.
   *
   * @throws {ParseError} When the text is not well-formed or crosses a limit.
   */
  async parse(document: SourceDocument, source: string = document.path): Promise<Layer> {
    const { path, checksum, isText = false, mayBeEmpty = false } = document;
    const hasText = document.parsed === undefined;
    const parsed = await this.#parseOnce(document);
    return { source, file: path, hasText, checksum, parsed, isText, mayBeEmpty };
  }

  /** Forgets documents that are not among `paths`. */
  keepOnly(paths: readonly string[]): void {
    const kept = new Set(paths);
    for (const [key, { path }] of this.#cache) {
      if (!kept.has(path)) this.#cache.delete(key);
    }
  }

  async #parseOnce(document: SourceDocument): Promise<ParsedDocument> {
    const { path, checksum, format, extension, at = [] } = document;
    const key = at.length === 0 ? path : [path, ...at].join("\0");
    const cached = this.#cache.get(key);
    const isSameFormat = cached?.format === format && cached?.extension === extension;
    if (isSameFormat && cached?.checksum === checksum) return await cached.parsed;
    const last = isSameFormat ? cached?.last : undefined;
    const parsed = withChecksum(this.#parse(document, last), checksum);
    const entry: Parsed = { path, checksum, parsed, format, extension, last };
    this.#cache.set(key, entry);
    try {
      return entry.last = await parsed;
    } catch (error) {
      // What failed for another reason than the text may go well the next time.
      if (!(error instanceof ParseError)) this.#cache.delete(key);
      throw error;
    }
  }

  async #parse(
    document: SourceDocument,
    last: ParsedDocument | undefined,
  ): Promise<ParsedDocument> {
    const { at = [] } = document;
    const parsed = placeAt(at, document.parsed ?? await this.#parseText(document, last));
    // What a format parsed was checked there, but not the keys it is put under.
    if (document.parsed !== undefined || at.length > 0) {
      checkLimits(parsed, document.path, this.#limits);
    }
    // Shares what did not change, so that merging it again touches only what did.
    return { ...parsed, value: freezeShared(last?.value, parsed.value, this.frozen) };
  }

  async #parseText(
    document: SourceDocument,
    last: ParsedDocument | undefined,
  ): Promise<ParsedDocument> {
    const { path, bytes } = document;
    const format = this.#formatOf(document);
    const parseDocument = this.#opened.get(format) ?? await format.open();
    this.#opened.set(format, parseDocument);
    const text = decodeText(bytes, path);
    try {
      return last?.again?.(text, last.value) ?? parseDocument(text, path, this.#limits);
    } catch (error) {
      throw error instanceof ParseError
        ? withoutSecrets(error, this.#secrets.textsInSource(text))
        : error;
    }
  }

  #formatOf({ path, format, extension }: SourceDocument): PositionedFormat {
    if (format !== undefined && "open" in format) return format;
    const known = format === undefined
      ? selectFormat(extension === undefined ? path : `document${extension}`, this.#formats)
      : selectFormat("document.custom", { ".custom": format });
    if (known !== undefined) return known;
    throw new ParseError({
      file: path,
      reason: "the extension is of no known format; use .yaml, .yml, .json, .jsonc or .toml, " +
        "or give a format",
    });
  }
}

/** What came of parsing a text; the error, if that came, tells which text it was. */
async function withChecksum(
  parsing: Promise<ParsedDocument>,
  checksum: string,
): Promise<ParsedDocument> {
  try {
    return await parsing;
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw new ParseError({ ...partsOf(error), checksum });
  }
}

/** What an error was made of. */
function partsOf(error: ParseError): ParseErrorOptions {
  const { file, reason, line, column, cause } = error;
  const position = line === undefined ? undefined : { line, column: column ?? 1 };
  return { file, reason, position, cause };
}

/** The error without what it quotes of secrets in the text, as parsers like to do. */
function withoutSecrets(error: ParseError, secrets: readonly string[]): ParseError {
  if (secrets.length === 0) return error;
  const { file, reason, position } = partsOf(error);
  return new ParseError({ file, reason: redactExcerpt(reason, secrets), position });
}

/** A document whose value stands at `at`. */
function placeAt(at: KeyPath, parsed: ParsedDocument): ParsedDocument {
  if (at.length === 0 || parsed.value === undefined) return parsed;
  const below = (path: KeyPath) =>
    at.every((key, index) => index >= path.length || String(path[index]) === String(key))
      ? path.slice(at.length)
      : undefined;
  return {
    value: at.reduceRight<unknown>((value, key) => ({ [key]: value }), parsed.value),
    locate: (path) => {
      const rest = below(path);
      return rest && parsed.locate(rest);
    },
    variableAt: (path) => {
      const rest = below(path);
      return rest && parsed.variableAt?.(rest);
    },
    templateAt: (path) => {
      const rest = below(path);
      return rest && parsed.templateAt?.(rest);
    },
    variables: parsed.variables,
  };
}

/** Where the layer has the value at `path`. */
export function placeIn({ source, file, hasText, parsed }: Layer, path: KeyPath): Place {
  const variable = parsed.variableAt?.(path);
  return {
    ...(hasText ? { file, ...parsed.locate(path) } : { source }),
    ...(variable !== undefined && { variable }),
  };
}

/** Names of the environment variables that give the value at `path`, or stand in it, in any layer. */
export function variablesIn(layers: readonly Layer[], path: KeyPath): string[] {
  return layers.flatMap(({ parsed, substituted }) => {
    const variable = parsed.variableAt?.(path);
    const filledIn = substituted?.get(formatPath(path)) ?? [];
    return variable === undefined ? filledIn : [variable, ...filledIn];
  });
}

/** Where the values of `layers` come from, as far as it tells what is secret. */
export function originIn(layers: readonly Layer[]): SecretOrigin {
  return {
    variablesIn: (path) => variablesIn(layers, path),
    filledIn: layers.flatMap(({ filledIn = [] }) => [...filledIn]),
  };
}

/** Who has something to say about a path. */
export interface Contributors {
  /** Who gives the value there. */
  readonly winner: Layer | undefined;
  /** Who has a value there that another layer wins over, or replaces with what it is in. */
  readonly shadowed: readonly Layer[];
}

/** The layers that have a value at `path`, the next in line first. */
export function layersWith(layers: readonly Layer[], path: KeyPath): Contributors {
  const found = layers.filter(({ parsed }) => getAt(parsed.value, path) !== undefined).reverse();
  const winner = winnerAt(layers, path);
  return { winner, shadowed: found.filter((layer) => layer !== winner) };
}

/** The last layer that has a value at `path`, unless a later one has something else around it. */
function winnerAt(layers: readonly Layer[], path: KeyPath): Layer | undefined {
  const last = layers.findLast(({ parsed }) =>
    getAt(parsed.value, path) !== undefined || replacesAround(parsed.value, path)
  );
  return last !== undefined && getAt(last.parsed.value, path) !== undefined ? last : undefined;
}

/** Whether `value` has at an ancestor of `path` what does not merge: an array, a scalar, `null`. */
function replacesAround(value: unknown, path: KeyPath): boolean {
  let around = value;
  for (const key of path) {
    if (around === undefined) return false;
    if (!isPlainObject(around)) return true;
    around = getAt(around, [key]);
  }
  return false;
}

/**
 * The place of the value at `path`: in the layer that gives it, or else of the nearest ancestor that
 * exists.
 */
export function placeOf(layers: readonly Layer[], path: KeyPath): Place {
  const { layer, at } = nearest(layers, path);
  return layer === undefined ? {} : placeIn(layer, at);
}

/** An issue at `path`, with its place, and the checksum of the text that has it. */
export function issueAt(layers: readonly Layer[], path: KeyPath, message: string): Issue {
  const { layer, at } = nearest(layers, path);
  return {
    path: formatPath(path),
    message,
    ...(layer && placeIn(layer, at)),
    ...(layer?.hasText && { checksum: layer.checksum }),
  };
}

/** The layer that gives the value at `path`, or else at its nearest ancestor that exists. */
function nearest(
  layers: readonly Layer[],
  path: KeyPath,
): { readonly layer: Layer | undefined; readonly at: KeyPath } {
  for (let at = path; at.length > 0; at = at.slice(0, -1)) {
    const layer = winnerAt(layers, at);
    if (layer !== undefined) return { layer, at };
  }
  return { layer: layers.length === 1 ? layers[0] : undefined, at: [] };
}
