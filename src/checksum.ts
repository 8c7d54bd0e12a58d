/**
 * SHA-256 of bytes and of several checksums.
 *
 * @module
 */

import { hash } from "node:crypto";

/** SHA-256 of the bytes in lower-case hex. */
export function checksumOf(bytes: Uint8Array | string): string {
  return hash("sha256", bytes, "hex");
}

/**
 * One checksum for several: that of a single one is itself, so `sha256sum config.yaml` shows the
 * same; several are hashed in order, a line each.
 */
export function combineChecksums(checksums: readonly string[]): string {
  return checksums.length === 1 ? checksums[0]! : checksumOf(checksums.join("\n"));
}
