/** Writes the numbers of the YAML test suite into docs/formats.md. */

import { readFileSync, writeFileSync } from "node:fs";
import { judgeAll, suiteTable } from "../tests/format/yaml_suite.ts";

const PAGE = "docs/formats.md";
const TABLE = /(?<=<!-- numbers: deno run -A tasks\/formats_table\.ts -->\n\n)(?:\|.*\n)+/u;

const table = suiteTable(await judgeAll());
writeFileSync(PAGE, readFileSync(PAGE, "utf8").replace(TABLE, () => `${table}\n`));
