/**
 * A value as one line for people.
 *
 * @module
 */

import { isPlainObject } from "./merge.ts";
import { columnsOf, count, escapeControls } from "./printable.ts";
import { REDACTED } from "./redact_text.ts";

/** Text whose characters take a column each, as they are. */
const SIMPLE = /^[ !\x23-\x5b\x5d-\x7e\xa1-\xac\xae-\u02ff]*$/;

/** A letter or an escape of a JSON text. */
const UNIT = /\\u\{[^}]*\}|\\u.{4}|\\.|./gsu;

/**
 * The value on one line of at most `most` columns, as JSON where JSON has it. A longer one is
 * shortened in the middle, where its length is told; the time that takes does not grow with it.
 * Control characters are escaped. Never throws.
 */
export function formatValue(value: unknown, most: number): string {
  return formatWhole(value, most) ?? contain(() => shorten(value, most));
}

/** The same, or `undefined` when the value is longer. */
export function formatWhole(value: unknown, most: number): string | undefined {
  // However many of its characters combine; saves the time of trying.
  if (typeof value === "string" && value.length > 2 * most) return undefined;
  return contain(() => {
    const line = new End("start", most);
    line.write(value);
    return line.isFull ? undefined : line.text;
  });
}

function contain<R>(format: () => R): R | string {
  try {
    return format();
  } catch {
    return "[unreadable]"; // what a schema made may have members that throw
  }
}

function shorten(value: unknown, most: number): string {
  const told = `…${lengthOf(value)}…`;
  const left = Math.max(0, most - columnsOf(told));
  const start = new End("start", Math.ceil(left / 2));
  const end = new End("end", Math.floor(left / 2));
  start.write(value);
  end.write(value);
  return `${start.text}${told}${end.text}`;
}

function lengthOf(value: unknown): string {
  if (Array.isArray(value)) return count(value.length, "item");
  if (value instanceof Map || value instanceof Set) return count(value.size, "item");
  if (ArrayBuffer.isView(value)) return count(value.byteLength, "byte");
  if (isPlainObject(value)) return count(Object.keys(value).length, "key");
  return count(String(value).length, "char");
}

function quote(text: string): string {
  return SIMPLE.test(text) ? `"${text}"` : escapeControls(JSON.stringify(text));
}

/** The start or the end of a value's text, as far as there is room. */
class End {
  text = "";
  isFull = false;
  readonly #isEnd: boolean;
  #left: number;

  constructor(end: "start" | "end", columns: number) {
    this.#isEnd = end === "end";
    this.#left = columns;
  }

  write(value: unknown): void {
    if (this.isFull) return;
    if (typeof value === "string") this.#writeText(value);
    else if (typeof value === "object" && value !== null) this.#writeObject(value);
    else if (typeof value === "function") this.#put(escapeControls(`[function ${value.name}]`));
    else if (typeof value === "bigint") this.#put(`${value}n`);
    else this.#put(Object.is(value, -0) ? "-0" : escapeControls(String(value)));
  }

  #writeObject(value: object): void {
    if (value instanceof Date) {
      this.#put(Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString());
    } else if (value instanceof RegExp) this.#put(escapeControls(String(value)));
    else if (Array.isArray(value)) this.#writeItems("", value);
    else if (isPlainObject(value)) this.#writeMembers("", value);
    else this.#writeInstance(`${escapeControls(nameOf(value))} `, value);
  }

  #writeInstance(name: string, value: object): void {
    if (value instanceof Map) {
      const entries = [...value];
      this.#writeAll(`${name}{`, "}", entries.length, (index) => {
        const [key, member] = entries[index]!;
        this.#inOrder(() => this.write(key), " => ", () => this.write(member));
      });
    } else if (value instanceof Set) this.#writeItems(name, [...value]);
    else if (ArrayBuffer.isView(value) && "length" in value) {
      this.#writeItems(name, value as unknown as ArrayLike<unknown>);
    } else if ("toJSON" in value && typeof value.toJSON === "function") {
      const json: unknown = value.toJSON();
      this.#inOrder(() => this.#put(name), "", () => this.write(json));
    } else this.#writeMembers(name, value as Record<string, unknown>);
  }

  #writeItems(name: string, items: ArrayLike<unknown>): void {
    this.#writeAll(`${name}[`, "]", items.length, (index) => this.write(items[index]));
  }

  #writeMembers(name: string, value: Record<string, unknown>): void {
    const keys = Object.keys(value);
    this.#writeAll(`${name}{`, "}", keys.length, (index) => {
      const key = keys[index]!;
      this.#inOrder(() => this.#writeText(key), ":", () => this.write(value[key]));
    });
  }

  #writeAll(open: string, close: string, length: number, write: (index: number) => void): void {
    this.#put(this.#isEnd ? close : open);
    for (let done = 0; done < length && !this.isFull; done++) {
      if (done > 0) this.#put(",");
      write(this.#isEnd ? length - 1 - done : done);
    }
    this.#put(this.#isEnd ? open : close);
  }

  #inOrder(first: () => void, between: string, second: () => void): void {
    const [one, other] = this.#isEnd ? [second, first] : [first, second];
    one();
    this.#put(between);
    other();
  }

  #writeText(text: string): void {
    if (text === REDACTED) return this.#put(text);
    const room = this.#left;
    const part = text.length <= room
      ? text
      : this.#isEnd
      ? text.slice(text.length - room)
      : text.slice(0, room);
    const quoted = quote(part);
    if (part === text && columnsOf(quoted) <= room) return this.#put(quoted);
    if (SIMPLE.test(part)) {
      this.#put(this.#isEnd ? quoted.slice(quoted.length - room) : quoted.slice(0, room));
    } else {
      const units = quoted.match(UNIT)!;
      for (const unit of this.#isEnd ? units.reverse() : units) this.#put(unit);
    }
    this.isFull = true;
  }

  #put(unit: string): void {
    const columns = columnsOf(unit);
    if (columns > this.#left) this.isFull = true;
    if (this.isFull) return;
    this.#left -= columns;
    this.text = this.#isEnd ? unit + this.text : this.text + unit;
  }
}

function nameOf(value: object): string {
  const { name } = Object(value.constructor) as { name?: unknown };
  return typeof name === "string" && name !== "" ? name : "Object";
}
