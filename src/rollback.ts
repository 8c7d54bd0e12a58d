/**
 * The way back: rollbacks, and what becomes of a revision that has to be confirmed.
 *
 * @module
 */

import { type Clock, isoTime } from "./clock.ts";
import type { Decisions } from "./decisions.ts";
import { ClosedError, ConfirmError } from "./errors.ts";
import type { ConfigEvent, ReloadCause } from "./events.ts";
import { freezeShared } from "./freeze.ts";
import type { Log } from "./log.ts";
import { isLasting, type Rejected, type ReloadOutcome } from "./outcome.ts";
import { type ConfirmOptions, type Pending, Probation, type Verdict } from "./probation.ts";
import type { Retry } from "./retry.ts";
import type { Snapshot } from "./revision_store.ts";
import type { Commit, Revisions } from "./revisions.ts";

/** Options of {@linkcode Rollbacks}. */
export interface RollbacksOptions<T> {
  /** How new revisions are confirmed; absent: they need not be. */
  readonly confirm: ConfirmOptions<T> | undefined;
  /** Whether a revision that is not confirmed is taken back. */
  readonly rollbackOnFailure: boolean;
  readonly revisions: Revisions<T>;
  readonly decisions: Decisions;
  readonly retry: Retry;
  readonly clock: Clock;
  /** Whether waiting keeps the process alive. */
  readonly keepAlive: boolean;
  readonly log?: Log | undefined;
  onEvent(event: ConfigEvent): void;
  onCommit(commit: Commit<T>): void;
  /** Writes what runs to the disk: it is here to stay. */
  keep(): Promise<void>;
}

/** A revision that has to be confirmed. */
export interface Trial {
  /** Until when, as ISO 8601 in UTC. */
  readonly confirmBy: string;
  /** How it ends. */
  readonly verdict: Promise<Verdict>;
}

/** Goes back to earlier snapshots, because somebody asks for it or a revision is not confirmed. */
export class Rollbacks<T> {
  readonly #options: RollbacksOptions<T>;
  readonly #probation: Probation<T> | undefined;
  #isClosed = false;

  /** Creates it; nothing is to be confirmed. */
  constructor(options: RollbacksOptions<T>) {
    const { confirm, clock, keepAlive, log, revisions } = options;
    this.#options = options;
    this.#probation = confirm && new Probation({
      confirm,
      clock,
      keepAlive,
      log,
      withoutSecrets: (error) => revisions.withoutSecrets(error),
    });
  }

  /** The revision that waits to be confirmed. */
  get pending(): Pending | undefined {
    return this.#probation?.pending;
  }

  /** Begins to wait for a snapshot that was committed just now; absent: it need not be confirmed. */
  begin(snapshot: Snapshot<T>): Trial | undefined {
    if (this.#probation === undefined) return undefined;
    const confirmBy = this.#probation.deadline;
    return { confirmBy, verdict: this.#probation.run(snapshot, confirmBy) };
  }

  /**
   * Waits until what runs now is confirmed, and keeps it; gives how it ended when it does not stay.
   *
   * @param before What ran before it.
   * @param cause Why it came.
   */
  async keepOrGoBack(
    before: Snapshot<T>,
    cause: ReloadCause,
    trial: Trial | undefined,
  ): Promise<Rejected | undefined> {
    const { clock, revisions, rollbackOnFailure, onEvent, keep } = this.#options;
    if (trial === undefined) {
      await keep();
      return undefined;
    }
    const { revision } = revisions.current;
    const verdict = await trial.verdict;
    if (verdict.status === "ended") await verdict.instead?.();
    const at = isoTime(clock);
    if (verdict.status === "confirmed") {
      if (!this.#isClosed) onEvent({ type: "confirmed", revision, at });
      await keep();
    }
    if (this.#isClosed) return undefined;
    if (verdict.status !== "failed") return undefined;
    const { error } = verdict;
    if (rollbackOnFailure) {
      const outcome = await this.#goBack(before, "confirm-failed", error, isLasting(cause));
      if (outcome.status !== "rejected") {
        return { status: "rejected", revision: outcome.revision, error };
      }
    }
    this.#stay(revision, error);
    return undefined;
  }

  /** Confirms the revision that waits for it. Gives whether one did. */
  confirm(): boolean {
    return this.#probation?.confirm() ?? false;
  }

  /**
   * Commits the value of an earlier snapshot again; it holds until the content of a source changes.
   * To be run exclusively.
   *
   * @throws {RangeError} When there is no such snapshot (any more).
   */
  async rollback(to: number | "previous" | "initial"): Promise<ReloadOutcome> {
    return await this.#goBack(this.#options.revisions.store.find(to), "rollback");
  }

  /**
   * Goes back from a revision that is not confirmed yet, instead of waiting for it; from what has
   * the same value it does not.
   *
   * @returns Nothing, when none waits.
   * @throws {RangeError} When there is no such snapshot (any more).
   */
  endPending(to: number | "previous" | "initial"): Promise<ReloadOutcome> | undefined {
    if (this.#probation?.pending === undefined) return undefined;
    const target = this.#options.revisions.store.find(to);
    // There is nothing to go back from: it waits on.
    if (this.#sharedValue(target) === this.#options.revisions.current.value) {
      return Promise.resolve(this.#unchanged());
    }
    return new Promise((resolve) => {
      this.#probation!.end(async () => {
        const { revision } = this.#options.revisions.current;
        const closed: Rejected = {
          status: "rejected",
          revision,
          error: new ClosedError("roll back"),
        };
        const outcome = this.#isClosed ? closed : await this.#goBack(target, "rollback");
        if (outcome.status === "rejected") this.#notTakenBack(revision, outcome);
        resolve(outcome);
      });
    });
  }

  /** Ends what is waited for; nothing is told any more. */
  close(): void {
    this.#isClosed = true;
    this.#probation?.close();
  }

  /** Nobody said that the revision is well, and components can't go back from it. */
  #notTakenBack(revision: number, { error: cause }: Rejected): void {
    const reason = `it is not confirmed, and could not be taken back: ${cause?.message}`;
    this.#stay(revision, new ConfirmError(revision, reason, { cause }));
  }

  /** Tells that a revision stays which should not. */
  #stay(revision: number, error: ConfirmError): void {
    if (this.#isClosed) return;
    const { clock, decisions, onEvent } = this.#options;
    decisions.refuse({ status: "rejected", revision, error });
    const at = isoTime(clock);
    onEvent({ type: "reloadFailed", revision, error, files: [], cause: "confirm-failed", at });
  }

  /** The value of a snapshot, sharing with what runs what is the same in both. */
  #sharedValue({ value }: Snapshot<T>): T {
    return freezeShared(this.#options.revisions.current.value, value) as T;
  }

  /**
   * @param why What is given up, when nobody asked for it.
   * @param isRefusal Whether that is what health tells from now on.
   */
  async #goBack(
    target: Snapshot<T>,
    cause: "rollback" | "confirm-failed",
    why?: Error,
    isRefusal: boolean = false,
  ): Promise<ReloadOutcome> {
    const { clock, revisions, decisions, retry, onEvent, onCommit, keep } = this.#options;
    const before = revisions.current;
    const value = this.#sharedValue(target);
    if (Object.is(value, before.value)) return this.#unchanged();
    const layers = revisions.layersOf(target);
    const rolledBackTo = target.rolledBackTo ?? target.revision;
    const { changes, changedPaths } = revisions.compare(
      revisions.layered(before),
      { value, layers },
    );
    let outcome: ReloadOutcome | undefined;
    const { checksum } = target;
    const accepted = { value, layers, checksum, cause, rolledBackTo };
    const error = await revisions.commit(accepted, (_, after) => {
      const { revision, at } = after;
      revisions.store.note(after, changes);
      // Whoever goes back wants no more of what was refused.
      retry.reset();
      decisions.giveUp();
      if (why !== undefined && isRefusal) {
        decisions.refuse({ status: "rejected", revision, error: why });
      }
      onEvent({
        type: "rolledBack",
        revision,
        to: target.revision,
        from: before.revision,
        ...(why !== undefined && { reason: why.message }),
        checksum,
        changes,
        at,
      });
      onCommit({ before, after, changes, changedPaths });
      outcome = { status: "committed", revision, changes };
    });
    if (error === undefined) {
      // What nobody chose is on disk as it was, and gets no younger.
      if (why === undefined) await keep();
      return outcome!;
    }
    const { revision } = before;
    if (!this.#isClosed) {
      onEvent({ type: "reloadFailed", revision, error, files: [], cause, at: isoTime(clock) });
    }
    return { status: "rejected", revision, error };
  }

  #unchanged(): ReloadOutcome {
    return { status: "unchanged", revision: this.#options.revisions.current.revision };
  }
}
