// The surroundings of files on a disk, some of them open in an editor with other texts. A path leads only to files of the language, inside the root,
// over no link: what a workspace says must not make anybody read what lies elsewhere. Knows nothing of what the files say.
import { reasonOf } from "../host";
import path from "node:path";
import type { FileId } from "../../../core/src/index";
import { fileId } from "../../../core/src/index";
import type { Host } from "../host";
import { CONFIGURATION_NAMES, kindOfFileName } from "../jsonc/fileKind";
import { readTextFile } from "./decode";
import { matchesStep } from "./globs";
import type { Surroundings, Unreadable } from "./surroundings";
import { isUnreadable } from "./surroundings";
import type { TextReading } from "./textReading";
import { readText } from "./textReading";

/** Longer patterns lead nowhere. How deep folders are is limited by how long a path can be. */
const STEP_LIMIT = 256;

export interface HostSurroundingsOptions {
  readonly host: Host;
  /** The path of a file, absolute; undefined when it is not on this disk. */
  pathOf(file: FileId): string | undefined;
  /** The name of the file at an absolute path. */
  fileAt(path: string): FileId;
  /** The folder that paths in a file may not leave; undefined when there is none. */
  rootOf(path: string): string | undefined;
  /** The text of a file that is open; undefined when it is not. */
  openText?(file: FileId): string | undefined;
}

interface Known {
  /** What it was read from. */
  readonly state: string | undefined;
  readonly text: string | undefined;
  readonly reading: TextReading | Unreadable;
}

export class HostSurroundings implements Surroundings {
  private readonly known = new Map<FileId, Known>();

  constructor(private readonly options: HostSurroundingsOptions) {}

  find(from: FileId, written: string, several: boolean): readonly FileId[] | Unreadable {
    const start = this.options.pathOf(from);
    if (start === undefined) return { because: "cannot be found: this file is not on a disk" };
    if (path.isAbsolute(written) || /^[a-z][a-z0-9+.-]*:/i.test(written)) return { because: "is not a path from this file's folder" };
    const target = path.resolve(path.dirname(start), written);
    const root = this.options.rootOf(start);
    if (root !== undefined && !isInside(root, target)) return { because: `leads out of ${path.basename(root)}, the folder that is open` };
    if (several && written.includes("*")) return this.matches(path.dirname(start), written, root);
    const fault = this.faultOf(target, written);
    return fault ?? [this.options.fileAt(target)];
  }

  /** Above the root, too: whoever opens a part of a repository gets the verdict of the whole. */
  configurationOf(file: FileId): readonly [configuration: FileId, path: string] | readonly [] {
    const start = this.options.pathOf(file);
    if (start === undefined || kindOfFileName(start) === "config") return [];
    for (let folder = path.dirname(start); ; folder = path.dirname(folder)) {
      for (const name of CONFIGURATION_NAMES) {
        const full = path.join(folder, name);
        const at = this.options.fileAt(full);
        if (this.options.openText?.(at) !== undefined || kindIn(this.options.host, full) === "file") return [at, path.relative(folder, start).replaceAll("\\", "/")];
      }
      if (folder === path.dirname(folder)) return [];
    }
  }

  read(file: FileId): TextReading | Unreadable {
    const known = this.known.get(file);
    const open = this.options.openText?.(file);
    if (open !== undefined) {
      if (known?.text === open) return known.reading;
      return this.keep(file, undefined, open, readText(file, open));
    }
    return this.readFromDisk(file, known);
  }

  private readFromDisk(file: FileId, known: Known | undefined): TextReading | Unreadable {
    const target = this.options.pathOf(file);
    try {
      const state = target === undefined ? undefined : this.options.host.stateOf(target);
      if (target === undefined || state === undefined) return { because: "is not there" };
      if (known && known.state === state) return known.reading;
      const { text } = readTextFile(this.options.host, target);
      if (known?.text === text) return this.keep(file, state, text, known.reading);
      return this.keep(file, state, text, readText(file, text));
    } catch (error) {
      return { because: `cannot be read: ${reasonOf(error)}` };
    }
  }

  private keep(file: FileId, state: string | undefined, text: string, reading: TextReading | Unreadable): TextReading | Unreadable {
    this.known.set(file, { state, text, reading });
    return reading;
  }

  /** A link could lead anywhere, and reading a device may never end. */
  private faultOf(target: string, written: string): Unreadable | undefined {
    if (!kindOfFileName(target)) return { because: "is not called *.platform.jsonc, *.guest.jsonc or *.fleet.jsonc" };
    const { host } = this.options;
    const steps = written.split(/[\\/]/).filter((step) => step !== "" && step !== "." && step !== "..");
    let folder = target;
    for (const [index] of steps.entries()) {
      const kind = kindIn(host, folder);
      if (isUnreadable(kind)) return kind;
      if (kind === "link") return { because: `leads over ${path.basename(folder)}, a symbolic link` };
      if (kind === undefined) return this.options.openText?.(this.options.fileAt(target)) === undefined ? { because: "is not there" } : undefined;
      if (index === 0 && kind !== "file") return { because: kind === "folder" ? "is a folder" : "is not a file" };
      folder = path.dirname(folder);
    }
    return undefined;
  }

  private matches(base: string, written: string, root: string | undefined): readonly FileId[] | Unreadable {
    const steps = written.split(/[\\/]/).filter((step) => step !== "" && step !== ".");
    if (steps.length > STEP_LIMIT) return { because: `has more than ${STEP_LIMIT} steps` };
    const found: string[] = [];
    this.collect({ steps, root, found, seen: new Set() }, base, 0);
    if (found.length === 0) return { because: "matches no file" };
    return [...new Set(found)].sort().map((one) => this.options.fileAt(one));
  }

  /** Steps back may not leave the root on the way either, and no folder is looked through twice for the same steps: several `**` can meet it in many ways. */
  private collect(search: PatternSearch, folder: string, from: number): void {
    const { steps, root, found, seen } = search;
    const step = steps[from];
    const key = `${from} ${folder}`;
    if (step === undefined || seen.has(key) || (root !== undefined && !isInside(root, folder))) return;
    seen.add(key);
    if (step === "..") return this.collect(search, path.dirname(folder), from + 1);
    if (step === "**") this.collect(search, folder, from + 1);
    const isLast = from === steps.length - 1;
    for (const name of namesIn(this.options.host, folder)) {
      if (name === "node_modules" || !(step === "**" ? !name.startsWith(".") : matchesStep(step, name))) continue;
      const full = path.join(folder, name);
      const kind = this.options.host.kindOf(full);
      if (kind === "folder") this.collect(search, full, step === "**" ? from : from + 1);
      else if (kind === "file" && isLast && step !== "**" && kindOfFileName(name)) found.push(full);
    }
  }
}

/** The search for the files of one pattern. */
interface PatternSearch {
  readonly steps: readonly string[];
  readonly root: string | undefined;
  readonly found: string[];
  /** Folders that were looked through, each with the step from which. */
  readonly seen: Set<string>;
}

/** The working folder's files by their paths from it, as the command line shows them. */
export function commandLineSurroundings(host: Host): HostSurroundings {
  return new HostSurroundings({
    host,
    pathOf: (file) => path.resolve(host.workingFolder, file),
    fileAt: (full) => fileId((path.relative(host.workingFolder, full) || full).replaceAll("\\", "/")),
    rootOf: (full) => repositoryOf(host, full),
  });
}

/** The nearest folder above a file that is a git repository; undefined when there is none. */
export function repositoryOf(host: Host, file: string): string | undefined {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    if (!isUnreadable(kindIn(host, path.join(folder, ".git"))) && host.kindOf(path.join(folder, ".git")) !== undefined) return folder;
    if (folder === path.dirname(folder)) return undefined;
  }
}

/** True when a path is the folder or below it. */
export function isInside(folder: string, target: string): boolean {
  const relative = path.relative(folder, target);
  return relative === "" || (relative.split(path.sep)[0] !== ".." && !path.isAbsolute(relative));
}

function kindIn(host: Host, target: string): ReturnType<Host["kindOf"]> | Unreadable {
  try {
    return host.kindOf(target);
  } catch (error) {
    return { because: `cannot be read: ${reasonOf(error)}` };
  }
}

function namesIn(host: Host, folder: string): string[] {
  try {
    return host.kindOf(folder) === "folder" ? host.listFolder(folder) : [];
  } catch {
    return [];
  }
}
