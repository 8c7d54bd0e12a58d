/**
 * Which entries of a directory are configuration, and which are left out.
 *
 * @module
 */

import * as nodePath from "node:path";
import type { SourceError } from "../../errors.ts";
import { selectFormat } from "../../format/select.ts";
import { READ_TIMEOUT_MS } from "../../options.ts";
import type { FileSystem } from "../../runtime/file_system.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { directory } from "../../source/directory.ts";
import { WatchedSources } from "../../source/watched_sources.ts";
import { toSourceError } from "../../to_error.ts";
import type { PathTest } from "../../watch/ignore.ts";
import type { CommandIo } from "../io.ts";

/** What a directory holds. */
export interface Listing {
  /** Paths that are configuration by their names, sorted. */
  readonly paths: readonly string[];
  /** What is left out and why, as the end of a sentence about the directory. */
  readonly leftOut?: string;
  /** Why it could not be listed. */
  readonly error?: SourceError;
}

/** More names than that are counted. */
const MOST_NAMES = 5;

/** Lists a directory as `directory()` takes it for configuration. */
export async function listConfiguration(
  path: string,
  { runtime, isIgnored }: Pick<CommandIo, "runtime"> & { readonly isIgnored: PathTest },
): Promise<Listing> {
  const { fileSystem } = runtime;
  const accepts = await acceptedBy(path, runtime, isIgnored);
  try {
    const entries = fileSystem.list(path).filter(({ kind }) => kind !== "directory")
      .map(({ name }) => nodePath.join(path, name)).sort();
    const leftOut = entries.filter((entry) => !accepts(entry) && !isDirectory(entry, fileSystem));
    return {
      paths: entries.filter(accepts),
      ...(leftOut.length > 0 && { leftOut: tell(leftOut, isIgnored) }),
    };
  } catch (thrown) {
    return { paths: [], error: toSourceError(path, thrown) };
  }
}

/** The test of the library's own source for a directory. */
async function acceptedBy(
  path: string,
  { clock, environment }: Runtime,
  isIgnored: PathTest,
): Promise<PathTest> {
  const sources = new WatchedSources({
    clock,
    environment,
    isIgnored,
    hasFormat: (candidate) => selectFormat(candidate) !== undefined,
    readTimeoutMs: READ_TIMEOUT_MS,
    keepAlive: false,
    onChanged: () => {},
    retryMs: READ_TIMEOUT_MS,
    onAskedAgain: () => {},
  });
  const { directories } = await sources.targetsOf([directory(path)]);
  return directories[0]!.accepts;
}

/** Whether it is a link to a directory, as Kubernetes' `..data` is. */
function isDirectory(path: string, fileSystem: FileSystem): boolean {
  try {
    return fileSystem.stat(path)?.kind === "directory";
  } catch {
    return false;
  }
}

function tell(paths: readonly string[], isIgnored: PathTest): string {
  const reason = (path: string) => {
    if (nodePath.basename(path).startsWith(".")) return "hidden";
    return isIgnored(path) ? "litter or excluded" : "no known format";
  };
  const named = paths.slice(0, MOST_NAMES)
    .map((path) => `${nodePath.basename(path)} (${reason(path)})`);
  const rest = paths.length - named.length;
  return `leaves out ${named.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}
