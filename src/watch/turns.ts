/**
 * Letting a runtime hand over the events that are on their way.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import type { Clock } from "../clock.ts";

/** Time in which an event comes from a runtime's watching thread, in milliseconds. */
export const THREAD_MS = 0.5;

/** Each turn of the event loop takes in what is ready; the first may have begun already. */
const TURNS = 2;

/**
 * Lets the event loop turn twice, and on until `ms` milliseconds are over. A timer would take one
 * millisecond at least, and two on a busy machine.
 */
export async function turnsOf(clock: Clock, ms: number): Promise<void> {
  const end = clock.now() + ms;
  for (let turn = 1; turn <= TURNS || clock.now() < end; turn++) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
