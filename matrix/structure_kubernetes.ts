/**
 * Mounts as the kubelet makes them: the names in sight are links through `..data`, which is a link
 * to a directory with the time in its name; an update is one rename of `..data`.
 *
 * @module
 */

import { lstatSync, readlinkSync, renameSync, rmSync, symlinkSync } from "node:fs";
import type { State } from "./digest.ts";
import { CONFIG } from "./next_file.ts";
import type { Place } from "./place.ts";
import type { Situation } from "./situation.ts";
import { mount } from "./structure_mounts.ts";
import { configText, partText } from "./text.ts";

const MOUNT = "mount";
const FOUR_KEYS = ["part_0", "part_1", "part_2", "part_3"];
const FIVE_KEYS = [...FOUR_KEYS, "part_4"];

/** The keys of update `n`; one is removed now and then, and comes back. */
function keysOf(n: number): readonly string[] {
  return n % 3 === 2 ? FOUR_KEYS : FIVE_KEYS;
}

/** Makes the mount, or updates it, step by step as the kubelet's AtomicWriter does. */
function update(place: Place, n: number, files: Readonly<Record<string, string>>): void {
  const at = (name: string) => place.path(MOUNT, name);
  const stamp = `..2025_01_01_00_00_00.${n}`;
  for (const [name, text] of Object.entries(files)) place.write(`${MOUNT}/${stamp}/${name}`, text);
  const old = isThere(at("..data")) ? readlinkSync(at("..data")) : undefined;
  symlinkSync(stamp, at("..data_tmp"));
  renameSync(at("..data_tmp"), at("..data"));
  for (const name of Object.keys(files)) {
    if (!isThere(at(name))) symlinkSync(`..data/${name}`, at(name));
  }
  for (const name of FIVE_KEYS.map((key) => `${key}.yaml`)) {
    if (!(name in files)) rmSync(at(name), { force: true });
  }
  if (old !== undefined) rmSync(at(old), { recursive: true });
}

function updateConfigMap(place: Place, n: number): void {
  const files = keysOf(n).map((key) => [`${key}.yaml`, partText(key, n)] as const);
  update(place, n, Object.fromEntries(files));
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Rows about volumes of Kubernetes. */
export const kubernetesMounts: readonly Situation[] = [
  {
    name: "config-map",
    group: "structure",
    title: "ConfigMap: five files at once, one key comes and goes",
    watch: { directory: MOUNT },
    prepare: (place) => updateConfigMap(place, 0),
    save: updateConfigMap,
    states: (n): State[] => [Object.fromEntries(keysOf(n).map((key) => [key, n]))],
  },
  {
    name: "config-map-file",
    group: "structure",
    title: "ConfigMap: one of its files",
    watch: { file: `${MOUNT}/${CONFIG}` },
    prepare: (place) => update(place, 0, { [CONFIG]: configText(0) }),
    save: (place, n) => update(place, n, { [CONFIG]: configText(n) }),
  },
  {
    name: "secret",
    group: "structure",
    title: "Secret: the same on a tmpfs",
    needs: ["root", "mount"],
    watch: { directory: MOUNT },
    async prepare(place) {
      await mount(place, MOUNT, "-t", "tmpfs", "tmpfs");
      updateConfigMap(place, 0);
    },
    save: updateConfigMap,
    states: (n): State[] => [Object.fromEntries(keysOf(n).map((key) => [key, n]))],
  },
];
