import * as api from "@opentelemetry/api";
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Validator } from "../../mod.ts";
import { observe } from "../../opentelemetry.ts";
import { eventsOf, openLive } from "../live.ts";
import { startSdk } from "./sdk.ts";

const positive: Validator<{ n: number; password?: string }> = ({ n, password }) =>
  n > 0 ? [] : [{ path: "n", message: `must be positive (${password})` }];

describe("observe()", () => {
  test("counts reloads by outcome and cause, and times them in seconds (S3.16)", async () => {
    await using sdk = startSdk();
    await using live = await openLive({ "/app.yaml": "n: 1\n" }, { validators: [positive] });
    observe(live.config, api, sdk);
    await live.save("/app.yaml", "n: 2\n");
    await live.save("/app.yaml", "n: 3\n");
    await live.save("/app.yaml", "n: 3 # the same\n");
    await live.save("/app.yaml", "n: 0\n");
    await live.save("/app.yaml", "n: [\n");
    await live.reload();
    const { counts, durations, units } = await sdk.metrics();
    assert.deepEqual(counts, [
      ["succeeded", "save", 2],
      ["unchanged", "save", 1],
      ["invalid", "save", 1],
      ["unreadable", "save", 1],
      ["unreadable", "manual", 1],
    ]);
    assert.deepEqual(durations.map(({ count }) => count), [2, 1, 1, 1, 1]);
    assert.deepEqual(units, { "hotconf.reloads": "{reload}", "hotconf.reload.duration": "s" });
  });

  test("gives a trace for each reload: a span, and one below it for each stage (S3.16)", async () => {
    await using sdk = startSdk();
    let waitMs = 0;
    const wait = (): Promise<void> =>
      new Promise((resolve) => void live.clock.schedule(waitMs, resolve));
    const live = await openLive({ "/app.yaml": "n: 1\n" }, {
      validators: [() => waitMs > 0 ? wait() : undefined],
    });
    waitMs = 40;
    observe(live.config, api, sdk);
    await live.save("/app.yaml", "n: 2\n");
    const [reload, ...stages] = sdk.spans();
    assert.equal(reload!.name, "hotconf reload");
    assert.equal(reload!.parentSpanContext, undefined);
    assert.deepEqual(reload!.attributes, {
      "hotconf.outcome": "succeeded",
      "hotconf.cause": "save",
      "hotconf.revision": 2,
      "hotconf.sources": ["/app.yaml"],
    });
    const names = new Set(stages.map(({ name }) => name));
    assert.deepEqual([...names], [
      "hotconf read",
      "hotconf parse",
      "hotconf validate",
      "hotconf apply",
    ]);
    const { spanId, traceId } = reload!.spanContext();
    for (const stage of stages) {
      assert.equal(stage.parentSpanContext!.spanId, spanId);
      assert.equal(stage.spanContext().traceId, traceId);
    }
    assert.deepEqual(sdk.spans().map(({ status }) => status.code), sdk.spans().map(() => 0));

    const { at } = eventsOf(live.events, "reloadSucceeded")[0]!;
    const validated = stages.find(({ name }) => name === "hotconf validate")!;
    assert.deepEqual(validated.duration, [0, 40_000_000]);
    assert.equal(milliseconds(reload!.endTime), Date.parse(at));
    assert.equal(milliseconds(validated.startTime), Date.parse(at) - 40);
    assert.deepEqual(reload!.duration, [0, 40_000_000]);
    assert.deepEqual((await sdk.metrics()).durations.map(({ sum }) => sum), [0.04]);
    await live.config.close();
  });

  test("marks what was refused, at the stage that refused it, without secrets (S3.16, G11)", async () => {
    await using sdk = startSdk();
    await using live = await openLive({ "/app.yaml": "n: 1\npassword: topsecret\n" }, {
      validators: [positive],
    });
    observe(live.config, api, sdk);
    await live.save("/app.yaml", "n: 0\npassword: topsecret\n");
    const refused = sdk.spans();
    const message =
      "Cannot accept the configuration: /app.yaml:1:1: n: must be positive ([secret])";
    const [reload, ...stages] = refused;
    for (const span of [reload!, stages.at(-1)!]) {
      assert.deepEqual(span.status, { code: 2, message });
      const [{ name, attributes }] = span.events as [typeof span.events[0]];
      assert.equal(name, "exception");
      assert.deepEqual(attributes, {
        "exception.type": "ValidationError",
        "exception.message": message,
      });
    }
    assert.equal(stages.at(-1)!.name, "hotconf validate");
    assert.ok(stages.slice(0, -1).every(({ status }) => status.code === 0));
    assert.ok(!JSON.stringify(refused.map(({ events }) => events)).includes("topsecret"));

    sdk.forget();
    await live.save("/app.yaml", "n: [\n");
    assert.deepEqual(
      sdk.spans().filter(({ status }) => status.code === 2).map(({ name }) => name),
      ["hotconf reload", "hotconf parse"],
    );
  });

  test("begins a trace of its own, whatever span is active", async () => {
    await using sdk = startSdk();
    const active = api.trace.setSpan(api.ROOT_CONTEXT, sdk.tracer.startSpan("request"));
    api.context.setGlobalContextManager({
      active: () => active,
      with: (_context, work, self, ...given) => work.apply(self, given),
      bind: (_context, target) => target,
      enable() {
        return this;
      },
      disable() {
        return this;
      },
    });
    try {
      await using live = await openLive({ "/app.yaml": "n: 1\n" });
      observe(live.config, api, sdk);
      await live.save("/app.yaml", "n: 2\n");
      const roots = sdk.spans().filter(({ parentSpanContext }) => parentSpanContext === undefined);
      assert.deepEqual(roots.map(({ name }) => name), ["hotconf reload"]);
    } finally {
      api.context.disable();
    }
  });

  test("uses the meter and the tracer of the API when none are given", async () => {
    await using sdk = startSdk();
    api.trace.setGlobalTracerProvider(sdk.tracerProvider);
    api.metrics.setGlobalMeterProvider(sdk.meterProvider);
    try {
      await using live = await openLive({ "/app.yaml": "n: 1\n" });
      observe(live.config, api);
      await live.save("/app.yaml", "n: 2\n");
      assert.equal(sdk.spans()[0]!.instrumentationScope.name, "hotconf");
      assert.deepEqual((await sdk.metrics()).counts, [["succeeded", "save", 1]]);
    } finally {
      api.trace.disable();
      api.metrics.disable();
    }
  });

  test("does nothing, and does not fail, without an SDK", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    observe(live.config, api);
    await live.save("/app.yaml", "n: 2\n");
    assert.deepEqual(eventsOf(live.events, "handlerFailed"), []);
  });

  test("tells of reloads from then on, until it is disposed or the configuration closed (G9)", async () => {
    await using sdk = startSdk();
    const live = await openLive({ "/app.yaml": "n: 1\n" });
    await live.save("/app.yaml", "n: 2\n");
    const observing = observe(live.config, api, sdk);
    await live.save("/app.yaml", "n: 3\n");
    observing[Symbol.dispose]();
    await live.save("/app.yaml", "n: 4\n");
    observe(live.config, api, sdk);
    await live.config.close();
    await live.save("/app.yaml", "n: 5\n");
    assert.deepEqual((await sdk.metrics()).counts, [["succeeded", "save", 1]]);
  });

  test("contains what an exporter or an instrument throws: reloads go on (G7)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    const broken = () => {
      throw new Error("No");
    };
    const meter = { createCounter: () => ({ add: broken }), createHistogram: broken as never };
    assert.throws(() => observe(live.config, api, { meter }), { message: "No" });
    observe(live.config, api, {
      meter: { ...meter, createHistogram: () => ({ record: broken }) },
    });
    await live.save("/app.yaml", "n: 2\n");
    assert.equal(live.config.revision, 2);
    const { listener, error } = eventsOf(live.events, "handlerFailed")[0]!;
    assert.deepEqual([listener, error.message], ["onReload", "No"]);
  });

  test("says that it can't when statistics are switched off", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" }, { statistics: false });
    assert.throws(() => observe(live.config, api), { name: "TypeError" });
  });
});

function milliseconds([seconds, nanoseconds]: api.HrTime): number {
  return Math.round(seconds * 1000 + nanoseconds / 1_000_000);
}
