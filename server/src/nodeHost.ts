// The host on a real machine: Node's file system. Knows nothing of what is read.
import fs from "node:fs";
import path from "node:path";
import type { Host } from "./host";

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
};

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
