import assert from "node:assert/strict";
import process from "node:process";
import { describe, test } from "node:test";
import { isFifoAmong, isWaitingForFifo } from "../../src/watch/fifos.ts";

describe("whether a thread waits for a FIFO", () => {
  test("is told by the function of Linux that it waits in, of any version (G8)", () => {
    for (const place of ["wait_for_partner", "fifo_open", "pipe_wait", "wait_for_partner.isra.0"]) {
      assert.equal(isFifoAmong(["0", "futex_wait_queue", place]), true, place);
    }
    assert.equal(isFifoAmong(["0", "futex_wait_queue", "ep_poll"]), false);
  });

  test("is not known where the system keeps it secret (G8)", () => {
    assert.equal(isFifoAmong(["0", "0"]), undefined);
    assert.equal(isFifoAmong([]), undefined);
  });

  // Deno would stop the program at a prompt.
  test("is not looked for without the permission to (G7)", () => {
    assert.equal(isWaitingForFifo(() => false), undefined);
    const mayBeKnown = process.platform === "linux" ? [false, undefined] : [undefined];
    assert.ok(mayBeKnown.includes(isWaitingForFifo(() => true)));
  });
});
