/**
 * A value in memory that a test sets, breaks and mends, as a source.
 *
 * @module
 */

import { checksumOf } from "../checksum.ts";
import type { Source } from "../source/source.ts";
import { valueDocument } from "../source/value_document.ts";

/** What a {@linkcode TestSource} holds. */
export interface TestContent {
  readonly value: object;
  /** Why it can't be read. */
  readonly failure?: Error | undefined;
  /** Why whoever reads it is to refuse it. */
  readonly refusal?: string | undefined;
}

/** A source whose content a test sets. */
export interface TestSource extends Source {
  /** What it holds. */
  readonly content: TestContent;
  /** Whether that was read. */
  readonly isRead: boolean;
  /** Replaces it. */
  set(content: TestContent): void;
}

const NAME = "test";

/** A source that holds `value` at first. */
export function createTestSource(value: object): TestSource {
  let content: TestContent = { value };
  let changed = () => {};
  let saves = 0;
  let isRead = false;
  return {
    name: NAME,
    get content() {
      return content;
    },
    get isRead() {
      return isRead;
    },
    read() {
      isRead = true;
      const { value, failure, refusal } = content;
      if (failure !== undefined) return Promise.reject(failure);
      const document = { ...valueDocument(NAME, value), mayBeEmpty: true };
      if (refusal === undefined) return Promise.resolve([document]);
      // What is refused is no content that was seen before, or nobody would look at it again.
      const bytes = new TextEncoder().encode(`${refusal} ${saves}`);
      return Promise.resolve([{ ...document, bytes, checksum: checksumOf(bytes) }]);
    },
    watch(context) {
      changed = context.changed;
    },
    set(next) {
      content = next;
      isRead = false;
      saves += 1;
      changed();
    },
  };
}
