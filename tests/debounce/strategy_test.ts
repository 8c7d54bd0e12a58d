import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  type Burst,
  type DebounceOptions,
  type DebounceStrategy,
  extendBurst,
  latestRelease,
  learnSave,
  learnTooEarly,
  quietTime,
  releaseTime,
  resolveDebounce,
  UNKNOWN_WRITER,
  type WriterHistory,
} from "../../src/debounce/strategy.ts";
import type { FileHintKind } from "../../src/watch/file_watch.ts";

const STRATEGIES: readonly DebounceStrategy[] = [
  "fixed",
  "adaptive",
  "aggressive",
  "conservative",
];

/** The burst of hints of one kind at `times`. */
function burstOf(times: readonly number[], kind: FileHintKind = "modified", reportsClose = false) {
  let burst: Burst | undefined;
  for (const time of times) burst = extendBurst(burst, kind, time, reportsClose);
  return burst!;
}

function release(
  burst: Burst,
  options: DebounceStrategy | DebounceOptions,
  writer: WriterHistory = UNKNOWN_WRITER,
): number {
  return releaseTime(burst, resolveDebounce(options), writer, 0);
}

describe("each strategy releases a burst when its table says so (S1.7)", () => {
  const known = (...gapsMs: number[]): WriterHistory => ({ gapsMs, factor: 1 });
  const cases: [
    strategy: DebounceStrategy,
    hints: number[],
    writer: WriterHistory,
    released: number,
  ][] = [
    ["fixed", [0], UNKNOWN_WRITER, 50],
    ["fixed", [0, 20, 40, 60, 80], UNKNOWN_WRITER, 130],
    ["fixed", [0, 20], known(1, 1, 1), 70],
    ["adaptive", [0], UNKNOWN_WRITER, 50],
    ["adaptive", [0, 20, 40, 60, 80], UNKNOWN_WRITER, 130],
    ["adaptive", [0], known(1, 1), 50],
    ["adaptive", [0], known(1, 1, 1), 10],
    ["adaptive", [0], known(1, 5, 1), 15],
    ["adaptive", [0], { gapsMs: [5, 5, 5], factor: 1.5 }, 22.5],
    ["adaptive", [0], known(1, 100), 300],
    ["adaptive", [0], known(400, 400, 400), 1000],
    ["aggressive", [0], UNKNOWN_WRITER, 50],
    ["aggressive", [0, 20], UNKNOWN_WRITER, 95],
    ["aggressive", [0, 20, 40, 60, 80], UNKNOWN_WRITER, 80 + 50 * 1.5 ** 4],
    ["aggressive", Array.from({ length: 30 }, (_, index) => index), UNKNOWN_WRITER, 1000],
    ["conservative", [0], UNKNOWN_WRITER, 50],
    ["conservative", [0, 20, 40, 60, 80], UNKNOWN_WRITER, 50],
  ];
  for (const [strategy, hints, writer, released] of cases) {
    const writerText = writer === UNKNOWN_WRITER ? "" : ` of a writer ${JSON.stringify(writer)}`;
    test(`${strategy}: hints at ${hints.join(" ")}${writerText}: at ${released} ms`, () => {
      assert.equal(release(burstOf(hints), strategy, writer), released);
    });
  }
});

describe("the strategies with the delays of a system they replace (S5.3)", () => {
  const cases: [options: DebounceOptions, hints: number[], released: number][] = [
    [{ strategy: "fixed", baseDelayMs: 1000, maxDelayMs: 5000 }, [0, 900], 1900],
    [{ strategy: "adaptive", baseDelayMs: 1000, maxDelayMs: 5000 }, [0, 900], 1900],
    [{ strategy: "adaptive", baseDelayMs: 1000, maxDelayMs: 5000 }, [0, 4500], 5000],
    [{ strategy: "aggressive", baseDelayMs: 2000, maxDelayMs: 10_000 }, [0], 2000],
    [{ strategy: "aggressive", baseDelayMs: 2000, maxDelayMs: 10_000 }, [0, 1000], 4000],
    [{ strategy: "aggressive", baseDelayMs: 2000, maxDelayMs: 10_000 }, [0, 1, 2, 3, 4], 10_000],
    [{ strategy: "conservative", baseDelayMs: 500 }, [0, 400], 500],
  ];
  for (const [options, hints, released] of cases) {
    test(`${options.strategy}: hints at ${hints.join(" ")}: at ${released} ms`, () => {
      assert.equal(release(burstOf(hints), { multiplier: 1.5, ...options }), released);
    });
  }
});

describe("extendBurst()", () => {
  const kinds = (list: string, reportsClose: boolean) => {
    let burst: Burst | undefined;
    for (const [index, kind] of list.split(" ").entries()) {
      burst = extendBurst(burst, kind as FileHintKind, index, reportsClose);
    }
    return [burst!.evidence, burst!.isWriting];
  };
  const cases: [hints: string, reportsClose: boolean, evidence: unknown, isWriting: boolean][] = [
    ["modified", false, undefined, false],
    ["modified", true, undefined, true],
    ["modified closed", true, "close", false],
    ["modified closed modified", true, undefined, true],
    ["modified closed unknown", true, "close", false],
    ["modified unknown", true, undefined, true],
    ["closed", true, "close", false],
    ["renamed", false, "rename", false],
    ["renamed unknown", false, "rename", false],
    ["renamed modified", false, undefined, false],
    ["renamed closed", true, "rename", false],
    ["renamed modified closed", true, "close", false],
    ["modified renamed", true, "rename", false],
    ["unknown", true, undefined, false],
    ["modified closed touched", true, undefined, false],
    ["renamed touched", true, undefined, false],
  ];
  for (const [hints, reportsClose, evidence, isWriting] of cases) {
    const runtime = reportsClose ? "with" : "without";
    test(`${runtime} close events reads "${hints}" as evidence ${evidence}`, () => {
      assert.deepEqual(kinds(hints, reportsClose), [evidence, isWriting]);
    });
  }

  test("counts hints and measures the longest pause", () => {
    const burst = burstOf([0, 5, 45, 50]);
    assert.deepEqual(burst, {
      firstAt: 0,
      lastAt: 50,
      hints: 4,
      longestGapMs: 40,
      isWriting: false,
    });
  });

  test("still knows that the file was found incomplete", () => {
    const burst = { ...burstOf([0]), wasHeld: true };
    assert.equal(extendBurst(burst, "modified", 5, false).wasHeld, true);
    assert.equal("wasHeld" in burstOf([0]), false);
  });
});

describe("releaseTime()", () => {
  test("waits for nothing but the other files once there is evidence", () => {
    const options = resolveDebounce();
    for (const kind of ["renamed", "closed"] as const) {
      const burst = burstOf([0, 3], kind, true);
      assert.equal(releaseTime(burst, options, UNKNOWN_WRITER, 0), 3);
      assert.equal(releaseTime(burst, options, UNKNOWN_WRITER, 10), 13);
    }
  });

  test("waits for the close of a file that is being written, whatever the strategy (G2)", () => {
    for (const strategy of STRATEGIES) {
      assert.equal(release(burstOf([0, 3], "modified", true), strategy), 1000);
    }
  });

  test("waits for the close of one that was found incomplete until maxDelayMs after its last write", () => {
    const burst = { ...burstOf([0, 900], "modified", true), wasHeld: true };
    assert.equal(release(burst, "adaptive"), 1900);
    assert.equal(release({ ...burst, lastAt: 4500 }, "adaptive"), 5000);
  });

  test("lets a file that was found incomplete take five times as long", () => {
    const burst = burstOf([0, 900, 990]);
    assert.equal(release(burst, "fixed"), 1000);
    assert.equal(release({ ...burst, wasHeld: true }, "fixed"), 1040);
    const options = resolveDebounce();
    assert.equal(latestRelease({ firstAt: 7 }, options), 1007);
    assert.equal(latestRelease({ firstAt: 7, wasHeld: true }, options), 5007);
  });
});

const someOptions: fc.Arbitrary<Required<DebounceOptions>> = fc.record({
  strategy: fc.constantFrom(...STRATEGIES),
  minDelayMs: fc.integer({ min: 0, max: 100 }),
  baseDelayMs: fc.integer({ min: 0, max: 500 }),
  multiplier: fc.double({ min: 1, max: 4, noNaN: true }),
  maxDelayMs: fc.integer({ min: 500, max: 5000 }),
}).map(resolveDebounce);

const someHints: fc.Arbitrary<{ kind: FileHintKind; afterMs: number }[]> = fc.array(
  fc.record({
    kind: fc.constantFrom<FileHintKind>(
      "modified",
      "renamed",
      "closed",
      "unknown",
      "touched",
      "dropped",
    ),
    afterMs: fc.integer({ min: 0, max: 300 }),
  }),
  { minLength: 1, maxLength: 30 },
);

const someWriter: fc.Arbitrary<WriterHistory> = fc.record({
  gapsMs: fc.array(fc.integer({ min: 0, max: 2000 }), { maxLength: 8 }),
  factor: fc.double({ min: 1, max: 200, noNaN: true }),
});

describe("whatever the hints", () => {
  const property = (
    check: (burst: Burst, options: Required<DebounceOptions>, released: number) => void,
  ) =>
    fc.assert(
      fc.property(
        someOptions,
        someHints,
        someWriter,
        fc.boolean(),
        (options, hints, writer, reportsClose) => {
          let burst: Burst | undefined;
          let now = 0;
          for (const { kind, afterMs } of hints) {
            burst = extendBurst(burst, kind, now += afterMs, reportsClose);
          }
          check(burst!, options, releaseTime(burst!, options, writer, 0));
        },
      ),
      { numRuns: 500 },
    );

  test("a release is never later than maxDelayMs after the first hint (G1)", () => {
    property((burst, { maxDelayMs }, released) =>
      assert.ok(released <= burst.firstAt + maxDelayMs, `${released}`)
    );
  });

  test("a file that is being written is not released before that (G2)", () => {
    property((burst, { maxDelayMs }, released) => {
      if (burst.isWriting) assert.equal(released, burst.firstAt + maxDelayMs);
    });
  });

  test("a file without evidence is not released before the strategy's quiet time", () => {
    property((burst, { strategy, baseDelayMs, minDelayMs, maxDelayMs }, released) => {
      if (burst.evidence !== undefined) return;
      const latest = burst.firstAt + maxDelayMs;
      const quietMs = strategy === "adaptive" ? Math.min(minDelayMs, baseDelayMs) : baseDelayMs;
      const from = strategy === "conservative" ? burst.firstAt : burst.lastAt;
      assert.ok(released >= Math.min(from + quietMs, latest), `${released}`);
    });
  });

  test("a file with evidence is not waited for", () => {
    property((burst, { maxDelayMs }, released) => {
      if (burst.evidence === undefined) return;
      assert.equal(released, Math.min(burst.lastAt, burst.firstAt + maxDelayMs));
    });
  });
});

describe("adaptive", () => {
  const options = resolveDebounce();

  function quietAfter(saves: number, learn: (writer: WriterHistory) => WriterHistory): number[] {
    let writer = UNKNOWN_WRITER;
    return Array.from({ length: saves }, () => {
      writer = learn(writer);
      return quietTime({ hints: 1 }, options, writer);
    });
  }

  test("comes down to minDelayMs for a quick writer, after three saves", () => {
    const quick = burstOf([0, 1, 2]);
    assert.deepEqual(
      quietAfter(4, (writer) => learnSave(writer, quick, 50, options)),
      [50, 50, 10, 10],
    );
  });

  test("goes up for a writer whose pause was taken for its end, up to maxDelayMs", () => {
    const quiet = quietAfter(12, (writer) => learnTooEarly(writer, 60, options));
    assert.deepEqual(quiet.slice(0, 2), [180 * 1.5, 180 * 1.5 ** 2]);
    assert.equal(quiet.at(-1), 1000);
  });

  test("comes back after that: the factor with each good save, the pause after eight", () => {
    const quick = burstOf([0, 1]);
    let writer = UNKNOWN_WRITER;
    for (let save = 0; save < 3; save++) writer = learnTooEarly(writer, 60, options);
    const quiet = Array.from({ length: 11 }, () => {
      writer = learnSave(writer, quick, 50, options);
      return quietTime({ hints: 1 }, options, writer);
    });
    assert.deepEqual(quiet.toSorted((a, b) => b - a), quiet);
    assert.equal(quiet[2], 180);
    assert.equal(quiet.at(-1), 10);
  });

  test("does not take a pause between two saves for one within a save", () => {
    const slow = burstOf([0, 500]);
    assert.deepEqual(
      quietAfter(4, (writer) => learnSave(writer, slow, 50, options)),
      [50, 50, 50, 50],
    );
  });

  test("stays between minDelayMs and maxDelayMs, whatever it learned", () => {
    const lesson = fc.record({
      pauseMs: fc.integer({ min: 0, max: 5000 }),
      tooEarly: fc.boolean(),
    });
    fc.assert(fc.property(someOptions, fc.array(lesson, { maxLength: 40 }), (given, lessons) => {
      const adaptive = { ...given, strategy: "adaptive" as const };
      let writer = UNKNOWN_WRITER;
      for (const { pauseMs, tooEarly } of lessons) {
        writer = tooEarly
          ? learnTooEarly(writer, pauseMs, adaptive)
          : learnSave(writer, { longestGapMs: pauseMs }, 50, adaptive);
        assert.ok(writer.gapsMs.length <= 8);
        assert.ok(writer.factor >= 1);
        const quiet = quietTime({ hints: 1 }, adaptive, writer);
        const least = Math.min(adaptive.minDelayMs, adaptive.maxDelayMs);
        assert.ok(quiet >= least && quiet <= adaptive.maxDelayMs, `${quiet}`);
      }
    }));
  });
});

describe("resolveDebounce()", () => {
  test("takes the name of a strategy, or options, or nothing", () => {
    const defaults = {
      strategy: "adaptive",
      minDelayMs: 10,
      baseDelayMs: 50,
      multiplier: 1.5,
      maxDelayMs: 1000,
    };
    assert.deepEqual(resolveDebounce(), defaults);
    assert.deepEqual(resolveDebounce("fixed"), { ...defaults, strategy: "fixed" });
    assert.deepEqual(resolveDebounce({ baseDelayMs: 300 }), { ...defaults, baseDelayMs: 300 });
  });

  const refused: [options: DebounceOptions, message: RegExp][] = [
    [{ strategy: "eager" as DebounceStrategy }, /strategy "eager": use "fixed", "adaptive"/],
    [{ minDelayMs: -1 }, /minDelayMs must be 0 or more: current value is -1/],
    [{ baseDelayMs: NaN }, /baseDelayMs must be 0 or more: current value is NaN/],
    [{ maxDelayMs: Infinity }, /maxDelayMs must be 0 or more: current value is Infinity/],
    [{ multiplier: 0.5 }, /multiplier must be 1 or more: current value is 0.5/],
    [{ baseDelayMs: 2000 }, /baseDelayMs must not exceed maxDelayMs \(1000\)/],
  ];
  for (const [options, message] of refused) {
    test(`refuses ${JSON.stringify(options)}`, () => {
      assert.throws(() => resolveDebounce(options), { name: "RangeError", message });
    });
  }
});
