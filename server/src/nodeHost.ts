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

/** Through a file beside it, so that a reader sees the old text or the new one and never half of it. */
function writeWhole(file: string, text: string): void {
  const beside = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.part`);
  try {
    fs.writeFileSync(beside, text);
    fs.renameSync(beside, file);
  } finally {
    fs.rmSync(beside, { force: true });
  }
}
