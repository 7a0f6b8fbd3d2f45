// The host on a real machine: Node's file system. Knows nothing of what is read.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import type { Host, Ran, RunOptions } from "./host";
import { INPUT_LIMIT, tooLarge } from "./host";

export const nodeHost: Host = {
  workingFolder: process.cwd(),
  readFile: readRegularFile,
  kindOf(file) {
    const stat = fs.lstatSync(file, { throwIfNoEntry: false });
    if (!stat) return undefined;
    return stat.isFile() ? "file" : stat.isDirectory() ? "folder" : stat.isSymbolicLink() ? "link" : "other";
  },
  stateOf(file) {
    const stat = fs.lstatSync(file, { throwIfNoEntry: false, bigint: true });
    return stat?.isFile() ? `${stat.mtimeNs} ${stat.ctimeNs} ${stat.size} ${stat.ino}` : undefined;
  },
  listFolder: (folder) => fs.readdirSync(folder).sort(),
  linkTarget: (file) => fs.readlinkSync(file),
  writeFile: writeWhole,
  readStandardInput: () => readToEnd(0, INPUT_LIMIT),
  run: runProgram,
};

/** More output than this of one program is an error. */
const OUTPUT_LIMIT = 256 * 1024 * 1024;

/** What a path leads to is looked at before it is opened: opening a pipe waits for who writes into it, and opening a device can do things. */
function readRegularFile(file: string, atMost = INPUT_LIMIT): Uint8Array {
  refuseUnlessFile(fs.statSync(file), atMost);
  // Between the two something else may have got the name.
  const handle = fs.openSync(file, fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0));
  try {
    refuseUnlessFile(fs.fstatSync(handle), atMost);
    return readToEnd(handle, atMost);
  } finally {
    fs.closeSync(handle);
  }
}

function refuseUnlessFile(stat: fs.Stats, atMost: number): void {
  if (stat.isFIFO()) throw new Error("it is a pipe, not a file; what a pipe says is read from standard input");
  if (stat.isCharacterDevice() || stat.isBlockDevice()) throw new Error("it is a device, not a file");
  if (stat.isSocket()) throw new Error("it is a socket, not a file");
  if (stat.size > atMost) throw tooLarge(atMost);
}

/** What the size of a file promises is not believed: files of the kernel say 0, and others grow. */
function readToEnd(handle: number, atMost: number): Uint8Array {
  const promised = fs.fstatSync(handle).size;
  let bytes = Buffer.allocUnsafe(Math.max(promised + 1, 64 * 1024));
  let length = 0;
  for (let read = -1; read !== 0; length += read) {
    if (length > atMost) throw tooLarge(atMost);
    if (length === bytes.length) bytes = Buffer.concat([bytes], 2 * length);
    read = fs.readSync(handle, bytes, length, bytes.length - length, null);
  }
  return bytes.subarray(0, length);
}

function runProgram(program: string, args: readonly string[], { folder, input }: RunOptions = {}): Ran | undefined {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: folder ?? process.cwd(), input: input ?? "", maxBuffer: OUTPUT_LIMIT, windowsHide: true });
  if ((error as NodeJS.ErrnoException | undefined)?.code === "ENOENT") return undefined;
  if (error) throw error;
  return { code: status ?? undefined, out: stdout, err: new TextDecoder().decode(stderr) };
}

/**
 * Through a file beside it that is on the disk before it takes the name, so that a reader sees the old text or the new one and never
 * half of it, even when the machine stops. The file that a link leads to is written, and keeps its permissions.
 */
function writeWhole(named: string, text: string): void {
  const stat = fs.statSync(named, { throwIfNoEntry: false });
  // A file in the place of a device would be the end of the device.
  if (stat && !stat.isFile()) return fs.writeFileSync(named, text);
  const file = stat ? fs.realpathSync(named) : named;
  const beside = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.part`);
  try {
    const handle = fs.openSync(beside, "w");
    try {
      if (stat) fs.fchmodSync(handle, stat.mode);
      fs.writeFileSync(handle, text);
      fs.fsyncSync(handle);
    } finally {
      fs.closeSync(handle);
    }
    fs.renameSync(beside, file);
  } finally {
    fs.rmSync(beside, { force: true });
  }
}
