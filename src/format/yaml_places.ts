/**
 * Places in a YAML text, opened step by step from the parser's flat list of events.
 *
 * @module
 */

import type { Event, Schema } from "js-yaml";
import { type Place, skipAll } from "./place.ts";

/** The YAML library once it is loaded. */
export type YamlLibrary = typeof import("js-yaml");

/**
 * Place of the document's root value. A member reached through an alias or a merge key stands where
 * the anchored content has it; an item that is an alias stands where the alias is.
 */
export function openYamlPlaces(
  library: YamlLibrary,
  schema: Schema,
  text: string,
  events: readonly Event[],
): Place {
  return new YamlPlaces(library, schema, text, events).root();
}

/** Keys that are certainly text; others, such as `0x10` or `~`, are resolved as the value was. */
export const PLAIN_TEXT_KEY: RegExp = /^(?!(?:true|false|null)$)[a-z_]/iu;

/** The key whose value is merged into the mapping. */
const MERGE_KEY = "<<";

/** What may stand between the end of a value and an item without content. */
const BETWEEN_ITEMS = /[\s"'\]},:?]+|#.*/yu;

/** What may stand before the first character of a block scalar. */
const BLANK = /\s+/yu;

class YamlPlaces {
  readonly #library: YamlLibrary;
  readonly #schema: Schema;
  readonly #text: string;
  readonly #events: readonly Event[];
  /** For each event the index after its last descendant. */
  readonly #ends: Uint32Array;
  /** For each alias the event it stands for. */
  readonly #targets = new Map<number, number>();

  constructor(library: YamlLibrary, schema: Schema, text: string, events: readonly Event[]) {
    this.#library = library;
    this.#schema = schema;
    this.#text = text;
    this.#events = events;
    this.#ends = new Uint32Array(events.length);
    this.#link();
  }

  root(): Place {
    return this.#place(1, this.#startOf(1) ?? 0);
  }

  #link(): void {
    const { ALIAS, POP, SCALAR } = this.#library.EVENT_ID;
    const open: number[] = [];
    const anchors = new Map<string, number>();
    for (let index = 0; index < this.#events.length; index++) {
      const event = this.#events[index]!;
      this.#ends[index] = index + 1;
      if (event.type === POP) this.#ends[open.pop()!] = index + 1;
      else if (event.type !== SCALAR && event.type !== ALIAS) open.push(index);
      if (!("anchorStart" in event) || event.anchorStart < 0) continue;
      const name = this.#text.slice(event.anchorStart, event.anchorEnd);
      if (event.type !== ALIAS) anchors.set(name, index);
      else if (anchors.has(name)) this.#targets.set(index, anchors.get(name)!);
    }
  }

  #place(index: number, offset: number): Place {
    const membersOf = (): ReadonlyMap<string, Place> | undefined => this.#membersOf(index);
    let members: ReadonlyMap<string, Place> | undefined;
    return {
      offset,
      get members() {
        return members ??= membersOf();
      },
    };
  }

  #membersOf(index: number): ReadonlyMap<string, Place> | undefined {
    const { MAPPING, SEQUENCE } = this.#library.EVENT_ID;
    const target = this.#resolve(index);
    const { type } = this.#events[target]!;
    if (type === SEQUENCE) return this.#items(target);
    return type === MAPPING ? this.#entries(target) : undefined;
  }

  #resolve(index: number): number {
    return this.#targets.get(index) ?? index;
  }

  #items(sequence: number): Map<string, Place> {
    const items = new Map<string, Place>();
    let end = this.#startOf(sequence) ?? 0;
    for (const item of this.#children(sequence)) {
      const offset = this.#startOf(item) ?? skipAll(this.#text, BETWEEN_ITEMS, end);
      items.set(String(items.size), this.#place(item, offset));
      end = Math.max(offset + 1, this.#endOf(item));
    }
    return items;
  }

  /** Own entries first, then those of merged mappings in order: the first one to name a key wins. */
  #entries(mapping: number): Map<string, Place> {
    const entries = new Map<string, Place>();
    const merged = new Set<number>();
    const pending = [mapping];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (merged.has(next)) continue;
      merged.add(next);
      const sources: number[] = [];
      const children = this.#children(next);
      for (let index = 0; index < children.length; index += 2) {
        const key = children[index]!;
        const value = children[index + 1]!;
        if (!this.#isMergeKey(key)) this.#addEntry(entries, next, key, value);
        else for (const source of this.#mergeSources(value)) sources.push(source);
      }
      for (const source of sources.reverse()) pending.push(source);
    }
    return entries;
  }

  #addEntry(entries: Map<string, Place>, mapping: number, key: number, value: number): void {
    const name = this.#keyName(this.#events[this.#resolve(key)]!);
    if (entries.has(name)) return;
    entries.set(name, this.#place(value, this.#startOf(key) ?? this.#startOf(mapping) ?? 0));
  }

  #mergeSources(value: number): number[] {
    const source = this.#resolve(value);
    if (this.#events[source]!.type !== this.#library.EVENT_ID.SEQUENCE) return [source];
    return this.#children(source).map((item) => this.#resolve(item));
  }

  #isMergeKey(key: number): boolean {
    const event = this.#events[key]!;
    return event.type === this.#library.EVENT_ID.SCALAR &&
      event.style === this.#library.SCALAR_STYLE.PLAIN && event.tagStart < 0 &&
      event.valueEnd - event.valueStart === MERGE_KEY.length &&
      this.#text.startsWith(MERGE_KEY, event.valueStart);
  }

  #keyName(key: Event): string {
    const { EVENT_ID, SCALAR_STYLE, getScalarValue, constructFromEvents } = this.#library;
    if (key.type === EVENT_ID.SCALAR && key.tagStart < 0) {
      const name = getScalarValue(this.#text, key);
      if (key.style !== SCALAR_STYLE.PLAIN || PLAIN_TEXT_KEY.test(name)) return name;
    }
    const document = [this.#events[0]!, key, { type: EVENT_ID.POP }];
    return String(constructFromEvents(document, { source: this.#text, schema: this.#schema })[0]);
  }

  #children(container: number): number[] {
    const children: number[] = [];
    const last = this.#ends[container]! - 1;
    for (let child = container + 1; child < last; child = this.#ends[child]!) children.push(child);
    return children;
  }

  /** Where the event's tag, anchor or content starts; `undefined` when it has none of them. */
  #startOf(index: number): number | undefined {
    const event = this.#events[index]!;
    const { EVENT_ID, SCALAR_STYLE } = this.#library;
    const tag = "tagStart" in event ? event.tagStart : -1;
    const anchor = "anchorStart" in event ? event.anchorStart - 1 : -1; // before the & or *
    let content = "start" in event ? event.start : -1;
    if (event.type === EVENT_ID.SCALAR && event.valueStart >= 0) {
      const isQuoted = event.style === SCALAR_STYLE.SINGLE_QUOTED ||
        event.style === SCALAR_STYLE.DOUBLE_QUOTED;
      content = isQuoted ? event.valueStart - 1 : skipAll(this.#text, BLANK, event.valueStart);
    }
    const start = firstOf(tag, firstOf(anchor, content));
    return start < 0 ? undefined : start;
  }

  /** An end of the event's text known to the parser; closing brackets and quotes may follow. */
  #endOf(index: number): number {
    for (let last = this.#ends[index]! - 1; last >= index; last--) {
      const event = this.#events[last]!;
      if ("valueEnd" in event && event.valueEnd >= 0) return event.valueEnd;
      const start = event.type === this.#library.EVENT_ID.POP ? undefined : this.#startOf(last);
      if (start !== undefined) return start;
    }
    return 0;
  }
}

/** The smaller of two offsets; a negative one is none. */
function firstOf(a: number, b: number): number {
  return a < 0 || (b >= 0 && b < a) ? b : a;
}
