import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { describe, test } from "node:test";
import { createNodeFileSystem } from "../../src/runtime/node_file_system.ts";
import { readStable as readPromptly } from "../../src/source/read_stable.ts";
import type { SourceDocument } from "../../src/source/source.ts";
import {
  createMemoryRuntime,
  type FileStat,
  type FileSystem,
  type MemoryFiles,
} from "../../testing.ts";

const MAX_BYTES = 1000;

/** Reads small files and large ones, and fails in one way. */
const readStable = async (fileSystem: FileSystem, path: string, maxBytes: number) =>
  await readPromptly({ fileSystem, path, maxBytes });

/** `fileSystem` with `change` run while the file is read, before the bytes come, `times` times. */
function changedWhileRead(files: MemoryFiles, change: () => void, times = 1): FileSystem {
  const { fileSystem } = files;
  let left = times;
  return {
    ...fileSystem,
    open(path) {
      const opened = fileSystem.open(path);
      return {
        ...opened,
        read(maxBytes) {
          const bytes = opened.read(maxBytes);
          if (left-- > 0) change();
          return bytes;
        },
        [Symbol.dispose]: () => opened[Symbol.dispose](),
      };
    },
  };
}

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe("readStable()", () => {
  test("gives bytes, checksum and inode (S1.8)", async () => {
    const { files, fileSystem } = createMemoryRuntime();
    files.write("/a", "x: 1\n");
    const document = await readStable(fileSystem, "/a", MAX_BYTES);
    assert.deepEqual(document, {
      path: "/a",
      bytes: new TextEncoder().encode("x: 1\n"),
      checksum: createHash("sha256").update("x: 1\n").digest("hex"),
      inode: fileSystem.stat("/a")!.inode,
    });
  });

  test("gives a small file at once", () => {
    const { files, fileSystem } = createMemoryRuntime();
    files.write("/a", "x: 1\n");
    const document = readPromptly({ fileSystem, path: "/a", maxBytes: MAX_BYTES });
    assert.ok(!(document instanceof Promise));
    assert.equal(decode(document.bytes), "x: 1\n");
    assert.throws(() => readPromptly({ fileSystem, path: "/b", maxBytes: MAX_BYTES }), {
      name: "SourceError",
    });
  });

  test("reads again when the file is written while it is read (G2)", async () => {
    const { files } = createMemoryRuntime();
    files.write("/a", "x: 1\n");
    const reading = changedWhileRead(files, () => files.append("/a", "y: 2\n"));
    assert.equal(decode((await readStable(reading, "/a", MAX_BYTES)).bytes), "x: 1\ny: 2\n");
  });

  test("reads again when another file takes the name while it is read (G2)", async () => {
    const { files, fileSystem } = createMemoryRuntime();
    files.write("/a", "x: 1\n");
    const reading = changedWhileRead(files, () => files.writeAtomically("/a", "x: 2\n"));
    const { bytes, inode } = await readStable(reading, "/a", MAX_BYTES);
    assert.equal(decode(bytes), "x: 2\n");
    assert.equal(inode, fileSystem.stat("/a")?.inode);
  });

  test("asks a file once less that was seen, and reads again when it is another by now (G2)", () => {
    const { files, fileSystem } = createMemoryRuntime();
    let stats = 0;
    const counting: FileSystem = {
      ...fileSystem,
      stat(path) {
        stats += 1;
        return fileSystem.stat(path);
      },
    };
    const read = (seen: FileStat | undefined) => {
      stats = 0;
      const document = readPromptly({ fileSystem: counting, path: "/a", maxBytes: 10, seen });
      return [stats, decode((document as SourceDocument).bytes)];
    };
    files.write("/a", "old");
    const old = fileSystem.stat("/a");
    assert.deepEqual(read(undefined), [2, "old"]);
    assert.deepEqual(read(old), [1, "old"]);
    files.writeAtomically("/a", "new");
    assert.deepEqual(read(old), [2, "new"]);
    files.write("/a", "longer");
    assert.deepEqual(read(old), [2, "longer"]);
    files.write("/big", "x".repeat(11));
    const big = fileSystem.stat("/big");
    assert.deepEqual(read(big), [2, "longer"], "what was seen refuses nothing");
    files.remove("/a");
    assert.throws(() => read(old), { code: "ENOENT" });
  });

  test("does not read a file for ever that never stops changing", async () => {
    const { files } = createMemoryRuntime();
    files.write("/a", "0");
    let writes = 0;
    const reading = changedWhileRead(files, () => files.append("/a", `${writes++}`), 1000);
    await readStable(reading, "/a", MAX_BYTES);
    assert.equal(writes, 5);
  });

  test("says that a file vanished while it was read", async () => {
    const { files } = createMemoryRuntime();
    files.write("/a", "0");
    const reading = changedWhileRead(files, () => files.remove("/a"));
    await assert.rejects(readStable(reading, "/a", MAX_BYTES), { code: "ENOENT" });
  });

  test("closes the file, read or not", async () => {
    const { files, fileSystem } = createMemoryRuntime();
    files.write("/a", "0");
    let open = 0;
    const counting: FileSystem = {
      ...fileSystem,
      open() {
        open += 1;
        return {
          read: () => Promise.reject(new Error("broken disk")),
          [Symbol.dispose]: () => void (open -= 1),
        };
      },
    };
    await assert.rejects(readStable(counting, "/a", MAX_BYTES), {
      name: "SourceError",
      message: "Cannot read /a: broken disk",
    });
    assert.equal(open, 0);
  });

  const refused: [
    name: string,
    build: (files: MemoryFiles) => void,
    code: string,
    message: RegExp,
  ][] = [
    ["a missing file", () => {}, "ENOENT", /Cannot read \/a: there is no such file/],
    ["a directory", (files) => files.mkdir("/a"), "EISDIR", /it is a directory; name it with dir/],
    [
      "a file without permission",
      (files) => (files.write("/a", ""), files.fail("/a", "EACCES")),
      "EACCES",
      /permission denied/,
    ],
    [
      "a locked file",
      (files) => (files.write("/a", ""), files.fail("/a", "EBUSY")),
      "EBUSY",
      /in use/,
    ],
    [
      "too many open files",
      (files) => (files.write("/a", ""), files.fail("/a", "EMFILE")),
      "EMFILE",
      /the process has too many open files/,
    ],
    ["a loop of links", (files) => files.symlink("/a", "/a"), "ELOOP", /too many symbolic links/],
    [
      "a file that is too large",
      (files) => files.write("/a", "x".repeat(1001)),
      "EFBIG",
      /it has 1001 bytes, more than limits.maxBytes \(1000\) allows/,
    ],
  ];
  for (const [name, build, code, message] of refused) {
    test(`refuses ${name} with ${code} and a reason (G4)`, async () => {
      const { files, fileSystem } = createMemoryRuntime();
      build(files);
      await assert.rejects(readStable(fileSystem, "/a", MAX_BYTES), {
        name: "SourceError",
        code,
        message,
      });
    });
  }

  test("refuses a file that grows over the limit while it is read (G10)", async () => {
    const { files } = createMemoryRuntime();
    files.write("/a", "x".repeat(900));
    const reading = changedWhileRead(files, () => files.append("/a", "x".repeat(900)));
    await assert.rejects(readStable(reading, "/a", MAX_BYTES), { code: "EFBIG" });
  });

  test("takes a file of exactly the limit", async () => {
    const { files, fileSystem } = createMemoryRuntime();
    files.write("/a", "x".repeat(MAX_BYTES));
    assert.equal((await readStable(fileSystem, "/a", MAX_BYTES)).bytes.length, MAX_BYTES);
  });
});

describe("real files", () => {
  const fileSystem = createNodeFileSystem();
  const isWindows = process.platform === "win32";

  async function inDirectory(run: (directory: string) => void | Promise<void>): Promise<void> {
    const directory = fs.mkdtempSync(join(tmpdir(), "hotconf-read-"));
    try {
      await run(directory);
    } finally {
      fs.rmSync(directory, { recursive: true, force: true });
    }
  }

  test("small and large ones are read whole", () =>
    inDirectory(async (directory) => {
      for (const size of [0, 1, 4096, 999_999, 1_000_000, 3_000_000]) {
        const path = join(directory, "a");
        const bytes = new Uint8Array(size).map((_, index) => index % 251);
        fs.writeFileSync(path, bytes);
        const document = await readStable(fileSystem, path, 5_000_000);
        assert.equal(document.bytes.length, size);
        assert.equal(document.checksum, createHash("sha256").update(bytes).digest("hex"));
      }
    }));

  test(
    "a FIFO is refused and not waited for (G12)",
    { skip: isWindows && "no FIFOs on Windows" },
    () =>
      inDirectory(async (directory) => {
        const path = join(directory, "fifo");
        execFileSync("mkfifo", [path]);
        const error = { name: "SourceError", code: "EINVAL", message: /it is not a regular file/ };
        await assert.rejects(readStable(fileSystem, path, MAX_BYTES), error);
        // It may take the place of a file between the check and the open.
        const regular = join(directory, "regular");
        fs.writeFileSync(regular, "x");
        const seen = fileSystem.stat(regular)!;
        const read = () => readPromptly({ fileSystem, path, maxBytes: MAX_BYTES, seen });
        assert.throws(read, error);
      }),
  );

  test(
    "/dev/zero is refused and not read (G12)",
    { skip: isWindows && "no /dev/zero on Windows" },
    async () => {
      const error = { name: "SourceError", code: "EINVAL" };
      await assert.rejects(readStable(fileSystem, "/dev/zero", MAX_BYTES), error);
      await inDirectory(async (directory) => {
        fs.symlinkSync("/dev/zero", join(directory, "a"));
        await assert.rejects(readStable(fileSystem, join(directory, "a"), MAX_BYTES), error);
      });
    },
  );

  test("a directory, a missing file and one over the limit are refused", () =>
    inDirectory(async (directory) => {
      const path = join(directory, "large");
      fs.writeFileSync(path, "x".repeat(1001));
      const codes = { "": "EISDIR", missing: "ENOENT", "large/below": "ENOENT", large: "EFBIG" };
      for (const [name, code] of Object.entries(codes)) {
        await assert.rejects(readStable(fileSystem, join(directory, name), MAX_BYTES), { code });
      }
    }));

  test(
    "a file without permission is refused with a reason (G4)",
    { skip: (isWindows || process.getuid?.() === 0) && "the superuser may read anything" },
    () =>
      inDirectory(async (directory) => {
        const path = join(directory, "a");
        fs.writeFileSync(path, "x", { mode: 0 });
        await assert.rejects(readStable(fileSystem, path, MAX_BYTES), {
          name: "SourceError",
          message: /permission denied/,
        });
      }),
  );

  test("a file keeps its inode through renames and writes; one that is new has another", () =>
    inDirectory((directory) => {
      const [path, moved] = [join(directory, "a"), join(directory, "b")];
      fs.writeFileSync(path, "1");
      const { inode } = fileSystem.stat(path)!;
      fs.renameSync(path, moved);
      fs.appendFileSync(moved, "2");
      assert.equal(fileSystem.stat(moved)?.inode, inode);
      fs.rmSync(moved);
      // The number of the inode is used again at once, on ext4 for example.
      fs.writeFileSync(path, "1");
      assert.notEqual(fileSystem.stat(path)?.inode, inode);
    }));

  test("stat() and lstat() tell files, directories, links and other things apart", () =>
    inDirectory((directory) => {
      fs.writeFileSync(join(directory, "file"), "abc");
      fs.mkdirSync(join(directory, "directory"));
      const link = join(directory, "link");
      if (!isWindows) fs.symlinkSync("file", link);
      const file = fileSystem.stat(join(directory, "file"))!;
      assert.equal(file.kind, "file");
      assert.equal(file.size, 3);
      assert.ok(Math.abs(file.mtimeMs - Date.now()) < 60_000);
      assert.equal(fileSystem.stat(join(directory, "directory"))?.kind, "directory");
      assert.equal(fileSystem.stat(join(directory, "missing")), undefined);
      assert.equal(fileSystem.lstat(join(directory, "file", "below")), undefined);
      if (isWindows) return;
      assert.equal(fileSystem.stat("/dev/zero")?.kind, "other");
      assert.equal(fileSystem.lstat(link)?.kind, "symlink");
      assert.equal(fileSystem.stat(link)?.inode, file.inode);
      assert.equal(fileSystem.readLink(link), "file");
      assert.deepEqual(
        fileSystem.list(directory).toSorted((a, b) => a.name < b.name ? -1 : 1),
        [
          { name: "directory", kind: "directory" },
          { name: "file", kind: "file" },
          { name: "link", kind: "symlink" },
        ],
      );
    }));
});
