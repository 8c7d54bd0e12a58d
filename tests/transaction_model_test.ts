import { describe, test } from "node:test";
import process from "node:process";
import fc from "fast-check";
import {
  type Behaviour,
  BEHAVIOURS,
  behavioursAt,
  LATENESSES,
  Model,
  OUTCOMES,
  outcomesAt,
} from "./transaction_model.ts";

/** Set by `deno task model`: every case, which takes minutes. */
const isWhole = process.env["HOTCONF_MODEL"] === "whole";

async function run(behaviours: readonly Behaviour[], index: number): Promise<void> {
  const lateness = LATENESSES[index % LATENESSES.length]!;
  try {
    await new Model(behaviours).run(lateness);
  } catch (error) {
    throw new Error(`${JSON.stringify(behaviours)}, late ${lateness}: ${error}`, { cause: error });
  }
}

/** Runs all of `count` cases, or each `step`th: a prime, so that it meets everything in turn. */
async function runAll(
  count: number,
  step: number,
  caseAt: (index: number) => Behaviour[],
): Promise<void> {
  for (let index = 0; index < count; index += isWhole ? 1 : step) await run(caseAt(index), index);
}

describe("all components take a configuration, or none, or those that did are named (G5, S2.6):", () => {
  test("one, whatever it does and whenever it ends", async () => {
    const ways = LATENESSES.length;
    await runAll(BEHAVIOURS.length * ways, 1, (index) => behavioursAt(Math.floor(index / ways), 1));
  });

  test("two, pairs of all they can do", async () => {
    await runAll(BEHAVIOURS.length ** 2, 149, (index) => behavioursAt(index, 2));
  });

  test("three, combinations of outcomes", async () => {
    await runAll(OUTCOMES ** 3, 11, (index) => outcomesAt(index, 3));
  });

  test("four, combinations of outcomes", async () => {
    await runAll(OUTCOMES ** 4, 401, (index) => outcomesAt(index, 4));
  });

  test("up to four, whatever they do", async () => {
    const some = fc.array(fc.constantFrom(...BEHAVIOURS), { minLength: 1, maxLength: 4 });
    await fc.assert(fc.asyncProperty(some, fc.nat(2), run), { seed: 5, numRuns: 500 });
  });
});
