// The files that a command means, checked with all that they name: as they are, or as they were at a git revision. Knows nothing of commands.
import path from "node:path";
import type { SaidSeverities } from "../../../core/src/index";
import { fileId } from "../../../core/src/index";
import type { Host } from "../host";
import type { CheckedFile } from "../workspace/check";
import { checkReading, checkText } from "../workspace/check";
import type { Decoded } from "../workspace/decode";
import { decodeText, readTextFile } from "../workspace/decode";
import { commandLineSurroundings } from "../workspace/hostSurroundings";
import { GitError, revisionHost } from "../workspace/revisionHost";
import type { Surroundings } from "../workspace/surroundings";
import { isUnreadable } from "../workspace/surroundings";
import type { LeftOut } from "./findFiles";
import { findFiles, readable, shownPath } from "./findFiles";
import { UsageError } from "./usageError";

export interface NamedFile {
  readonly file: string;
  readonly result: CheckedFile;
}

export interface CheckedFiles {
  /** What the paths name. */
  readonly described: readonly NamedFile[];
  /** These, and the configurations that hold for them. */
  readonly checked: readonly NamedFile[];
  /** What the search of folders left out. */
  readonly leftOut: readonly LeftOut[];
  readonly checking: { readonly surroundings: Surroundings; readonly severities: SaidSeverities };
}

/**
 * What cannot be read does not stop the others: what is wrong with it goes to `unread`.
 * @param severities what is said of rules over the configuration
 */
export function checkFiles(paths: readonly string[], host: Host, unread: string[], severities: SaidSeverities = new Map()): CheckedFiles {
  const checking = { surroundings: commandLineSurroundings(host), severities };
  const named = new Set(paths.map((one) => shownPath(host, path.resolve(host.workingFolder, one))));
  const leftOut: LeftOut[] = [];
  const described = inputs(paths, host, unread, leftOut)
    .map(({ file, text }) => ({ file, result: checkText(file, text, checking) }))
    .filter(({ file, result }) => !result.isLeftOut || named.has(file));
  return { described, checked: [...described, ...configurationsOf(described, checking.surroundings)], leftOut, checking };
}

/**
 * The same paths at a revision. Where one of them, or a file that they lead to now, was not there, it may have had another name, even one outside of them: then
 * all files below the working folder are looked at. What could not be read then goes to `unread`: its findings look new now.
 * @param now the files that the paths lead to now
 */
export function checkFilesAt(past: Host, paths: readonly string[], now: readonly NamedFile[], unread: string[], severities?: SaidSeverities): CheckedFiles {
  const named = paths.filter((one) => one !== "-");
  const isNew = (one: string): boolean => past.kindOf(path.resolve(past.workingFolder, one)) === undefined;
  const isWhole = named.length === 0 || named.some(isNew) || (paths.length === named.length && now.some(({ file }) => isNew(file)));
  if (isWhole && past.kindOf(past.workingFolder) === undefined) return { described: [], checked: [], leftOut: [], checking: { surroundings: commandLineSurroundings(past), severities: new Map() } };
  return checkFiles(isWhole ? ["."] : named, past, unread, severities);
}

/** Tells whether paths lead to a file, which is named as a report names it. */
export function isAmong(paths: readonly string[], host: Host): (file: string) => boolean {
  const named = paths.map((one) => path.resolve(host.workingFolder, one));
  return (file) => {
    const full = path.resolve(host.workingFolder, file);
    return named.length === 0 || named.some((one) => full === one || full.startsWith(one.endsWith(path.sep) ? one : one + path.sep));
  };
}

/** The files of a revision. Throws UsageError when git has none. */
export function hostAtBase(revision: string, host: Host): Host {
  try {
    return revisionHost(host, revision);
  } catch (error) {
    throw error instanceof GitError ? new UsageError(`--base ${revision}: ${error.message}`) : error;
  }
}

/** The configurations that hold for what was checked, and were not checked themselves. */
function configurationsOf(checked: readonly { readonly file: string }[], surroundings: Surroundings): { file: string; result: CheckedFile }[] {
  const known = new Set(checked.map(({ file }) => file));
  return checked.flatMap(({ file }) => {
    const [at] = surroundings.configurationOf(fileId(file));
    const reading = at === undefined || known.has(at) ? undefined : surroundings.read(at);
    if (at === undefined || !reading || isUnreadable(reading)) return [];
    known.add(at);
    return [{ file: at, result: checkReading(reading) }];
  });
}

/** The texts to check. An input that cannot be read does not stop the others: what is wrong with it goes to `unread`. */
function inputs(paths: readonly string[], host: Host, unread: string[], leftOut: LeftOut[]): { file: string; text: string }[] {
  const named = paths.filter((one) => one !== "-");
  const files = findFiles(host, paths.length === 0 ? ["."] : named, leftOut);
  const texts = files.flatMap((file) => textOf(shownPath(host, file), () => readTextFile(host, file), unread));
  return paths.includes("-") ? [...texts, ...textOf("standard input", () => decodeText(host.readStandardInput()), unread)] : texts;
}

function textOf(file: string, read: () => Decoded, unread: string[]): { file: string; text: string }[] {
  try {
    return [{ file, text: readable(file, read).text }];
  } catch (error) {
    unread.push(error instanceof Error ? error.message : String(error));
    return [];
  }
}
