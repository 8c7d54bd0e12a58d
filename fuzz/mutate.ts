/** Damage to files: what crashes, bad disks, careless editors and attackers leave behind. */

import { Buffer } from "node:buffer";
import type { Sample } from "./corpus.ts";
import type { Random } from "./random.ts";

/** Pieces that mean something in one of the formats, or in JavaScript. */
const PIECES: readonly string[] = [
  ..."\"'\\#[]{}=:,.-&*|>?!~%@` \t\n\r\0",
  ..."0e+_T/",
  "\r\n",
  '"""',
  "'''",
  "- ",
  "? ",
  ": ",
  "&a ",
  "*a",
  "*a ",
  "<<: *a\n",
  "!!str ",
  "!!int ",
  "!x ",
  "---\n",
  "...\n",
  "%YAML 1.2\n",
  "|2-\n",
  ">+\n",
  "[[a]]\n",
  "[a.b]\n",
  "a.b.c = 1\n",
  "{a = 1}",
  "//",
  "/*",
  "*/",
  '"__proto__"',
  "__proto__: {polluted: 1}\n",
  '"__proto__": {"polluted": 1},',
  "[__proto__]\npolluted = 1\n",
  '"constructor": {"prototype": {"polluted": 1}},',
  "constructor: {prototype: {polluted: 1}}\n",
  "constructor.prototype.polluted = 1\n",
  "9007199254740993",
  "-0",
  "1e400",
  "0x",
  "0o",
  ".nan",
  "inf",
  "1979-05-27T07:32:00Z",
  "\\u0000",
  "\\ud800",
  "\\x41",
  "\u{1F600}",
  "\u2028",
  "\u0085",
  "\u00a0",
  "\uFEFF",
  "[".repeat(120),
  "{".repeat(120),
  "- ".repeat(120),
  "{a: ".repeat(120),
  "a.".repeat(120),
];

const ENCODED: readonly Uint8Array[] = [
  ...PIECES.map((piece) => new TextEncoder().encode(piece)),
  Uint8Array.of(0xff),
  Uint8Array.of(0xc0, 0xaf),
  Uint8Array.of(0xed, 0xa0, 0x80),
  Uint8Array.of(0xe2, 0x82),
  Uint8Array.of(0xff, 0xfe),
];

/** Largest text that is made, in bytes. */
const MOST_BYTES = 32_768;

type Damage = (bytes: Uint8Array, random: Random, corpus: readonly Sample[]) => Uint8Array;

const flipBits: Damage = (bytes, random) => {
  // Not slice(): that of a Buffer shares its memory, here with the corpus.
  const flipped = new Uint8Array(bytes);
  for (let times = random.below(4); times >= 0 && flipped.length > 0; times--) {
    flipped[random.below(flipped.length)]! ^= 1 << random.below(8);
  }
  return flipped;
};

const truncate: Damage = (bytes, random) => bytes.slice(0, random.below(bytes.length + 1));

const remove: Damage = (bytes, random) => {
  const [start, end] = range(bytes, random, 40);
  return join(bytes.subarray(0, start), bytes.subarray(end));
};

const insert: Damage = (bytes, random) => {
  const at = random.below(bytes.length + 1);
  return join(bytes.subarray(0, at), random.pick(ENCODED), bytes.subarray(at));
};

const replace: Damage = (bytes, random) => {
  const [start, end] = range(bytes, random, 6);
  return join(bytes.subarray(0, start), random.pick(ENCODED), bytes.subarray(end));
};

const repeat: Damage = (bytes, random) => {
  const [start, end] = range(bytes, random, random.pick([4, 40, 400]));
  const part = bytes.subarray(start, end);
  const times = 1 + random.below(random.pick([2, 20, 200]));
  return join(bytes.subarray(0, end), ...Array<Uint8Array>(times).fill(part), bytes.subarray(end));
};

const splice: Damage = (bytes, random, corpus) => {
  const other = random.pick(corpus).bytes;
  const [start, end] = range(other, random, 400);
  const at = random.below(bytes.length + 1);
  return join(bytes.subarray(0, at), other.subarray(start, end), bytes.subarray(at));
};

/** Moves a line, which is what a careless merge does. */
const swapLines: Damage = (bytes, random) => {
  // Latin-1, so that each byte is one character and comes back as it was.
  const lines = Buffer.from(bytes).toString("latin1").split("\n");
  const [from, to] = [random.below(lines.length), random.below(lines.length)];
  lines.splice(to, 0, ...lines.splice(from, 1));
  return Buffer.from(lines.join("\n"), "latin1");
};

const DAMAGES: readonly Damage[] = [
  flipBits,
  truncate,
  remove,
  insert,
  insert,
  replace,
  replace,
  repeat,
  splice,
  swapLines,
];

/** A sample, damaged once to four times. */
export function mutate(corpus: readonly Sample[], random: Random): Sample {
  const { extension, bytes } = random.pick(corpus);
  let damaged = bytes;
  for (let times = random.below(4); times >= 0; times--) {
    damaged = random.pick(DAMAGES)(damaged, random, corpus).subarray(0, MOST_BYTES);
  }
  return { extension, bytes: damaged };
}

function range(bytes: Uint8Array, random: Random, most: number): [start: number, end: number] {
  const start = random.below(bytes.length + 1);
  return [start, Math.min(bytes.length, start + 1 + random.below(most))];
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}
