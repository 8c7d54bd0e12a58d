import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "js-yaml";
import { digestOf, holds } from "../../matrix/digest.ts";
import { configText, partText, sameSizeText } from "../../matrix/text.ts";

const WHOLE_VALUES = 76;

for (
  const [name, text, state] of [
    ["a configuration", configText(12), { "": 12 }],
    ["a padded configuration", sameSizeText(12), { "": 12 }],
    ["a part", partText("part_0", 12), { part_0: 12 }],
  ] as const
) {
  test(`${name} holds the save it is of, and its start does not, wherever it is cut`, () => {
    assert.ok(holds(digestOf(load(text)), state, WHOLE_VALUES));
    const body = text.trimEnd();
    for (let length = 0; length < body.length; length++) {
      const digest = digestOf(parsed(body.slice(0, length)));
      assert.ok(!holds(digest, state, WHOLE_VALUES), `cut after ${length} characters`);
    }
  });
}

test("the start of a save over the end of another is no save", () => {
  const [one, other] = [sameSizeText(1), sameSizeText(2)];
  assert.equal(one.length, other.length);
  for (let length = one.indexOf("seq: 1") + 6; length < one.length - 2; length += 7) {
    const digest = digestOf(parsed(other.slice(0, length) + one.slice(length)));
    assert.ok(!holds(digest, { "": 1 }, WHOLE_VALUES) && !holds(digest, { "": 2 }, WHOLE_VALUES));
  }
});

test("saves of one size have one size, others differ", () => {
  const sizes = (text: (n: number) => string) =>
    new Set(Array.from({ length: 100 }, (_, n) => new TextEncoder().encode(text(n)).length));
  assert.deepEqual(sizes(sameSizeText), new Set([2560]));
  assert.ok(sizes(configText).size > 10);
});

function parsed(text: string): unknown {
  try {
    return load(text);
  } catch {
    return undefined;
  }
}
