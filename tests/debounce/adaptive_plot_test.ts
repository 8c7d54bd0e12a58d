import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { DOCUMENT, withPlots } from "./adaptive_plot.ts";

test("the plots in the documentation show what adaptive does", () => {
  const document = readFileSync(DOCUMENT, "utf8");
  assert.equal(document, withPlots(document), "run: deno run -A tasks/plot_adaptive.ts");
});
