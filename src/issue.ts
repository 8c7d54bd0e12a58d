/**
 * What is wrong with a configuration, and where; as data and as text.
 *
 * @module
 */

/** One thing that is wrong with a candidate configuration. */
export interface Issue {
  /** Key path of the value, for example `server.port`; empty for the whole configuration. */
  readonly path: string;
  /** What is wrong, in one sentence. */
  readonly message: string;
  /** File that holds the value or, when the value is missing, its nearest existing ancestor. */
  readonly file?: string;
  /** Line in `file`, from 1. */
  readonly line?: number;
  /** Column in `line`, from 1. */
  readonly column?: number;
  /** Checksum of the text that was judged: one of `file` as it was then. */
  readonly checksum?: string;
  /** Environment variable that holds the value, in the environment or in `file`. */
  readonly variable?: string;
  /** Name of the source, where it is no file. */
  readonly source?: string;
  /** Set when the value is secret: whoever shows the line of the file must hide it. */
  readonly isSecret?: boolean;
}

/** A place in a text, both numbers from 1. */
export interface Position {
  /** Line, from 1. */
  readonly line: number;
  /** Column in UTF-16 code units, from 1. */
  readonly column: number;
}

/** `file:line:column`, as far as known; of what is in no file, the variable or the source. */
export function formatPlace(
  { file, line, column, variable, source }: Partial<
    Pick<Issue, "file" | "line" | "column" | "variable" | "source">
  >,
): string {
  if (file === undefined) {
    return variable === undefined ? source ?? "" : `environment variable ${variable}`;
  }
  return [file, line, line === undefined ? undefined : column]
    .filter((part) => part !== undefined).join(":");
}

/** One issue on one line: `config/app.yaml:3:5: server.port: must be a number`. */
export function formatIssue(issue: Issue): string {
  return [formatPlace(issue), issue.path, issue.message].filter(Boolean).join(": ");
}
