/** For tests that nothing goes on listening to a signal that outlives it. */

/** A signal and the number of listeners that are on it. */
export function countedSignal(): {
  signal: AbortSignal;
  listeners: () => number;
  abort: () => void;
} {
  const controller = new AbortController();
  const { signal } = controller;
  const set = new Set<unknown>();
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    set.add(args[1]);
    addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    set.delete(args[1]);
    removeEventListener.apply(signal, args);
  };
  return { signal, listeners: () => set.size, abort: () => controller.abort() };
}
