import assert from "node:assert/strict";
import { test } from "node:test";
import { toFailure } from "../../src/cli/report.ts";
import { UsageError } from "../../src/cli/usage_error.ts";
import { ValidationError } from "../../src/errors.ts";

const at = "2026-01-31T12:00:00.000Z";

test("a failed first load is wrong usage only when that was said", () => {
  const usage = new UsageError("Cannot use --env");
  assert.throws(() => toFailure(usage, at), usage);
  for (const error of [new RangeError("stack"), new TypeError("no function")]) {
    assert.deepEqual(toFailure(error, at), {
      type: "reloadFailed",
      error,
      revision: 0,
      files: [],
      cause: "start",
      at,
    });
  }
  const refused = new ValidationError([{ path: "a", message: "no" }]);
  assert.equal(toFailure(refused, at).type, "validationFailed");
});
