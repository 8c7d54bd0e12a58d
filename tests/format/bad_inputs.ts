/** Every kind of bad input in every format, each with the exact place where it is refused. */

/** The text or bytes, and `line:column`. */
export type Bad = readonly [content: string | readonly number[], place: string];

/** One kind of mistake; a format it can't be made in is left out. */
export interface BadInput {
  readonly kind: string;
  /** What the reason says in at least one word, in every format. */
  readonly reason: RegExp;
  readonly yaml?: Bad;
  readonly json?: Bad;
  readonly jsonc?: Bad;
  readonly toml?: Bad;
}

const bytes = (before: string, ...others: number[]): number[] => [
  ...new TextEncoder().encode(before),
  ...others,
];

const laughs = [
  "a: &a [x, x, x, x, x, x, x, x, x, x]",
  ..."bcdef".split("").map((name, index) => {
    const alias = `*${"abcde"[index]}`;
    return `${name}: &${name} [${Array(10).fill(alias).join(", ")}]`;
  }),
].join("\n");

/** The table. */
export const BAD_INPUTS: readonly BadInput[] = [
  {
    kind: "a duplicate key",
    reason: /twice|already defined/,
    yaml: ["server:\n  port: 1\n  host: a\n  port: 2\n", "4:3"],
    json: ['{\n  "port": 1,\n  "host": "a",\n  "port": 2\n}', "4:3"],
    jsonc: ['{\n  "port": 1, // one\n  "port": 2,\n}', "3:3"],
    toml: ['[server]\nport = 1\nhost = "a"\nport = 2\n', "4:1"],
  },
  {
    kind: "a duplicate key inside a list",
    reason: /twice|already defined/,
    yaml: ["list:\n  - {a: 1, a: 2}\n", "2:12"],
    json: ['{"list": [\n  {"a": 1, "a": 2}\n]}', "2:12"],
    jsonc: ['{"list": [\n  {"a": 1, /* */ "a": 2}\n]}', "2:18"],
    toml: ["list = [\n  { a = 1, a = 2 },\n]", "2:12"],
  },
  {
    kind: "an unclosed double quote",
    reason: /not closed|unfinished|control characters/,
    yaml: ['a: 1\nb: "x\n', "3:1"],
    json: ['{"a": 1,\n "b": "x\n}', "2:7"],
    jsonc: ['{"a": 1,\n "b": "x\n}', "2:7"],
    toml: ['a = 1\nb = "x\n', "2:7"],
  },
  {
    kind: "an unclosed single quote",
    reason: /not closed|unfinished|control characters|double quotes/,
    yaml: ["a: 1\nb: 'x\nc: 2\n", "3:1"],
    json: ['{"a": \'x}', "1:7"],
    jsonc: ['{"a": \'x}', "1:7"],
    toml: ["a = 1\nb = 'x\n", "2:7"],
  },
  {
    kind: "an unclosed list",
    reason: /closed|closing bracket|end|expected/,
    yaml: ["a: [1,\n  2\n", "3:1"],
    json: ['{"a": [1, 2', "1:12"],
    jsonc: ['{"a": [1, 2 // x', "1:17"],
    toml: ["a = [1,\n  2\n", "3:1"],
  },
  {
    kind: "an unclosed object",
    reason: /closed|closing brace|end|expected/,
    yaml: ["a: {b: 1,\n  c: 2\n", "3:1"],
    json: ['{"a": {"b": 1}', "1:15"],
    jsonc: ['{"a": {"b": 1}\n', "2:1"],
    toml: ["a = { b = 1, c = 2\n", "2:1"],
  },
  {
    kind: "a missing value",
    reason: /value|expected/,
    json: ['{"a": 1,\n "b": }', "2:7"],
    jsonc: ['{"a": 1,\n "b": ,}', "2:7"],
    toml: ["a = 1\nb =\n", "2:4"],
  },
  {
    kind: "a missing separator after a key",
    reason: /colon|equals|key/,
    yaml: ["a: 1\nb 2\nc: 3\n", "3:2"],
    json: ['{"a": 1,\n "b" 2}', "2:6"],
    jsonc: ['{"a": 1,\n "b" 2}', "2:6"],
    toml: ["a = 1\nb 2\n", "2:3"],
  },
  {
    kind: "a missing comma",
    reason: /comma/,
    yaml: ["a: {b: 1 c: 2}\n", "1:11"],
    json: ['{\n  "a": 1\n  "b": 2\n}', "3:3"],
    jsonc: ["[\n  1 // one\n  2\n]", "3:3"],
    toml: ["a = [\n  1\n  2\n]", "3:3"],
  },
  {
    kind: "wrong indentation",
    reason: /indentation/,
    yaml: ["server:\n   port: 1\n  host: a\n", "3:3"],
  },
  {
    kind: "a tab as indentation",
    reason: /tab/,
    yaml: ["server:\n\tport: 1\n", "2:1"],
  },
  {
    kind: "a value that starts with a sign of the format",
    reason: /quotes|value/,
    yaml: ["a: 1\nuser: @admin\n", "2:7"],
    json: ['{"user": @admin}', "1:10"],
    jsonc: ['{"user": @admin}', "1:10"],
    toml: ["user = @admin", "1:8"],
  },
  {
    kind: "several documents",
    reason: /several documents|after the value/,
    yaml: ["a: 1\n---\nb: !unknown 2\n", "2:1"],
    json: ['{"a": 1}\n{"b": 2}\n', "2:1"],
    jsonc: ['{"a": 1} // x\n{"b": 2}\n', "2:1"],
  },
  {
    kind: "an unknown tag",
    reason: /tag/,
    yaml: ["a: 1\npassword: !vault secret/data\n", "2:11"],
  },
  {
    kind: "a value that does not fit its tag",
    reason: /tag/,
    yaml: ["port: !!int http\n", "1:7"],
  },
  {
    kind: "an unknown alias",
    reason: /alias/,
    yaml: ["a: 1\nb: *base\n", "2:5"],
  },
  {
    kind: "a value that contains itself",
    reason: /contains itself/,
    yaml: ["a: &a\n  b: [1, *a]\n", "2:10"],
  },
  {
    kind: "an alias bomb",
    reason: /limit of 100000 values, aliases expanded/,
    yaml: [laughs, "5:36"],
  },
  {
    kind: "a list as a key",
    reason: /key/,
    yaml: ["a: 1\n? [b, c]\n: 2\n", "2:3"],
    json: ['{"a": 1, ["b"]: 2}', "1:10"],
    jsonc: ['{"a": 1, ["b"]: 2}', "1:10"],
    toml: ["a = 1\n{b} = 2", "2:1"],
  },
  {
    kind: "deep nesting",
    reason: /limit of 100 levels/,
    yaml: [`a:\n  ${"[".repeat(101)}`, "2:103"],
    json: [`{"a":\n  ${"[".repeat(101)}`, "2:102"],
    jsonc: [`{"a":\n  ${"[".repeat(101)}`, "2:102"],
    toml: [`a = ${"[".repeat(101)}`, "1:105"],
  },
  {
    kind: "too many values",
    reason: /limit of 100000 values/,
    yaml: [`a:\n${"- 1\n".repeat(100_000)}`, "100000:3"],
    json: [`{"a": [\n${"1,\n".repeat(100_000)}1]}`, "100000:1"],
    jsonc: [`{"a": [\n${"1,\n".repeat(100_000)}]}`, "100000:1"],
    toml: [`a = [\n${"1,\n".repeat(100_000)}]`, "100000:1"],
  },
  {
    kind: "a __proto__ key",
    reason: /"__proto__" is not allowed/,
    yaml: ["a:\n  __proto__: {admin: true}\n", "2:3"],
    json: ['{"a": {\n  "__proto__": {"admin": true}}}', "2:3"],
    jsonc: ['{"a": {\n  "__proto__": {"admin": true},}}', "2:3"],
    toml: ["[a]\n__proto__.admin = true\n", "2:1"],
  },
  {
    kind: "an integer that would be rounded",
    reason: /held exactly; put it in quotes/,
    yaml: ["ids:\n  - 1\n  - 12345678901234567891\n", "3:5"],
    json: ['{"ids": [1, 12345678901234567891]}', "1:13"],
    jsonc: ['{"ids": [1, /* x */ 12345678901234567891]}', "1:21"],
    toml: ["ids = [\n  1,\n  12345678901234567891,\n]", "3:3"],
  },
  {
    kind: "an unknown escape",
    reason: /escape|quoted/,
    yaml: ['path: "C:\\Users"\n', "1:12"],
    json: ['{"path": "C:\\Users"}', "1:13"],
    jsonc: ['{"path": "C:\\Users"}', "1:13"],
    toml: ['path = "C:\\Users"', "1:13"],
  },
  {
    kind: "a control character",
    reason: /control character|non-printable/,
    yaml: ["a: 1\nb: x\u0007\n", "2:5"],
    json: ['{"b": "x\u0007"}', "1:9"],
    jsonc: ['{"b": "x\u0007"}', "1:9"],
    toml: ['a = 1\nb = "x\u0007"', "2:7"],
  },
  {
    kind: "bytes that are not UTF-8",
    reason: /not valid UTF-8/,
    yaml: [bytes("a: 1\nb: caf", 0xe9, 0x0a), "2:7"],
    json: [bytes('{"b": "caf', 0xe9, 0x22, 0x7d), "1:11"],
    jsonc: [bytes("// caf", 0xe9, 0x0a), "1:7"],
    toml: [bytes('a = 1\r\nb = "', 0xff, 0x22), "2:6"],
  },
  {
    kind: "a NUL",
    reason: /NUL/,
    yaml: ["a: 1\n\0\0\0\0", "2:1"],
    json: ['{"a": 1}\0', "1:9"],
    jsonc: ['{"a": 1}\0', "1:9"],
    toml: ["a = 1\n\0", "2:1"],
  },
  {
    kind: "UTF-16",
    reason: /UTF-16/,
    yaml: [[0xff, 0xfe, 0x61, 0x00], "1:1"],
    json: [[0xfe, 0xff, 0x00, 0x7b], "1:1"],
    jsonc: [[0xff, 0xfe, 0x7b, 0x00], "1:1"],
    toml: [[0xff, 0xfe, 0x61, 0x00], "1:1"],
  },
  {
    kind: "what a merge conflict leaves",
    reason: /./,
    yaml: ["a: 1\n<<<<<<< HEAD\nb: 2\n=======\nb: 3\n>>>>>>> x\n", "3:2"],
    json: ['{\n<<<<<<< HEAD\n"b": 2\n}', "2:1"],
    jsonc: ['{\n<<<<<<< HEAD\n"b": 2\n}', "2:1"],
    toml: ["a = 1\n<<<<<<< HEAD\nb = 2\n", "2:1"],
  },
  {
    kind: "another format",
    reason: /./,
    yaml: ["[server]\nport = 1\n", "2:1"],
    json: ["server:\n  port: 1\n", "1:1"],
    jsonc: ["server:\n  port: 1\n", "1:1"],
    toml: ["server:\n  port: 1\n", "1:7"],
  },
];
