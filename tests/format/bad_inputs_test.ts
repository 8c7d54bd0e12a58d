import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { loadConfig } from "../../mod.ts";
import { ParseError } from "../../src/errors.ts";
import { createMemoryRuntime } from "../../testing.ts";
import { type Bad, BAD_INPUTS } from "./bad_inputs.ts";

const FORMATS = ["yaml", "json", "jsonc", "toml"] as const;

/** The error with which a file is refused. */
async function refusal(path: string, [content]: Bad): Promise<ParseError> {
  const runtime = createMemoryRuntime();
  runtime.files.write(path, typeof content === "string" ? content : Uint8Array.from(content));
  const error: unknown = await loadConfig({ sources: [path], runtime }).then(
    () => assert.fail(`${path} was accepted`),
    (thrown) => thrown,
  );
  assert.ok(error instanceof ParseError, String(error));
  return error;
}

for (const format of FORMATS) {
  describe(`in .${format}, file, line and column are told of (S3.7, G4, G12)`, () => {
    for (const input of BAD_INPUTS) {
      const bad = input[format];
      if (bad === undefined) continue;
      test(input.kind, async () => {
        const path = `/etc/app.${format}`;
        const error = await refusal(path, bad);
        assert.equal(`${error.line}:${error.column}`, bad[1]);
        assert.match(error.reason, input.reason);
        assert.ok(error.reason.length < 200);
        assert.equal(error.message, `Cannot parse ${path}:${bad[1]}: ${error.reason}`);
      });
    }
  });
}

test("a name of a million letters is not repeated in the message (G12)", async () => {
  const name = "x".repeat(1_000_000);
  for (const text of [`a: !${name} 1`, `a: *${name}`]) {
    const error = await refusal("/app.yaml", [text, ""]);
    assert.ok(error.message.length < 300, `${error.message.length}`);
    assert.equal(error.line, 1);
  }
});

test("a megabyte on one line, cut off, is refused at once, secrets or not (G12)", async () => {
  const members = Array.from({ length: 50_000 }, (_, n) => `"token${n}":"value-${n}"`).join();
  const error = await refusal("/app.json", [`{${members},`, ""]);
  assert.equal(error.line, 1);
  const blanks = await refusal("/app.yaml", [`token: x${" ".repeat(200_000)}y\nb: @x`, ""]);
  assert.equal(`${blanks.line}:${blanks.column}`, "2:4");
});
