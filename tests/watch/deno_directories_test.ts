import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FileStat } from "../../src/runtime/file_system.ts";
import { DenoDirectories, type WatchedByDeno } from "../../src/watch/deno_directories.ts";
import { ManualClock } from "../../testing.ts";

/** Directories that exist in a table only, and what is done to them. */
class Machine {
  readonly clock: ManualClock = new ManualClock();
  readonly directories: DenoDirectories;
  /** Whether a FIFO can be opened for writing. */
  mayOpen = true;
  /** Whether the thread waits for one, where the system tells. */
  isWaiting: boolean | undefined;
  #done: string[] = [];
  /** Time that the next look at a directory takes, and that all took, in milliseconds. */
  lookMs = 0;
  #spentMs = 0;
  readonly #content = new Map<string, { names: string[]; mtimeMs: number }>();

  constructor() {
    const { clock } = this;
    this.directories = new DenoDirectories({
      clock: {
        now: () => clock.now() + this.#spentMs,
        wallTime: () => clock.wallTime(),
        schedule: (delayMs, callback) => clock.schedule(delayMs, callback),
      },
      fileSystem: {
        stat: (path) => {
          this.#done.push(`stat ${path}`);
          this.#spentMs += this.lookMs;
          return this.stat(path);
        },
      },
      specialsIn: (path) => {
        this.#done.push(`list ${path}`);
        const names = this.#content.get(path)?.names ?? [];
        return {
          fifos: names.filter((name) => name.includes("fifo")).map((name) => `${path}/${name}`),
          hasLinks: names.includes("link"),
        };
      },
      hold: (fifos) => {
        if (!this.mayOpen) return undefined;
        this.#done.push(`hold ${fifos}`);
        return { [Symbol.dispose]: () => void this.#done.push(`release ${fifos}`) };
      },
      isWaiting: () => this.isWaiting,
    });
  }

  /** What was done since the last call, save looking. */
  done(): string[] {
    return this.#take().filter((what) => !/^(stat|list) /.test(what));
  }

  /** How often directories were looked at (`stat`) or listed since the last call. */
  count(what: "stat" | "list"): number {
    return this.#take().filter((done) => done.startsWith(what)).length;
  }

  #take(): string[] {
    const done = this.#done;
    this.#done = [];
    return done;
  }

  put(directory: string, ...names: string[]): void {
    this.#content.set(directory, { names, mtimeMs: this.clock.wallTime() });
  }

  /** Puts the time of a directory's last change into the future. */
  postdate(directory: string): void {
    this.#content.set(directory, { names: [], mtimeMs: this.clock.wallTime() + 60_000 });
  }

  stat(directory: string): FileStat | undefined {
    const { mtimeMs } = this.#content.get(directory) ?? {};
    return mtimeMs === undefined
      ? undefined
      : { kind: "directory", size: 0, mtimeMs, ctimeMs: mtimeMs, inode: directory };
  }

  open(directory: string): WatchedByDeno {
    this.directories.prepare(directory);
    const watch: WatchedByDeno = {
      directory,
      end: ({ message }) => void this.#done.push(`end ${directory}: ${message}`),
      close: () => void this.#done.push(`close ${directory}`),
    };
    this.directories.add(watch);
    return watch;
  }

  /** Lets the time pass until a directory is looked at again. */
  async look(watch: WatchedByDeno): Promise<void> {
    await this.clock.advance(1_000);
    this.directories.verify(watch, this.stat(watch.directory)!);
  }

  /** Opens `paths`, long after anything happened there. */
  async openAtRest(...paths: string[]): Promise<WatchedByDeno[]> {
    for (const path of paths) this.put(path);
    await this.clock.advance(10_000);
    const watches = paths.map((path) => this.open(path));
    for (const watch of watches) await this.look(watch);
    this.done();
    return watches;
  }
}

const WOULD_STOP = "the FIFO /a/fifo would stop Deno's watching";

describe("a FIFO in a directory that Deno watches", () => {
  test("keeps it from being watched until it is gone (G8)", () => {
    const machine = new Machine();
    machine.put("/a", "fifo");
    const refused = { message: WOULD_STOP, code: "EFIFO" };
    assert.throws(() => machine.open("/a"), refused);
    // However many are watched meanwhile, it is not watched for a moment each time it is tried.
    for (let number = 0; number < 200; number++) machine.open(`/${number}`);
    assert.throws(() => machine.open("/a"), refused);
    machine.put("/a");
    machine.open("/a");
  });

  test("is closed only when its directory is watched no more (G8)", async () => {
    const machine = new Machine();
    const [a, b] = await machine.openAtRest("/a", "/b");
    machine.put("/a", "fifo");
    await machine.look(b!);
    assert.deepEqual(machine.done(), []);
    await machine.look(a!);
    assert.deepEqual(machine.done(), ["hold /a/fifo", `end /a: ${WOULD_STOP}`]);
    await machine.clock.advance(5);
    machine.directories.heard();
    assert.deepEqual(machine.done(), ["close /a"]);
    machine.directories.heard();
    await machine.clock.advance(9);
    machine.directories.heard();
    machine.directories.remove(b!);
    assert.deepEqual(machine.done(), ["close /b"]);
    await machine.clock.advance(1);
    assert.deepEqual(machine.done(), ["release /a/fifo"]);
  });

  test("is found before another directory is watched, or watched no more (G8, G9)", async () => {
    for (const act of ["open", "remove", "mayEnd"] as const) {
      const machine = new Machine();
      const [, b] = await machine.openAtRest("/a", "/b");
      machine.put("/c");
      machine.put("/a", "fifo");
      if (act === "remove") machine.directories.remove(b!);
      if (act === "open") assert.throws(() => machine.open("/c"), { code: "EFIFO" });
      if (act === "mayEnd") assert.equal(machine.directories.mayEnd(), false);
      assert.deepEqual(machine.done(), ["hold /a/fifo", `end /a: ${WOULD_STOP}`], act);
      machine.directories.heard();
      const closed = act === "remove" ? ["close /a", "close /b"] : ["close /a"];
      assert.deepEqual(machine.done(), closed);
      await machine.clock.advance(10);
      machine.open("/c");
      assert.equal(machine.directories.mayEnd(), true);
    }
  });

  test("ends all watching, and asks for nothing more, where it can't be opened (G8, G9)", async () => {
    const machine = new Machine();
    const [a, b] = await machine.openAtRest("/a", "/b");
    machine.mayOpen = false;
    machine.put("/a", "fifo");
    await machine.look(a!);
    const why = "the FIFO /a/fifo has stopped Deno's watching, and could not be opened for writing";
    assert.deepEqual(machine.done(), [`end /a: ${why}`, `end /b: ${why}`]);
    machine.directories.remove(b!);
    assert.throws(() => machine.open("/b"), { message: why });
    await machine.clock.advance(60_000);
    assert.deepEqual(machine.done(), []);
    // Somebody else came to write.
    machine.put("/a");
    machine.directories.heard();
    assert.deepEqual(machine.done(), ["close /a", "close /b"]);
    await machine.clock.advance(10);
    machine.open("/a");
    machine.open("/b");
  });

  test("is not held for ever when the thread tells of nothing all the same (G8)", async () => {
    const machine = new Machine();
    const [a, b] = await machine.openAtRest("/a", "/b");
    machine.put("/a", "fifo");
    await machine.look(a!);
    machine.done();
    await machine.clock.advance(1_000);
    assert.deepEqual(machine.done(), ["release /a/fifo"]);
    machine.put("/a");
    machine.put("/b");
    await machine.look(b!);
    await machine.look(b!);
    assert.throws(() => machine.open("/a"), /Deno has told of nothing since it was freed/);
    machine.directories.remove(b!);
    assert.deepEqual(machine.done(), []);
    machine.directories.heard();
    assert.deepEqual(machine.done(), ["close /a", "close /b"]);
  });

  test("is met again while the thread is freed from another one (G8)", async () => {
    const machine = new Machine();
    const [a] = await machine.openAtRest("/a", "/b");
    machine.put("/a", "fifo");
    await machine.look(a!);
    machine.directories.heard();
    machine.done();
    machine.put("/b", "fifo");
    machine.directories.mayEnd();
    await machine.clock.advance(10);
    assert.throws(() => machine.open("/c"), { code: "EFIFO" });
    assert.equal(machine.done().at(-1), "end /b: the FIFO /b/fifo would stop Deno's watching");
    machine.directories.heard();
    await machine.clock.advance(10);
    assert.deepEqual(machine.done(), ["close /b", "release /a/fifo", "release /b/fifo"]);
  });
});

describe("a thread that tells of nothing", () => {
  const SILENT = /^Deno has told of nothing since \/a changed at \S+Z: a FIFO may have stopped/;

  test("is asked for nothing until it is heard of (G8, G9)", async () => {
    const machine = new Machine();
    const [a, b] = await machine.openAtRest("/a", "/b");
    machine.put("/a");
    await machine.look(a!);
    // It may be told of in a moment.
    await machine.clock.advance(100);
    machine.open("/c");
    await machine.clock.advance(1);
    machine.put("/a");
    await machine.look(a!);
    machine.put("/a");
    await machine.look(a!);
    assert.throws(() => machine.open("/d"), { message: SILENT });
    machine.directories.remove(b!);
    assert.deepEqual(machine.done(), []);
    machine.directories.heard();
    assert.deepEqual(machine.done(), ["close /b"]);
    await machine.clock.advance(10);
    machine.open("/d");
  });

  test("is not doubted when it is known to wait for no FIFO, as on a busy machine (G8)", async () => {
    const machine = new Machine();
    const [a] = await machine.openAtRest("/a");
    const isLate = async () => {
      await machine.clock.advance(1);
      machine.put("/a");
      await machine.look(a!);
      await machine.clock.advance(101);
    };
    await isLate();
    machine.isWaiting = false;
    machine.open("/b");
    await isLate();
    machine.isWaiting = true;
    assert.throws(() => machine.open("/c"), { message: SILENT });
  });

  test("is not doubted where nothing had to be told (G8)", async () => {
    const never: readonly ((machine: Machine) => void)[] = [
      () => {},
      (machine) => machine.put("/a", "link"),
      (machine) => machine.postdate("/a"),
      (machine) => {
        machine.put("/a");
        machine.directories.heard();
      },
    ];
    for (const happen of never) {
      const machine = new Machine();
      const [a, b] = await machine.openAtRest("/a", "/b");
      happen(machine);
      for (let look = 0; look < 3; look++) {
        await machine.look(a!);
      }
      machine.directories.remove(b!);
      assert.deepEqual(machine.done(), ["close /b"]);
    }
  });
});

describe("looking for FIFOs", () => {
  test("lists a directory only after something came or went there", async () => {
    const machine = new Machine();
    const [a] = await machine.openAtRest("/a");
    const lists = async (looks: number) => {
      for (let look = 0; look < looks; look++) {
        machine.directories.heard();
        await machine.look(a!);
      }
      return machine.count("list");
    };
    assert.equal(await lists(10), 0);
    machine.put("/a");
    // Its time may hide what came soon after.
    assert.equal(await lists(10), 3);
  });

  test("lists a directory that changes all the time no more than twice a second", async () => {
    const machine = new Machine();
    const [a] = await machine.openAtRest("/a");
    await machine.clock.advance(500);
    for (let time = 0; time < 100; time++) {
      machine.put("/a");
      machine.directories.heard();
      machine.directories.verify(a!, machine.stat("/a")!);
      await machine.clock.advance(10);
    }
    assert.equal(machine.count("list"), 2);
  });

  test("lists many directories soon after they are watched, not before", async () => {
    const machine = new Machine();
    for (let number = 0; number < 300; number++) {
      machine.put(`/${number}`, ...number === 200 ? ["fifo"] : []);
      machine.open(`/${number}`);
    }
    assert.equal(machine.count("list"), 100);
    machine.lookMs = 0.1;
    await machine.clock.advance(20);
    assert.equal(machine.count("list"), 11);
    await machine.clock.advance(20);
    assert.equal(machine.count("list"), 11);
    machine.lookMs = 0;
    await machine.clock.advance(20);
    assert.deepEqual(machine.done(), [
      "hold /200/fifo",
      "end /200: the FIFO /200/fifo would stop Deno's watching",
    ]);
    machine.directories.heard();
    await machine.clock.advance(10);
    // From now on before.
    assert.throws(() => machine.open("/200"), { code: "EFIFO" });
  });

  test("looks at many directories for a small part of the time at most", async () => {
    const machine = new Machine();
    const paths = Array.from({ length: 200 }, (_, number) => `/${number}`);
    const watches = await machine.openAtRest(...paths);
    machine.lookMs = 0.1;
    for (const watch of watches) {
      machine.directories.remove(watch);
      await machine.clock.advance(1);
    }
    const stats = machine.count("stat");
    assert.ok(stats >= 200 && stats * 0.1 <= 0.1 * 200 + 20, `${stats}`);
  });
});
