/** A strict reader of Prometheus' text format, which knows the rules for names as well. */

import assert from "node:assert/strict";

/** One line of a page. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a page holds. */
export interface Page {
  readonly types: ReadonlyMap<string, string>;
  readonly samples: readonly Sample[];
}

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";

/** Reads a page; throws when Prometheus would refuse it, or promtool would object. */
export function parsePage(text: string): Page {
  assert.ok(text.endsWith("\n"), "the last line does not end");
  const types = new Map<string, string>();
  const samples: Sample[] = [];
  let [helped, current] = ["", ""];
  for (const line of text.slice(0, -1).split("\n")) {
    if (line.startsWith("# HELP ")) {
      helped = match(line, new RegExp(`^# HELP (${NAME}) \\S.*$`, "s"))[1]!;
    } else if (line.startsWith("# TYPE ")) {
      const [, name, type] = match(line, new RegExp(`^# TYPE (${NAME}) (counter|gauge|summary)$`));
      assert.equal(name, helped, "the type does not follow the help");
      assert.ok(!types.has(name!), `${name} comes twice`);
      checkName(name!, type!);
      types.set(current = name!, type!);
    } else {
      const sample = parseSample(line);
      checkSample(sample, current, types.get(current));
      samples.push(sample);
    }
  }
  checkWhole(types, samples);
  return { types, samples };
}

function checkName(name: string, type: string): void {
  assert.equal(name.endsWith("_total"), type === "counter", `${name} is a ${type}`);
  assert.doesNotMatch(name, /_(ms|milliseconds|minutes|kb|count|sum|bucket)$/, name);
}

function checkSample({ name, labels, value }: Sample, current: string, type?: string): void {
  const suffixes = type === "summary" ? ["", "_sum", "_count"] : [""];
  assert.ok(suffixes.some((suffix) => name === current + suffix), `${name} is below ${current}`);
  const isQuantile = type === "summary" && name === current;
  assert.equal("quantile" in labels, isQuantile, `${name} and its quantile`);
  if (type === "counter" || name !== current) assert.ok(value >= 0, `${name} is ${value}`);
}

function checkWhole(types: Page["types"], samples: readonly Sample[]): void {
  const keys = samples.map(({ name, labels }) =>
    JSON.stringify([name, Object.entries(labels).sort()])
  );
  assert.equal(new Set(keys).size, keys.length, "a sample comes twice");
  for (const [name, type] of types) {
    const parts = type === "summary" ? [name, `${name}_sum`, `${name}_count`] : [name];
    for (const part of parts) {
      assert.ok(samples.some((sample) => sample.name === part), `there is no ${part}`);
    }
  }
}

function parseSample(line: string): Sample {
  const [, name, rest] = match(line, new RegExp(`^(${NAME})(.*)$`, "s"));
  const labels: Record<string, string> = {};
  let at = 0;
  if (rest!.startsWith("{")) {
    const label = /[{,]([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\[\\"n])*)"/sy;
    while (rest![at] !== "}") {
      label.lastIndex = at;
      const found = label.exec(rest!);
      assert.ok(found !== null, `no label at ${JSON.stringify(rest!.slice(at))}`);
      assert.ok(!Object.hasOwn(labels, found[1]!), `${found[1]} comes twice`);
      labels[found[1]!] = unescape(found[2]!);
      at = label.lastIndex;
    }
    at += 1;
  }
  const [, number] = match(rest!.slice(at), /^ (NaN|[+-]Inf|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/);
  return { name: name!, labels, value: Number(number!.replace("Inf", "Infinity")) };
}

function unescape(text: string): string {
  return text.replaceAll(/\\(.)/gs, (_whole, character) => character === "n" ? "\n" : character);
}

function match(text: string, pattern: RegExp): RegExpExecArray {
  const found = pattern.exec(text);
  assert.ok(found !== null, `${JSON.stringify(text)} does not match ${pattern}`);
  return found;
}
