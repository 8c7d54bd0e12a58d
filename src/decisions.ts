/**
 * What was decided about what the sources hold: it is not judged again before something else is
 * there, and health tells of a refusal until then.
 *
 * @module
 */

import { combineChecksums } from "./checksum.ts";
import type { Layer } from "./layers.ts";
import type { Rejected } from "./outcome.ts";
import type { SourceReading } from "./source/source_reading.ts";

/** What the variables said that stand in a content. */
export type Variables = ReadonlyMap<string, string | undefined>;

/** What the sources hold. */
export interface Content {
  /** Checksum of all documents in order. */
  readonly checksum: string;
  /** Its files: what they are called says how they are parsed. */
  readonly paths: string;
}

/** The content of readings. */
export function contentOf(readings: readonly SourceReading[]): Content {
  const documents = readings.flatMap((reading) => reading.documents);
  return {
    checksum: combineChecksums(documents.map(({ checksum }) => checksum)),
    paths: documents.map(({ path }) => path).join("\n"),
  };
}

/** Content that was evaluated. */
interface Seen extends Content {
  readonly variables: Variables;
  /** Whether it is not evaluated again: it was accepted, or given up for an earlier revision. */
  readonly isDecided: boolean;
  /** How it was refused, or taken back. */
  readonly refusal?: Rejected;
}

/** All that was decided, at one time. */
export interface Decided {
  /** What was accepted last, which after a rollback is not what runs. */
  readonly layers: readonly Layer[];
  /** The content that was evaluated last. */
  readonly seen?: Seen | undefined;
  /** How the last reload was refused; absent while all is well. */
  readonly refusal?: Rejected | undefined;
}

/** What was decided last. */
export class Decisions {
  #now: Decided = { layers: [] };

  /** All of it, for {@linkcode Decisions.restore}. */
  get now(): Decided {
    return this.#now;
  }

  /**
   * What was decided about `content`, if that is what was evaluated last.
   *
   * @param running The layers of what runs.
   * @param isCurrent Whether variables say what they said.
   */
  find(
    content: Content,
    running: readonly Layer[],
    isCurrent: (variables: Variables) => boolean,
  ): { readonly refusal?: Rejected } | undefined {
    const { seen, layers } = this.#now;
    if (!seen?.isDecided || seen.checksum !== content.checksum) return undefined;
    // A rollback ends with other content, not with other names.
    const isRenamed = seen.paths !== content.paths && layers === running;
    return isRenamed || !isCurrent(seen.variables) ? undefined : seen;
  }

  /** Notes what is evaluated now. */
  see(content: Content, variables: Variables): void {
    this.#now = { ...this.#now, seen: { ...content, variables, isDecided: false } };
  }

  /** Notes what was accepted. */
  accept(content: Content, variables: Variables, layers: readonly Layer[]): void {
    this.#now = { ...this.#now, layers, seen: { ...content, variables, isDecided: true } };
  }

  /** Notes what was started on, as what the sources hold can't be taken. */
  acceptInstead(layers: readonly Layer[]): void {
    this.#now = { ...this.#now, layers };
  }

  /** Notes that what was seen last was given up for an earlier revision. */
  giveUp(): void {
    const { seen } = this.#now;
    this.#now = { ...this.#now, seen: seen && { ...seen, isDecided: true } };
  }

  /** Notes what health tells from now on, and what is true of the content whenever it comes back. */
  refuse(refusal: Rejected): void {
    const { seen } = this.#now;
    this.#now = { ...this.#now, seen: seen && { ...seen, refusal }, refusal };
  }

  /** Notes that all is well. */
  recover(): void {
    this.#now = { ...this.#now, refusal: undefined };
  }

  /** Goes back to what was decided before. */
  restore(before: Decided): void {
    this.#now = before;
  }
}
