import type { Accept } from "../settings.ts";
import { start as startChokidar } from "./chokidar.ts";

/** chokidar told to wait until the size has not changed for its default of 2,000 ms. */
export function start(file: string, accept: Accept): Promise<void> {
  return startChokidar(file, accept, { awaitWriteFinish: true });
}
