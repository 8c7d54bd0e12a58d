/**
 * The new content as a file of its own, for tools that take one. It lies in the directory `next`,
 * so that only the save itself happens where the subject watches.
 *
 * @module
 */

import type { Place } from "./place.ts";
import type { Situation } from "./situation.ts";
import { configText } from "./text.ts";

/** What the subject watches, in most situations. */
export const CONFIG = "config.yaml";

/** Where a tool finds the new content. */
export const NEXT: string = `next/${CONFIG}`;

/** A situation in which a shell script saves what lies in `next/config.yaml`. */
export function savedByScript(
  name: string,
  title: string,
  script: string,
  { text = configText, ...more }: Partial<Situation> & { text?(n: number): string } = {},
): Situation {
  return {
    name,
    group: "save",
    title,
    prepare: (place) => void place.write(CONFIG, text(0)),
    async save(place: Place, n: number) {
      place.write(NEXT, text(n));
      await place.shell(script);
    },
    ...more,
  };
}

/**
 * A situation in which `layout` lays out the files and `script` saves; both find the content in
 * `next/config.yaml`, and `script` the number of the round in `$1`.
 */
export function structuredByScript(
  name: string,
  title: string,
  layout: string,
  script: string,
  more: Partial<Situation>,
): Situation {
  return {
    name,
    group: "structure",
    title,
    async prepare(place) {
      place.write(NEXT, configText(0));
      await place.shell(layout);
    },
    async save(place, n) {
      place.write(NEXT, configText(n));
      await place.shell(script, String(n));
    },
    ...more,
  };
}
