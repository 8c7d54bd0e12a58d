// Test what uses a configuration: the real thing, but no file, no sleep and no mock.
import assert from "node:assert/strict";
import type { LiveConfig } from "../mod.ts"; // in your project: from "hotconf"
import { createTestConfig } from "../testing.ts"; // in your project: from "hotconf/testing"

interface Settings {
  pool: { size: number };
}

/** What is tested: a part of the program that can refuse a new configuration. */
class Pool {
  size = 0;

  async attachTo(config: LiveConfig<Settings>) {
    return await config.attach({
      name: "pool",
      select: ({ pool }) => pool.size,
      prepare(size) {
        if (size > 100) throw new Error(`there is no room for ${size} connections`);
        return size === 50 ? new Promise<never>(() => {}) : undefined; // a server that hangs
      },
      commit: (size) => void (this.size = size),
      deadlineMs: 2000,
    });
  }
}

await using test = await createTestConfig<Settings>({ pool: { size: 10 } });
const pool = new Pool();
await pool.attachTo(test.config);
assert.equal(pool.size, 10);

// Once a save is awaited, everybody took it.
await test.patch({ pool: { size: 20 } });
assert.equal(pool.size, 20);

// Or nobody did, and it is told why.
const refused = await test.patch({ pool: { size: 1000 } });
assert.equal(refused.status, "rejected");
assert.equal(test.config.current.pool.size, 20);
console.log((await test.recorded.next("componentFailed")).error.message);

// What takes time needs the clock: begin, let the time pass, and await the answer.
const late = test.patch({ pool: { size: 50 } });
await test.clock.advance(2000);
assert.equal((await late).status, "rejected");
console.log((await test.recorded.next("componentFailed")).error.message);

// Going back is for all, too.
await test.config.rollback();
assert.equal(pool.size, 10);
console.log("the pool has", pool.size, "connections");
