import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { contentOf, Decisions, type Variables } from "../src/decisions.ts";
import type { Layer } from "../src/layers.ts";
import type { Rejected } from "../src/outcome.ts";

const CONTENT = { checksum: "one", paths: "/app.yaml" };
const RENAMED = { checksum: "one", paths: "/app.toml" };
const NONE: Variables = new Map();
const REFUSAL: Rejected = { status: "rejected", revision: 1, issues: [] };
const RUNNING: readonly Layer[] = [];
const OTHERS: readonly Layer[] = [];
const isCurrent = () => true;

function accepted(): Decisions {
  const decisions = new Decisions();
  decisions.accept(CONTENT, NONE, RUNNING);
  return decisions;
}

describe("Decisions", () => {
  test("nothing is decided before anything was seen", () => {
    const decisions = new Decisions();
    assert.equal(decisions.find(CONTENT, RUNNING, isCurrent), undefined);
    decisions.giveUp();
    decisions.refuse(REFUSAL);
    assert.equal(decisions.find(CONTENT, RUNNING, isCurrent), undefined);
    assert.equal(decisions.now.refusal, REFUSAL);
  });

  test("what was accepted is not judged again, other content is (G5)", () => {
    const decisions = accepted();
    assert.equal(decisions.find(CONTENT, RUNNING, isCurrent)?.refusal, undefined);
    assert.notEqual(decisions.find(CONTENT, RUNNING, isCurrent), undefined);
    assert.equal(decisions.find({ ...CONTENT, checksum: "two" }, RUNNING, isCurrent), undefined);
  });

  test("it is judged again when a variable in it says something else", () => {
    const decisions = new Decisions();
    decisions.accept(CONTENT, new Map([["PORT", "1"]]), RUNNING);
    const says = (port: string) => (variables: Variables) => variables.get("PORT") === port;
    assert.notEqual(decisions.find(CONTENT, RUNNING, says("1")), undefined);
    assert.equal(decisions.find(CONTENT, RUNNING, says("2")), undefined);
  });

  test("it is judged again under another name, unless another revision runs", () => {
    const decisions = accepted();
    assert.equal(decisions.find(RENAMED, RUNNING, isCurrent), undefined);
    assert.notEqual(decisions.find(RENAMED, OTHERS, isCurrent), undefined);
  });

  test("what was refused is judged again, as what judges it may have changed", () => {
    const decisions = accepted();
    decisions.see({ ...CONTENT, checksum: "two" }, NONE);
    decisions.refuse(REFUSAL);
    assert.equal(decisions.find({ ...CONTENT, checksum: "two" }, RUNNING, isCurrent), undefined);
  });

  test("what was given up stays given up, and refused, when it comes back", () => {
    const decisions = accepted();
    decisions.giveUp();
    decisions.refuse(REFUSAL);
    decisions.recover();
    assert.equal(decisions.now.refusal, undefined);
    assert.equal(decisions.find(CONTENT, OTHERS, isCurrent)?.refusal, REFUSAL);
  });

  test("goes back to what was decided before", () => {
    const decisions = accepted();
    const before = decisions.now;
    decisions.accept({ ...CONTENT, checksum: "two" }, NONE, OTHERS);
    decisions.refuse(REFUSAL);
    decisions.restore(before);
    assert.deepEqual([decisions.now.layers, decisions.now.refusal], [RUNNING, undefined]);
    assert.equal(decisions.now.layers, RUNNING);
    assert.notEqual(decisions.find(CONTENT, RUNNING, isCurrent), undefined);
  });
});

test("the content of no documents is the same each time", () => {
  assert.deepEqual(contentOf([]), contentOf([]));
});
