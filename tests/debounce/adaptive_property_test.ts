import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Debouncer } from "../../src/debounce/debouncer.ts";
import {
  type DebounceOptions,
  GAP_MULTIPLE,
  REMEMBERED_SAVES,
  resolveDebounce,
} from "../../src/debounce/strategy.ts";
import { quietTimes, type Save, savesOf, simulate } from "./writer_simulation.ts";

const DEFAULTS = resolveDebounce();

/** Saves that are needed before the quiet time is shortened. */
const TRUSTED_SAVES = 3;

const someOptions: fc.Arbitrary<Required<DebounceOptions>> = fc.record({
  strategy: fc.constantFrom("adaptive" as const, "fixed" as const, "aggressive" as const),
  minDelayMs: fc.integer({ min: 0, max: 50 }),
  baseDelayMs: fc.integer({ min: 50, max: 300 }),
  multiplier: fc.double({ min: 1, max: 3, noNaN: true }),
  maxDelayMs: fc.integer({ min: 300, max: 3000 }),
}).map(resolveDebounce);

const someSaves: fc.Arbitrary<Save[]> = fc.array(
  fc.record({
    pausesMs: fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 8 }),
    afterMs: fc.integer({ min: 1, max: 4000 }),
  }),
  { minLength: 1, maxLength: 30 },
).map((steps) => {
  let now = 0;
  return steps.map(({ pausesMs, afterMs }) => {
    const at = now + afterMs;
    now = pausesMs.reduce((sum, pauseMs) => sum + pauseMs, at);
    return { at, pausesMs };
  });
});

/** Pauses of `saves` saves, each between `lowMs` and `highMs`. */
function pausesBetween(lowMs: number, highMs: number, saves: number): fc.Arbitrary<number[][]> {
  const pause = fc.double({ min: lowMs, max: highMs, noNaN: true });
  const save = fc.array(pause, { minLength: 1, maxLength: 6 });
  return fc.array(save, { minLength: saves, maxLength: saves });
}

/** What the strategy promises to wait for in the end: three times the longest of the last pauses. */
function promised(pauses: readonly (readonly number[])[], save: number): number {
  const last = pauses.slice(Math.max(0, save - REMEMBERED_SAVES), save);
  const longest = Math.max(0, ...last.flat());
  return Math.max(DEFAULTS.minDelayMs, GAP_MULTIPLE * longest);
}

/** Floating-point sums of times are not exact. */
function assertNear(actual: number, expected: number, message: string): void {
  assert.ok(Math.abs(actual - expected) < 1e-6, `${message}: ${actual}, not ${expected}`);
}

describe("whatever a writer does", () => {
  const property = (
    check: (
      saves: readonly Save[],
      options: Required<DebounceOptions>,
      releases: ReturnType<typeof simulate>,
    ) => void,
  ) =>
    fc.assert(
      fc.property(
        someSaves,
        someOptions,
        (saves, options) => check(saves, options, simulate(saves, options)),
      ),
      { numRuns: 300 },
    );

  test("a release is never later than maxDelayMs after the first hint (G1)", () => {
    property((_saves, { maxDelayMs }, releases) => {
      for (const { delayMs } of releases) assert.ok(delayMs <= maxDelayMs, `${delayMs}`);
    });
  });

  test("the quiet time is never under minDelayMs and never over maxDelayMs", () => {
    property((_saves, { minDelayMs, maxDelayMs }, releases) => {
      for (const { quietMs, delayMs } of releases) {
        assert.ok(quietMs <= maxDelayMs, `${quietMs}`);
        assert.ok(quietMs >= minDelayMs || delayMs === maxDelayMs, `${quietMs} of ${delayMs}`);
      }
    });
  });

  test("what it wrote last is released, and nothing older after it (G1)", () => {
    property((saves, _options, releases) => {
      const numbers = releases.map(({ save }) => save);
      assert.deepEqual(numbers, numbers.toSorted((a, b) => a - b));
      assert.equal(numbers.at(-1), saves.length - 1);
      assert.equal(releases.at(-1)?.isWhole, true);
    });
  });
});

test("a writer that never stops is read at least every maxDelayMs (G1)", () => {
  const steady = fc.array(fc.integer({ min: 0, max: 45 }), { minLength: 100, maxLength: 400 });
  fc.assert(
    fc.property(steady, (pausesMs) => {
      const releases = simulate([{ at: 0, pausesMs }]);
      const times = [0, ...releases.map(({ at }) => at)];
      for (const [index, at] of releases.map(({ at }) => at).entries()) {
        assert.ok(at - times[index]! <= DEFAULTS.maxDelayMs + 45, `${at} after ${times[index]}`);
      }
    }),
    { numRuns: 100 },
  );
});

describe("a writer with short pauses", () => {
  const SAVES = 20;
  // Not more than three times as irregular as the pauses that were seen.
  const quick = fc.double({ min: 0, max: DEFAULTS.baseDelayMs / GAP_MULTIPLE, noNaN: true })
    .chain((longest) => pausesBetween(longest / GAP_MULTIPLE, longest, SAVES));
  const apart = fc.integer({ min: DEFAULTS.baseDelayMs + 1, max: 5000 });

  test("is never taken to be done too early (G2, G3)", () => {
    fc.assert(fc.property(quick, apart, (pauses, apartMs) => {
      const releases = simulate(savesOf(pauses, apartMs));
      assert.deepEqual(releases.map(({ save }) => save), pauses.map((_, index) => index));
      assert.deepEqual(releases.filter(({ isWhole }) => !isWhole), []);
    }));
  });

  test("is waited for three times its longest pause, from the fourth save on", () => {
    fc.assert(fc.property(quick, apart, (pauses, apartMs) => {
      for (const [save, quietMs] of quietTimes(simulate(savesOf(pauses, apartMs))).entries()) {
        const expected = save < TRUSTED_SAVES ? DEFAULTS.baseDelayMs : promised(pauses, save);
        assertNear(quietMs, expected, `save ${save}`);
      }
    }));
  });
});

test("a writer with pauses up to baseDelayMs is never taken to be done too early (G2)", () => {
  const { baseDelayMs } = DEFAULTS;
  const pauses = pausesBetween(baseDelayMs / GAP_MULTIPLE, baseDelayMs - 1, 20);
  fc.assert(fc.property(pauses, (pauses) => {
    const releases = simulate(savesOf(pauses, 5000));
    assert.deepEqual(releases.filter(({ isWhole }) => !isWhole), []);
    for (const quietMs of quietTimes(releases)) assertNear(quietMs, baseDelayMs, "quiet time");
  }));
});

describe("a writer with pauses over baseDelayMs", () => {
  const SAVES = 30;
  const APART_MS = 100_000;
  // Long enough to see what is learned, and not what maxDelayMs cuts off.
  const options: DebounceOptions = { maxDelayMs: 50_000 };
  const { baseDelayMs, multiplier } = DEFAULTS;
  const slow = fc.double({ min: 2 * baseDelayMs, max: 1000, noNaN: true })
    .chain((longest) => pausesBetween(longest / 2, longest, SAVES));

  test("misleads in its first save only, three times at most (G2)", () => {
    fc.assert(fc.property(slow, (pauses) => {
      const early = simulate(savesOf(pauses, APART_MS), options).filter(({ isWhole }) => !isWhole);
      const saves = early.map(({ save }) => save);
      // A pause twice as long as the one that misled may come a save later, but only once.
      assert.ok(saves.every((save) => save === saves[0]), `${saves}`);
      assert.ok(saves.length <= 3, `${saves}`);
    }));
  });

  test("is waited for longer than its pauses, and in the end three times at most", () => {
    fc.assert(fc.property(slow, (pauses) => {
      const longest = Math.max(...pauses.flat());
      for (
        const [save, quietMs] of quietTimes(simulate(savesOf(pauses, APART_MS), options)).entries()
      ) {
        if (save === 0) continue;
        assert.ok(quietMs > longest, `save ${save}: ${quietMs}`);
        assert.ok(quietMs <= GAP_MULTIPLE * longest * multiplier ** 4, `save ${save}: ${quietMs}`);
        const isOver = save >= 5 && quietMs > GAP_MULTIPLE * longest + 1e-6;
        assert.ok(!isOver, `save ${save}: ${quietMs}`);
      }
    }));
  });
});

describe("a writer that changes its habit", () => {
  const APART_MS = 100_000;
  const options: DebounceOptions = { maxDelayMs: 50_000 };
  const { baseDelayMs, multiplier } = DEFAULTS;
  const slow = fc.integer({ min: 2 * baseDelayMs, max: 1000 });
  const quick = fc.integer({ min: 1, max: 12 });
  const regular = (pauseMs: number, saves: number) =>
    Array.from({ length: saves }, () => Array.from({ length: 4 }, () => pauseMs));

  test("to short pauses is waited for accordingly after 8 saves, and one for each misled release", () => {
    fc.assert(fc.property(someSaves, quick, (before, pauseMs) => {
      const pauses = [...before.map(({ pausesMs }) => pausesMs), ...regular(pauseMs, 40)];
      const releases = simulate(savesOf(pauses, APART_MS), options);
      const misled = releases.filter(({ isWhole }) => !isWhole).length;
      const quiet = quietTimes(releases).slice(before.length + REMEMBERED_SAVES + misled);
      for (const quietMs of quiet) {
        assertNear(quietMs, Math.max(DEFAULTS.minDelayMs, GAP_MULTIPLE * pauseMs), "quiet time");
      }
    }));
  });

  test("to long pauses misleads in one save, and is waited for from then on (G2)", () => {
    fc.assert(fc.property(quick, slow, (quickMs, slowMs) => {
      const pauses = [...regular(quickMs, 10), ...regular(slowMs, 20)];
      const releases = simulate(savesOf(pauses, APART_MS), options);
      const early = releases.filter(({ isWhole }) => !isWhole).map(({ save }) => save);
      assert.deepEqual([...new Set(early)], [10]);
      assert.ok(early.length <= 3, `${early}`);
      const quiet = quietTimes(releases).slice(11);
      for (const [save, quietMs] of quiet.entries()) {
        assert.ok(quietMs > slowMs, `save ${save}: ${quietMs}`);
      }
      assertNear(quiet.at(-1)!, GAP_MULTIPLE * slowMs, "in the end");
      assert.ok(quiet[0]! <= GAP_MULTIPLE * slowMs * multiplier ** 3 + 1e-6, `${quiet[0]}`);
    }));
  });

  test("to saves in quick succession does not melt them for good", () => {
    // One pause that misled, then saves that follow each other within the quiet time it taught.
    fc.assert(fc.property(fc.integer({ min: 60, max: 200 }), (apartMs) => {
      const learned = savesOf([...regular(1, 10), [55]], 5000);
      const start = learned.at(-1)!.at + 5000;
      const succession = Array.from({ length: 300 }, (_, index) => ({
        at: start + index * apartMs,
        pausesMs: [],
      }));
      const releases = simulate([...learned, ...succession]);
      const after = releases.filter(({ at }) => at > start + 20_000 && at < start + apartMs * 299);
      for (const { delayMs } of after) {
        assert.ok(delayMs <= DEFAULTS.baseDelayMs, `${delayMs} with saves ${apartMs} ms apart`);
      }
    }));
  });
});

test("a file that is found incomplete again and again is released after five maxDelayMs (G1)", () => {
  const hints = fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 40 });
  fc.assert(fc.property(hints, (pausesMs) => {
    const debouncer = new Debouncer({ ...DEFAULTS, reportsClose: false });
    const incomplete = new Set(["/a"]);
    /** Looks at each batch that is due until `now`; gives the time of one that is not held. */
    const releaseUntil = (now: number): number | undefined => {
      for (;;) {
        const at = debouncer.deadline();
        if (at === undefined || at > now) return undefined;
        const batch = debouncer.take(at)!;
        assert.equal(batch.firstAt, 0);
        if (at >= debouncer.patience(batch, incomplete)) return at;
        debouncer.hold(batch, incomplete);
      }
    };
    let now = 0;
    let released: number | undefined;
    for (const pauseMs of [0, ...pausesMs]) {
      now += pauseMs;
      released ??= releaseUntil(now);
      if (released === undefined) debouncer.hint("/a", "modified", now);
    }
    released ??= releaseUntil(Infinity);
    assert.ok(released !== undefined && released <= 5 * DEFAULTS.maxDelayMs, `${released}`);
  }));
});
