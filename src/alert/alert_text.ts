/**
 * Text of alerts: printable, and no longer than people read.
 *
 * @module
 */

import { formatIssue, type Issue } from "../issue.ts";
import { count, printable } from "../printable.ts";

/** With what is added to it no more than 2,000. */
const MOST_CHARACTERS = 1_900;
const LONGEST_LINE = 500;
const MOST_ISSUES = 5;
const MOST_FILES = 20;

/** What people are told of an issue. */
const MEMBERS = ["path", "message", "file", "line", "column", "variable", "source"] as const;

/** The first issues, printable. */
export function firstIssues(issues: readonly Issue[]): readonly Issue[] {
  return Object.freeze(issues.slice(0, MOST_ISSUES).map(printableIssue));
}

function printableIssue(issue: Issue): Issue {
  const members = MEMBERS.filter((name) => issue[name] !== undefined).map((name) => {
    const value = issue[name];
    return [name, typeof value === "string" ? line(value) : value] as const;
  });
  return Object.freeze(Object.fromEntries(members) as unknown as Issue);
}

/** The first files, printable. */
export function firstFiles(files: readonly string[]): readonly string[] {
  return Object.freeze(files.slice(0, MOST_FILES).map(line));
}

/** The first issues, a line each, and how many more there are. */
export function issueLines(issues: readonly Issue[]): readonly string[] {
  const more = issues.length - MOST_ISSUES;
  const lines = issues.slice(0, MOST_ISSUES).map(formatIssue);
  return more > 0 ? [...lines, `and ${count(more, "more issue")}`] : lines;
}

/** Lines as one text. */
export function textOf(lines: readonly string[]): string {
  return cut(lines.map(line).join("\n"), MOST_CHARACTERS);
}

/** A text on one line. */
export function line(text: string): string {
  // What is cut off need not be looked at.
  return cut(printable(text.slice(0, 2 * LONGEST_LINE)), LONGEST_LINE);
}

function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const left = text.slice(0, most - 1);
  // Half of a character is none.
  return `${/[\ud800-\udbff]$/.test(left) ? left.slice(0, -1) : left}…`;
}
