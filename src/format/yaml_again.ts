/**
 * Builds the value of a YAML text from that of the text before: what stands in both is taken over
 * as it is, and is neither built nor looked at.
 *
 * @module
 */

import type { Event, ScalarEvent, Schema } from "js-yaml";
import { setOwn } from "../merge.ts";
import { PLAIN_TEXT_KEY, type YamlLibrary } from "./yaml_places.ts";

/** A text and what the parser said of it. */
export interface YamlText {
  readonly text: string;
  readonly events: Event[];
}

/** A text that was parsed before, with the value it stands for. */
export interface BuiltYaml extends YamlText {
  readonly value: unknown;
}

/**
 * The value of `next`, made of the parts of `last.value` that stand in both texts. `undefined` when
 * it has to be built as usual: one of the texts has anchors, tags, merge keys or several documents,
 * or has no value.
 *
 * @throws {Error} When it is not well-formed; building it as usual tells why.
 */
export function buildAgain(
  library: YamlLibrary,
  schema: Schema,
  last: BuiltYaml,
  next: YamlText,
): unknown {
  const ends = endsOfSimple(library, next);
  const lastEnds = ends && endsOfSimple(library, last);
  if (ends === undefined || lastEnds === undefined) return undefined;
  return new Rebuild(library, schema, { ...next, ends }, { ...last, ends: lastEnds }).root();
}

/** With, for each event, the index after its last descendant. */
type Linked<T extends YamlText> = T & { readonly ends: Uint32Array };

/**
 * The ends of a document's events in which every node means what its own text says, wherever it
 * stands; `undefined` for others.
 */
function endsOfSimple(
  { EVENT_ID: { ALIAS, DOCUMENT, POP, SCALAR } }: YamlLibrary,
  { text, events }: YamlText,
): Uint32Array | undefined {
  const ends = new Uint32Array(events.length);
  const open: number[] = [];
  for (let index = 0; index < events.length; index++) {
    const event = events[index]!;
    ends[index] = index + 1;
    if (event.type === POP) ends[open.pop()!] = index + 1;
    else if (event.type === ALIAS) return undefined;
    else if (event.type === DOCUMENT) {
      if (index > 0 || event.directives.length > 0) return undefined;
      open.push(index);
    } else {
      if (event.anchorStart >= 0 || event.tagStart >= 0) return undefined;
      if (event.type !== SCALAR) open.push(index);
      else if (event.valueEnd - event.valueStart === 2 && text.startsWith("<<", event.valueStart)) {
        return undefined;
      }
    }
  }
  return ends;
}

class Rebuild {
  readonly #library: YamlLibrary;
  readonly #schema: Schema;
  readonly #next: Linked<YamlText>;
  readonly #last: Linked<BuiltYaml>;
  /** How many events more there are now. */
  readonly #added: number;
  /** The events before it are those of the last text. */
  readonly #head: number;
  /** The events from it on are those of the last text. */
  readonly #tail: number;

  constructor(
    library: YamlLibrary,
    schema: Schema,
    next: Linked<YamlText>,
    last: Linked<BuiltYaml>,
  ) {
    this.#library = library;
    this.#schema = schema;
    this.#next = next;
    this.#last = last;
    this.#added = next.events.length - last.events.length;
    this.#head = this.#findHead();
    this.#tail = this.#findTail();
  }

  root(): unknown {
    return this.#head > 1 ? this.#value(1, this.#last.value) : undefined;
  }

  #findHead(): number {
    const { text, events } = this.#next;
    const most = Math.min(events.length, this.#last.events.length);
    const same = commonStart(text, this.#last.text);
    let head = 0;
    while (head < most && this.#isSame(head, head, 0, 0, same)) head += 1;
    return head;
  }

  #findTail(): number {
    const { text, events } = this.#next;
    const longer = text.length - this.#last.text.length;
    const from = text.length - commonEnd(text, this.#last.text);
    const least = Math.max(0, this.#added);
    let tail = events.length;
    while (
      tail > least && this.#isSame(tail - 1, tail - 1 - this.#added, longer, from, text.length)
    ) tail -= 1;
    return tail;
  }

  /**
   * Whether an event is that of the last text.
   *
   * @param longer How much further back it stands.
   * @param from Where the text in which both are the same begins.
   * @param to Where it ends.
   */
  #isSame(index: number, lastIndex: number, longer: number, from: number, to: number): boolean {
    const now = this.#next.events[index]!;
    const before = this.#last.events[lastIndex]!;
    const { SCALAR } = this.#library.EVENT_ID;
    if (now.type !== SCALAR || before.type !== SCALAR) return now.type === before.type;
    if (!isSameStyle(now, before)) return false;
    if (now.valueStart < 0 || before.valueStart < 0) return now.valueStart === before.valueStart;
    return now.valueStart === before.valueStart + longer &&
      now.valueEnd === before.valueEnd + longer && now.valueStart >= from && now.valueEnd <= to;
  }

  /** The value at an event that begins as it did; `last` is what it was then. */
  #value(index: number, last: unknown): unknown {
    if (this.#next.ends[index]! <= this.#head) return last;
    const { type } = this.#next.events[index]!;
    const { MAPPING, SEQUENCE } = this.#library.EVENT_ID;
    if (type === SEQUENCE && Array.isArray(last)) return this.#items(index, last);
    if (type === MAPPING) return this.#members(index, last as Record<string, unknown>);
    return this.#build(index);
  }

  #items(sequence: number, last: readonly unknown[]): unknown[] {
    const items = this.#children(sequence);
    const fromEnd = last.length - items.length;
    return items.map((item, position) => {
      if (item < this.#head && position < last.length) return this.#value(item, last[position]);
      return this.#isTail(sequence, item) ? last[position + fromEnd] : this.#build(item);
    });
  }

  #members(mapping: number, last: Record<string, unknown>): Record<string, unknown> {
    const members: Record<string, unknown> = {};
    const children = this.#children(mapping);
    for (let position = 0; position < children.length; position += 2) {
      const key = children[position]!;
      const value = children[position + 1]!;
      const name = this.#name(key);
      if (Object.hasOwn(members, name)) throw new Error("A key occurs twice");
      const isTail = this.#isTail(mapping, key);
      const isKnown = isTail || value < this.#head;
      if (!isKnown) setOwn(members, name, this.#build(value));
      else setOwn(members, name, isTail ? last[name] : this.#value(value, last[name]));
    }
    return members;
  }

  /** Whether a child of a container that begins as it did is one of its last ones of then. */
  #isTail(container: number, child: number): boolean {
    return child >= this.#tail &&
      this.#next.ends[container]! - this.#added === this.#last.ends[container];
  }

  #name(key: number): string {
    const event = this.#next.events[key]!;
    const { EVENT_ID, SCALAR_STYLE, getScalarValue } = this.#library;
    if (event.type !== EVENT_ID.SCALAR) throw new Error("A key is no scalar");
    const name = getScalarValue(this.#next.text, event);
    const isText = event.style !== SCALAR_STYLE.PLAIN || PLAIN_TEXT_KEY.test(name);
    return isText ? name : String(this.#build(key));
  }

  #build(index: number): unknown {
    const { events, ends, text } = this.#next;
    const { EVENT_ID: { POP }, constructFromEvents } = this.#library;
    const document = [events[0]!, ...events.slice(index, ends[index]), { type: POP }];
    return constructFromEvents(document, { source: text, schema: this.#schema })[0];
  }

  #children(container: number): number[] {
    const { ends } = this.#next;
    const children: number[] = [];
    const last = ends[container]! - 1;
    for (let child = container + 1; child < last; child = ends[child]!) children.push(child);
    return children;
  }
}

function isSameStyle(one: ScalarEvent, other: ScalarEvent): boolean {
  return one.style === other.style && one.fast === other.fast && one.indent === other.indent &&
    one.chomping === other.chomping;
}

/** How many characters both texts begin with. */
function commonStart(one: string, other: string): number {
  const most = Math.min(one.length, other.length);
  let length = 0;
  while (length < most && one.charCodeAt(length) === other.charCodeAt(length)) length += 1;
  return length;
}

/** How many characters both texts end with. */
function commonEnd(one: string, other: string): number {
  const most = Math.min(one.length, other.length);
  let length = 0;
  while (
    length < most &&
    one.charCodeAt(one.length - 1 - length) === other.charCodeAt(other.length - 1 - length)
  ) length += 1;
  return length;
}
