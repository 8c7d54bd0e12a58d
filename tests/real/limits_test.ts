/** Limits on watching that are reached, in a user namespace that has its own. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, test } from "node:test";
import { CommandProcess, Folder, missingNamespaces } from "./cli_process.ts";
import { run } from "./watched.ts";

const setting = (limit: string) => `/proc/sys/user/max_inotify_${limit}`;

/** Why no user namespace can be made here that has limits of its own. */
function missingLimits(): string | false {
  const { status } = spawnSync("unshare", ["-Ur", "sh", "-ec", `echo 1 > ${setting("watches")}`]);
  return missingNamespaces() || (status !== 0 && "limits can't be set here");
}

async function raise(limit: string, { child }: CommandProcess): Promise<void> {
  const namespace = ["--target", `${child.pid}`, "--user", "--preserve-credentials"];
  await run("nsenter", ...namespace, "sh", "-ec", `echo 100000 > ${setting(limit)}`);
}

describe("a limit that is reached is told of once, with the remedy, until it is raised:", () => {
  for (const limit of ["watches", "instances"]) {
    test(`inotify ${limit} (G8)`, { skip: missingLimits() }, async () => {
      using folder = new Folder({ "app.yaml": "n: 1\n" });
      const namespace = `echo 0 > ${setting(limit)}`;
      await using command = new CommandProcess(["watch", "app.yaml", "--json"], {
        cwd: folder.path,
        namespace,
      });
      const directory = folder.path;
      assert.equal((await command.json()).type, "ready");
      const polled = await command.json();
      assert.deepEqual(
        { type: polled.type, watcher: polled["watcher"], directory: polled["directory"] },
        { type: "watcherChanged", watcher: "poll", directory },
      );
      assert.match(polled["remedy"], new RegExp(`sysctl fs\\.inotify\\.max_user_${limit}=\\d+`));
      assert.match(polled["remedy"], new RegExp(`user namespace also user\\.max_inotify_${limit}`));
      assert.equal((await command.json()).type, "healthChanged");
      for (let n = 2; n <= 4; n++) {
        folder.save("app.yaml", `n: ${n}\n`);
        assert.equal((await command.json()).type, "fileChanged");
        assert.equal((await command.json())["revision"], n);
      }
      await raise(limit, command);
      const watched = await command.json();
      assert.equal(watched["reason"], "the directory can be watched again");
      assert.notEqual(watched["watcher"], "poll");
      folder.save("app.yaml", "n: 5\n");
      assert.equal((await command.jsonOf("reloadSucceeded"))["revision"], 5);
    });
  }
});
