import assert from "node:assert/strict";
import { test } from "node:test";
import { parseOptions } from "../../matrix/options.ts";
import type { Situation } from "../../matrix/situation.ts";

const row = { title: "", save() {} };
const rows: Situation[] = [
  { ...row, name: "cp", group: "save" },
  { ...row, name: "hole", group: "save", isSlow: true },
  { ...row, name: "bind", group: "structure" },
];

const namesOf = (...args: string[]) =>
  parseOptions(args, rows).situations.map(({ name }) => name).join(" ");

test("without options everything is run and kept", () => {
  const options = parseOptions([], rows);
  assert.deepEqual(options, {
    situations: rows,
    wantsTorn: true,
    runtimes: ["deno", "bun", "node"],
    backends: ["native", "polling"],
    isQuick: false,
    rounds: undefined,
    asJson: false,
    wantsHelp: false,
    isWhole: true,
  });
});

test("--quick does one round and leaves slow rows out unless they are named", () => {
  assert.equal(namesOf("--quick"), "cp bind");
  assert.equal(parseOptions(["--quick"], rows).rounds, 1);
  assert.equal(parseOptions(["--quick", "--rounds", "3"], rows).rounds, 3);
  assert.equal(namesOf("--quick", "--only", "hole"), "hole");
});

test("--only and --group choose rows, and what is chosen is not kept", () => {
  assert.equal(namesOf("--only", "bind, cp"), "cp bind");
  assert.equal(namesOf("--group", "structure"), "bind");
  assert.equal(parseOptions(["--group", "save"], rows).isWhole, false);
});

test("a wrong option is refused with what is allowed", () => {
  assert.throws(
    () => parseOptions(["--only", "mv"], rows),
    /--only takes cp, hole, bind, not "mv"/,
  );
  assert.throws(() => parseOptions(["--rounds", "0"], rows), RangeError);
  assert.throws(() => parseOptions(["--backends", "events"], rows), RangeError);
  assert.throws(() => parseOptions(["--speed"], rows), TypeError);
});
