/**
 * Which failures were told of already: the same one is told once until it is over.
 *
 * @module
 */

/**
 * What can be over together: refused changes, what is wrong with watching, or calls that were
 * refused and left all as it was: their end is no news.
 */
export type FailureGroup = "refused" | "health" | "call";

/** A failure, as far as it matters whether it is the same as one before. */
export interface Failure {
  /** The same for failures that are the same. */
  readonly key: string;
  /** Absent: it has no end, and is only not repeated. */
  readonly group?: FailureGroup | undefined;
  /** When, as ISO 8601 in UTC. */
  readonly at: string;
}

/** Failures that are over. */
export interface Recovery {
  /** How often they happened. */
  readonly count: number;
  /** When the first did. */
  readonly since: string;
}

interface Told extends Failure {
  toldAt: number;
  leftOut: number;
  count: number;
}

/** More of them are forgotten, the oldest first. */
const MOST_FAILURES = 100;

/** Begun so often within the interval, a failure comes and goes. */
const OFTEN = 3;

/** The failures that were told of and are not over. */
export class ToldFailures {
  readonly #repeatAfterMs: number;
  readonly #told = new Map<string, Told>();
  /** When failures, also those that are over, began the last times. */
  readonly #begins = new Map<string, readonly number[]>();

  /** Starts with none. */
  constructor(repeatAfterMs: number) {
    this.#repeatAfterMs = repeatAfterMs;
  }

  /**
   * Takes a failure at the time `now`, in milliseconds.
   *
   * @param isBack Whether it had ended, which nobody was told.
   * @returns How often it was left out before; `undefined` when it is to be left out.
   */
  take(failure: Failure, now: number, isBack: boolean = false): number | undefined {
    const told = this.#told.get(failure.key);
    if (told === undefined || isBack) this.#begin(failure.key, now);
    if (told === undefined) {
      put(this.#told, failure.key, { ...failure, toldAt: now, leftOut: 0, count: 1 });
      return 0;
    }
    told.count++;
    if (now - told.toldAt < this.#repeatAfterMs) {
      told.leftOut++;
      return undefined;
    }
    const { leftOut } = told;
    told.toldAt = now;
    told.leftOut = 0;
    return leftOut;
  }

  /** The failures of a group are over; `undefined` when none was told. */
  recover(group: FailureGroup): Recovery | undefined {
    const over = [...this.#told.values()].filter((told) => told.group === group);
    for (const { key } of over) this.#told.delete(key);
    if (over.length === 0) return undefined;
    return { count: over.reduce((sum, { count }) => sum + count, 0), since: over[0]!.at };
  }

  /** Whether one of a group ended and began again and again, so that its end may not last. */
  comesAndGoes(group: FailureGroup, now: number): boolean {
    const ofGroup = [...this.#told.values()].filter((told) => told.group === group);
    return ofGroup.some(({ key }) => this.#recentBegins(key, now).length === OFTEN);
  }

  /** What was told did not arrive: what happens once more is told again. */
  loseOne(): void {
    for (const told of this.#told.values()) told.toldAt = -Infinity;
  }

  #begin(key: string, now: number): void {
    const begins = [...this.#recentBegins(key, now), now].slice(-OFTEN);
    this.#begins.delete(key);
    put(this.#begins, key, begins);
  }

  #recentBegins(key: string, now: number): readonly number[] {
    return this.#begins.get(key)?.filter((at) => now - at < this.#repeatAfterMs) ?? [];
  }
}

function put<V>(map: Map<string, V>, key: string, value: V): void {
  const [oldest] = map.keys();
  if (map.size >= MOST_FAILURES) map.delete(oldest!);
  map.set(key, value);
}
