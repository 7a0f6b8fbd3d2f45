// A platform file with those that it extends: its own word over theirs. What is missing, or goes in a circle, is left out, and a problem says so.
// Knows nothing of rules.
import type { Anchor, FileId, Finding, Place, Problem } from "../../../core/src/index";
import { isTextSpan, Plan, platformFile } from "../../../core/src/index";
import { Overlay } from "../jsonc/overlay";
import { nearestWord } from "../jsonc/nearest";
import type { FileReference } from "../jsonc/read";
import { readRecord } from "../jsonc/read";
import type { DeclaredName } from "../jsonc/recordLayout";
import type { Source } from "../jsonc/source";
import { NodeKind } from "../jsonc/tree";
import { overridingFix } from "./overriding";
import type { Surroundings } from "./surroundings";
import { isUnreadable } from "./surroundings";
import type { TextReading } from "./textReading";

/** Files that extend one another further than this are left out. */
export const EXTENDS_LIMIT = 32;

/** Problems that the merged text cannot have: they are about how this one is written. */
const OF_THE_TEXT: ReadonlySet<Problem["kind"]> = new Set(["syntax", "duplicate-key", "comment-disagrees", "limit"]);

export interface ExtendedPlatform {
  readonly plan: Plan;
  readonly overlay: Overlay;
  /** The names of all its entries, by their places in the merged text. */
  readonly names: ReadonlyMap<string, DeclaredName>;
  /** The files that it extends, directly or not. */
  readonly lower: readonly TextReading[];
}

/** Undefined for a file that extends none, and for one of whose lower files none can be read; `problems` then says why. */
export function extendedPlatform(reading: TextReading, surroundings: Surroundings, problems: Problem[]): ExtendedPlatform | undefined {
  if (!hasExtends(reading)) return undefined;
  const lower = new Map<FileId, TextReading>();
  const overlay = overlayOf(reading, surroundings, [reading.source.file], lower, problems);
  if (!overlay || lower.size === 0) return undefined;
  const merged = readRecord(overlay.source, platformFile);
  const own = [...reading.problems.filter((problem) => OF_THE_TEXT.has(problem.kind)), ...merged.problems.map((problem) => inOrigin(problem, overlay)), ...problems, ...unknownRemoved(reading, overlay)];
  const plan = new Plan({ value: merged.value ?? { anchor: rootOf(reading), platform: "" }, problems: own, names: merged.names, expressions: merged.expressions.map((one) => ({ ...one, terms: one.terms.map((term) => ({ ...term, at: overlay.originOfSpan(term.at) })) })) });
  return { plan, overlay, names: merged.names, lower: [...lower.values()] };
}

/** Stretches of the merged text are of no use to anybody else; anchors of the file itself are the same in both. */
function inOrigin(problem: Problem, overlay: Overlay): Problem {
  const others = problem.kind === "circular-expression" ? { others: problem.others.map((span) => overlay.originOfSpan(span)) } : {};
  return isTextSpan(problem.at) ? ({ ...problem, ...others, at: overlay.originOfSpan(problem.at) } as Problem) : problem;
}

function originOf(place: Place, overlay: Overlay): Place {
  return isTextSpan(place) ? place : overlay.originOf(place);
}

/**
 * A finding of the merged text where its parts were written: in the file itself if any part is, else where the file says what it extends. What a fix would
 * change below is overridden here: the lower file has other machines over it.
 */
export function findingInFile(finding: Finding, { overlay }: ExtendedPlatform, ownSource: Source, extendsAt: Anchor): Finding {
  const { file } = ownSource;
  const at = originOf(finding.at, overlay);
  const related = finding.related.map((one) => ({ ...one, at: originOf(one.at, overlay) }));
  const { rule, catalogue, severity, message } = finding;
  const own = at.file === file ? at : (related.find((one) => one.at.file === file)?.at ?? extendsAt);
  const others = own === at ? related : [{ at, message: inExtendedFile(finding.at, overlay) }, ...related.filter((one) => one.at !== own)];
  return {
    rule, catalogue, severity, message, at: own, related: others,
    get fixes() {
      const fixes = finding.fixes.flatMap((fix) => overridingFix(fix, overlay, ownSource) ?? []);
      // What the file says itself is the likelier mistake.
      return [...fixes.filter((fix) => finding.fixes.includes(fix)), ...fixes.filter((fix) => !finding.fixes.includes(fix))];
    },
  };
}

/** Who stands there, by the name of the innermost entry that has one. */
function inExtendedFile(at: Place, { source }: Overlay): string {
  for (let path = isTextSpan(at) ? [] : at.path; path.length > 0; path = path.slice(0, -1)) {
    const name = source.valueAt([...path, "name"]);
    if (name >= 0 && source.tree.kind(name) === NodeKind.String) return `${source.tree.string(name)}, in the file that this one extends`;
  }
  return "the other part, in the file that this one extends";
}

/** True when no part of a finding is in the file itself. */
export function isFromBelow(finding: Finding, { overlay }: ExtendedPlatform, file: FileId): boolean {
  return [finding.at, ...finding.related.map((one) => one.at)].every((place: Place) => originOf(place, overlay).file !== file);
}

/** Where a file says what it extends. */
export function extendsOf(reading: TextReading): Anchor {
  return { file: reading.source.file, path: ["extends"], part: "value" };
}

export function hasExtends(reading: TextReading): boolean {
  return reading.kind === "platform" && reading.said !== undefined && reading.files.length > 0;
}

/** @param above what the first file writes to come here; a file on the way has the fault in its own text, unless it lies in how the files belong together. */
function overlayOf(
  reading: TextReading, surroundings: Surroundings, path: readonly FileId[], lower: Map<FileId, TextReading>, problems: Problem[], above?: FileReference,
): Overlay | undefined {
  const own = Overlay.of(reading.source);
  if (!own) return undefined;
  const below = reading.files.flatMap((reference) => {
    const written = above ?? reference;
    const tell = (because: string): never[] => {
      problems.push({ kind: "unreadable-file", at: written.at, path: written.path, because });
      return [];
    };
    const fault = (because: string): never[] => (above ? [] : tell(because));
    const found = surroundings.find(reading.source.file, reference.path, false);
    if (isUnreadable(found)) return fault(found.because);
    const [file] = found;
    if (file === undefined) return fault("is not there");
    if (path[0] === file) return tell("leads back to this file: files extend each other in a circle");
    if (path.includes(file)) return [];
    if (path.length >= EXTENDS_LIMIT) return tell(`is extended more than ${EXTENDS_LIMIT} files deep`);
    const next = surroundings.read(file);
    if (isUnreadable(next)) return fault(next.because);
    if (next.kind !== "platform") return fault("is no platform file");
    if (!next.said) return fault("has syntax errors, so it is left out");
    const overlay = overlayOf(next, surroundings, [...path, file], lower, problems, written);
    if (!overlay) return fault("has no object in it");
    lower.set(file, next);
    return [overlay];
  });
  const [first, ...others] = below;
  if (!first) return own;
  return own.over(others.reduce((under, one) => one.over(under), first));
}

function unknownRemoved(reading: TextReading, overlay: Overlay): Problem[] {
  return overlay.notDropped.map((index) => {
    const at: Anchor = { file: reading.source.file, path: ["remove", index], part: "value" };
    const node = reading.source.valueAt(at.path);
    const name = node < 0 ? "" : reading.source.tree.string(node);
    return { kind: "unknown-reference", at, name, nouns: [], nearest: nearestWord(name, overlay.entryNames), otherKind: undefined };
  });
}

function rootOf(reading: TextReading): Anchor {
  return { file: reading.source.file, path: [], part: "value" };
}

/** The places of a finding of the merged text, to tell it from one that a lower file has by itself. */
export function said(finding: Finding): string {
  return `${finding.rule} ${finding.message} ${isTextSpan(finding.at) ? "" : finding.at.path.at(-1)}`;
}
