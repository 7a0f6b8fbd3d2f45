// The files that a client hands over because the server cannot read them: those of its folders that are on no disk of this machine, by their URIs whatever the
// scheme. Knows nothing of what they say, nor of files on a disk.
import path from "node:path";
import { URI } from "vscode-uri";
import type { FileId } from "../../../core/src/index";
import { fileId } from "../../../core/src/index";
import type { Host } from "../host";
import { MemoryFiles, memoryHost } from "../memoryHost";
import { isInside } from "../workspace/hostSurroundings";

/** What a client hands over: `platmap/files`, and `files` of its `initializationOptions`. */
export interface FilesParams {
  /** The URIs of all folders that the client hands over the files of. What it handed over before is forgotten. Absent: these are changes. */
  readonly folders?: readonly string[];
  readonly files?: readonly HandedFile[];
}

/** A file with its text, or with why it cannot be read, as a clause; with neither it is there no longer. */
export interface HandedFile {
  readonly uri: string;
  readonly text?: string;
  readonly because?: string;
}

/** In no path of a disk is such a character, so that nothing that such a path leads to is ever looked for there. */
const MARK = "\0";

export class ClientFiles {
  private readonly files = new MemoryFiles();
  private folders: readonly string[] = [];
  readonly host: Host = memoryHost(this.files, keyOf);

  /** Takes in what the client says. What is not of its type is left out. */
  take(params: unknown): void {
    const { folders, files } = filesParams(params);
    if (folders) {
      this.files.clear();
      this.folders = folders.map(markedPath).filter((folder) => folder !== undefined);
    }
    for (const file of files) this.takeFile(file);
  }

  /** A path that only this host knows; undefined for files that the client does not hand over. */
  pathOf(uri: string): string | undefined {
    const full = this.folders.length === 0 ? undefined : markedPath(uri);
    return full !== undefined && this.folders.some((folder) => isInside(folder, full)) ? full : undefined;
  }

  /** The URI as VS Code writes it. */
  fileAt(full: string): FileId {
    const [, scheme = "", authority = "", rest = ""] = /^([^:/]*):([^/]*)(.*)$/s.exec(keyOf(full).slice(1)) ?? [];
    return fileId(URI.from({ scheme, authority: decodeURIComponent(authority), path: rest === "" ? "/" : rest }).toString());
  }

  private takeFile({ uri, text, because }: HandedFile): void {
    const full = this.pathOf(uri);
    if (full === undefined) return;
    if (text !== undefined) this.files.set(keyOf(full), { text });
    else if (because !== undefined) this.files.set(keyOf(full), { because });
    else this.files.delete(keyOf(full));
  }
}

/** True for a path of a file that was handed over. */
export function isMarked(full: string): boolean {
  return full.includes(MARK);
}

/** Scheme and authority are the first step; a URI that says more than a path, or has none, names no file. */
function markedPath(uri: string): string | undefined {
  try {
    const { scheme, authority, path: rest, query, fragment } = URI.parse(uri, true);
    if (scheme === "untitled" || query !== "" || fragment !== "" || !(rest.startsWith("/") || (rest === "" && authority !== "")) || rest.includes(MARK)) return undefined;
    return path.resolve(`/${MARK}${scheme}:${encodeURIComponent(authority)}${rest}`);
  } catch {
    return undefined;
  }
}

/** With forward slashes, and without what Windows puts in front of every path. */
function keyOf(full: string): string {
  return `/${full.slice(full.indexOf(MARK) + 1).replaceAll(path.sep, "/")}`;
}

function filesParams(params: unknown): { readonly folders: readonly string[] | undefined; readonly files: readonly HandedFile[] } {
  const { folders, files } = (typeof params === "object" && params !== null ? params : {}) as Readonly<Record<string, unknown>>;
  return {
    folders: Array.isArray(folders) ? folders.filter((one): one is string => typeof one === "string") : undefined,
    files: Array.isArray(files) ? files.filter(isHandedFile) : [],
  };
}

function isHandedFile(one: unknown): one is HandedFile {
  const { uri, text, because } = (typeof one === "object" && one !== null ? one : {}) as Readonly<Record<string, unknown>>;
  return typeof uri === "string" && [text, because].every((value) => value === undefined || typeof value === "string");
}
