import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { directory, watchConfig } from "../mod.ts";
import {
  createMemoryRuntime,
  type FileOperation,
  type HintDelivery,
  type MemoryRuntime,
  recordEvents,
} from "../testing.ts";

/** Does something to the file; what it saves is the next version. */
type Act = (runtime: MemoryRuntime, nextText: () => string) => Promise<unknown> | void;

interface Step {
  readonly act: Act;
  /** What a failure shows of it. */
  [fc.toStringMethod](): string;
}

function toStep(name: string, act: Act): Step {
  return { act, [fc.toStringMethod]: () => name };
}

interface Version {
  readonly n: number;
  readonly m: number;
}

const PATH = "/conf/app.yaml";

/** What can't be read is asked for less and less often, but so often at least. */
const LONGEST_RETRY_MS = 61_000;

/** Whoever sees half of it sees no `m`, or another number than in `n`. */
const textOf = (version: number) => `n: ${version}\nname: some name\nm: ${version}\n`;

const path = fc.constantFrom(PATH, "/conf");
const code = fc.constantFrom("EBUSY", "EACCES", "EIO", "EMFILE", "ESTALE");
const operation = fc.constantFrom<FileOperation>("stat", "open", "read", "list", "watch");
const delivery = fc.constantFrom<HintDelivery>("normally", "never", "twice", "backwards");

/** A text cut anywhere, so often. */
function cut(text: string, places: readonly number[]): string[] {
  const ends = places.map((place) => place % text.length).sort((a, b) => a - b);
  return [0, ...ends].map((start, index) => text.slice(start, [...ends, text.length][index]));
}

const saves: fc.Arbitrary<Step>[] = [
  fc.constant(toStep("in place", ({ files }, text) => files.write(PATH, text()))),
  fc.constant(toStep("atomically", ({ files }, text) => files.writeAtomically(PATH, text()))),
  fc.constant(toStep("anew", ({ files }, text) => {
    files.remove(PATH);
    files.write(PATH, text());
  })),
  fc.tuple(fc.array(fc.nat(30), { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 45 }))
    .map(([places, pauseMs]) =>
      toStep(`in parts, cut at ${places}, ${pauseMs} ms apart`, async ({ files, clock }, text) => {
        const parts = cut(text(), places);
        files.writeInParts(PATH, parts, { pauseMs });
        // Who writes while another one does is no single save any more.
        await clock.advance(parts.length * pauseMs);
      })
    ),
];

const faults: fc.Arbitrary<Step>[] = [
  fc.record({
    path,
    code,
    times: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
    on: fc.uniqueArray(operation, { minLength: 1 }),
  }).map(({ path, code, ...options }) =>
    toStep(`${path} fails ${code} ${JSON.stringify(options)}`, ({ files }) => {
      files.fail(path, code, options);
    })
  ),
  path.map((path) => toStep(`${path} is mended`, ({ files }) => files.mend(path))),
  delivery.map((delivery) =>
    toStep(`hints come ${delivery}`, ({ files }) => files.deliverHints(delivery))
  ),
  code.map((code) =>
    toStep(`watchers end ${code}`, ({ files }) => files.endWatchers("/conf", code))
  ),
  fc.integer({ min: 1, max: 3000 }).map((ms) =>
    toStep(`${ms} ms`, ({ clock }) => clock.advance(ms))
  ),
];

const step = fc.oneof(...saves, ...faults);

for (
  const [where, reportsClose, source] of [
    ["with close events", true, PATH],
    ["without close events", false, PATH],
    ["in a directory", true, directory("/conf")],
  ] as const
) {
  test(`whatever goes wrong with files, no save is torn and the last is there, ${where} (G1, G2, G4, G8)`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const runtime = createMemoryRuntime({ reportsClose });
        const { files, clock } = runtime;
        let version = 1;
        files.write(PATH, textOf(version));
        await using config = await watchConfig<Version>({ sources: [source], runtime });
        using recorded = recordEvents(config, runtime);
        const values: Version[] = [];
        config.on("reloadSucceeded", () => values.push(config.current));
        for (const { act } of steps) {
          await act(runtime, () => textOf(++version));
          await clock.advance(1);
        }

        files.writeAtomically(PATH, textOf(++version));
        await clock.advance(5000);
        for (const broken of [PATH, "/conf"]) files.mend(broken);
        files.deliverHints("normally");
        await clock.advance(LONGEST_RETRY_MS);
        const log = recorded.events.map(({ type, at }) => `${at} ${type}`).join("\n");
        assert.equal(config.current.n, version, `the last save is not there:\n${log}`);
        const isTorn = ({ n, m }: Version) => n === undefined || n !== m;
        assert.deepEqual(values.filter(isTorn), [], log);
        const numbers = values.map(({ n }) => n);
        assert.deepEqual(numbers, numbers.toSorted((a, b) => a - b), "none comes back");
      }),
      { numRuns: 100 },
    );
  });
}
