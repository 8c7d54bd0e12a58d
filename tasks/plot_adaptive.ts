/**
 * Writes the plots of the adaptive strategy into the documentation. A test fails when they are not
 * those of the code.
 *
 *     deno run -A tasks/plot_adaptive.ts
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DOCUMENT, withPlots } from "../tests/debounce/adaptive_plot.ts";
import { root } from "./run.ts";

const path = join(root, DOCUMENT);
writeFileSync(path, withPlots(readFileSync(path, "utf8")));
