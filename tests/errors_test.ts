import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  ClosedError,
  ParseError,
  SourceError,
  StateError,
  ValidationError,
} from "../src/errors.ts";
import { formatIssue, formatPlace, type Issue } from "../src/issue.ts";
import { toError } from "../src/to_error.ts";

describe("every error is a built-in one, with its own name and message", () => {
  const cause = new Error("below");
  const issue: Issue = {
    path: "a",
    message: "must be a number",
    file: "/a.yaml",
    line: 1,
    column: 2,
  };
  const cases: [error: Error, parent: ErrorConstructor, name: string, message: string][] = [
    [
      new ParseError({ file: "/a.yaml", reason: "bad", position: { line: 3, column: 5 }, cause }),
      SyntaxError as ErrorConstructor,
      "ParseError",
      "Cannot parse /a.yaml:3:5: bad",
    ],
    [
      new ParseError({ file: "/a.yaml", reason: "bad", cause }),
      SyntaxError as ErrorConstructor,
      "ParseError",
      "Cannot parse /a.yaml: bad",
    ],
    [
      new SourceError({ file: "/a.yaml", reason: "permission denied", code: "EACCES", cause }),
      Error,
      "SourceError",
      "Cannot read /a.yaml: permission denied",
    ],
    [
      new ValidationError([issue, { path: "", message: "is odd" }], { cause }),
      TypeError as ErrorConstructor,
      "ValidationError",
      "Cannot accept the configuration: /a.yaml:1:2: a: must be a number; is odd",
    ],
    [new ClosedError("roll back"), Error, "ClosedError", "Cannot roll back: the handle is closed"],
  ];
  for (const [error, parent, name, message] of cases) {
    test(message, () => {
      assert.ok(error instanceof parent);
      assert.equal(error.name, name);
      assert.equal(error.message, message);
      assert.ok(String(error).startsWith(`${name}: `));
      assert.equal(error.cause, error instanceof ClosedError ? undefined : cause);
    });
  }
});

test("ParseError carries file, reason, line and column (S3.7)", () => {
  const { file, reason, line, column } = new ParseError({
    file: "/a.yaml",
    reason: "bad",
    position: { line: 3, column: 5 },
  });
  assert.deepEqual({ file, reason, line, column }, {
    file: "/a.yaml",
    reason: "bad",
    line: 3,
    column: 5,
  });
});

test("ParseError without a place has neither line nor column, on Bun neither", () => {
  const error = new ParseError({ file: "/a.yaml", reason: "bad" });
  assert.match(String(error.stack), /ParseError/);
  assert.equal(error.line, undefined);
  assert.equal(error.column, undefined);
});

test("SourceError carries file, reason and code", () => {
  const { file, reason, code } = new SourceError({ file: "/a", reason: "gone", code: "ENOENT" });
  assert.deepEqual({ file, reason, code }, { file: "/a", reason: "gone", code: "ENOENT" });
  assert.equal(new SourceError({ file: "/a", reason: "gone" }).code, undefined);
});

test("ValidationError carries its issues", () => {
  const issues = [{ path: "a", message: "x" }];
  assert.equal(new ValidationError(issues).issues, issues);
});

test("formatPlace() writes what is known", () => {
  assert.equal(formatPlace({ file: "/a", line: 1, column: 2 }), "/a:1:2");
  assert.equal(formatPlace({ file: "/a", line: 1 }), "/a:1");
  assert.equal(formatPlace({ file: "/a", column: 2 }), "/a");
  assert.equal(formatPlace({}), "");
});

test("formatIssue() writes an issue on one line", () => {
  const issue = { path: "server.port", message: "must be a number" };
  assert.equal(
    formatIssue({ ...issue, file: "/a", line: 1, column: 2 }),
    "/a:1:2: server.port: must be a number",
  );
  assert.equal(formatIssue(issue), "server.port: must be a number");
  assert.equal(formatIssue({ path: "", message: "is odd", file: "/a" }), "/a: is odd");
});

test("toError() keeps an Error and wraps anything else", () => {
  const error = new RangeError("x");
  assert.equal(toError(error), error);
  for (const thrown of ["text", 5, null, undefined, { a: 1 }]) {
    assert.ok(toError(thrown) instanceof Error);
    assert.equal(toError(thrown).message, String(thrown));
    assert.equal(toError(thrown).cause, thrown);
  }
});

test("toError() survives what can't be made text (G7)", () => {
  assert.ok(toError(Object.create(null)) instanceof Error);
  assert.ok(toError(Symbol("x")) instanceof Error);
});

test("an error without a cause does not show one", () => {
  const errors = [
    new ParseError({ file: "/a", reason: "bad", cause: undefined }),
    new SourceError({ file: "/a", reason: "bad", cause: undefined }),
    new StateError({ attempt: "read", path: "/a", reason: "bad", cause: undefined }),
    new ValidationError([], { cause: undefined }),
  ];
  for (const error of errors) assert.ok(!Object.hasOwn(error, "cause"), error.name);
});
