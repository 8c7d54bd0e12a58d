import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { StandardSchema, StandardSchemaIssue } from "../src/standard_schema.ts";
import { ManualClock } from "../src/testing/manual_clock.ts";
import { type Rules, validate, type Validation, type Validator } from "../src/validate.ts";

describe("validate()", () => {
  test("accepts anything without rules", async () => {
    const candidate = { a: 1 };
    assert.deepEqual(await run(candidate), { value: candidate });
  });

  test("gives the schema's output", async () => {
    const schema = schemaOf(() => ({ value: { port: 80 } }));
    assert.deepEqual(await run({ port: "80" }, { schema }), { value: { port: 80 } });
  });

  test("waits for an asynchronous schema (S2.7)", async () => {
    const schema = schemaOf(() => Promise.resolve({ value: "later" }));
    assert.deepEqual(await run({}, { schema }), { value: "later" });
  });

  test("takes an output that is undefined for an output", async () => {
    assert.deepEqual(await run({}, { schema: schemaOf(() => ({ value: undefined })) }), {
      value: undefined,
    });
  });

  test("gives the schema's issues with their paths", async () => {
    const issues: StandardSchemaIssue[] = [
      { message: "is odd", path: ["a", 0, { key: "b" }] },
      { message: "is bad", path: [Symbol("s")] },
      { message: "is all wrong" },
    ];
    assert.deepEqual(await run({}, { schema: schemaOf(() => ({ issues })) }), {
      issues: [
        { path: ["a", 0, "b"], message: "is odd" },
        { path: ["Symbol(s)"], message: "is bad" },
        { path: [], message: "is all wrong" },
      ],
    });
  });

  const prefixed: [path: PropertyKey[], message: string, expected: string][] = [
    [["port"], "port must be a number", "must be a number"],
    [["server", "port"], "server.port must be a number", "must be a number"],
    [["hosts", 0, "port"], "hosts[0].port must be a number", "must be a number"],
    [["a.b", "c d"], 'value at ["a.b"]["c d"] must be a number', "must be a number"],
    [["a-b"], 'value at ["a-b"] must be a number', "must be a number"],
    [[0], "value at [0] must be a number", "must be a number"],
    [["port"], "port's value is odd", "port's value is odd"],
    [["port"], "portable it is not", "portable it is not"],
    [[], "must be an object", "must be an object"],
  ];
  for (const [path, message, expected] of prefixed) {
    test(`shows the message "${message}" without its path`, async () => {
      const schema = schemaOf(() => ({ issues: [{ path, message }] }));
      assert.deepEqual((await issuesOf({}, { schema })).map((issue) => issue.message), [expected]);
    });
  }

  test("asks every validator, with the schema's output (S2.2, S5.4)", async () => {
    const asked: unknown[] = [];
    const rule = (n: number): Validator<unknown> => (candidate) => {
      asked.push(candidate);
      return [{ path: ["n", n], message: `rule ${n}` }];
    };
    const schema = schemaOf(() => ({ value: "output" }));
    assert.deepEqual(await issuesOf({}, { schema, validators: [rule(1), rule(2)] }), [
      { path: ["n", 1], message: "rule 1" },
      { path: ["n", 2], message: "rule 2" },
    ]);
    assert.deepEqual(asked, ["output", "output"]);
  });

  test("asks no validator when the schema refuses", async () => {
    const schema = schemaOf(() => ({ issues: [{ message: "no" }] }));
    const validators = [() => assert.fail("asked")];
    assert.deepEqual(await issuesOf({}, { schema, validators }), [{ path: [], message: "no" }]);
  });

  test("takes nothing, null or an empty list as consent", async () => {
    const validators: Validator<unknown>[] = [
      () => {},
      () => null,
      () => [],
      () => Promise.resolve(undefined),
    ];
    assert.deepEqual(await run("x", { validators }), { value: "x" });
  });

  test("takes a path as text or as segments, or none", async () => {
    const validators: Validator<unknown>[] = [() => [
      { path: 'a["b.c"].d', message: "1" },
      { path: ["a", 0], message: "2" },
      { path: "", message: "3" },
      { message: "4" },
    ]];
    assert.deepEqual(await issuesOf({}, { validators }), [
      { path: ["a", "b.c", "d"], message: "1" },
      { path: ["a", 0], message: "2" },
      { path: [], message: "3" },
      { path: [], message: "4" },
    ]);
  });

  test("takes a validator that throws or rejects for an issue, and asks the others (G7)", async () => {
    const validators: Validator<unknown>[] = [
      function checkChains() {
        throw new Error("database is down");
      },
      async () => {
        await Promise.resolve();
        throw "a text";
      },
      () => [{ message: "is odd" }],
    ];
    assert.deepEqual(await issuesOf({}, { validators }), [
      { path: [], message: "the validator checkChains failed: database is down" },
      { path: [], message: "a validator failed: a text" },
      { path: [], message: "is odd" },
    ]);
  });

  test("takes a validator that gives a wrong path or no list for an issue (G7)", async () => {
    const validators = [
      () => [{ path: "a..b", message: "x" }],
      () => true,
      () => [null],
    ] as unknown as Validator<unknown>[];
    const issues = await issuesOf({}, { validators });
    assert.equal(issues.length, 3);
    assert.match(issues[0]!.message, /^a validator failed: Cannot use "a\.\.b" as a key path/);
    for (const { message } of issues) assert.match(message, /^a validator failed: /);
  });

  test("takes a schema that throws, rejects or gives nonsense for an issue (G7)", async () => {
    const schemas = [
      schemaOf(() => {
        throw new Error("broken schema");
      }),
      schemaOf(() => Promise.reject(new Error("broken schema"))),
      schemaOf(() => undefined as unknown as { value: unknown }),
    ];
    for (const schema of schemas) {
      const [issue, ...more] = await issuesOf({}, { schema });
      assert.match(issue!.message, /^the schema failed: /);
      assert.deepEqual(more, []);
    }
  });

  for (const [who, rules] of hangingRules()) {
    test(`refuses after the deadline when ${who} never settles (G7, G12)`, async () => {
      const clock = new ManualClock();
      const validation = validate({}, { validators: [], timeoutMs: 5000, ...rules }, clock);
      let outcome: Validation<unknown> | undefined;
      void validation.then((settled) => outcome = settled);
      await clock.advance(4999);
      assert.equal(outcome, undefined);
      await clock.advance(1);
      assert.deepEqual(outcome, {
        issues: [{
          path: [],
          message: "validation did not finish within 5000 ms (validateTimeoutMs)",
        }],
      });
    });
  }

  test("leaves no timer behind, whatever the outcome (G9)", async () => {
    const clock = new ManualClock();
    const rules = { validators: [], timeoutMs: 5000 };
    await validate({}, rules, clock);
    await validate({}, { ...rules, schema: schemaOf(() => ({ issues: [] })) }, clock);
    await validate({}, { ...rules, validators: [() => Promise.reject(new Error())] }, clock);
    assert.equal(clock.timers, 0);
  });
});

function hangingRules(): [who: string, rules: Partial<Rules<unknown>>][] {
  const never = new Promise<never>(() => {});
  return [
    ["the schema", { schema: schemaOf(() => never) }],
    ["a validator", { validators: [() => [], () => never] }],
  ];
}

function schemaOf<T>(ask: StandardSchema<T>["~standard"]["validate"]): StandardSchema<T> {
  return { "~standard": { version: 1, vendor: "test", validate: ask } };
}

function run(candidate: unknown, rules: Partial<Rules<unknown>> = {}) {
  return validate(candidate, { validators: [], timeoutMs: 5000, ...rules }, new ManualClock());
}

async function issuesOf(candidate: unknown, rules: Partial<Rules<unknown>>) {
  const validation = await run(candidate, rules);
  assert.ok("issues" in validation, "accepted");
  return validation.issues;
}
