// The files of a capture by the paths that they had on the machine. Knows nothing of archives, disks or what a file
// says.
import { decodeText } from "./decodeText";

/** A regular file, or a symbolic link: links are facts of sysfs, they are read and never followed. */
export type CaptureFile =
  { readonly kind: "file"; readonly bytes: Uint8Array } | { readonly kind: "link"; readonly target: string };

/** Read-only view of a capture. Paths are relative, with forward slashes: `sys/bus/pci/devices/0000:00:02.0/config`. */
export class CaptureFiles {
  private readonly folders = new Map<string, Set<string>>();

  constructor(private readonly files: ReadonlyMap<string, CaptureFile>) {
    for (const path of files.keys()) this.enter(path);
  }

  /** Every path, in order. */
  paths(): string[] {
    return [...this.files.keys()].sort();
  }

  /** The bytes of a regular file. */
  bytes(path: string): Uint8Array | undefined {
    const file = this.files.get(path);
    return file?.kind === "file" ? file.bytes : undefined;
  }

  /** The text of a regular file. */
  text(path: string): string | undefined {
    const bytes = this.bytes(path);
    return bytes && decodeText(bytes);
  }

  /** The text of the first of several files that is there and not empty. */
  firstText(...paths: string[]): { path: string; text: string } | undefined {
    for (const path of paths) {
      const text = this.text(path);
      if (text !== undefined && text.trim() !== "") return { path, text };
    }
    return undefined;
  }

  /** Where a symbolic link points, as written. */
  target(path: string): string | undefined {
    const file = this.files.get(path);
    return file?.kind === "link" ? file.target : undefined;
  }

  has(path: string): boolean {
    return this.files.has(path) || this.folders.has(path);
  }

  /** Names in a folder, numbers in the order of their values. */
  names(folder: string): string[] {
    return [...(this.folders.get(folder) ?? [])].sort(byNumberThenText);
  }

  private enter(path: string): void {
    let child = path;
    for (let slash = child.lastIndexOf("/"); slash >= 0; slash = child.lastIndexOf("/")) {
      const folder = child.slice(0, slash);
      const names = this.folders.get(folder);
      if (names) {
        names.add(child.slice(slash + 1));
        return;
      }
      this.folders.set(folder, new Set([child.slice(slash + 1)]));
      child = folder;
    }
  }
}

/** The last part of a path. */
export function lastPart(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function byNumberThenText(a: string, b: string): number {
  if (/^\d{1,15}$/.test(a) && /^\d{1,15}$/.test(b)) return Number(a) - Number(b);
  return a < b ? -1 : a > b ? 1 : 0;
}
