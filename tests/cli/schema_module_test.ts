import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { loadSchemaModule } from "../../src/cli/schema_module.ts";
import { ManualClock } from "../../testing.ts";

const cwd = process.cwd();

test("loadSchemaModule() gives up on a module that never loads, after 10 s (G7)", async () => {
  let openGate!: () => void;
  const gate = new Promise<void>((resolve) => openGate = resolve);
  Object.assign(globalThis, { schemaGate: gate });
  const clock = new ManualClock();
  const loading = loadSchemaModule("tests/cli/schemas/slow_to_load.mjs", { cwd, clock });
  const refusal = assert.rejects(loading, {
    name: "UsageError",
    message: "Cannot load the schema tests/cli/schemas/slow_to_load.mjs: " +
      "it did not finish loading within 10000 ms",
  });
  await clock.advance(9_999);
  assert.equal(clock.timers, 1);
  await clock.advance(1);
  await refusal;
  assert.equal(clock.timers, 0);
  openGate();
});

test("loadSchemaModule() leaves no timer behind", async () => {
  const clock = new ManualClock();
  const { schema, validators } = await loadSchemaModule("tests/cli/schemas/port.mjs", {
    cwd,
    clock,
  });
  assert.equal(schema?.["~standard"].vendor, "hand");
  assert.equal(validators.length, 1);
  assert.equal(clock.timers, 0);
});

test("loadSchemaModule() describes a function in place of a schema", async () => {
  const reference = "tests/cli/schemas/port.mjs#evenPort";
  const { schema, validators, description } = await loadSchemaModule(reference, {
    cwd,
    clock: new ManualClock(),
  });
  assert.equal(schema, undefined);
  assert.equal(validators.length, 2);
  assert.equal(description, "tests/cli/schemas/port.mjs#evenPort, function, validators: 1");
});
