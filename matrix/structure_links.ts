/**
 * Symbolic links and hard links.
 *
 * @module
 */

import { CONFIG, structuredByScript } from "./next_file.ts";
import type { Situation } from "./situation.ts";
import { configText } from "./text.ts";

const NEW_TARGET = 'cp next/config.yaml "target/$1.yaml"';

function linked(
  name: string,
  title: string,
  script: string,
  needs: readonly string[] = [],
): Situation {
  return structuredByScript(
    name,
    `link to a file elsewhere: ${title}`,
    "mkdir links; cp -r next target; ln -s ../target/config.yaml links/config.yaml",
    script,
    { watch: { file: `links/${CONFIG}` }, needs },
  );
}

/** Three links, each in a directory of its own; the last one leads to a file in a fourth. */
function chained(name: string, title: string, script: string): Situation {
  return structuredByScript(
    name,
    `chain of three links across directories: ${title}`,
    `mkdir one two three; cp -r next target
    ln -s ../two/config.yaml one/config.yaml
    ln -s ../three/config.yaml two/config.yaml
    ln -s ../target/config.yaml three/config.yaml`,
    script,
    { watch: { file: `one/${CONFIG}` } },
  );
}

/** Rows about links. */
export const links: readonly Situation[] = [
  linked("link-target-in-place", "written in place", "cp next/config.yaml target/config.yaml"),
  linked("link-target-renamed", "replaced", "mv next/config.yaml target/config.yaml"),
  linked(
    "link-ln",
    "repointed by `ln -sfn`",
    `${NEW_TARGET}; ln -sfn "../target/$1.yaml" links/config.yaml`,
  ),
  linked(
    "link-renamed",
    "repointed by a link renamed over it",
    `${NEW_TARGET}; ln -s "../target/$1.yaml" links/new; mv -T links/new links/config.yaml`,
    ["linux"], // Other systems' mv has no -T and would move the link to where it leads.
  ),
  linked(
    "link-recreated",
    "removed and made anew",
    `${NEW_TARGET}; rm links/config.yaml; ln -s "../target/$1.yaml" links/config.yaml`,
  ),
  chained("chain-target", "the file replaced", "mv next/config.yaml target/config.yaml"),
  chained(
    "chain-middle",
    "the second repointed",
    `mkdir "three.$1"; cp next/config.yaml "three.$1/config.yaml"
    ln -sfn "../three.$1/config.yaml" two/config.yaml`,
  ),
  {
    name: "hard-link",
    group: "structure",
    title: "hard link: written through its other name, in another directory",
    watch: { file: `links/${CONFIG}` },
    async prepare(place) {
      place.write(`target/${CONFIG}`, configText(0));
      await place.shell("mkdir links; ln target/config.yaml links/config.yaml");
    },
    save: (place, n) => void place.write(`target/${CONFIG}`, configText(n)),
  },
];
