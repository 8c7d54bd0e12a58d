/**
 * File systems other than the machine's own, and files seen through bind mounts.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { mkdirSync, renameSync } from "node:fs";
import { CONFIG } from "./next_file.ts";
import type { Place } from "./place.ts";
import type { Situation } from "./situation.ts";
import { configText } from "./text.ts";

/** Mounts on a new directory of the place until the situation ends; `args` come before its path. */
export async function mount(
  place: Place,
  directory: string,
  ...args: readonly string[]
): Promise<void> {
  mkdirSync(place.path(directory), { recursive: true });
  await mountOn(place, place.path(directory), args);
}

async function mountOn(place: Place, path: string, args: readonly string[]): Promise<void> {
  await place.run("mount", ...args, path);
  place.onEnd(() => {
    // A program that was killed may hold it for a moment: then it is let go lazily.
    if (spawnSync("umount", [path]).status === 0) return;
    if (spawnSync("umount", ["--lazy", path]).status !== 0) throw new Error(`umount ${path}`);
  });
}

/** The host's file as a pod sees it that mounts it with a subPath. */
async function mountFile(place: Place): Promise<void> {
  const host = place.write(`host/${CONFIG}`, configText(0));
  await mountOn(place, place.write(`pod/${CONFIG}`, ""), ["--bind", host]);
}

function renameOver(place: Place, name: string, text: string): void {
  renameSync(place.write(`${name}.tmp`, text), place.path(name));
}

/** In place, and by a rename, in turn. */
function saveInTurn(place: Place, name: string, n: number): void {
  if (n % 2 === 1) place.write(name, configText(n));
  else renameOver(place, name, configText(n));
}

const NEEDS = ["root", "mount"];

/** Rows about mounts. */
export const mounts: readonly Situation[] = [
  {
    name: "bind-file-in-place",
    group: "structure",
    title: "bind-mounted file (subPath), the host writes in place",
    needs: NEEDS,
    watch: { file: `pod/${CONFIG}` },
    prepare: mountFile,
    save: (place, n) => void place.write(`host/${CONFIG}`, configText(n)),
  },
  {
    name: "bind-file-renamed",
    group: "structure",
    title: "bind-mounted file (subPath), the host renames over it",
    rounds: 3,
    needs: NEEDS,
    watch: { file: `pod/${CONFIG}` },
    prepare: mountFile,
    save: (place, n) => renameOver(place, `host/${CONFIG}`, configText(n)),
    states: () => [{ "": 0 }],
    note: "Impossible for anyone: the mount holds the old file, the new one has another inode " +
      "that the mount does not show. Right is no reload. Mount the directory instead.",
  },
  {
    name: "bind-directory",
    group: "structure",
    title: "bind-mounted directory, the host writes in place and renames in turn",
    needs: NEEDS,
    watch: { file: `pod/${CONFIG}` },
    async prepare(place) {
      place.write(`host/${CONFIG}`, configText(0));
      await mount(place, "pod", "--bind", place.path("host"));
    },
    save: (place, n) => saveInTurn(place, `host/${CONFIG}`, n),
  },
  {
    name: "tmpfs",
    group: "structure",
    title: "tmpfs, in place and renamed in turn",
    needs: NEEDS,
    watch: { file: `memory/${CONFIG}` },
    async prepare(place) {
      await mount(place, "memory", "-t", "tmpfs", "tmpfs");
      place.write(`memory/${CONFIG}`, configText(0));
    },
    save: (place, n) => saveInTurn(place, `memory/${CONFIG}`, n),
  },
  {
    name: "overlay",
    group: "structure",
    title: "overlayfs, in place and renamed in turn; the first write copies the file up",
    needs: [...NEEDS, "overlay"],
    watch: { file: `merged/${CONFIG}` },
    async prepare(place) {
      // overlayfs on overlayfs is refused, and a container's own files are on one.
      await mount(place, "layers", "-t", "tmpfs", "tmpfs");
      place.write(`layers/lower/${CONFIG}`, configText(0));
      for (const layer of ["upper", "work"]) mkdirSync(place.path("layers", layer));
      const [lower, upper, work] = ["lower", "upper", "work"].map((name) =>
        place.path("layers", name)
      );
      const layers = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
      await mount(place, "merged", "-t", "overlay", "-o", layers, "overlay");
    },
    save: (place, n) => saveInTurn(place, `merged/${CONFIG}`, n),
  },
];
