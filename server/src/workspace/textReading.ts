// One text of the language to what it says by itself. Knows nothing of what other files say, nor of rules.
import type { Configuration, FileId, FileKind, Fleet, Guest, Platform, Problem, ReadExpression } from "../../../core/src/index";
import { configFile, fileId, fleetFile, guestFile, Plan, platformFile } from "../../../core/src/index";
import { commentProblems } from "../jsonc/comments";
import { fileKindOf } from "../jsonc/fileKind";
import { limitProblems } from "../jsonc/limits";
import type { FileReference, Reading, Reference } from "../jsonc/read";
import { readRecord } from "../jsonc/read";
import type { DeclaredName } from "../jsonc/recordLayout";
import { Source } from "../jsonc/source";

/** What one text says. */
export interface TextReading {
  readonly source: Source;
  readonly kind: FileKind | undefined;
  /** What stands in it; undefined when it has syntax errors or is of no known kind. */
  readonly said: Said | undefined;
  readonly problems: readonly Problem[];
  readonly names: ReadonlyMap<string, DeclaredName>;
  readonly references: readonly Reference[];
  /** The other files that it names. */
  readonly files: readonly FileReference[];
  /** Its values that are written as expressions. */
  readonly expressions: readonly ReadExpression[];
}

export type Said =
  | { readonly kind: "platform"; readonly plan: Plan }
  | { readonly kind: "guest"; readonly guest: Guest }
  | { readonly kind: "fleet"; readonly fleet: Fleet }
  | { readonly kind: "config"; readonly configuration: Configuration };

/** Reads a text. Never throws on any text. */
export function readText(file: string, text: string): TextReading {
  const source = new Source(fileId(file), text);
  const kind = fileKindOf(source);
  const problems = [...syntaxProblems(source), ...limitProblems(source)];
  const isBroken = source.tree.faults.length > 0;
  if (kind === undefined && !isBroken) problems.push(missingKind(source.file));
  if (kind === undefined || isBroken) return { source, kind, said: undefined, problems, names: new Map(), references: [], files: [], expressions: [] };
  return { source, kind, ...readKind(source, kind, problems) };
}

type KindReading = Omit<TextReading, "source" | "kind">;

function readKind(source: Source, kind: FileKind, before: readonly Problem[]): KindReading {
  switch (kind) {
    case "platform":
      return readPlatform(source, readRecord(source, platformFile), before);
    case "config": {
      const reading = readRecord(source, configFile);
      return result(reading, { kind, configuration: reading.value ?? { anchor: rootOf(source) } }, problemsOf(source, reading, before));
    }
    case "guest": {
      const reading = readRecord(source, guestFile);
      return result(reading, { kind, guest: reading.value ?? { anchor: rootOf(source), guest: "" } }, problemsOf(source, reading, before));
    }
    case "fleet": {
      const reading = readRecord(source, fleetFile);
      return result(reading, { kind, fleet: reading.value ?? { anchor: rootOf(source), fleet: "" } }, problemsOf(source, reading, before));
    }
  }
}

function readPlatform(source: Source, reading: Reading<Platform>, before: readonly Problem[]): KindReading {
  const problems = problemsOf(source, reading, before);
  const plan = new Plan({ value: reading.value ?? { anchor: rootOf(source), platform: "" }, problems, names: reading.names, expressions: reading.expressions });
  return result(reading, { kind: "platform", plan }, problems);
}

function result({ names, references, files, expressions }: Reading<unknown>, said: Said, problems: readonly Problem[]): KindReading {
  return { said, problems, names, references, files, expressions };
}

function problemsOf(source: Source, reading: Reading<unknown>, before: readonly Problem[]): readonly Problem[] {
  return before.concat(reading.problems, commentProblems(source));
}

function rootOf(source: Source): { file: FileId; path: readonly never[]; part: "value" } {
  return { file: source.file, path: [], part: "value" };
}

function missingKind(file: FileId): Problem {
  return { kind: "missing-key", at: { file, path: [], part: "value" }, record: "The file", keys: ["platform", "guest", "fleet"] };
}

function syntaxProblems(source: Source): Problem[] {
  return source.tree.faults.map(({ start, end, message }) => ({ kind: "syntax", at: { file: source.file, start, end }, message }));
}

