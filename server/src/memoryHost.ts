// A file system that is in memory, as a host: for files that somebody hands over because this machine has no disk with them. Pure: it starts no program and
// writes nothing. Knows nothing of what the files say, nor of who hands them over.
import type { Host } from "./host";
import { INPUT_LIMIT, tooLarge } from "./host";

/** What is known of one file: its text, or why nobody can read it, as a clause ("it is not UTF-8 text"). */
export type MemoryFile = { readonly text: string } | { readonly because: string };

interface Entry {
  readonly file: MemoryFile;
  readonly state: string;
}

/** Files by their paths: absolute, with forward slashes. A folder is there for as long as a file is below it. */
export class MemoryFiles {
  private readonly files = new Map<string, Entry>();
  /** The names in each folder, and below how many files each of them stands. */
  private readonly folders = new Map<string, Map<string, number>>();
  private writes = 0;

  /** Writes a file anew. What says the same as before keeps its state. */
  set(path: string, file: MemoryFile): void {
    const known = this.files.get(path);
    if (known && isSame(known.file, file)) return;
    this.files.set(path, { file, state: String(++this.writes) });
    if (!known) this.count(path, 1);
  }

  delete(path: string): void {
    if (this.files.delete(path)) this.count(path, -1);
  }

  clear(): void {
    this.files.clear();
    this.folders.clear();
  }

  get(path: string): Entry | undefined {
    return this.files.get(path);
  }

  /** Undefined when no such folder is there. */
  namesIn(path: string): readonly string[] | undefined {
    const names = this.folders.get(path);
    return names && [...names.keys()].sort();
  }

  private count(path: string, more: 1 | -1): void {
    for (let end = path.lastIndexOf("/"), at = path; end >= 0; at = path.slice(0, end), end = path.lastIndexOf("/", end - 1)) {
      const folder = path.slice(0, end) || "/";
      const names = this.folders.get(folder) ?? new Map<string, number>();
      const name = at.slice(end + 1);
      const count = (names.get(name) ?? 0) + more;
      if (count > 0) names.set(name, count);
      else names.delete(name);
      if (names.size > 0) this.folders.set(folder, names);
      else this.folders.delete(folder);
      if (end === 0) return;
    }
  }
}

/** @param keyOf the path in `files` of a path that the host is asked for */
export function memoryHost(files: MemoryFiles, keyOf: (path: string) => string = (path) => path): Host {
  return {
    workingFolder: "/",
    readFile: (path, atMost = INPUT_LIMIT) => bytesOf(files.get(keyOf(path))?.file, atMost),
    kindOf: (path) => (files.get(keyOf(path)) ? "file" : files.namesIn(keyOf(path)) ? "folder" : undefined),
    stateOf: (path) => files.get(keyOf(path))?.state,
    listFolder: (path) => [...(files.namesIn(keyOf(path)) ?? missing())],
    linkTarget: missing,
    writeFile: (path) => {
      throw new Error(`${path} cannot be written here`);
    },
    readStandardInput: missing,
    run: () => undefined,
  };
}

function isSame(a: MemoryFile, b: MemoryFile): boolean {
  return "text" in a ? "text" in b && a.text === b.text : "because" in b && a.because === b.because;
}

function bytesOf(file: MemoryFile | undefined, atMost: number): Uint8Array {
  if (!file) return missing();
  if ("because" in file) throw new Error(file.because);
  const bytes = new TextEncoder().encode(file.text);
  if (bytes.length > atMost) throw tooLarge(atMost);
  return bytes;
}

function missing(): never {
  throw new Error("there is no such file or folder");
}
