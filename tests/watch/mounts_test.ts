import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { mountOf, parseMounts, whyPolled } from "../../src/watch/mounts.ts";
import { currentRuntime } from "../../src/runtime/runtime.ts";

/** A table as Linux writes it: optional fields, a bind mount, mounts over mounts, escaped names. */
const TABLE = String.raw`27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
22 27 0:21 / /proc rw,relatime shared:5 - proc proc rw
40 27 0:40 / /srv rw,noatime shared:1 master:7 - nfs4 server:/export/a\040b rw,vers=4.2
41 27 0:41 / /mnt/my\040disk\134x rw - fuse.sshfs user@host:/ rw
42 27 254:0 /opt/app.yaml /etc/app.yaml ro,relatime master:1 propagate_from:2 - ext4 /dev/vda rw
43 40 0:43 / /srv/local rw - tmpfs tmpfs rw
44 43 0:44 / /srv/local rw - 9p host rw,trans=virtio
45 27 0:45 / /deep/hidden rw - nfs server:/h rw
46 27 0:46 / /deep rw - tmpfs tmpfs rw
47 27 8:1 / /windows rw - fuseblk /dev/sda1 rw
48 27 0:48 / /minus/-/x rw - overlay - rw
`;

const mounts = parseMounts(TABLE);

describe("the table of mounts", () => {
  test("is read with its optional fields and escaped names", () => {
    assert.equal(mounts.length, 11);
    assert.deepEqual(mounts[2], {
      id: 40,
      parent: 27,
      root: "/",
      mountPoint: "/srv",
      options: ["rw", "noatime"],
      fileSystem: "nfs4",
      source: "server:/export/a b",
    });
    assert.equal(mounts[3]?.mountPoint, "/mnt/my disk\\x");
    assert.equal(mounts[4]?.fileSystem, "ext4");
    assert.deepEqual([mounts[10]?.fileSystem, mounts[10]?.source], ["overlay", "-"]);
  });

  test("that is empty, cut off or something else gives what can be understood", () => {
    assert.deepEqual(parseMounts(""), []);
    assert.deepEqual(
      parseMounts("27 1 254:0 / / rw,relatime\nnothing\n - \n1 1 0:1 / / rw - "),
      [],
    );
    assert.equal(parseMounts("nothing\n27 1 0:1 / / rw - ext4 /dev/vda rw").length, 1);
  });

  test("of this machine can be read, or is empty", () => {
    const found = mountOf(parseMounts(currentRuntime().fileSystem.mountTable()), "/");
    if (found !== undefined) assert.equal(found.mountPoint, "/");
  });
});

describe("a path is in the mount", () => {
  const cases: [name: string, path: string, fileSystem: string, mountPoint: string][] = [
    ["of the root where there is no other", "/home/me/app.yaml", "ext4", "/"],
    ["it is the mount point of", "/srv", "nfs4", "/srv"],
    ["of the nearest mount point above", "/srv/www/app.yaml", "nfs4", "/srv"],
    ["whose name is whole, not the start of another", "/srv2/app.yaml", "ext4", "/"],
    [
      "with blanks and backslashes in its name",
      "/mnt/my disk\\x/a",
      "fuse.sshfs",
      "/mnt/my disk\\x",
    ],
    ["of its own, when a single file is mounted", "/etc/app.yaml", "ext4", "/etc/app.yaml"],
    ["that lies over another one", "/srv/local/a", "9p", "/srv/local"],
    ["over the directory that hides an older one", "/deep/hidden/a", "tmpfs", "/deep"],
  ];
  for (const [name, path, fileSystem, mountPoint] of cases) {
    test(name, () => {
      const mount = mountOf(mounts, path);
      assert.deepEqual([mount?.fileSystem, mount?.mountPoint], [fileSystem, mountPoint]);
    });
  }

  test("also where the root is not in the table, as in a chroot", () => {
    const some = mounts.filter(({ mountPoint }) => mountPoint !== "/");
    assert.equal(mountOf(some, "/srv/local/a")?.fileSystem, "9p");
    assert.equal(mountOf(some, "/deep/hidden/a")?.fileSystem, "tmpfs");
    assert.equal(mountOf(some, "/home"), undefined);
    assert.equal(mountOf([], "/"), undefined);
  });

  test("that sits on itself, as the first of all mounts does", () => {
    const table = "1 1 0:1 / / rw - rootfs rootfs rw\n2 1 0:2 / / rw - overlay overlay rw";
    assert.equal(mountOf(parseMounts(table), "/a")?.fileSystem, "overlay");
    assert.equal(mountOf(parseMounts(table).slice(0, 1), "/a")?.fileSystem, "rootfs");
  });
});

describe("polled is what reports nothing of changes made elsewhere (G8):", () => {
  const why = (fileSystem: string) => whyPolled({ ...mounts[0]!, fileSystem, mountPoint: "/m" });
  const silent = ["nfs", "nfs4", "cifs", "smb3", "9p", "drvfs", "virtiofs", "vboxsf", "ceph"];
  for (const fileSystem of [...silent, "fuse", "fuse.sshfs", "fuse.glusterfs"]) {
    test(fileSystem, () => assert.match(why(fileSystem)!, new RegExp(`/m .* ${fileSystem},`)));
  }
  for (const fileSystem of ["ext4", "xfs", "btrfs", "tmpfs", "overlay", "fuseblk", "fusectl"]) {
    test(`not ${fileSystem}`, () => assert.equal(why(fileSystem), undefined));
  }
});
