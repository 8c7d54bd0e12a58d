/**
 * Waiting for what a subject has to tell while something is in its way.
 *
 * @module
 */

import type { Place } from "./place.ts";
import type { SubjectEvent } from "./subject_events.ts";
import { tale } from "./tale.ts";

const WITHIN_MS = 30_000;

/** What is waited for: an event of the subject's. */
export type EventTest = (event: SubjectEvent) => boolean;

/**
 * Waits until the subject has told what `isMeant`, `count` times since its event number `from`.
 *
 * @throws {Error} When it does not within 30 s.
 */
export async function told(
  place: Place,
  what: string,
  isMeant: EventTest,
  { from = 0, count = 1 }: { readonly from?: number; readonly count?: number } = {},
): Promise<void> {
  const { events } = place.subject!;
  const seen = () => events.slice(from).filter(({ event }) => isMeant(event)).length;
  if (await place.subject!.until(() => seen() >= count, WITHIN_MS)) return;
  const instead = tale(events.slice(from).map(({ event }) => event));
  throw new Error(`it did not tell of ${what} within ${WITHIN_MS} ms: ${instead}`);
}

/** A refusal with a reason that `why` matches. */
export function isRefusal(why: RegExp): EventTest {
  return (event) => event.type === "rejected" && why.test(event.why);
}
