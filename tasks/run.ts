/**
 * Starting other programs, for the scripts in this folder: output is captured, time is limited, and
 * nothing outlives the script that started it.
 */

import { fileURLToPath } from "node:url";
import process from "node:process";

/** The repository's root folder; every program runs there unless told otherwise. */
export const root: string = fileURLToPath(new URL("..", import.meta.url));

/** How {@linkcode run} starts a program. */
export interface RunOptions {
  /** @default the repository's root */
  readonly cwd?: string;
  /** Milliseconds after which the program is killed. @default 1_200_000 */
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

const isWindows = Deno.build.os === "windows";
const running = new Set<Deno.ChildProcess>();

/** Kills a child and, where the system has process groups, whatever it left behind. */
function kill(child: Deno.ChildProcess): void {
  try {
    if (isWindows) {
      new Deno.Command("taskkill", { args: ["/pid", String(child.pid), "/T", "/F"] }).outputSync();
    } else process.kill(-child.pid, "SIGKILL");
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

/**
 * Runs a program to its end; never throws: a program that cannot be started has code -1.
 *
 * Not with `node:child_process`, which on Deno hands its own permissions to a Deno it starts.
 */
export async function run(
  command: string,
  args: readonly string[],
  { cwd = root, timeoutMs = 1_200_000 }: RunOptions = {},
): Promise<RunResult> {
  const [file, list] = platformCommand(command, args);
  const began = performance.now();
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(file, {
      args: list,
      cwd,
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      detached: !isWindows, // Its own process group, so that its children can be killed with it.
    }).spawn();
  } catch (error) {
    const output = `Cannot start ${command}: ${error instanceof Error ? error.message : error}\n`;
    return { code: -1, output, timedOut: false, seconds: secondsSince(began) };
  }

  running.add(child);
  let timedOut = false;
  const limit = setTimeout(() => {
    timedOut = true;
    kill(child);
  }, timeoutMs);
  const pieces: string[] = [];
  const reading = [child.stdout, child.stderr].map((stream) => collect(stream, pieces));
  const { code } = await child.status;
  // A grandchild that holds the pipe open would keep the reading from ever ending.
  const lingering = setTimeout(() => kill(child), 2_000);
  await Promise.all(reading);
  clearTimeout(limit);
  clearTimeout(lingering);
  running.delete(child);
  const output = pieces.join("");
  return { code: timedOut ? -1 : code, output, timedOut, seconds: secondsSince(began) };
}

async function collect(stream: ReadableStream<Uint8Array>, pieces: string[]): Promise<void> {
  const decoder = new TextDecoder();
  for await (const bytes of stream) pieces.push(decoder.decode(bytes, { stream: true }));
}

/** Seconds since a `performance.now()` reading. */
export function secondsSince(began: number): number {
  return (performance.now() - began) / 1_000;
}
