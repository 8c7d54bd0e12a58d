/**
 * What is mounted where, out of Linux' table of mounts, and which file systems don't report changes.
 *
 * @module
 */

/** A line of the table of mounts. */
export interface Mount {
  /** Number of the mount in the table. */
  readonly id: number;
  /** Number of the mount it was mounted on. */
  readonly parent: number;
  /** Directory of the file system that is mounted: not `/` for a bind mount; it may be a file. */
  readonly root: string;
  /** Absolute path it is mounted at; a file when a single file is mounted. */
  readonly mountPoint: string;
  /** Options of this mount, such as `rw` and `noatime`. */
  readonly options: readonly string[];
  /** Type of the file system, such as `ext4` or `fuse.sshfs`. */
  readonly fileSystem: string;
  /** What is mounted: a device, `server:/directory`, or whatever the file system says. */
  readonly source: string;
}

/** File systems whose files are changed from elsewhere, of which this machine is told nothing. */
const SILENT: ReadonlySet<string> = new Set([
  // Over a network.
  ...["nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "ncpfs", "afs", "coda", "9p", "fuse"],
  // Of a cluster: the other machines' writes are not reported here.
  ...["ceph", "glusterfs", "lustre", "gpfs", "beegfs", "orangefs", "pvfs2", "gfs2", "ocfs2"],
  // Between a virtual machine and its host.
  ...["drvfs", "virtiofs", "vboxsf", "vmhgfs", "prl_fs", "fakeowner", "hostfs"],
]);

/**
 * The mounts in the text of `/proc/self/mountinfo`, in its order; see proc_pid_mountinfo(5). Lines
 * that are not understood are left out.
 */
export function parseMounts(text: string): Mount[] {
  return text.split("\n").flatMap((line) => parseMount(line) ?? []);
}

function parseMount(line: string): Mount | undefined {
  const fields = line.split(" ");
  // Between the options and the separator there may be any number of fields.
  const separator = fields.indexOf("-", 6);
  if (separator < 0) return undefined;
  const [id, parent, , root = "", mountPoint = "", options = ""] = fields;
  const [fileSystem = "", source = ""] = fields.slice(separator + 1);
  if (!mountPoint.startsWith("/") || fileSystem === "") return undefined;
  return {
    id: Number(id),
    parent: Number(parent),
    root: unescape(root),
    mountPoint: unescape(mountPoint),
    options: options.split(","),
    fileSystem: unescape(fileSystem),
    source: unescape(source),
  };
}

/** Blanks, tabs, line feeds, backslashes and hashes are written as three octal digits of a byte. */
function unescape(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(parseInt(octal, 8)));
}

/**
 * The mount that an absolute `path`, free of links and dots, is in. A mount over a directory hides
 * the mounts below it, and of several at one place the last is seen.
 */
export function mountOf(mounts: readonly Mount[], path: string): Mount | undefined {
  const above = mounts
    .filter(({ mountPoint }) => isIn(path, mountPoint))
    .sort((one, other) => one.mountPoint.length - other.mountPoint.length);
  const ids = new Set(above.map(({ id }) => id));
  let reached: Mount | undefined;
  for (;;) {
    // The way the kernel goes: down the path, and onto each mount that sits on the one reached.
    const next = nearest(
      above.filter(({ id, parent }) =>
        reached === undefined ? !ids.has(parent) || parent === id : parent === reached.id
      ),
    );
    if (next === undefined || next === reached) return reached;
    reached = next;
  }
}

/** The mount nearest to the root: it hides what is below it. */
function nearest(mounts: readonly Mount[]): Mount | undefined {
  return mounts.findLast(({ mountPoint }) => mountPoint === mounts[0]!.mountPoint);
}

function isIn(path: string, directory: string): boolean {
  return path === directory || directory === "/" || path.startsWith(`${directory}/`);
}

/**
 * Why what is in `mount` has to be polled: its file system does not report what is changed elsewhere.
 * `undefined` where it does, or where nobody else can change it.
 */
export function whyPolled({ fileSystem, mountPoint }: Mount): string | undefined {
  // `fuse.sshfs` and its like; `fuseblk` is a local disk.
  const isSilent = SILENT.has(fileSystem) || fileSystem.startsWith("fuse.");
  if (!isSilent) return undefined;
  return `${mountPoint} is a mount of type ${fileSystem}, which does not report changes made elsewhere`;
}
