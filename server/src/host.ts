// The outside world as the command line and the language server see it: files and streams. The only I/O, injected, so that tests can give their own.
// Knows nothing of what is read.

export interface Host {
  /** Absolute path of the working folder. */
  readonly workingFolder: string;
  /** Bytes of a file, after links. Throws when it cannot be read, is no file that has an end (a device, a pipe, a socket), or has more than `atMost` bytes: 256 MiB. */
  readFile(path: string, atMost?: number): Uint8Array;
  /** What a path is, without following a link; undefined when nothing is there. */
  kindOf(path: string): "file" | "folder" | "link" | "other" | undefined;
  /** A text that changes whenever the file does, as far as the disk tells without reading it; undefined when there is no such file. */
  stateOf(path: string): string | undefined;
  /** Names in a folder, sorted. */
  listFolder(path: string): string[];
  /** Where a symbolic link points, as it is written. */
  linkTarget(path: string): string;
  /** Writes a file as a whole or not at all. A device or a pipe takes the text and stays what it is. */
  writeFile(path: string, text: string): void;
  /** Throws for more than 256 MiB. */
  readStandardInput(): Uint8Array;
  /** Runs a program of this machine to its end, without a shell. Undefined when there is no such program. */
  run(program: string, args: readonly string[], options?: RunOptions): Ran | undefined;
}

export interface RunOptions {
  /** The working folder of the program; absent: the host's. */
  readonly folder?: string;
  readonly input?: string | Uint8Array;
}

export interface Ran {
  /** The exit code; undefined when a signal ended it. */
  readonly code: number | undefined;
  readonly out: Uint8Array;
  readonly err: string;
}

/** Where a command writes: data to `out`, talk to `err`. */
export interface Output {
  out(text: string): void;
  err(text: string): void;
  readonly color: boolean;
  /** Characters of a line of the terminal; undefined for what is no terminal, where lines have any length. */
  readonly width?: number | undefined;
}

/** Node's codes for what happens to files that are named by people. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  ENOTDIR: "a part of the path is no folder",
  EISDIR: "it is a folder",
  EACCES: "reading it is not permitted",
  EPERM: "reading it is not permitted",
  ELOOP: "its links lead in a circle",
  ENAMETOOLONG: "the name is too long",
  ERR_INVALID_ARG_VALUE: "no path has such a character in it",
};

/** More than this is read of nothing: a capture of a large server has some 20 MiB. */
export const INPUT_LIMIT = 256 * 1024 * 1024;

export function tooLarge(atMost: number): Error {
  return new Error(`it is larger than ${atMost / 1024 / 1024} MiB`);
}

/** Without the code, the system call and the path that Node's message has: whoever says it names the file. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return REASONS[code] ?? (error instanceof Error ? error.message : String(error));
}
