// The files of the language in the folders that are open, whether or not anybody has opened them: found once, in steps, and again when somebody says that
// files came or went. Knows nothing of what they say, nor of who else has work to do between two steps.
import path from "node:path";
import type { FileId } from "../../../core/src/index";
import type { Host } from "../host";
import { kindOfFileName } from "../jsonc/fileKind";

export interface LanguageFilesOptions {
  readonly host: Host;
  /** The folders that are open, absolute. */
  folders(): readonly string[];
  /** The name of the file at an absolute path. */
  fileAt(path: string): FileId;
  /** A search has come to its end: what it left out, in a clause for people, or undefined when it looked everywhere. */
  ended?(leftOut: string | undefined): void;
}

/** Folders deeper than this are not searched, nor more entries than that: an editor must not wait for a disk. */
export const DEPTH_LIMIT = 12;
export const ENTRY_LIMIT = 20_000;
/** What programs fetch or write, not people. Hidden folders, of which `.git` is one, are left out as well. */
const LEFT_OUT: ReadonlySet<string> = new Set(["node_modules", "out", "dist"]);

export class LanguageFiles {
  /** What the last search left out, in a clause for people. */
  leftOut: string | undefined;
  private found: readonly FileId[] | undefined;
  private search: Generator<undefined, readonly FileId[]> | undefined;

  constructor(private readonly options: LanguageFilesOptions) {}

  /** Files came, went or changed their names, or other folders are open. */
  forget(): void {
    this.found = undefined;
    this.search = undefined;
  }

  /** All files, sorted by their paths. Searches to the end. */
  all(): readonly FileId[] {
    for (;;) if (this.found) return this.found; else this.step();
  }

  /** The same in steps, of which each looks at one entry of a folder. */
  *inSteps(): Generator<undefined, readonly FileId[]> {
    for (;;) {
      if (this.found) return this.found;
      this.step();
      yield;
    }
  }

  private step(): void {
    this.search ??= this.walk();
    const { done, value } = this.search.next();
    if (done !== true) return;
    this.found = value;
    this.options.ended?.(this.leftOut);
  }

  private *walk(): Generator<undefined, readonly FileId[]> {
    const found = new Set<string>();
    const tooDeep: string[] = [];
    const waiting = this.options.folders().map((folder) => ({ folder, depth: 0 })).reverse();
    let left = ENTRY_LIMIT;
    for (let next = waiting.pop(); next && left >= 0; next = waiting.pop()) {
      const { folder, depth } = next;
      for (const name of this.namesIn(folder)) {
        if (left-- <= 0) break;
        yield;
        const full = path.join(folder, name);
        const kind = this.kindOf(full);
        if (kind === "folder" && !name.startsWith(".") && !LEFT_OUT.has(name)) {
          if (depth < DEPTH_LIMIT) waiting.push({ folder: full, depth: depth + 1 });
          else tooDeep.push(full);
        } else if (kind === "file" && !name.startsWith(".") && kindOfFileName(name)) found.add(full);
      }
    }
    this.leftOut = left < 0 ? `the search for files ended after ${ENTRY_LIMIT} entries of the open folders` : leftOutBelow(tooDeep.sort());
    return [...found].sort().map((one) => this.options.fileAt(one));
  }

  private namesIn(folder: string): readonly string[] {
    try {
      return this.options.host.listFolder(folder);
    } catch {
      return [];
    }
  }

  private kindOf(full: string): string | undefined {
    try {
      return this.options.host.kindOf(full);
    } catch {
      return undefined;
    }
  }
}

function leftOutBelow([first, ...others]: readonly string[]): string | undefined {
  if (first === undefined) return undefined;
  return `files are searched ${DEPTH_LIMIT} folders deep, so not in ${first}${others.length > 0 ? ` and ${others.length} more` : ""}`;
}
