// The other files that a file may name: where a written path leads, and what stands there. Knows nothing of disks, editors or rules.
import type { FileId } from "../../../core/src/index";
import type { TextReading } from "./textReading";

/** Why a path leads to nothing, as a clause about it. */
export interface Unreadable {
  readonly because: string;
}

export interface Surroundings {
  /**
   * The files that a path means which is written in `from`: one, or for a pattern all that match it, sorted.
   * They are there, but need not be readable.
   */
  find(from: FileId, path: string, several: boolean): readonly FileId[] | Unreadable;
  /** The nearest configuration in the folder of a file or above it, and the file's path from there, with forward slashes; empty when there is none. */
  configurationOf(file: FileId): readonly [configuration: FileId, path: string] | readonly [];
  /** What a file says at this moment; the same object for as long as the file does not change. */
  read(file: FileId): TextReading | Unreadable;
}

/** For a text that comes from nowhere, such as standard input of a pipe. */
export const nowhere: Surroundings = {
  find: () => ({ because: "other files cannot be found from here" }),
  configurationOf: () => [],
  read: () => ({ because: "other files cannot be read from here" }),
};

export function isUnreadable(answer: unknown): answer is Unreadable {
  return typeof answer === "object" && answer !== null && "because" in answer;
}

/** Hands on the answers of other surroundings, and can tell later whether they would still be the same. */
export class RecordedSurroundings implements Surroundings {
  private readonly answers = new Map<string, { readonly answer: unknown; again(): unknown }>();

  constructor(private readonly inner: Surroundings) {}

  find(from: FileId, path: string, several: boolean): readonly FileId[] | Unreadable {
    return this.record(`find ${from} ${path}`, () => this.inner.find(from, path, several));
  }

  configurationOf(file: FileId): readonly [configuration: FileId, path: string] | readonly [] {
    return this.record(`configuration ${file}`, () => this.inner.configurationOf(file));
  }

  read(file: FileId): TextReading | Unreadable {
    return this.record(`read ${file}`, () => this.inner.read(file));
  }

  /** True when somebody asked what this file says. */
  hasRead(file: FileId): boolean {
    return this.answers.has(`read ${file}`);
  }

  /** True when every question that was asked has the same answer now. */
  isCurrent(): boolean {
    for (const { answer, again } of this.answers.values()) if (!sameAnswer(answer, again())) return false;
    return true;
  }

  private record<T>(key: string, again: () => T): T {
    const known = this.answers.get(key);
    if (known) return known.answer as T;
    const answer = again();
    this.answers.set(key, { answer, again });
    return answer;
  }
}

function sameAnswer(a: unknown, b: unknown): boolean {
  if (isUnreadable(a) && isUnreadable(b)) return a.because === b.because;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((one, index) => one === b[index]);
  return a === b;
}
