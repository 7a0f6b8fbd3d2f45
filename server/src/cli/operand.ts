// What `platmap diff` compares: a file, a file of a git revision (`git:REV:path`), standard input, or a capture of a running machine, which is imported
// first. Knows nothing of differences.
import path from "node:path";
import { fileId } from "../../../core/src/index";
import type { Host } from "../host";
import { ImportError, importPlatform } from "../import/importPlatform";
import { fileKindOf, kindOfFileName } from "../jsonc/fileKind";
import { Source } from "../jsonc/source";
import { checkText } from "../workspace/check";
import type { ComparedFile } from "../workspace/comparedFile";
import { comparedFile } from "../workspace/comparedFile";
import { decodeText, readTextFile } from "../workspace/decode";
import { commandLineSurroundings } from "../workspace/hostSurroundings";
import { GitError, revisionHost } from "../workspace/revisionHost";
import { isUnreadable } from "../workspace/surroundings";
import { readable, shownPath } from "./findFiles";
import { UsageError } from "./usageError";

/** Reads an operand. `other` is the other one, whose path `git:REV` alone means. Throws UsageError for what cannot be read or planned. */
export function readOperand(operand: string, other: string, host: Host): ComparedFile {
  const { shown, text, isCapture, source } = textOf(operand, other, host);
  const checked = checkText(source, text, { rules: [], surroundings: commandLineSurroundings(revisionOf(operand) === undefined ? host : hostAt(operand, host)) });
  const compared = comparedFile(shown, checked, isCapture);
  if (isUnreadable(compared)) throw new UsageError(compared.because);
  return compared;
}

interface OperandText {
  readonly shown: string;
  /** The name under which the text is read, from which paths in it start. */
  readonly source: string;
  readonly text: string;
  readonly isCapture: boolean;
}

function textOf(operand: string, other: string, host: Host): OperandText {
  if (operand === "-") return { shown: "standard input", source: "standard input", text: readable("standard input", () => decodeText(host.readStandardInput()).text), isCapture: false };
  if (revisionOf(operand) !== undefined) return textOfRevision(operand, other, host);
  const file = path.resolve(host.workingFolder, operand);
  const kind = readable(operand, () => host.kindOf(file));
  if (kind === undefined) throw new UsageError(`${operand}: there is no such file or folder`);
  const shown = shownPath(host, file);
  const text = kind === "folder" ? undefined : descriptionIn(operand, file, host);
  return text === undefined ? { shown, source: shown, text: imported(operand, host), isCapture: true } : { shown, source: shown, text, isCapture: false };
}

/** The text of a file when it is one of the language: by its name, or because it reads like one. */
function descriptionIn(operand: string, file: string, host: Host): string | undefined {
  if (kindOfFileName(operand) !== undefined) return readable(operand, () => readTextFile(host, file).text);
  const bytes = readable(operand, () => host.readFile(file));
  try {
    const { text } = decodeText(bytes);
    return fileKindOf(new Source(fileId(operand), text)) === undefined ? undefined : text;
  } catch {
    return undefined;
  }
}

function imported(operand: string, host: Host): string {
  try {
    return importPlatform([operand], host).text;
  } catch (error) {
    throw error instanceof ImportError ? new UsageError(error.message) : error;
  }
}

/** `git:REV:path`, or `git:REV` for the path of the other operand. */
const REVISION = /^git:([^:]+)(?::(.+))?$/;

function revisionOf(operand: string): string | undefined {
  return REVISION.exec(operand)?.[1];
}

function hostAt(operand: string, host: Host): Host {
  try {
    return revisionHost(host, revisionOf(operand) ?? "");
  } catch (error) {
    throw error instanceof GitError ? new UsageError(`${operand}: ${error.message}`) : error;
  }
}

/** The path starts from the working folder, or where nothing is there, from the top of the repository. */
function textOfRevision(operand: string, other: string, host: Host): OperandText {
  const written = REVISION.exec(operand)?.[2] ?? REVISION.exec(other)?.[2] ?? other;
  const past = hostAt(operand, host);
  const top = topOf(past, host.workingFolder);
  const file = [path.resolve(host.workingFolder, written), path.resolve(top, written)].find((one) => past.kindOf(one) === "file");
  if (file === undefined) throw new UsageError(`${operand}: ${written} is not a file of that revision`);
  const source = shownPath(host, file);
  return { shown: `${source} at ${revisionOf(operand) ?? ""}`, source, text: readable(operand, () => readTextFile(past, file).text), isCapture: false };
}

/** The top of the repository: the highest folder that the revision has. */
function topOf(past: Host, folder: string): string {
  for (let one = folder; ; one = path.dirname(one)) {
    if (past.kindOf(path.join(one, ".git")) === "folder" || path.dirname(one) === one) return one;
  }
}
