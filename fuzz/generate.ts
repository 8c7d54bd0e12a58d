/** Texts made from nothing: values written in a format, and the formats' own words in any order. */

import fc from "fast-check";
import { dump } from "js-yaml";
import { stringify } from "smol-toml";
import type { Extension, Sample } from "./corpus.ts";

const HOSTILE_KEYS = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "length",
  "then",
  "0",
  "-1",
  "",
  "a.b",
  "<<",
  "null",
  "é😀",
  "\ud800",
];

const key = fc.oneof(
  { arbitrary: fc.constantFrom("a", "b", "server", "port"), weight: 3 },
  { arbitrary: fc.constantFrom(...HOSTILE_KEYS), weight: 1 },
  { arbitrary: fc.string({ maxLength: 8, unit: "binary" }), weight: 1 },
);

const leaf = fc.oneof(
  fc.string({ maxLength: 20, unit: "binary" }),
  fc.constantFrom(
    "true",
    "1e3",
    "~",
    "# x",
    "a: b",
    " x ",
    "|",
    "'",
    '"',
    "a\nb",
    "9007199254740993",
  ),
  fc.integer(),
  fc.double(),
  fc.maxSafeInteger(),
  fc.boolean(),
  fc.constant(null),
);

const { value } = fc.letrec<{ value: unknown; object: unknown; array: unknown }>((tie) => ({
  value: fc.oneof({ depthSize: "small", maxDepth: 7 }, leaf, tie("array"), tie("object")),
  array: fc.array(tie("value"), { maxLength: 5 }),
  object: fc.array(fc.tuple(key, tie("value")), { maxLength: 6 }).map(Object.fromEntries),
}));

const WRITERS: readonly [Extension, (value: unknown) => string | undefined][] = [
  [".json", (value) => JSON.stringify(value)],
  [".json", (value) => JSON.stringify(value, null, "\t")],
  [".jsonc", (value) => JSON.stringify(value, null, 2)?.replaceAll("\n", " // x\n")],
  [".yaml", (value) => dump(value)],
  [".yaml", (value) => dump({ twice: [value, value], again: value })],
  [".yaml", (value) => dump(value, { flowLevel: 1, lineWidth: 30 })],
  [".toml", (value) => stringify({ value })],
];

const written: fc.Arbitrary<Sample> = fc.tuple(value, fc.constantFrom(...WRITERS))
  .map(([value, [extension, write]]) => sample(extension, attempt(() => write(value)) ?? ""));

/** A writer may refuse a value, a mixed TOML array with `null` for one. */
function attempt(write: () => string | undefined): string | undefined {
  try {
    return write();
  } catch {
    return undefined;
  }
}

const WORDS: Readonly<Record<Extension, readonly string[]>> = {
  ".json": [..."{}[]:,", '"a"', '"b"', '"\\u0061"', "1", "-0.5e+9", "true", "null", " ", "\n", '"'],
  ".jsonc": [..."{}[]:,", '"a"', '"b"', "1", "//", "/*", "*/", "\n", " ", "false", '"'],
  ".yaml": [
    ...[..."[]{}:,-?|>&*!#%'\"~\n\n\n", " ", "  ", "    ", "\t", "a", "b", "a: ", "b: ", "- "],
    ...["&a ", "*a ", "<<: ", "!!str ", "!!map ", "!!seq ", "1", "---\n", "...\n", "|\n", ">-\n"],
    ...["? ", "'x'", '"y"', "# c\n", "\r\n", "\r", "!!null ", "!<tag:yaml.org,2002:int> ", "<<"],
  ],
  ".toml": [
    ...[..."[]{}=.,#'\"\n\n\n", " ", "a", "b", "a = ", "b = ", "[a]\n", "[[a]]\n", "[[a.b]]\n"],
    ...["a.b = ", '"a" = ', "1", "1.5", "true", '"x"', "'y'", '"""', "'''", "{ a = 1 }", "[1, 2]"],
    ...["1979-05-27", "07:32:00", "0xff", "inf", "# c\n", "\r\n", "\t", "\\"],
  ],
};

const babbled: fc.Arbitrary<Sample> = fc.constantFrom(...Object.keys(WORDS) as Extension[])
  .chain((extension) =>
    fc.array(fc.constantFrom(...WORDS[extension]), { maxLength: 40 })
      .map((words) => sample(extension, words.join("")))
  );

function sample(extension: Extension, text: string): Sample {
  return { extension, bytes: new TextEncoder().encode(text) };
}

/** `count` texts, the same ones for the same seed. */
export function generate(seed: number, count: number): Sample[] {
  return fc.sample(fc.oneof(written, babbled), { seed, numRuns: count });
}
