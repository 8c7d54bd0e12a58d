import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Debouncer } from "../../src/debounce/debouncer.ts";
import { type DebounceOptions, resolveDebounce } from "../../src/debounce/strategy.ts";

const A = "/a.yaml";
const B = "/b.yaml";

function create(
  options: DebounceOptions & { readonly reportsClose?: boolean; readonly files?: number } = {},
): Debouncer {
  const { reportsClose = false, files = 1, ...debounce } = options;
  const debouncer = new Debouncer({ ...resolveDebounce(debounce), reportsClose });
  debouncer.setWatchedFiles(new Set([A, B].slice(0, files)));
  return debouncer;
}

/** The files of the batch that is due at `now`. */
function taken(debouncer: Debouncer, now: number): string[] {
  return [...debouncer.take(now)?.bursts.keys() ?? []];
}

describe("a debouncer", () => {
  test("has nothing to release before the first hint", () => {
    const debouncer = create();
    assert.equal(debouncer.pending, false);
    assert.equal(debouncer.deadline(), undefined);
    assert.equal(debouncer.take(1e9), undefined);
    assert.equal(debouncer.flush(), undefined);
  });

  test("releases many hints as one batch, when it is quiet (S1.7)", () => {
    const debouncer = create();
    for (const now of [0, 10, 20]) debouncer.hint(A, "modified", now);
    assert.equal(debouncer.pending, true);
    assert.equal(debouncer.deadline(), 70);
    assert.equal(debouncer.take(69), undefined);
    const batch = debouncer.take(70);
    assert.equal(batch?.firstAt, 0);
    assert.equal(batch?.bursts.get(A)?.hints, 3);
    assert.equal(debouncer.pending, false);
    assert.equal(debouncer.deadline(), undefined);
  });

  test("releases at once with evidence, when one file is watched", () => {
    const debouncer = create();
    debouncer.hint(A, "renamed", 7);
    assert.equal(debouncer.deadline(), 7);
    assert.deepEqual(taken(debouncer, 7), [A]);
  });

  test("gives a whole file baseDelayMs for others saved with it, when several are watched (G5)", () => {
    const debouncer = create({ files: 2, baseDelayMs: 50 });
    debouncer.hint(A, "renamed", 0);
    assert.equal(debouncer.deadline(), 50);
    debouncer.hint(B, "renamed", 30);
    assert.equal(debouncer.deadline(), 80);
    assert.deepEqual(taken(debouncer, 80), [A, B]);
  });

  test("releases a whole file together with the one that is still written (G5)", () => {
    const debouncer = create({ files: 2 });
    debouncer.hint(A, "renamed", 0);
    debouncer.hint(B, "modified", 5);
    assert.equal(debouncer.take(20), undefined);
    assert.deepEqual(taken(debouncer, 55), [A, B]);
  });

  test("releases maxDelayMs after the first hint, however steadily files are written", () => {
    const debouncer = create({ files: 2 });
    for (let now = 0; now < 1000; now += 10) debouncer.hint(now % 20 ? A : B, "modified", now);
    assert.equal(debouncer.deadline(), 1000);
    assert.deepEqual(taken(debouncer, 1000), [B, A]);
  });

  test("does not extend a conservative delay", () => {
    const debouncer = create({ strategy: "conservative" });
    for (const now of [0, 20, 40]) debouncer.hint(A, "modified", now);
    assert.equal(debouncer.deadline(), 50);
  });

  test("waits for the close, where closes are reported (G2)", () => {
    const debouncer = create({ reportsClose: true });
    debouncer.hint(A, "modified", 0);
    assert.equal(debouncer.deadline(), 1000);
    debouncer.hint(A, "closed", 3);
    assert.equal(debouncer.deadline(), 3);
  });

  test("counts the time for which a looked-at file was quiet already", () => {
    const debouncer = create();
    debouncer.hint(A, "unknown", 100, 30);
    assert.equal(debouncer.deadline(), 120);
    debouncer.hint(A, "unknown", 110, 500);
    assert.equal(debouncer.deadline(), 120);
  });

  test("shows the burst of a file since its last release", () => {
    const debouncer = create();
    debouncer.hint(A, "modified", 1);
    assert.equal(debouncer.burst(A)?.firstAt, 1);
    assert.equal(debouncer.burst(B), undefined);
    debouncer.flush();
    assert.equal(debouncer.burst(A), undefined);
  });

  test("flush() releases before the deadline, clear() drops", () => {
    const debouncer = create();
    debouncer.hint(A, "modified", 0);
    assert.deepEqual([...debouncer.flush()?.bursts.keys() ?? []], [A]);
    debouncer.hint(B, "modified", 0);
    debouncer.clear();
    assert.equal(debouncer.pending, false);
    assert.equal(debouncer.flush(), undefined);
  });
});

describe("a batch that is held", () => {
  test("waits until maxDelayMs after the last hint (G2)", () => {
    const debouncer = create();
    debouncer.hint(A, "modified", 0);
    debouncer.hint(A, "modified", 30);
    debouncer.hold(debouncer.take(80)!, new Set([A]));
    assert.equal(debouncer.deadline(), 1030);
    assert.equal(debouncer.take(1029), undefined);
    assert.equal(debouncer.take(1030)?.firstAt, 0);
  });

  test("goes on when a new hint comes, and keeps the time of its first one", () => {
    const debouncer = create();
    debouncer.hint(A, "modified", 0);
    debouncer.hold(debouncer.take(50)!, new Set([A]));
    debouncer.hint(A, "modified", 400);
    assert.equal(debouncer.deadline(), 450);
    const burst = debouncer.take(450)?.bursts.get(A);
    assert.equal(burst?.firstAt, 0);
    assert.equal(burst?.wasHeld, true);
    assert.equal(burst?.longestGapMs, 400);
  });

  test("joins the hints that came while it was read", () => {
    const debouncer = create();
    debouncer.hint(A, "modified", 0);
    const batch = debouncer.take(50)!;
    debouncer.hint(A, "modified", 52);
    debouncer.hold(batch, new Set([A]));
    assert.deepEqual(debouncer.burst(A), {
      firstAt: 0,
      lastAt: 52,
      hints: 2,
      longestGapMs: 52,
      isWriting: false,
      wasHeld: true,
    });
    assert.equal(debouncer.deadline(), 102);
  });

  test("has no evidence for the incomplete file any more, but for the others", () => {
    const debouncer = create({ files: 2 });
    debouncer.hint(A, "renamed", 0);
    debouncer.hint(B, "renamed", 0);
    debouncer.hold(debouncer.take(50)!, new Set([A]));
    assert.equal(debouncer.burst(A)?.evidence, undefined);
    assert.equal(debouncer.burst(B)?.evidence, "rename");
    assert.equal(debouncer.deadline(), 1000);
    debouncer.hint(A, "renamed", 100);
    assert.deepEqual(taken(debouncer, 150), [A, B]);
  });

  test("goes on when another file is told of: it may be the missing one under a new name", () => {
    const debouncer = create();
    debouncer.hint(A, "renamed", 0);
    const batch = debouncer.take(0)!;
    debouncer.hint(B, "renamed", 1);
    debouncer.hold(batch, new Set([A]));
    assert.equal(debouncer.deadline(), 1);
    debouncer.hold(debouncer.take(1)!, new Set([A]));
    assert.equal(debouncer.deadline(), 1000);
  });

  test("is waited for five times maxDelayMs in all, not for ever (G1)", () => {
    const debouncer = create();
    let now = 0;
    debouncer.hint(A, "modified", now);
    for (now = 50; now < 4900; now += 900) {
      debouncer.hold(debouncer.flush()!, new Set([A]));
      debouncer.hint(A, "modified", now);
    }
    debouncer.hold(debouncer.flush()!, new Set([A]));
    assert.equal(debouncer.deadline(), 5000);
  });
});

describe("adaptive learning", () => {
  /** Saves `A` once with hints at `times` and says what was learned. */
  function save(debouncer: Debouncer, times: readonly number[], wasPart = false): void {
    for (const time of times) debouncer.hint(A, "modified", time);
    const releasedAt = debouncer.deadline()!;
    debouncer.learn(A, debouncer.flush()!.bursts.get(A)!, wasPart, releasedAt);
  }

  function quietTime(debouncer: Debouncer, now: number): number {
    debouncer.hint(A, "modified", now);
    const quiet = debouncer.deadline()! - now;
    debouncer.clear();
    return quiet;
  }

  test("makes the quiet time of a quick writer short", () => {
    const debouncer = create();
    for (let count = 0; count < 3; count++) save(debouncer, [count * 5000, count * 5000 + 1]);
    assert.equal(quietTime(debouncer, 20_000), 10);
    debouncer.hint(B, "modified", 20_000);
    assert.equal(debouncer.deadline(), 20_050, "each file has a writer of its own");
  });

  test("makes it long after a pause that was taken for the end of a save", () => {
    const debouncer = create();
    save(debouncer, [0]);
    save(debouncer, [60], true);
    assert.equal(quietTime(debouncer, 5000), 3 * 60 * 1.5);
  });

  test("takes a continuation for a save of its own when it comes later than maxDelayMs", () => {
    const debouncer = create();
    save(debouncer, [0]);
    save(debouncer, [3000], true);
    assert.equal(quietTime(debouncer, 9000), 50);
  });

  test("learns nothing from a rename", () => {
    const debouncer = create();
    for (let now = 0; now < 5; now++) {
      debouncer.hint(A, "renamed", now);
      debouncer.learn(A, debouncer.flush()!.bursts.get(A)!, false, now);
    }
    assert.equal(quietTime(debouncer, 9000), 50);
  });

  test("learns nothing from a file that was found incomplete: it was waited for anyway", () => {
    const debouncer = create();
    for (let now = 0; now < 25_000; now += 5000) {
      debouncer.hint(A, "modified", now);
      debouncer.hold(debouncer.flush()!, new Set([A]));
      debouncer.learn(A, debouncer.flush()!.bursts.get(A)!, false, now + 1000);
    }
    assert.equal(quietTime(debouncer, 30_000), 50);
  });

  test("is forgotten with the file", () => {
    const debouncer = create();
    for (let count = 0; count < 3; count++) save(debouncer, [count * 5000]);
    debouncer.setWatchedFiles(new Set([A]));
    assert.equal(quietTime(debouncer, 20_000), 10);
    debouncer.setWatchedFiles(new Set([B]));
    assert.equal(quietTime(debouncer, 20_000), 50);
  });

  test("takes no look at the file for a write of its own", () => {
    const debouncer = create();
    for (let count = 0; count < 3; count++) {
      debouncer.hint(A, "modified", count * 5000);
      debouncer.hint(A, "unknown", count * 5000 + 9, 9);
      debouncer.learn(A, debouncer.flush()!.bursts.get(A)!, false, count * 5000 + 50);
    }
    assert.equal(quietTime(debouncer, 20_000), 10);
  });
});

describe("files with options of their own (S4.3)", () => {
  const slow = resolveDebounce({ strategy: "fixed", baseDelayMs: 300 });
  const same = resolveDebounce({ strategy: "fixed", baseDelayMs: 300 });
  const common = { strategy: "fixed", baseDelayMs: 50 } as const;
  const rows = [
    {
      title: "are released on their own, each when it is due",
      own: { [B]: slow },
      hints: [[A, 0], [B, 0]],
      batches: [[50, A], [300, B]],
    },
    {
      title: "are not kept waiting by others",
      own: { [B]: slow },
      hints: [[B, 0], [A, 40], [A, 80], [A, 120]],
      batches: [[170, A], [300, B]],
    },
    {
      title: "are released with those whose options are equal",
      own: { [A]: slow, [B]: same },
      hints: [[A, 0], [B, 100]],
      batches: [[400, A, B]],
    },
    {
      title: "are released with all others when their options are the common ones",
      own: { [B]: resolveDebounce(common) },
      hints: [[A, 0], [B, 30]],
      batches: [[80, A, B]],
    },
    {
      title: "wait until their own maxDelayMs at the longest",
      own: { [B]: resolveDebounce({ strategy: "fixed", baseDelayMs: 90, maxDelayMs: 200 }) },
      hints: [[B, 0], [B, 80], [B, 160]],
      batches: [[200, B]],
    },
    {
      title: "are one batch after another when they are due at the same time",
      own: { [B]: slow },
      hints: [[B, 0], [A, 250]],
      batches: [[300, B], [300, A]],
    },
  ] as const;
  for (const { title, own, hints, batches } of rows) {
    test(title, () => {
      const optionsOf = (path: string) => (own as Record<string, typeof slow>)[path];
      const options = { ...resolveDebounce(common), reportsClose: false, optionsOf };
      const debouncer = new Debouncer(options);
      debouncer.setWatchedFiles(new Set([A, B]));
      const found: (string | number)[][] = [];
      const release = (until: number) => {
        for (let due = debouncer.deadline(); due !== undefined && due <= until;) {
          found.push([due, ...taken(debouncer, due)]);
          due = debouncer.deadline();
        }
      };
      for (const [path, now] of hints) {
        release(now - 1);
        debouncer.hint(path, "modified", now);
      }
      release(Infinity);
      assert.deepEqual(found, batches);
    });
  }

  test("wait for no file of other options when they are whole", () => {
    const optionsOf = (path: string) => path === B ? slow : undefined;
    const debouncer = new Debouncer({ ...resolveDebounce(), reportsClose: false, optionsOf });
    debouncer.setWatchedFiles(new Set([A, B]));
    debouncer.hint(B, "renamed", 7);
    assert.deepEqual([debouncer.deadline(), taken(debouncer, 7)], [7, [B]]);
  });

  test("are all in one batch when it is asked for", () => {
    const optionsOf = (path: string) => path === B ? slow : undefined;
    const debouncer = new Debouncer({ ...resolveDebounce(), reportsClose: false, optionsOf });
    debouncer.hint(A, "modified", 0);
    debouncer.hint(B, "modified", 0);
    assert.deepEqual([...debouncer.flush()!.bursts.keys()], [A, B]);
  });
});
