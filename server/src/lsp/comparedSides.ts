// One side of a comparison: a document as it is typed, a text, a file of a git revision with the files that it names there, or a capture of a machine.
// Knows nothing of the other side.
import { dirname } from "node:path";
import { ErrorCodes, LSPErrorCodes, ResponseError } from "vscode-languageserver";
import { fileId } from "../../../core/src/index";
import type { Host } from "../host";
import { reasonOf } from "../host";
import { fileKindOf, kindOfFileName } from "../jsonc/fileKind";
import { Source } from "../jsonc/source";
import type { CheckedFile } from "../workspace/check";
import { checkText } from "../workspace/check";
import type { ComparedFile } from "../workspace/comparedFile";
import { comparedFile } from "../workspace/comparedFile";
import { readTextFile } from "../workspace/decode";
import { commitAt, GitError, revisionHost } from "../workspace/revisionHost";
import type { Surroundings } from "../workspace/surroundings";
import { isUnreadable } from "../workspace/surroundings";
import type { Snapshot } from "../workspace/workspace";
import { pathOfUri } from "./diskNames";
import { editorSurroundings } from "./editorFiles";

/**
 * One side. `uri` alone: the document as it is open, else the file, which may be a capture of a machine. With `text`: that text, read under the name `uri`. With
 * `revision`: the file as it was in that git revision, together with the files that it names.
 */
export interface SideParams {
  readonly uri?: string;
  readonly text?: string;
  readonly revision?: string;
}

export interface SideAnswer {
  /** How people name it. */
  readonly shown: string;
  readonly uri: string;
  /** It was imported from a capture of a machine. */
  readonly isCapture: boolean;
  /** The document is broken, and the last text that was not was compared. */
  readonly isStale: boolean;
  /** Not everything could be read, so that a difference may be missing. */
  readonly isIncomplete: boolean;
}

/** A side that was read. */
export interface Side {
  readonly file: ComparedFile;
  readonly answer: SideAnswer;
}

export interface SidesOptions {
  /** The disk, and what the client hands over. */
  readonly host: Host;
  readonly surroundings: Surroundings;
  /** The paths of the folders that are open. */
  folders(): readonly string[];
  /** The path that the host knows a file by; undefined when it knows none. */
  pathOf(uri: string): string | undefined;
  /** The document as it is at this moment, if it is open. */
  open(uri: string): Snapshot | undefined;
  /** Reads a capture; throws an error with a message for people. */
  importPlatform(uris: readonly string[]): { readonly text: string };
}

/** Text without a name is read as what it says. */
const NAMELESS = "untitled:text";
/** Sides that take long to read and cannot change, such as a file of a commit: the other side is typed in meanwhile. */
const KEPT = 4;

export class ComparedSides {
  private readonly kept = new Map<string, Side>();

  constructor(private readonly options: SidesOptions) {}

  /** Throws a ResponseError that says what cannot be read, and why. */
  read(side: SideParams): Side {
    if (side.text !== undefined) return this.sideOf(side.uri ?? NAMELESS, side.uri === undefined ? "text" : this.shown(side.uri), side.text, this.options.surroundings);
    if (side.uri === undefined) throw new ResponseError(ErrorCodes.InvalidParams, "a side needs a uri or a text");
    return side.revision === undefined ? this.document(side.uri) : this.past(side.uri, side.revision);
  }

  private document(uri: string): Side {
    const snapshot = this.options.open(uri);
    if (!snapshot) return this.closed(uri);
    const isStale = snapshot.lastGood !== undefined && snapshot.lastGood !== snapshot.checked;
    return compared(this.shown(uri), uri, snapshot.lastGood ?? snapshot.checked, { isStale });
  }

  private closed(uri: string): Side {
    const path = this.options.pathOf(uri);
    const shown = this.shown(uri);
    if (path === undefined) throw failure(`${shown} is not open, and no file of this machine`);
    if (this.options.host.kindOf(path) === undefined) throw failure(`${shown}: there is no such file or folder`);
    const text = this.options.host.kindOf(path) === "folder" ? undefined : this.description(uri, path);
    const { surroundings } = this.options;
    if (text !== undefined) return this.sideOf(uri, shown, text, surroundings);
    const importing = (): Side => this.sideOf(uri, shown, this.imported(uri, shown), surroundings, true);
    const state = this.options.host.stateOf(path);
    return state === undefined ? importing() : this.once(`${uri} ${state}`, importing);
  }

  /** The text of a file of the language, by its name or because it reads like one. */
  private description(uri: string, path: string): string | undefined {
    const isNamed = kindOfFileName(path) !== undefined;
    try {
      const { text } = readTextFile(this.options.host, path);
      return isNamed || fileKindOf(new Source(fileId(uri), text)) !== undefined ? text : undefined;
    } catch (error) {
      if (isNamed) throw failure(`${this.shown(uri)}: ${reasonOf(error)}`);
      return undefined;
    }
  }

  private imported(uri: string, shown: string): string {
    try {
      return this.options.importPlatform([uri]).text;
    } catch (error) {
      throw failure(error instanceof Error ? error.message : `${shown} cannot be imported`);
    }
  }

  private past(uri: string, revision: string): Side {
    const path = pathOfUri(uri);
    const shown = `${this.shown(uri)} at ${revision}`;
    if (path === undefined) throw failure(`${this.shown(uri)} is not a file of this machine, and so has no revisions here`);
    try {
      const folder = dirname(path);
      const commit = commitAt(this.options.host, revision, folder);
      return this.once(`${uri} ${revision} ${commit}`, () => {
        const past = revisionHost(this.options.host, commit, folder);
        if (past.kindOf(path) !== "file") throw failure(`${this.shown(uri)} is not a file of ${revision}: it was not there yet, or has another name`);
        return this.sideOf(uri, shown, readTextFile(past, path).text, editorSurroundings(past, () => this.options.folders(), () => undefined));
      });
    } catch (error) {
      throw error instanceof GitError ? failure(`${shown}: ${error.message}`) : error;
    }
  }

  private sideOf(uri: string, shown: string, text: string, surroundings: Surroundings, isCapture = false): Side {
    return compared(shown, uri, checkText(uri, text, { rules: [], surroundings }), { isCapture });
  }

  /** The path from the folder that is open. */
  private shown(uri: string): string {
    const path = this.options.pathOf(uri);
    const folder = path && this.options.folders().find((one) => path.startsWith(`${one}/`) || path.startsWith(`${one}\\`));
    const shown = path === undefined ? uri.replace(/^.*[/:]/, "") : folder === undefined ? path.replace(/^.*[\\/]/, "") : path.slice(folder.length + 1);
    return shown.replaceAll("\\", "/");
  }

  /** The side that was read under this key before, which says all that it depends on. */
  private once(key: string, read: () => Side): Side {
    const side = this.kept.get(key) ?? read();
    this.kept.delete(key);
    this.kept.set(key, side);
    for (const oldest of this.kept.keys()) if (this.kept.size > KEPT) this.kept.delete(oldest);
    return side;
  }
}

function compared(shown: string, uri: string, checked: CheckedFile, { isStale = false, isCapture = false }: { readonly isStale?: boolean; readonly isCapture?: boolean }): Side {
  const file = comparedFile(shown, checked, isCapture);
  if (isUnreadable(file)) throw failure(file.because);
  return { file, answer: { shown, uri, isCapture, isStale, isIncomplete: file.problems > 0 && !isCapture } };
}

export function failure(because: string): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.RequestFailed, because);
}

/** What is not of its type is left out. */
export function sideParams(side: unknown): SideParams {
  const { uri, text, revision } = (typeof side === "object" && side !== null ? side : {}) as Readonly<Record<string, unknown>>;
  return { ...(typeof uri === "string" && { uri }), ...(typeof text === "string" && { text }), ...(typeof revision === "string" && { revision }) };
}
