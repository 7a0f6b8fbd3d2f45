// The host on a real machine: Node's file system. Knows nothing of what is read.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import type { Host, Ran, RunOptions } from "./host";

export const nodeHost: Host = {
  workingFolder: process.cwd(),
  readFile: (file) => fs.readFileSync(file),
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
  readStandardInput: () => fs.readFileSync(0),
  run: runProgram,
};

/** More output than this of one program is an error. */
const OUTPUT_LIMIT = 256 * 1024 * 1024;

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
