// Opens, uses and closes the example service many times, then has nothing left to do (S3.18).
import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { AgentService } from "./agent_service_fixture.ts";

/** Watches that this process has open, as Linux counts them. */
function openWatches(): number {
  if (process.platform !== "linux") return 0;
  let count = 0;
  for (const fd of readdirSync("/proc/self/fdinfo")) {
    try {
      const info = readFileSync(`/proc/self/fdinfo/${fd}`, "utf8");
      count += info.split("\n").filter((line) => line.startsWith("inotify wd:")).length;
    } catch {
      // The descriptor of the listing itself is closed by now.
    }
  }
  return count;
}

let whileOpen = 0;
for (let round = 0; round < 20; round++) {
  await using agent = await AgentService.start();
  await agent.after("reloadSucceeded", () => {
    agent.replace("rate_limits.yaml", (text) => text.replace("rpm: 60", `rpm: ${100 + round}`));
  });
  whileOpen = Math.max(whileOpen, openWatches());
}
console.log(JSON.stringify({ whileOpen, left: openWatches(), platform: process.platform }));
