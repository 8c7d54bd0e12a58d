/**
 * The time in which a new revision has to be confirmed.
 *
 * @module
 */

import type { Clock } from "./clock.ts";
import { ConfirmError } from "./errors.ts";
import type { Log } from "./log.ts";
import { checkNumber, LONGEST_TIMER_MS } from "./option_checks.ts";
import type { Snapshot } from "./revision_store.ts";
import { toError } from "./to_error.ts";

/** How a new revision is confirmed. */
export interface ConfirmOptions<T> {
  /** Time in which it has to be confirmed, in milliseconds. */
  readonly withinMs: number;
  /**
   * Asks whether the program is well. It is when this gives anything but `false`; when it throws or
   * gives `false`, it is asked again until the time is over. Absent: only
   * {@linkcode LiveConfig.confirm} confirms.
   *
   * @param signal Aborted when the answer is not needed any more.
   * @param snapshot What is to be confirmed.
   */
  health?(signal: AbortSignal, snapshot: Snapshot<T>): unknown;
  /** Time between two questions, in milliseconds. @default {250} */
  readonly intervalMs?: number;
}

/** Checks how revisions are confirmed. @throws {RangeError} When a time is out of range. */
export function checkConfirm<T>(confirm: ConfirmOptions<T> | undefined): void {
  if (confirm === undefined) return;
  const { withinMs, health, intervalMs = 1 } = confirm;
  checkNumber("confirm.withinMs", withinMs, 1, LONGEST_TIMER_MS);
  checkNumber("confirm.intervalMs", intervalMs, 1, LONGEST_TIMER_MS);
  if (health !== undefined && typeof health !== "function") {
    throw new TypeError("Cannot use confirm.health, it must be a function");
  }
}

/** A revision that is not confirmed yet. */
export interface Pending {
  /** Its number. */
  readonly revision: number;
  /** Until when it has to be confirmed, as ISO 8601 in UTC. */
  readonly confirmBy: string;
}

/** How a probation ended. `ended`: somebody decided otherwise, and says what to do instead. */
export type Verdict =
  | { readonly status: "confirmed" }
  | { readonly status: "ended"; readonly instead?: (() => Promise<void>) | undefined }
  | { readonly status: "failed"; readonly error: ConfirmError };

/** Options of {@linkcode Probation}. */
export interface ProbationOptions<T> {
  readonly confirm: ConfirmOptions<T>;
  readonly clock: Clock;
  readonly keepAlive: boolean;
  /** Is told what is answered. */
  readonly log?: Log | undefined;
  /** What somebody threw, without secrets. */
  withoutSecrets(error: Error): Error;
}

/** Waits for revisions to be confirmed, one at a time. */
export class Probation<T> {
  readonly #options: ProbationOptions<T>;
  #pending: (Pending & { end(verdict: Verdict): void }) | undefined;
  #isClosed = false;

  /** Creates it; nothing is to be confirmed. */
  constructor(options: ProbationOptions<T>) {
    this.#options = options;
  }

  /** What waits to be confirmed. */
  get pending(): Pending | undefined {
    if (this.#pending === undefined) return undefined;
    const { revision, confirmBy } = this.#pending;
    return { revision, confirmBy };
  }

  /** When a revision that is committed now has to be confirmed, as ISO 8601 in UTC. */
  get deadline(): string {
    const { clock, confirm: { withinMs } } = this.#options;
    return new Date(clock.wallTime() + withinMs).toISOString();
  }

  /**
   * Waits until the snapshot is confirmed, by its health or by hand, or the time is over. It can be
   * confirmed at once; its health is asked when the caller's turn is over. After
   * {@linkcode Probation.close} nothing is waited for.
   */
  async run(snapshot: Snapshot<T>, confirmBy: string): Promise<Verdict> {
    if (this.#isClosed) return { status: "ended" };
    const { clock, confirm: { withinMs }, keepAlive } = this.#options;
    const { revision } = snapshot;
    const asking = new AbortController();
    let lastFailure: Error | undefined;
    let timer: Disposable | undefined;
    const verdict = new Promise<Verdict>((end) => {
      this.#pending = { revision, confirmBy, end };
      timer = clock.schedule(withinMs, () => {
        const why = lastFailure === undefined ? "" : `: ${lastFailure.message}`;
        const reason = `it was not confirmed within ${withinMs} ms${why}`;
        end({
          status: "failed",
          error: new ConfirmError(revision, reason, lastFailure && { cause: lastFailure }),
        });
      }, { keepAlive });
      void Promise.resolve()
        // Who was told of it may have confirmed it by now.
        .then(() =>
          this.#pending !== undefined &&
          this.#ask(asking.signal, snapshot, (failure) => {
            lastFailure = failure;
            this.#tell(revision, failure);
          })
        )
        .then((isWell) => isWell && end({ status: "confirmed" }));
    });
    try {
      return await verdict;
    } finally {
      timer?.[Symbol.dispose]();
      this.#pending = undefined;
      asking.abort();
    }
  }

  /** Confirms what waits for it. Gives whether anything did. */
  confirm(): boolean {
    return this.#end({ status: "confirmed" });
  }

  /** Ends waiting: the revision is neither confirmed nor taken back. */
  end(instead?: () => Promise<void>): boolean {
    return this.#end({ status: "ended", instead });
  }

  /** Ends waiting, now and for what is still to come. */
  close(): void {
    this.#isClosed = true;
    this.end();
  }

  #tell(revision: number, { message: reason }: Error): void {
    const debug = this.#options.log?.confirm.debug;
    debug?.("Revision {revision} is not well yet: {reason}", { revision, reason });
  }

  #end(verdict: Verdict): boolean {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.end(verdict);
    return pending !== undefined;
  }

  /** Asks until all is well; `false` when nobody wants to know any more. */
  async #ask(
    signal: AbortSignal,
    snapshot: Snapshot<T>,
    onFailure: (error: Error) => void,
  ): Promise<boolean> {
    const { confirm, withoutSecrets } = this.#options;
    const { intervalMs = 250 } = confirm;
    if (confirm.health === undefined) return false;
    while (!signal.aborted) {
      try {
        if (await confirm.health(signal, snapshot) !== false) return true;
        onFailure(new Error("its health check said no"));
      } catch (thrown) {
        onFailure(withoutSecrets(toError(thrown)));
      }
      await this.#pause(intervalMs, signal);
    }
    return false;
  }

  /** Waits, until the signal is aborted at most. */
  #pause(delayMs: number, signal: AbortSignal): Promise<void> {
    const { clock, keepAlive } = this.#options;
    return new Promise((resolve) => {
      const end = () => {
        timer[Symbol.dispose]();
        signal.removeEventListener("abort", end);
        resolve();
      };
      const timer = clock.schedule(delayMs, end, { keepAlive });
      signal.addEventListener("abort", end, { once: true });
    });
  }
}
