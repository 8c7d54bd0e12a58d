import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { version } from "../../src/version.ts";
import { machine, USER } from "./machine.ts";

describe("hotconf doctor, for people", () => {
  test("shows paths, watching and limits, and that all is well", async () => {
    const session = machine({
      files: { "stored/app.yaml": "port: 1\n", "config/a.yaml": "", "config/b.toml": "" },
      links: { "app.yaml": "stored/app.yaml" },
      mounts: [
        "20 1 8:1 / / rw - ext4 /dev/sda1 rw",
        "30 20 8:2 /srv/x /work/stored rw - ext4 /dev/sdb1 rw",
      ],
      processes: [{ user: USER, inotify: [7] }, { user: USER, inotify: "hidden" }],
    });
    assert.equal(await session.run("doctor app.yaml config"), 0);
    assert.deepEqual(session.takeStdout().split("\n"), [
      `hotconf ${version} on node 20.20.2, linux`,
      "  does not report when a writer closes a file; one written in place is reloaded when it is quiet",
      "app.yaml",
      "  kind      file, 8 B, yaml",
      "  links     app.yaml → stored/app.yaml",
      "  leads to  stored/app.yaml",
      "  mount     ext4 at /work/stored, a bind mount of /srv/x",
      "config",
      "  kind   directory",
      "  mount  ext4 at /",
      "  files  a.yaml, b.toml",
      "watched",
      "  /work   memory events  ext4 reports changes",
      "  config  memory events  ext4 reports changes",
      "  stored  memory events  ext4 reports changes",
      "limits",
      "  inotify watches    7 of 60000  of this user, 1 of whose processes could not be counted",
      "  inotify instances  1 of 128    of this user, 1 of whose processes could not be counted",
      "  queued events      16384       of each process",
      "  open files         20 of 1024  of this process",
      "no problem found",
      "",
    ]);
  });

  test("tells a mounted file, a bind mount and a subvolume apart", async () => {
    const session = machine({
      files: { "config/a.yaml": "", "config/b.yaml": "" },
      mounts: [
        "20 1 8:1 /@ / rw - btrfs /dev/sda1 rw,subvol=/@",
        "30 20 8:2 /srv/b.yaml /work/config/b.yaml rw - ext4 /dev/sdb1 rw",
      ],
    });
    assert.equal(await session.run("doctor config/a.yaml config/b.yaml"), 1);
    const mounts = session.takeStdout().match(/^ {2}mount .*$/gmu);
    assert.deepEqual(mounts, [
      "  mount  btrfs at /",
      "  mount  ext4 at /work/config/b.yaml, this alone, from /srv/b.yaml",
    ]);
  });

  test("puts notes, then problems with their remedies last", async () => {
    const session = machine({
      files: { "config/.env": "" },
      mounts: [
        "20 1 8:1 / / rw - ext4 /dev/sda1 rw",
        "30 20 0:50 / /work/config rw - nfs4 server:/export rw",
      ],
    });
    assert.equal(await session.run("doctor config gone.yaml"), 1);
    const output = session.takeStdout();
    assert.match(output, /^ {2}mount {2}nfs4 at \/work\/config, server:\/export$/m);
    assert.match(output, /^ {2}config {2}polling {8}\/work\/config is a mount of type nfs4/m);
    assert.deepEqual(output.slice(output.indexOf("\nnotes\n") + 1).split("\n"), [
      "notes",
      "  config leaves out .env (hidden)",
      "  config is polled: /work/config is a mount of type nfs4, which does not report changes " +
      "made elsewhere",
      "2 problems",
      "  config has no configuration file in it",
      "    → put a file into it: .json, .jsonc, .toml, .yaml, .yml",
      "  gone.yaml is not there",
      "    → create it, or correct the path",
      "",
    ]);
  });

  test("shows what the self-test measured", async () => {
    const session = machine({ files: { "config/a.yaml": "" }, isSilent: true });
    assert.equal(await session.run("doctor config/a.yaml --self-test --poll 100"), 0);
    const output = session.takeStdout();
    assert.match(output, /^self-test\n {2}config {2}events {8}0 of 3 writes\n/m);
    assert.match(
      output,
      /^ {2}config {2}every 100 ms {2}5 of 5 writes {2}\d+\.\d ms median {2}\d+(?:\.\d)? ms worst$/m,
    );
  });

  test("colours only at a terminal, or when told to", async () => {
    for (const [environment, isColoured] of [[{}, false], [{ FORCE_COLOR: "1" }, true]] as const) {
      const session = machine({ files: { "a.yaml": "" } });
      await session.run("doctor a.yaml gone.yaml", environment);
      assert.equal(session.takeStdout().includes("\x1b[31m1 problem\x1b[39m"), isColoured);
    }
  });

  test("counts what is more than 50 lines, and prints no control character (G10, G12)", async () => {
    const links = Array.from({ length: 60 }, (_, index) => [`config/\x1b[2J${index}.yaml`, "x"]);
    const session = machine({ links: Object.fromEntries(links) });
    assert.equal(await session.run("doctor config"), 1);
    const output = session.takeStdout();
    // deno-lint-ignore no-control-regex -- that is what is looked for
    assert.doesNotMatch(output, /[\x00-\x09\x0b-\x1f]/u);
    assert.match(output, /^ {2}links.* and 55 more$/m);
    assert.match(output, /^60 problems$/m);
    assert.match(output, /^ {2}… and 10 more findings$/m);
    assert.ok(output.split("\n").length < 130 && output.length < 10_000, output);
  });
});
