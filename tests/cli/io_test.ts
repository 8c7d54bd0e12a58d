import assert from "node:assert/strict";
import { test } from "node:test";
import { aborted, orAborted } from "../../src/cli/io.ts";
import { countedSignal } from "../counted_signal.ts";

test("orAborted() gives the outcome and leaves no listener on the signal (G9)", async () => {
  const { signal, listeners } = countedSignal();
  assert.equal(await orAborted(Promise.resolve(1), signal), 1);
  await assert.rejects(orAborted(Promise.reject(new Error("no")), signal), /no/);
  assert.equal(listeners(), 0);
});

test("orAborted() throws the reason of a signal that is aborted first, or was", async () => {
  const controller = new AbortController();
  const reason = new Error("Ctrl-C");
  const waiting = orAborted(new Promise(() => {}), controller.signal);
  controller.abort(reason);
  await assert.rejects(waiting, reason);
  await assert.rejects(orAborted(new Promise(() => {}), controller.signal), reason);
  await aborted(controller.signal);
});
