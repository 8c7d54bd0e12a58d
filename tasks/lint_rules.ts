/**
 * The project's own rules for the library's source: what varies is an argument, so runtime globals,
 * the console and the clock are used in one place each. `deno lint` and editors report them.
 */

interface Rule {
  /** Names of globals, and of members as `object.member`. */
  readonly names: readonly string[];
  /** Files and folders (ending in "/") that may use them. */
  readonly allowedIn: readonly string[];
  readonly message: string;
}

const rules: Readonly<Record<string, Rule>> = {
  "runtime-globals": {
    names: ["Deno", "Bun"],
    allowedIn: ["src/runtime/", "src/watch/"],
    message: "Runtime globals are used in src/runtime and src/watch only; import an interface",
  },
  "no-console": {
    names: ["console", "process.exit"],
    allowedIn: ["cli.ts", "src/cli/"],
    message: "A library neither prints nor exits; emit an event or throw",
  },
  "time-is-an-argument": {
    names: ["Date.now", "performance.now", "setTimeout", "setInterval"],
    allowedIn: ["cli.ts", "src/clock.ts"],
    message: "The clock is read and timers are set in src/clock.ts only; take a Clock",
  },
};

const plugin: Deno.lint.Plugin = {
  name: "hotconf",
  rules: Object.fromEntries(
    Object.entries(rules).map(([name, rule]) => [name, {
      create: (context) => isSubject(context.filename, rule) ? visitor(context, rule) : {},
    }]),
  ),
};

export default plugin;

function visitor(context: Deno.lint.RuleContext, { names, message }: Rule): Deno.lint.LintVisitor {
  const report = (node: Deno.lint.Node) => context.report({ node, message });
  return {
    Identifier(node) {
      if (names.includes(node.name) && isReference(node)) report(node);
    },
    MemberExpression(node) {
      const name = `${nameOf(node.object)}.${nameOf(node.property)}`;
      if (names.includes(name)) report(node);
    },
    NewExpression(node) {
      // `new Date()` reads the clock, `new Date(0)` does not.
      const isNow = nameOf(node.callee) === "Date" && node.arguments.length === 0;
      if (isNow && names.includes("Date.now")) report(node);
    },
  };
}

/** Whether the library file at a path is not among the ones that may. */
function isSubject(filename: string, { allowedIn }: Rule): boolean {
  const path = filename.replaceAll("\\", "/");
  const inRepository = /(?:^|\/)(src\/.*|(?<!examples\/)(?:mod|testing|admin|cli)\.ts)$/.exec(path)
    ?.[1];
  if (inRepository === undefined) return false;
  return !allowedIn.some((place) =>
    place.endsWith("/") ? inRepository.startsWith(place) : inRepository === place
  );
}

/** A name of something, and not of a member, a key or a part of a type. */
function isReference(node: Deno.lint.Identifier): boolean {
  const { parent } = node;
  switch (parent.type) {
    case "MemberExpression":
      return parent.object.range[0] === node.range[0] ||
        nameOf(parent.object) === "globalThis" ||
        /^[A-Z]/.test(node.name); // As in `(globalThis as { Deno?: DenoLike }).Deno`.
    case "Property":
      return parent.shorthand || parent.value.range[0] === node.range[0];
    case "MethodDefinition":
    case "PropertyDefinition":
    case "TSPropertySignature":
    case "TSMethodSignature":
      return false;
    default:
      return true;
  }
}

function nameOf(node: Deno.lint.Node): string {
  return node.type === "Identifier" ? node.name : "";
}
