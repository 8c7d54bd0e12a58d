/**
 * Documents that are saved slowly, and where they are cut.
 *
 * @module
 */

import { load } from "js-yaml";
import { createRandom, type Random } from "../bench/random.ts";
import { checksumOf } from "../src/checksum.ts";
import { configText } from "./text.ts";

/** A document that changes from save to save. */
export interface TornDocument {
  /** Short name: lower-case words joined by hyphens. */
  readonly name: string;
  /** What its row is called. */
  readonly title: string;
  /** Name of its file. */
  readonly file: string;
  /** Whether each save only adds to the end of the file. @default {false} */
  readonly isAppended?: boolean;
  /** Whether it is cut at the ends of lines only, as by a writer that writes line by line. @default {false} */
  readonly isCutAtLines?: boolean;
  /** Whether a part of it can look whole to anybody who does not know when it is closed. */
  readonly isAmbiguous: boolean;
  /** The whole text after save `n`; 0 is what is there at the start. For `n` to 10. */
  textOf(n: number): string;
}

const KEYS_OF_A_SAVE = 10;

/** A list of about 2 KB. */
function listText(n: number, items: number): string {
  const random = createRandom(n);
  const item = (index: number) =>
    `  - name: item ${index}
    weight: ${random(1, 1_000)}
    endpoint: https://item-${random(1, 1_000)}.example.com
`;
  return `items:\n${Array.from({ length: items }, (_, index) => item(index)).join("")}`;
}

/** Keys, one a line. */
function keysText(n: number, first: number, count: number): string {
  const random = createRandom(n);
  const line = (index: number) => `key${first + index}: value ${n} and ${random(1_000, 9_999)}\n`;
  return Array.from({ length: count }, (_, index) => line(index)).join("");
}

function appendedText(n: number): string {
  const parts = Array.from(
    { length: n + 1 },
    (_, part) => keysText(part, part * KEYS_OF_A_SAVE, KEYS_OF_A_SAVE),
  );
  return parts.join("");
}

/** The same, cut at the ends of lines. */
function atLines(document: TornDocument): TornDocument {
  const { name, title } = document;
  return {
    ...document,
    name: `${name}-lines`,
    title: `${title}, line by line`,
    isCutAtLines: true,
  };
}

/** Cut anywhere. */
const DOCUMENTS: readonly TornDocument[] = [
  {
    name: "yaml",
    title: "YAML, same keys",
    file: "config.yaml",
    isAmbiguous: false,
    textOf: configText,
  },
  {
    name: "json",
    title: "JSON",
    file: "config.json",
    isAmbiguous: false,
    textOf: (n) => `${JSON.stringify(load(configText(n)), null, 2)}\n`,
  },
  {
    name: "keys-go",
    title: "YAML that loses keys",
    file: "config.yaml",
    isAmbiguous: false,
    textOf: (n) => keysText(n, 0, 70 - 4 * n),
  },
  {
    name: "list-shrinks",
    title: "YAML list that shrinks",
    file: "config.yaml",
    isAmbiguous: false,
    textOf: (n) => listText(n, 32 - 2 * n),
  },
  {
    name: "list-grows",
    title: "YAML list that grows",
    file: "config.yaml",
    isAmbiguous: true,
    textOf: (n) => listText(n, 12 + 2 * n),
  },
  {
    name: "appended",
    title: "YAML, keys appended",
    file: "config.yaml",
    isAppended: true,
    isAmbiguous: true,
    textOf: appendedText,
  },
];

/** Every document, in the order of the page. */
export const TORN_DOCUMENTS: readonly TornDocument[] = DOCUMENTS.flatMap((document) =>
  ["yaml", "list-grows", "appended"].includes(document.name)
    ? [document, atLines(document)]
    : [document]
);

/** Where `text` is cut into `chunks`: offsets in order, no chunk empty. */
export function cutsOf(
  text: string,
  chunks: number,
  random: Random,
  isCutAtLines = false,
): number[] {
  const cuts = new Set<number>();
  while (cuts.size < chunks - 1) {
    const offset = random(1, text.length - 1);
    const cut = isCutAtLines ? text.indexOf("\n", offset - 1) + 1 : offset;
    if (cut < text.length) cuts.add(cut);
  }
  return [...cuts].sort((one, other) => one - other);
}

/** The chunks of `text`. */
export function chunksOf(text: string, cuts: readonly number[]): string[] {
  return [0, ...cuts].map((cut, index) => text.slice(cut, cuts[index]));
}

/** {@linkcode valueChecksum} of a text in YAML, or JSON; `""` when it is none. */
export function textChecksum(text: string): string {
  try {
    return valueChecksum(load(text));
  } catch {
    return "";
  }
}

/** Names a value: equal ones, with their keys in the same order, have the same. */
export function valueChecksum(value: unknown): string {
  return checksumOf(JSON.stringify(value) ?? "");
}
