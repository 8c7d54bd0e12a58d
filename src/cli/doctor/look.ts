/**
 * What a path leads to.
 *
 * @module
 */

import * as nodePath from "node:path";
import type { SourceError } from "../../errors.ts";
import { selectFormat } from "../../format/select.ts";
import type { FileStat, FileSystem } from "../../runtime/file_system.ts";
import { toSourceError } from "../../to_error.ts";
import { type Entry, linkChain } from "../../watch/link_chain.ts";
import { type Mount, mountOf } from "../../watch/mounts.ts";
import type { CommandIo } from "../io.ts";
import type { PathKind, PathReport } from "./diagnosis.ts";

/** What looking needs. */
export interface LookContext extends Pick<CommandIo, "runtime" | "system"> {
  /** The table of mounts; empty where it is not known. */
  readonly mounts: readonly Mount[];
}

/** A path that was looked at. */
export interface Looked {
  /** Absolute path. */
  readonly path: string;
  /** What it leads to. */
  readonly kind: PathKind;
  /** The links on the way and, last, the file itself or the first missing name. */
  readonly chain: readonly Entry[];
  /** What is known of it. */
  readonly stat?: FileStat;
  /** Why it could not be looked at. */
  readonly error?: SourceError;
}

/** Looks at a path, without reading it. */
export function look(path: string, { runtime: { fileSystem }, system }: LookContext): Looked {
  let chain: readonly Entry[] = [
    { directory: nodePath.dirname(path), name: nodePath.basename(path) },
  ];
  try {
    const stat = fileSystem.stat(path);
    chain = followLinks(fileSystem, path) ?? chain;
    if (stat === undefined) return { path, kind: "missing", chain };
    const { kind } = stat;
    if (kind === "file" || kind === "directory") return { path, kind, chain, stat };
    return { path, kind: system.specialKind(path) ?? "device", chain, stat };
  } catch (thrown) {
    const error = toSourceError(path, thrown);
    return { path, kind: error.code === "ELOOP" ? "loop" : "unreadable", chain, error };
  }
}

/** `undefined` where Deno permits to read the file, and not what is above it. */
function followLinks(fileSystem: FileSystem, path: string): readonly Entry[] | undefined {
  try {
    return linkChain(fileSystem, path);
  } catch {
    return undefined;
  }
}

/** What is reported of a path that was looked at. */
export function describe({ path, kind, chain, stat }: Looked, context: LookContext): PathReport {
  const { runtime: { fileSystem }, mounts } = context;
  const { directory, name } = chain.at(-1)!;
  const realPath = stat && nodePath.join(directory, name);
  const format = kind === "file" ? selectFormat(path)?.name : undefined;
  const mount = realPath === undefined ? undefined : mountOf(mounts, realPath);
  return {
    path,
    kind,
    links: linksOf({ path, kind, chain }, context).map((link) => ({
      path: link,
      target: fileSystem.readLink(link),
    })),
    ...(realPath !== undefined && { realPath }),
    ...(kind === "file" && { bytes: stat!.size }),
    ...(format !== undefined && { format }),
    ...(mount !== undefined && { mount }),
    directories: directoriesOf(chain, kind === "directory" ? realPath : undefined),
  };
}

function linksOf({ path, kind, chain }: Looked, { runtime }: LookContext): string[] {
  // Of a loop no chain is known, and its first link shows the way.
  if (kind === "loop") return runtime.fileSystem.lstat(path)?.kind === "symlink" ? [path] : [];
  return chain.slice(0, -1).map(({ directory, name }) => nodePath.join(directory, name));
}

/** The directories that have to be watched for a chain of links, and for a directory at its end. */
export function directoriesOf(chain: readonly Entry[], end: string | undefined): string[] {
  const directories = chain.map(({ directory }) => directory);
  return [...new Set(end === undefined ? directories : [...directories, end])];
}
