/**
 * Large configurations as people keep them: YAML with services nested in teams, lists, comments.
 *
 * @module
 */

import { createRandom, type Random } from "../random.ts";

const WORDS = [
  "billing",
  "catalog",
  "checkout",
  "gateway",
  "identity",
  "ledger",
  "mailer",
  "search",
];
const REGIONS = [
  "eu-central-1",
  "eu-west-2",
  "us-east-1",
  "us-west-2",
  "ap-south-1",
];
const SERVICES_PER_TEAM = 12;

/** A text that can be made again and again with one number changed. */
export interface Sample {
  /** Values in it, objects and lists included. */
  readonly services: number;
  /** The bytes of the text in which the one number, about in the middle, is `value`. */
  bytes(value: number): Uint8Array;
}

/** A configuration of about `kilobytes` KB, the same for each size. */
export function createSample(kilobytes: number): Sample {
  const random = createRandom(20250101);
  const parts: string[] = ["# Services of the platform, by team\n\nteams:\n"];
  let size = 0;
  let services = 0;
  while (size < kilobytes * 1000) {
    const part = services % SERVICES_PER_TEAM === 0 ? teamHead(services, random) : "";
    parts.push(part + service(services, random));
    size += parts.at(-1)!.length;
    services += 1;
  }
  const middle = Math.ceil(parts.length / 2);
  const [before, line, after] = splitAt(
    parts.slice(middle).join(""),
    /replicas: \d+/u,
  );
  const head = parts.slice(0, middle).join("") + before;
  const encoder = new TextEncoder();
  return {
    services,
    bytes: (value) => encoder.encode(`${head}${line.replace(/\d+/u, String(value))}${after}`),
  };
}

function splitAt(
  text: string,
  pattern: RegExp,
): [before: string, match: string, after: string] {
  const found = pattern.exec(text)!;
  return [
    text.slice(0, found.index),
    found[0],
    text.slice(found.index + found[0].length),
  ];
}

function teamHead(number: number, random: Random): string {
  return `
  # ---------------------------------------------------------------
  team-${number / SERVICES_PER_TEAM}:
    owner: team-${number / SERVICES_PER_TEAM}@example.com
    budget: ${random(10, 900)}.50
    services:
`;
}

function service(number: number, random: Random): string {
  const name = `${WORDS[number % WORDS.length]}-${number}`;
  const region = () => REGIONS[random(0, REGIONS.length - 1)];
  return `      ${name}:
        image: registry.example.com/${name}:1.${random(0, 40)}.${random(0, 9)}
        replicas: ${random(1, 12)}
        enabled: ${random(0, 4) > 0}
        regions: [${region()}, ${region()}]
        endpoint:
          url: https://${name}.internal.example.com/v${random(1, 3)}
          port: ${random(8000, 8999)}
          timeoutMs: ${random(1, 60) * 500}
        # Raise together with the limits of the cluster
        resources:
          cpu: ${random(1, 8)}
          memory: "${random(1, 16)}Gi"
        environment:
          - name: LOG_LEVEL
            value: ${["debug", "info", "warn"][random(0, 2)]}
          - name: POOL_SIZE
            value: ${random(1, 64)}
        health: { path: /healthz, everyMs: ${random(1, 30) * 1000}, failures: ${random(1, 5)} }
        notes: 'takes over from ${name}, see the runbook'
`;
}
