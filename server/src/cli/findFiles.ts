// Which files a command means: files as they are named, and in folders those of the three kinds. Knows nothing of what is in them.
import { reasonOf } from "../host";
import path from "node:path";
import type { FileKind } from "../../../core/src/index";
import type { Host } from "../host";
import { kindOfFileName } from "../jsonc/fileKind";
import type { Decoded } from "../workspace/decode";
import { decodeText, readTextFile } from "../workspace/decode";
import { UsageError } from "./usageError";

/** A configuration is checked with the files that it is for. */
const DESCRIBING: ReadonlySet<FileKind | undefined> = new Set(["platform", "guest", "fleet"]);
const LEFT_OUT = new Set(["node_modules", "out", "dist"]);

/** What has the name of a description in a folder that was searched, and is none; and why, in a clause. */
export interface LeftOut {
  readonly file: string;
  readonly because: string;
}

/** Absolute paths, in the order of the arguments, those of a folder sorted. Links inside folders are not followed: those of a description's name go to `leftOut`. */
export function findFiles(host: Host, paths: readonly string[], leftOut: LeftOut[]): string[] {
  const files: string[] = [];
  for (const one of paths) {
    const full = path.resolve(host.workingFolder, one);
    const kind = readable(one, () => host.kindOf(full));
    if (kind === undefined) throw new UsageError(`${one}: there is no such file or folder`);
    if (kind === "folder") collect(host, full, files, leftOut);
    else files.push(full);
  }
  return [...new Set(files)];
}

/** What `read` gives; what it throws becomes an input that cannot be read. */
export function readable<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new UsageError(`${what}: cannot be read: ${reasonOf(error)}`);
  }
}

/** The text of a file as it is named, or of standard input for `-`. */
export function readTextInput(file: string, host: Host): Decoded {
  return file === "-" ? decodeText(host.readStandardInput()) : readTextFile(host, path.resolve(host.workingFolder, file));
}

/** The path from the working folder, with forward slashes. */
export function shownPath(host: Host, file: string): string {
  const relative = path.relative(host.workingFolder, file);
  return (relative === "" ? file : relative).replaceAll("\\", "/");
}

function collect(host: Host, folder: string, files: string[], leftOut: LeftOut[]): void {
  for (const name of readable(shownPath(host, folder), () => host.listFolder(folder))) {
    if (name.startsWith(".") || LEFT_OUT.has(name)) continue;
    const full = path.join(folder, name);
    const kind = host.kindOf(full);
    if (kind === "folder") collect(host, full, files, leftOut);
    else if (!DESCRIBING.has(kindOfFileName(name))) continue;
    else if (kind === "file") files.push(full);
    else leftOut.push({ file: shownPath(host, full), because: kind === "link" ? "it is a symbolic link, and a search follows none" : "it is no file" });
  }
}
