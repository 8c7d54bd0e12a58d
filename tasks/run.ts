/**
 * Starting other programs, for the scripts in this folder: output is captured, time is limited, and
 * nothing outlives the script that started it.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import process from "node:process";

/** The repository's root folder; every program runs there unless told otherwise. */
export const root: string = fileURLToPath(new URL("..", import.meta.url));

/** How {@linkcode run} starts a program. */
export interface RunOptions {
  /** @default the repository's root */
  readonly cwd?: string;
  /** Added to this process's environment; `undefined` removes a name. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Milliseconds after which the program is killed. @default 300_000 */
  readonly timeoutMs?: number;
}

/** What became of a program. */
export interface RunResult {
  /** The exit code; -1 when it was killed or could not be started. */
  readonly code: number;
  /** Standard output and standard error in the order they came, without colours. */
  readonly output: string;
  readonly timedOut: boolean;
  readonly seconds: number;
}

const isWindows = process.platform === "win32";
const running = new Set<ChildProcess>();

/** Kills a child and, where the system has process groups, whatever it left behind. */
function kill(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (isWindows) spawn("taskkill", ["/pid", String(child.pid), "/T", "/F"], { stdio: "ignore" });
    else process.kill(-child.pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

/** Makes Ctrl-C and termination end the children too. Call once, at the start of a script. */
export function killChildrenOnSignal(): void {
  const signals: readonly (readonly [Deno.Signal, number])[] = isWindows
    ? [["SIGINT", 130]]
    : [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]];
  for (const [signal, code] of signals) {
    Deno.addSignalListener(signal, () => {
      for (const child of running) kill(child);
      Deno.exit(code);
    });
  }
}

/** npm is a script on Windows, and those are started through the command interpreter only. */
function platformCommand(command: string, args: readonly string[]): [string, string[]] {
  if (!isWindows || !["npm", "npx"].includes(command)) return [command, [...args]];
  return ["cmd.exe", ["/d", "/s", "/c", `${command}.cmd`, ...args]];
}

/** Runs a program to its end; never throws: a program that cannot be started has code -1. */
export function run(
  command: string,
  args: readonly string[],
  { cwd = root, env = {}, timeoutMs = 300_000 }: RunOptions = {},
): Promise<RunResult> {
  const [file, list] = platformCommand(command, args);
  const began = performance.now();
  const child = spawn(file, list, {
    cwd,
    env: { ...process.env, NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: !isWindows, // Its own process group, so that its children can be killed with it.
  });
  running.add(child);

  return new Promise((resolve) => {
    const pieces: string[] = [];
    let timedOut = false;
    let lingering: ReturnType<typeof setTimeout> | undefined;
    const limit = setTimeout(() => {
      timedOut = true;
      kill(child);
    }, timeoutMs);
    const finish = (code: number) => {
      clearTimeout(limit);
      clearTimeout(lingering);
      running.delete(child);
      resolve({ code, output: pieces.join(""), timedOut, seconds: secondsSince(began) });
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => pieces.push(text));
    }
    child.on("error", (error) => {
      pieces.push(`Cannot start ${command}: ${error.message}\n`);
      finish(-1);
    });
    // A grandchild that holds the pipe open would keep "close" from ever coming.
    child.on("exit", () => lingering = setTimeout(() => kill(child), 2_000));
    child.on("close", (code) => finish(timedOut ? -1 : code ?? -1));
  });
}

/** Seconds since a `performance.now()` reading. */
export function secondsSince(began: number): number {
  return (performance.now() - began) / 1_000;
}
