/** The types of a configuration's events, as src/events.ts has them. */

import { readFileSync } from "node:fs";

/** Every type of the union `ConfigEvent`, in its order. */
export function knownEventTypes(): string[] {
  const source = readFileSync("src/events.ts", "utf8");
  const [, union = ""] = /export type ConfigEvent =([^;]*);/u.exec(source) ?? [];
  return [...union.matchAll(/\| (\w+)/gu)].map(([, name]) => {
    const [, type] = new RegExp(`interface ${name} [^}]*?readonly type: "(\\w+)"`, "u")
      .exec(source)!;
    return type!;
  });
}
