/**
 * What situations need of the machine.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

/** Debian's package for each program that a bare system lacks. */
const PACKAGES: Readonly<Record<string, string>> = {
  emacs: "emacs-nox",
  git: "git",
  nano: "nano",
  patch: "patch",
  perl: "perl",
  python3: "python3",
  rsync: "rsync",
  vim: "vim",
};

/** Why a situation can't be run here, if it can't; each need is looked into once. */
export class Needs {
  readonly #answers = new Map<string, string | undefined>();

  /** The first of `needs` that is missing, in words. */
  missing(needs: readonly string[]): string | undefined {
    for (const need of needs) {
      if (!this.#answers.has(need)) this.#answers.set(need, lookInto(need));
    }
    return needs.map((need) => this.#answers.get(need)).find((answer) => answer !== undefined);
  }
}

/** Installs the programs that are missing, where that can be done: with apt-get, as root. */
export function install(needs: readonly string[]): void {
  const names = new Set(needs.filter((need) => need in PACKAGES && !hasProgram(need)));
  if (names.size === 0 || process.getuid?.() !== 0 || !hasProgram("apt-get")) return;
  const packages = [...names].map((name) => PACKAGES[name]!);
  console.error(`Installing ${packages.join(", ")}`);
  spawnSync("apt-get", ["update", "-qq"]);
  spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages]);
}

/** Programs that every system has, beside those of {@linkcode PACKAGES}. */
const COMMON = ["cp", "sed", "tar"];

/** The version of each tool that is here. */
export function toolVersions(): Readonly<Record<string, string>> {
  const found = [...COMMON, ...Object.keys(PACKAGES)].map((name) => {
    const { stdout } = spawnSync(name, ["--version"], { encoding: "utf8" });
    return [name, /\d+(\.\d+)+/.exec(stdout ?? "")?.[0]] as const;
  });
  return Object.fromEntries(found.flatMap(([name, version]) => version ? [[name, version]] : []));
}

function lookInto(need: string): string | undefined {
  switch (need) {
    case "linux":
      return process.platform === "linux" ? undefined : "it needs Linux";
    case "root":
      return process.getuid?.() === 0 ? undefined : "it needs root";
    case "mount":
      return canMount("tmpfs", "") ? undefined : "it needs the right to mount";
    case "overlay":
      return canMount("overlay", "lowerdir=/usr:/etc") ? undefined : "it needs overlayfs";
    case "user namespace":
      return canLimit() ? undefined : "it needs user namespaces with limits of their own";
    default:
      return hasProgram(need) ? undefined : `${need} is not installed`;
  }
}

function hasProgram(name: string): boolean {
  return spawnSync("sh", ["-c", 'command -v "$1"', "sh", name]).status === 0;
}

function canLimit(): boolean {
  const script = "echo 0 > /proc/sys/user/max_inotify_watches";
  return spawnSync("unshare", ["--user", "--map-root-user", "sh", "-ec", script]).status === 0;
}

function canMount(type: string, options: string): boolean {
  if (process.platform !== "linux") return false;
  const directory = mkdtempSync(join(tmpdir(), "hotconf-matrix-"));
  try {
    const chosen = options === "" ? [] : ["-o", options];
    if (spawnSync("mount", ["-t", type, ...chosen, type, directory]).status !== 0) return false;
    return spawnSync("umount", [directory]).status === 0;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
