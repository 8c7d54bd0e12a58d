/**
 * The middle of the way of a change: parse → interpolate → merge → validate → guard. What comes out
 * is a configuration that may run, or why it may not.
 *
 * @module
 */

import type { Clock } from "./clock.ts";
import { coerceTexts } from "./coerce.ts";
import { freezeShared } from "./freeze.ts";
import { guardLayers, type GuardOptions, guardValue } from "./guard.ts";
import type { Interpolator } from "./interpolate.ts";
import type { Issue } from "./issue.ts";
import { firstFiles, firstIssues, type Log } from "./log.ts";
import { formatPath, getAt, type KeyPath } from "./key_path.ts";
import { issueAt, type Layer, type LayerParser, layersWith, originIn } from "./layers.ts";
import { Merger } from "./merge.ts";
import { redactText, withoutValue } from "./redact_text.ts";
import type { UnplacedIssue } from "./schema_issues.ts";
import type { Secrets } from "./secrets.ts";
import type { SourceReading } from "./source/source_reading.ts";
import type { StageMarks } from "./statistics/stages.ts";
import { toError } from "./to_error.ts";
import { type Rules, validate, type Validation } from "./validate.ts";

/** What became of a candidate. */
export type Evaluation<T> =
  | {
    readonly status: "accepted";
    readonly value: T;
    readonly layers: readonly Layer[];
    /** What the variables said that stand in it. */
    readonly variables: ReadonlyMap<string, string | undefined>;
  }
  | { readonly status: "failed"; readonly error: Error }
  | { readonly status: "invalid"; readonly issues: readonly Issue[] };

/** What a candidate would replace. */
export interface Running {
  readonly value: unknown;
  /** What was accepted last, which after a rollback is not what runs. */
  readonly layers: readonly Layer[];
}

/** Options of {@linkcode Evaluator}. */
export interface EvaluatorOptions<T> {
  readonly clock: Clock;
  readonly parser: LayerParser;
  readonly interpolator: Interpolator;
  readonly rules: Rules<T>;
  readonly secrets: Secrets;
  /** Is told what each stage says. */
  readonly log?: Log | undefined;
}

/** What can be read of the sources. */
export interface Readable {
  /** Their layers, placeholders filled in. */
  readonly layers: readonly Layer[];
  /** Paths of the values whose placeholders can't be filled in. */
  readonly unfilled: ReadonlySet<string>;
}

/** Evaluates candidates; what did not change since the last one is not looked at again. */
export class Evaluator<T> {
  readonly #options: EvaluatorOptions<T>;
  readonly #merger: Merger;

  /** Creates an evaluator. */
  constructor(options: EvaluatorOptions<T>) {
    this.#options = options;
    this.#merger = new Merger(options.parser.frozen);
  }

  /**
   * Evaluates what the sources hold; never throws.
   *
   * @param running Absent: nothing runs yet.
   * @param marks Takes the times of the stages.
   */
  async evaluate(
    readings: readonly SourceReading[],
    running: Running | undefined,
    guards: GuardOptions,
    marks?: StageMarks,
  ): Promise<Evaluation<T>> {
    try {
      const unreadable = readings.find(({ error }) => error !== undefined);
      if (unreadable !== undefined) return { status: "failed", error: unreadable.error! };
      marks?.begin("parse");
      const parsed = await this.#parse(readings);
      const names = new Set(readings.map(({ source }) => source.name));
      const before = (running?.layers ?? []).filter(({ source }) => names.has(source));
      const emptied = guardLayers(before, parsed, guards);
      if (emptied.length > 0) return this.#refuse("guard", emptied);
      const { layers, issues } = this.#interpolate(parsed);
      if (issues.length > 0) return this.#refuse("parse", issues);
      marks?.begin("validate");
      return await this.#validate(layers, running, guards);
    } catch (error) {
      return { status: "failed", error: toError(error) };
    }
  }

  /** Evaluates layers that no source gives; never throws. */
  async evaluateLayers(layers: readonly Layer[]): Promise<Evaluation<T>> {
    const { parser, interpolator } = this.#options;
    try {
      interpolator.begin();
      const frozen = layers.map((layer) => ({
        ...layer,
        parsed: {
          ...layer.parsed,
          value: freezeShared(undefined, layer.parsed.value, parser.frozen),
        },
      }));
      return await this.#validate(frozen, undefined, {});
    } catch (error) {
      return { status: "failed", error: toError(error) };
    }
  }

  /** What the sources hold that can be read, whatever is wrong with the rest; never throws. */
  async readable(readings: readonly SourceReading[]): Promise<Readable> {
    const parsed = await Promise.all(
      readings.flatMap(({ source, documents }) =>
        documents.map((document) => this.#options.parser.parse(document, source.name))
      ).map((layer) => layer.catch(() => undefined)),
    );
    const { layers, issues } = this.#interpolate(parsed.filter((layer) => layer !== undefined));
    return { layers, unfilled: new Set(issues.map(({ path }) => path)) };
  }

  async #parse(readings: readonly SourceReading[]): Promise<Layer[]> {
    const { parser, log } = this.#options;
    const layers = await Promise.all(
      readings.flatMap(({ source, documents }) =>
        documents.map((document) => parser.parse(document, source.name))
      ),
    );
    const files = layers.map(({ file }) => file);
    parser.keepOnly(files);
    log?.parse.debug?.("Parsed {files}", firstFiles(files));
    return layers;
  }

  #interpolate(
    parsed: readonly Layer[],
  ): { readonly layers: readonly Layer[]; readonly issues: readonly Issue[] } {
    const { interpolator } = this.#options;
    interpolator.begin();
    const results = parsed.map((layer) => interpolator.interpolate(layer));
    return {
      layers: results.map(({ layer }) => layer),
      // In its own layer: another one may have another value there.
      issues: results.flatMap(({ layer, issues }) =>
        issues.map(({ path, message }) => issueAt([layer], path, message))
      ),
    };
  }

  async #validate(
    layers: readonly Layer[],
    running: Running | undefined,
    guards: GuardOptions,
  ): Promise<Evaluation<T>> {
    const { parser, interpolator: { used: variables }, log } = this.#options;
    const candidate = this.#merger.merge(layers.map(({ parsed }) => parsed.value));
    const validation = await this.#ask(candidate, layers);
    if ("issues" in validation) {
      const { issues, refused = candidate } = validation;
      return this.#refuse("validate", this.#place(issues, candidate, layers, refused));
    }
    let value: T;
    try {
      value = freezeShared(running?.value, validation.value, parser.frozen) as T;
    } catch (thrown) {
      // An object that holds itself, or a member that throws; the cause may quote a secret.
      const message = `Cannot use what the schema gives: ${toError(thrown).message}`;
      const [{ message: shown }] = this.#place([{ path: [], message }], candidate, layers) as [
        Issue,
      ];
      return { status: "failed", error: new Error(shown) };
    }
    const issues = running === undefined ? [] : guardValue(running, { value, layers }, guards);
    if (issues.length > 0) return this.#refuse("guard", issues);
    log?.validate.debug?.("Nothing is wrong with it", {});
    return { status: "accepted", value, layers, variables };
  }

  #refuse(by: "parse" | "guard" | "validate", issues: readonly Issue[]): Evaluation<T> {
    this.#options.log?.[by].debug?.("{issueCount} issues: {issues}", firstIssues(issues));
    return { status: "invalid", issues };
  }

  /** Asks the rules; texts for want of types become what the schema asks for. */
  async #ask(candidate: unknown, layers: readonly Layer[]): Promise<Validation<T>> {
    const { rules, clock } = this.#options;
    const validation = await validate(candidate, rules, clock);
    if (!("issues" in validation)) return validation;
    const paths = validation.issues.map(({ path }) => path);
    const coerced = coerceTexts(candidate, paths, (path) => isText(layers, path));
    return coerced === undefined ? validation : await validate(coerced, rules, clock);
  }

  /**
   * Issues with their places, and without the secrets that they quote.
   *
   * @param refused What the schema made of the candidate, as far as it came.
   */
  #place(
    issues: readonly UnplacedIssue[],
    candidate: unknown,
    layers: readonly Layer[],
    refused: unknown = candidate,
  ): readonly Issue[] {
    const { secrets } = this.#options;
    const origin = originIn(layers);
    const texts = secrets.textsIn(candidate, origin);
    const made = refused === candidate ? [] : secrets.textsIn(refused, origin);
    const quoted = [...texts, ...made].sort((a, b) => b.length - a.length);
    return issues.map(({ path, message }) => {
      const isSecret = secrets.isSecret(path, origin);
      const shown = isSecret ? withoutValue(message, readAt(refused, path)) : message;
      const issue = issueAt(layers, path, redactText(shown, quoted));
      return isSecret ? { ...issue, isSecret } : issue;
    });
  }
}

/** The value at `path`, as far as it can be read: a schema may give members that throw. */
function readAt(value: unknown, path: KeyPath): unknown {
  try {
    return getAt(value, path);
  } catch {
    return undefined;
  }
}

/** Whether the string at `path` is a text for want of types. */
function isText(layers: readonly Layer[], path: KeyPath): boolean {
  const { winner } = layersWith(layers, path);
  return winner !== undefined &&
    (winner.isText || (winner.substituted?.has(formatPath(path)) ?? false));
}
