/**
 * The texts of `--help`.
 *
 * @module
 */

import type { CommandName } from "./tokens.ts";

const OVERVIEW = `hotconf: configuration that reloads itself

Usage
  hotconf watch [PATH...] [options]   load, then validate and show every save
  hotconf check [PATH...] [options]   load and validate once
  hotconf print [PATH...] [options]   the merged configuration, or where each value came from
  hotconf explain KEY [PATH...]       where one value came from, and what it won over
  hotconf doctor [PATH...] [options]  how paths would be watched, and what is in the way
  hotconf schema [options]            the JSON Schema of a schema module, for editors
  hotconf COMMAND --help              the options of a command, with examples
  hotconf --version

A PATH is a file, or a directory for the .yaml, .yml, .json, .jsonc and .toml files in it; later
ones win. Without a PATH, ./config is used if it exists.

Examples
  hotconf watch config/app.yaml
  hotconf check config --schema schema.js
  hotconf doctor config
`;

const EXCLUDE = "  --exclude GLOB          leave out matching files; may be repeated";

const COMMON_OPTIONS =
  `  --schema FILE[#EXPORT]  validate with this module's default export, or the one named: any
                          Standard Schema (arktype, zod, valibot ...) or a function
                          (candidate) => [{ path, message }]; an export "validators" (an array
                          of such functions) is used as well
  --env PREFIX            environment variables that begin with it win over files: with APP_,
                          APP_SERVER__PORT gives server.port; may be repeated
  --secret PATH           hide the values at this path, such as services.*.dsn; may be repeated
  --no-interpolate        leave \${NAME} in files as it is
${EXCLUDE}`;

const SHOW_SECRETS =
  "  --show-secrets          print secrets as they are; without it they are [secret]";

const POLL =
  `  --poll [MS]             look every MS (default 500) instead of listening to the system's
                          events; for network and other file systems without them`;

const ENVIRONMENT = `Environment
  HOTCONF_POLL            1 or true: as --poll; a larger number: as --poll with that many ms;
                          0, false or empty: no polling. The option comes before the variable.`;

const WATCH = `hotconf watch: load the configuration, then validate and show every save

Usage
  hotconf watch [PATH...] [options]

Options
${COMMON_OPTIONS}
  --settings FILE         how to watch, as a file: enabled, sources, watcher, pollMs, backstopMs,
                          debounce, exclude, notify; the command line comes before it
  --json                  one JSON object a line on standard output, for programs
  --once                  load, print and end: 0 when valid, 1 when not
  --debounce STRATEGY     fixed, adaptive (default), aggressive or conservative
  --debounce-ms N         quiet time after a write before a reload, in ms (default 50)
  --max-delay-ms N        longest time a reload may be held back, in ms (default 1000)
${POLL}
  --log-level LEVEL       log to standard error what happens and why: error, warning, info or debug
  -h, --help              this text

${ENVIRONMENT}
  HOTCONF_ALERT_WEBHOOK   URL of a webhook, such as Slack's, that is told of refused saves and of
                          their end; no option, as arguments are visible to everybody

Ctrl-C ends it with code 0. A configuration that is invalid at the start ends it with code 1;
wrong usage with code 2.

Examples
  hotconf watch                              watch ./config
  hotconf watch app.yaml local.toml          local.toml wins
  hotconf watch config --schema schema.js#Settings
  hotconf watch config --json | jq .type
  hotconf watch /mnt/nfs/config --poll 2000
  hotconf watch --settings hotconf.yaml
`;

const CHECK = `hotconf check: load and validate the configuration once

Usage
  hotconf check [PATH...] [options]

Options
${COMMON_OPTIONS}
  --json                  the outcome as one JSON object on standard output
  -h, --help              this text

Ends with code 0 when valid, 1 when invalid (each issue with file, line and column) and 2 for
wrong usage.

Examples
  hotconf check                              check ./config
  hotconf check app.yaml --schema schema.js
  hotconf check config --exclude '**/*.local.yaml' && ./deploy
`;

const PRINT = `hotconf print: the merged configuration, or where each value came from

Usage
  hotconf print [PATH...] [options]

Options
${COMMON_OPTIONS}
  --format FORMAT         yaml (default), json or toml
  --provenance            a line for each value: what it is, and the file and line, the
                          variable or the source that gave it; with --format json as data
${SHOW_SECRETS}
  -h, --help              this text

Ends with code 0 when the configuration is valid, 1 when not and 2 for wrong usage.

Examples
  hotconf print                              print ./config
  hotconf print base.yaml local.yaml --env APP_ --provenance
  hotconf print config --format json | jq .server
`;

const EXPLAIN = `hotconf explain: where one value came from, and what it won over

Usage
  hotconf explain KEY [PATH...] [options]

KEY is a path such as server.port or 'services["a.b"].timeout'.

Options
${COMMON_OPTIONS}
  --json                  the explanation as one JSON object
${SHOW_SECRETS}
  -h, --help              this text

Ends with code 0 when there is a value, 1 when there is none or nothing is valid, and 2 for wrong
usage.

Examples
  hotconf explain server.port base.yaml local.yaml
  hotconf explain server.port config --env APP_ --json | jq .origin
`;

const DOCTOR = `hotconf doctor: how paths would be watched, and what is in the way

Usage
  hotconf doctor [PATH...] [options]

It tells what each PATH leads to, what it is mounted from, whether its directories are watched by
events or polled and why, which limits of the system are near, and what to do about each problem.

Options
${EXCLUDE}
${POLL}
  --self-test[=DIR]       write temporary files beside each PATH and time how long it takes to
                          hear of them, by events and by polling. With DIR, write there: the
                          same directory as its writer sees it, or another of the same mount
  --json                  the outcome as one JSON object on standard output
  -h, --help              this text

${ENVIRONMENT}

Ends with code 0 when all is well, 1 when there is a problem, and 2 for wrong usage.

Examples
  hotconf doctor                             examine ./config
  hotconf doctor config/app.yaml --self-test
  hotconf doctor /mnt/nfs/config --self-test=/srv/export/config
  hotconf doctor config --json | jq .findings
`;

const SCHEMA = `hotconf schema: the JSON Schema of a schema module, for editors

Usage
  hotconf schema --schema FILE[#EXPORT] [options]

Options
  --schema FILE[#EXPORT]  the module's default export, or the one named: a type of arktype, a
                          schema of zod 4, or any that implements Standard JSON Schema
  --out FILE              write it there, at once and only when it changed, instead of printing it
  -h, --help              this text

Ends with code 0, or 2 for wrong usage and for a schema that has no JSON Schema.

Examples
  hotconf schema --schema schema.js
  hotconf schema --schema schema.js#Settings --out config.schema.json
`;

const TEXTS: Readonly<Record<CommandName, string>> = {
  watch: WATCH,
  check: CHECK,
  print: PRINT,
  explain: EXPLAIN,
  doctor: DOCTOR,
  schema: SCHEMA,
};

/** The help about one command, or about all of them. */
export function helpText(topic?: CommandName): string {
  return topic === undefined ? OVERVIEW : TEXTS[topic];
}
