/**
 * When the next reading begins: all timers between a hint and the reading it leads to.
 *
 * @module
 */

import type { Clock } from "./clock.ts";
import type { Debouncer } from "./debounce/debouncer.ts";
import { ReloadRate } from "./debounce/reload_rate.ts";
import type { DebounceOptions } from "./debounce/strategy.ts";
import type { Log } from "./log.ts";

/** Options of {@linkcode ReadingSchedule}. */
export interface ReadingScheduleOptions {
  readonly clock: Clock;
  /** Says when what waits in it is due. */
  readonly debouncer: Debouncer;
  readonly debounce: Required<DebounceOptions>;
  /** Shortest time between two tries to read what can't be read. */
  readonly backstopMs: number;
  /** Whether what waits keeps the process alive no longer than something else does. */
  readonly unref?: boolean;
  /** Is told of what is tried again. */
  readonly log?: Log | undefined;
  /** Looks at files, and says whether one of them changed. */
  look(paths: ReadonlySet<string>): boolean;
  /** Begins a reading. No other begins until {@linkcode ReadingSchedule.done} is called. */
  onDue(): void;
}

/** Time between two looks at a file that is known to be incomplete. */
const RECHECK_MS = 10;

/** Longest time between two tries to read what can't be read. */
const MAX_RETRY_MS = 60_000;

/** When hints about more files wait, a hint is not worth asking anew when all are released. */
const PROMPT_FILES = 64;

/** Begins a reading when the debouncer says so, never two at a time and none while paused. */
export class ReadingSchedule {
  readonly #options: ReadingScheduleOptions;
  readonly #clock: Clock;
  readonly #debouncer: Debouncer;
  readonly #rate = new ReloadRate();
  #timer: Disposable | undefined;
  #armTimer: Disposable | undefined;
  #lookTimer: Disposable | undefined;
  #retryTimer: Disposable | undefined;
  #retryMs = 0;
  /** What was busy when the last retry was scheduled. */
  #busy = "";
  #isReading = false;
  #isPaused = false;
  #isClosed = false;

  /** Creates a schedule on which nothing waits. */
  constructor(options: ReadingScheduleOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#debouncer = options.debouncer;
  }

  /** Whether a reading that it began is under way. */
  get isReading(): boolean {
    return this.#isReading;
  }

  /** Whether readings wait for {@linkcode ReadingSchedule.resume}. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Whether no reading begins any more. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Takes note that the debouncer was given a hint. */
  hinted(): void {
    if (this.#debouncer.pendingFiles <= PROMPT_FILES) this.arm();
    else this.#armLater();
  }

  /** Begins a reading now or when the debouncer wants it, unless it is paused or closed. */
  arm(): void {
    this.#timer?.[Symbol.dispose]();
    const deadline = this.#debouncer.deadline();
    if (deadline === undefined || this.#isPaused || this.#isClosed || this.#isReading) return;
    const delayMs = Math.max(deadline, this.#rate.notBefore) - this.#clock.now();
    if (delayMs > 0) this.#timer = this.#schedule(Math.ceil(delayMs), () => this.arm());
    else {
      this.#isReading = true;
      this.#options.onDue();
    }
  }

  /** Takes note that the reading it began is over. */
  done(): void {
    this.#isReading = false;
    this.arm();
  }

  /** Takes note of a reading that had news; too many of them make the next one wait. */
  noteNews(at: number): void {
    this.#rate.note(at);
  }

  /** Keeps readings back until {@linkcode ReadingSchedule.resume}. */
  pause(): void {
    this.#isPaused = true;
    this.#timer?.[Symbol.dispose]();
  }

  /** Lets readings begin again. */
  resume(): void {
    this.#isPaused = false;
    this.arm();
  }

  /** Ends all that waits; no reading begins any more. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.[Symbol.dispose]();
    this.#armTimer?.[Symbol.dispose]();
    this.#lookTimer?.[Symbol.dispose]();
    this.#retryTimer?.[Symbol.dispose]();
  }

  /** Resolves when a file that is known to be incomplete is worth another look. */
  untilNextLook(): Promise<void> {
    return new Promise((resolve) => this.#clock.schedule(RECHECK_MS, resolve));
  }

  /** Looks at incomplete files from time to time: Bun drops the second of two quick hints. */
  lookAgain(incomplete: ReadonlySet<string>): void {
    this.#lookTimer?.[Symbol.dispose]();
    if (incomplete.size === 0) return;
    this.#lookTimer = this.#schedule(RECHECK_MS, () => {
      if (this.#isClosed || this.#isPaused || !this.#debouncer.pending) return;
      if (this.#options.look(incomplete)) return;
      this.lookAgain(incomplete);
    });
  }

  /** What can't be read just now may be readable again without any hint. */
  retryLater(busy: ReadonlySet<string>): void {
    const key = [...busy].sort().join("\n");
    if (key === this.#busy && this.#retryTimer !== undefined) return;
    const { backstopMs, debounce: { maxDelayMs } } = this.#options;
    // What stays as it is, such as a file without permission, is asked less and less often.
    this.#retryMs = key === this.#busy
      ? Math.max(backstopMs, Math.min(2 * this.#retryMs, MAX_RETRY_MS))
      : backstopMs;
    this.#busy = key;
    this.#retryTimer?.[Symbol.dispose]();
    this.#retryTimer = undefined;
    if (busy.size === 0) return;
    this.#options.log?.read.debug?.("{files} can't be read just now: again in {inMs} ms", {
      files: [...busy],
      inMs: this.#retryMs,
    });
    this.#retryTimer = this.#clock.schedule(this.#retryMs, () => {
      this.#retryTimer = undefined;
      // Nobody wrote as far as is known: there is no quiet time to wait for.
      for (const path of busy) this.#debouncer.hint(path, "unknown", this.#clock.now(), maxDelayMs);
      this.arm();
    }, { keepAlive: false });
  }

  #armLater(): void {
    if (this.#isClosed) return;
    this.#armTimer ??= this.#schedule(this.#options.debounce.minDelayMs, () => {
      this.#armTimer = undefined;
      this.arm();
    });
  }

  #schedule(delayMs: number, callback: () => void): Disposable {
    return this.#clock.schedule(delayMs, callback, { keepAlive: !this.#options.unref });
  }
}
