/**
 * The YAML parser's messages in plain words.
 *
 * @module
 */

import type { FormatLimits } from "./format.ts";
import { tooDeepReason, tooManyReason } from "./limits.ts";
import { explainThrown, type Explanation } from "./thrown.ts";

const INDENTATION = "the indentation does not match the lines above";
const MISSING_COLON = "expected a colon and a space after the key";

/** Plain words for the messages people meet; `$1` is the parser's own detail. */
const PLAIN_WORDS: readonly (readonly [RegExp, string])[] = [
  [/^duplicated mapping key$/u, "this key occurs twice"],
  [/^tab characters must not be used.*$/u, "a tab is used for indentation; use spaces"],
  [/^unknown \w+ tag !<(?:tag:yaml.org,2002:(.+)|(.+))>$/u, "the tag $1$2 is not known"],
  [/^cannot resolve a node with !<(?:.*:)?(.+)>.*$/u, "the value does not fit its tag $1"],
  [/^unidentified alias "(.*)"$/u, "the alias *$1 has no anchor before it"],
  [/^.* does not support complex keys$/u, "a key must be a plain value, not a list or a mapping"],
  [/^cannot merge mappings.*$/u, "<< needs a mapping, or a list of mappings"],
  [/^abnormal merge sequence size$/u, "<< merges more than 100 mappings at once"],
  [/^bad indentation.*$/u, INDENTATION],
  [/^expected hexadecimal character$/u, "an escape needs hexadecimal digits"],
  [/^deficient indentation$/u, `${INDENTATION}, or a quote or bracket above is not closed`],
  [/^end of the stream or a document separator.*$/u, `unexpected content here; ${INDENTATION}`],
  [/^expected ':' after a mapping key$/u, MISSING_COLON],
  [/^.* a multiline key may not be an implicit key$/u, MISSING_COLON],
  [/^missed comma between.*$/u, "expected a comma"],
  [/^unexpected end of the (?:stream|document) within a (.*)$/u, "the $1 is not closed"],
];

/** Characters that end a plain value at its start, and what to do about it. */
const NEEDS_QUOTES: Readonly<Record<string, string>> = {
  "@": "a value can't start with @; put it in quotes",
  "`": "a value can't start with a backtick; put it in quotes",
  "%": "a value can't start with %; put it in quotes",
  ":": "a value can't hold a colon followed by a space; put it in quotes",
};

/**
 * Reason and position of what the YAML library threw. Its error is not kept as a cause, because it
 * quotes the lines around, and these may hold a secret.
 */
export function explainYamlError(thrown: unknown, text: string, limits: FormatLimits): Explanation {
  const { reason, position } = explainThrown(thrown);
  return { reason: plainReason(reason, characterAt(thrown, text), limits), position };
}

function plainReason(reason: string, character: string, limits: FormatLimits): string {
  if (reason.startsWith("nesting exceeded")) return tooDeepReason(limits);
  if (reason.includes("exceeded max")) return tooManyReason(limits);
  if (reason.startsWith("bad indentation") && character in NEEDS_QUOTES) {
    return NEEDS_QUOTES[character]!;
  }
  for (const [pattern, words] of PLAIN_WORDS) {
    if (pattern.test(reason)) return reason.replace(pattern, words);
  }
  return reason;
}

function characterAt(thrown: unknown, text: string): string {
  const { mark } = Object(thrown) as { mark?: { position?: number } };
  return text.charAt(mark?.position ?? text.length);
}
