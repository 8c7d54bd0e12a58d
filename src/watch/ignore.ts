/**
 * Names that are never configuration: what editors leave beside a file while they save it.
 *
 * @module
 */

/** Editor litter, as globs over the file name. */
export const LITTER: readonly string[] = [
  "*.tmp",
  "*.swp",
  "*.swx",
  "*.bak",
  "*~",
  "~*",
  ".#*",
  "#*#",
  "4913",
  ".DS_Store",
];

/** Tells whether a path is meant. */
export type PathTest = (path: string) => boolean;

/**
 * A test for paths to leave out: editor litter, and what `exclude` names.
 *
 * @param exclude Globs, see {@linkcode createMatcher}.
 */
export function createIgnore(exclude: readonly string[] = []): Promise<PathTest> {
  return createMatcher([...LITTER, ...exclude]);
}

/**
 * A test for paths that match one of `globs`.
 *
 * @param globs One without a slash is matched against the file name, others against the whole path.
 * @throws {TypeError} When it is no array.
 */
export async function createMatcher(globs: readonly string[]): Promise<PathTest> {
  if (!Array.isArray(globs)) {
    throw new TypeError(
      `Cannot use ${JSON.stringify(globs)} as globs, it must be an array of texts`,
    );
  }
  const isSimpleMatch = simpleTest(globs.filter(isSimple));
  const others = globs.filter((glob) => !isSimple(glob));
  if (others.length === 0) return isSimpleMatch;
  const isOtherMatch = await globTest(others);
  return (path) => isSimpleMatch(path) || isOtherMatch(path);
}

/** Whether a glob is a file name with one star at most: those need no library. */
function isSimple(glob: string): boolean {
  return /^[^*?[\]{}()!+@|\\/]*\*?[^*?[\]{}()!+@|\\/]*$/u.test(glob);
}

/** One expression for all: it is asked about every name that comes up. */
function simpleTest(globs: readonly string[]): PathTest {
  if (globs.length === 0) return () => false;
  const names = globs.map((glob) => glob.split("*").map(escape).join(".*"));
  const pattern = new RegExp(`^(?:${names.join("|")})$`, "su");
  return (path) => pattern.test(nameOf(path));
}

function escape(text: string): string {
  return text.replace(/[\^$.*+?()[\]{}|\/]/gu, "\\$&");
}

async function globTest(globs: readonly string[]): Promise<PathTest> {
  // Loading it takes longer than everything else at the start together.
  const { default: zeptomatch } = await import("zeptomatch");
  const names = globs.filter((glob) => !glob.includes("/"));
  const paths = globs.filter((glob) => glob.includes("/")).map((glob) =>
    glob.startsWith("/") || glob.startsWith("**") ? glob : `**/${glob}`
  );
  return (path) => zeptomatch(names, nameOf(path)) || zeptomatch(paths, path.replaceAll("\\", "/"));
}

function nameOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}
