import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { checksumOf, combineChecksums } from "../src/checksum.ts";

test("checksumOf() is SHA-256 in lower-case hex, as sha256sum prints it (S1.8)", () => {
  const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  assert.equal(checksumOf(new Uint8Array()), empty);
  assert.equal(
    checksumOf("abc"),
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});

test("checksumOf() is the same for a text and its bytes", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
    assert.equal(checksumOf(text), checksumOf(new TextEncoder().encode(text)));
  }));
});

test("combineChecksums() is the checksum itself for one, and tells order and number", () => {
  const [a, b] = [checksumOf("a"), checksumOf("b")];
  assert.equal(combineChecksums([a]), a);
  const others = [[], [a, b], [b, a], [a, a], [a, b, b]].map(combineChecksums);
  assert.equal(new Set([a, b, ...others]).size, 7);
  for (const checksum of others) assert.match(checksum, /^[0-9a-f]{64}$/);
});
