import assert from "node:assert/strict";
import { test } from "node:test";
import { statesOf } from "../../matrix/situation.ts";
import { SITUATIONS } from "../../matrix/situations.ts";

test("every situation has a name and a title of its own", () => {
  const names = SITUATIONS.map(({ name }) => name);
  for (const name of names) assert.match(name, /^[a-z0-9]+(-[a-z0-9]+)*$/);
  assert.equal(new Set(names).size, names.length);
  assert.equal(new Set(SITUATIONS.map(({ title }) => title)).size, names.length);
});

test("every situation changes something or keeps what was there at the start", () => {
  for (const situation of SITUATIONS.filter(({ changes }) => changes === undefined)) {
    const states = [0, 1, 2].map((n) => statesOf(situation, n));
    for (const { length } of states) assert.ok(length > 0, situation.name);
    const finals = new Set(states.map((all) => JSON.stringify(all.at(-1))));
    assert.ok(finals.size === 1 || finals.size === 3, situation.name);
  }
});
