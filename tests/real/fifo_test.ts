/** FIFOs in watched directories, which stop Deno's watching and with it the program. */

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, renameSync, rmSync, symlinkSync } from "node:fs";
import process from "node:process";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { CommandProcess, Folder, type JsonLine, runtimeName, withDeadline } from "./cli_process.ts";
import { missing, pause, waitFor } from "./watched.ts";

// A bundle lies where its source does, under another root and with another ending.
const [source, bundle] = ["./fifo_child.ts", "./fifo_child.mjs"].map((name) =>
  fileURLToPath(new URL(name, import.meta.url))
) as [string, string];
const program = existsSync(bundle) ? bundle : source;

const skip = missing("mkfifo");
const isDeno = runtimeName === "deno";

/** A watched configuration, told of line by line. */
class Program implements AsyncDisposable {
  readonly folder: Folder;
  /** What was told of watchers. */
  readonly news: JsonLine[] = [];
  readonly process: CommandProcess;
  #revision = 1;

  constructor(folder: Folder, task: "stay" | "pass" | "close" | "end", file = "app.yaml") {
    this.folder = folder;
    this.process = new CommandProcess([folder.at(file), task], { cwd: folder.path, program });
  }

  async start(): Promise<this> {
    assert.equal((await this.process.json()).type, "ready");
    return this;
  }

  /** The next line that tells of no watcher. */
  async next(): Promise<JsonLine> {
    for (;;) {
      const line = await this.process.json();
      if (line.type !== "watcherChanged") return line;
      this.news.push(line);
    }
  }

  /** Does something that gives a new revision. */
  async sees(save: () => void): Promise<void> {
    save();
    const line = await this.next();
    this.#revision += 1;
    assert.deepEqual([line.type, line["revision"]], ["reloadSucceeded", this.#revision]);
  }

  /** Waits until so many changes of watchers were told of, which is so on Deno only. */
  async isTold(count: number): Promise<void> {
    while (isDeno && this.news.length < count) this.news.push(await this.process.json());
    assert.equal(this.news.length, isDeno ? count : 0, JSON.stringify(this.news));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process[Symbol.asyncDispose]();
    this.folder[Symbol.dispose]();
  }
}

function makeFifo(folder: Folder, name: string): void {
  execFileSync("mkfifo", [folder.at(name)]);
}

/** Somebody reads what another one writes. */
function useFifo(folder: Folder, name: string): void {
  // Whoever else has it open for a moment, such as Deno, must be neither's partner.
  const script = 'exec 3<> "$1"; head -c 5 "$1" & echo used >&3; wait';
  execFileSync("sh", ["-c", script, "sh", folder.at(name)]);
}

const WATCHED_AGAIN = "the directory can be watched again";

describe("a FIFO in a watched directory", { skip }, () => {
  test("that comes, is used and goes hides no save; Deno polls meanwhile (G1, G8)", async () => {
    const folder = new Folder({ "app.yaml": "n: 1\n" });
    await using program = await new Program(folder, "stay").start();
    makeFifo(folder, "fifo");
    await program.sees(() => folder.save("app.yaml", "n: 2\n"));
    useFifo(folder, "fifo");
    await program.sees(() => folder.write("app.yaml", "n: 3\n"));
    await program.isTold(1);
    rmSync(folder.at("fifo"));
    await program.isTold(2);
    await program.sees(() => folder.save("app.yaml", "n: 4\n"));
    if (!isDeno) return;
    const [polled, watched] = program.news;
    assert.deepEqual([polled!["watcher"], polled!["directory"]], ["poll", folder.path]);
    assert.match(polled!["reason"], /the FIFO \S+\/fifo would stop Deno's watching/);
    assert.match(polled!["remedy"], /Move the FIFO out of the directory, or set watcher: "poll"/);
    assert.equal(watched!["reason"], WATCHED_AGAIN);
  });

  test("that takes the file's place is refused until there is a file again (G1, G4)", async () => {
    const folder = new Folder({ "app.yaml": "n: 1\n" });
    await using program = await new Program(folder, "stay").start();
    rmSync(folder.at("app.yaml"));
    makeFifo(folder, "app.yaml");
    assert.match((await program.next())["message"], /not a regular file/);
    await program.isTold(1);
    await program.sees(() => {
      rmSync(folder.at("app.yaml"));
      folder.write("app.yaml", "n: 2\n");
    });
    await program.isTold(2);
    await program.sees(() => folder.save("app.yaml", "n: 3\n"));
  });

  test("that was there before is told of from the start (G1, G8)", async () => {
    const folder = new Folder({ "app.yaml": "n: 1\n" });
    makeFifo(folder, "fifo");
    await using program = await new Program(folder, "stay").start();
    await program.isTold(1);
    useFifo(folder, "fifo");
    await program.sees(() => folder.save("app.yaml", "n: 2\n"));
    renameSync(folder.at("fifo"), folder.at("other fifo"));
    await program.sees(() => folder.save("app.yaml", "n: 3\n"));
    await program.isTold(1);
    rmSync(folder.at("other fifo"));
    await program.isTold(2);
    await program.sees(() => folder.save("app.yaml", "n: 4\n"));
  });

  test("that is one of many hides no save in any (G1, G8)", async () => {
    const files = Array.from({ length: 150 }, (_, number) => [
      `config/${number}/app.yaml`,
      `d${number}: 1\n`,
    ]);
    const folder = new Folder(Object.fromEntries(files));
    await using program = await new Program(folder, "stay", "config").start();
    // Deno watches them with one watcher by now.
    await pause(200);
    makeFifo(folder, "config/7/fifo");
    await program.sees(() => folder.save("config/9/app.yaml", "d9: 2\n"));
    useFifo(folder, "config/7/fifo");
    await program.sees(() => folder.write("config/99/app.yaml", "d99: 3\n"));
    await program.isTold(1);
    rmSync(folder.at("config/7/fifo"));
    await program.isTold(2);
    await program.sees(() => folder.save("config/99/app.yaml", "d99: 4\n"));
  });

  test("is one as well behind a link (G1, G8)", async () => {
    const folder = new Folder({ "config/app.yaml": "n: 1\n" });
    makeFifo(folder, "fifo");
    await using program = await new Program(folder, "stay", "config/app.yaml").start();
    symlinkSync(folder.at("fifo"), folder.at("config/link"));
    useFifo(folder, "config/link");
    await program.sees(() => folder.save("config/app.yaml", "n: 2\n"));
    await program.isTold(1);
    rmSync(folder.at("config/link"));
    await program.isTold(2);
    await program.sees(() => folder.save("config/app.yaml", "n: 3\n"));
  });

  test("that is gone before anybody looked hides no save (G1, G8)", async () => {
    const folder = new Folder({ "app.yaml": "n: 1\n" });
    await using program = await new Program(folder, "pass").start();
    assert.equal((await program.next()).type, "passed");
    for (let n = 2; n <= 5; n++) await program.sees(() => folder.save("app.yaml", `n: ${n}\n`));
    await program.isTold(1);
    if (!isDeno) return;
    assert.match(program.news[0]!["reason"], /Deno has told of nothing since \S+ changed at /);
  });

  test("does not keep close() from ending, nor the program after it (G9)", async () => {
    const folder = new Folder({ "app.yaml": "n: 1\n" });
    await using program = await new Program(folder, "close").start();
    assert.equal((await program.next()).type, "closed");
    await ends(program);
  });

  test("does not keep a program from ending by itself (G9)", async () => {
    const folder = new Folder({ "app.yaml": "n: 1\n" });
    await using program = await new Program(folder, "end").start();
    await ends(program);
  });
});

async function ends({ process: { ended } }: Program): Promise<void> {
  const { code, stderr } = await withDeadline(ended, () => "still running");
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
}

test("where Deno may not write to a FIFO it is polled, and nobody is asked (G1, G8)", {
  skip: !isDeno && "there are no permissions" || skip || missing("script"),
}, async () => {
  using folder = new Folder({ "app.yaml": "n: 1\n", "elsewhere/b.yaml": "" });
  // In a terminal, where it could ask.
  const command = `"${process.execPath}" run --allow-read "${program}" ` +
    `"${folder.at("app.yaml")}"`;
  const child = spawn("script", ["-qec", command, "/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, NO_COLOR: "1" },
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => output += text);
  try {
    await waitFor(() => output.includes('"ready"'), () => output);
    makeFifo(folder, "fifo");
    for (let n = 2; n <= 4; n++) {
      folder.save("app.yaml", `n: ${n}\n`);
      await waitFor(() => output.includes(`"revision":${n}`), () => output);
    }
    assert.match(output, /the FIFO \S+\/fifo has stopped Deno's watching, and could not be opened/);
    assert.doesNotMatch(output, /allow|permission/i);
  } finally {
    child.kill("SIGKILL");
  }
});
