/**
 * The version of this package; the checks compare it with both manifests.
 *
 * @module
 */

/** Version of this package, as in `package.json` and `deno.json`. */
export const version = "0.1.0";
