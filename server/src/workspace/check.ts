// One file from text to findings, and the trial of a fix: it is applied to the text, the text is checked again, and the fix counts only if its finding
// is gone and none is new. Knows nothing of editors, nor of where texts come from.
import type { Anchor, FileId, FileKind, FilePlan, Finding, Fix, Place, Rule, SaidSeverities, Skipped } from "../../../core/src/index";
import { isTextSpan, Plan, rules, rulesOn, runRules, TextPlan, withSeverities } from "../../../core/src/index";
import type { TextEdit } from "../jsonc/edit";
import { applyTextEdits, textEdits } from "../jsonc/edit";
import type { FileReference, Reference } from "../jsonc/read";
import type { DeclaredName } from "../jsonc/recordLayout";
import type { Source } from "../jsonc/source";
import { settingsOf } from "./configuration";
import type { ExtendedPlatform } from "./extended";
import { extendsOf, findingInFile, isFromBelow, said } from "./extended";
import { joinFiles } from "./joinFiles";
import type { Surroundings } from "./surroundings";
import { nowhere } from "./surroundings";
import { rereadText } from "./rereading";
import type { TextReading } from "./textReading";
import { readText } from "./textReading";
import type { WaivedFinding } from "./waive";
import { waive } from "./waive";

/** Everything that is known of one text. */
export interface CheckedFile {
  readonly reading: TextReading;
  readonly source: Source;
  readonly kind: FileKind | undefined;
  /** The plan of a platform; absent for other files, and when the text has syntax errors, which are then its only findings. */
  readonly plan: Plan | undefined;
  /** The plan of a file of any kind; absent when the text has syntax errors or is of no known kind. */
  readonly filePlan: FilePlan | undefined;
  readonly names: ReadonlyMap<string, DeclaredName>;
  readonly references: readonly Reference[];
  /** The paths of other files that the text names. */
  readonly files: readonly FileReference[];
  /** The other files that take part, by their names. */
  readonly others: ReadonlyMap<FileId, TextReading>;
  /** The files that a platform extends, laid under it. */
  readonly extended: ExtendedPlatform | undefined;
  /** Sorted by place. */
  readonly findings: readonly Finding[];
  /** Findings that the author allows, with the reason. They are not among `findings`. */
  readonly waived: readonly WaivedFinding[];
  readonly skipped: readonly Skipped[];
  /** A configuration leaves the file out: it was read, and not checked. */
  readonly isLeftOut: boolean;
  readonly crashed: readonly { readonly rule: string; readonly error: unknown }[];
}

/** How a text is checked. */
export interface CheckOptions {
  readonly rules?: readonly Rule[];
  /** The other files that it may name. */
  readonly surroundings?: Surroundings;
  /** Severities over those of the configuration. */
  readonly severities?: SaidSeverities;
  /** An earlier text of the same file: what it has in common with this one is not read again. Nothing else depends on it. */
  readonly before?: CheckedFile | undefined;
}

/** Reads and checks a text. Never throws on any text. */
export function checkText(file: string, text: string, options: CheckOptions = {}): CheckedFile {
  return checkReading(readAfter(options.before?.reading, file, text), options);
}

function readAfter(before: TextReading | undefined, file: string, text: string): TextReading {
  return (before && before.source.file === file ? rereadText(before, text) : undefined) ?? readText(file, text);
}

/** Checks a text that was read. */
export function checkReading(reading: TextReading, { rules: all = rules, surroundings = nowhere, severities: onTop }: CheckOptions = {}): CheckedFile {
  const { source, kind, names, references, files } = reading;
  const { plan, others, extended } = joinFiles(reading, surroundings);
  const { severities, leftOutBy } = settingsOf(source.file, surroundings, onTop);
  const using = leftOutBy === undefined ? rulesOn(all, severities) : [];
  const { findings: found, skipped, crashed: crashedFirst } = runRules(using, plan);
  const placed = extended ? inOwnFile(found, extended, reading, { rules: all, surroundings, ...(onTop && { severities: onTop }) }) : found;
  const findings = withSeverities(placed, severities);
  const { kept, waived, crashed } = reading.said === undefined ? { kept: sorted(source, findings), waived: [], crashed: crashedFirst } : allow(source, sorted(source, findings), using, severities, crashedFirst);
  const leftOut = leftOutBy === undefined ? [] : [{ rule: "*", because: `${leftOutBy} leaves the file out` }];
  const notRead = reading.said === undefined && source.tree.faults.length > 0 ? [{ rule: "*", because: "the text has syntax errors" }] : [];
  return {
    reading, source, kind, plan: plan instanceof Plan ? plan : undefined, filePlan: reading.said && plan, names, references, files, others, extended,
    findings: kept, waived, skipped: [...skipped, ...notRead, ...leftOut], crashed, isLeftOut: leftOutBy !== undefined,
  };
}

/** What a lower file has to answer for by itself is said there, and not again. */
function inOwnFile(findings: readonly Finding[], extended: ExtendedPlatform, reading: TextReading, options: CheckOptions): readonly Finding[] {
  const { file } = reading.source;
  const below = (finding: Finding): boolean => isFromBelow(finding, extended, file);
  const known = findings.some(below) ? new Set(extended.lower.flatMap((one) => checkReading(one, options).findings.map(said))) : new Set<string>();
  return findings.filter((finding) => !below(finding) || !known.has(said(finding))).map((finding) => findingInFile(finding, extended, reading.source, extendsOf(reading)));
}

/** Takes out what the author allows. What is wrong with the waivers themselves cannot be allowed. */
function allow(
  source: Source, findings: readonly Finding[], using: readonly Rule[], severities: SaidSeverities, crashed: CheckedFile["crashed"],
): Pick<CheckedFile, "waived" | "crashed"> & { readonly kept: readonly Finding[] } {
  const ran = (id: string): boolean => using.some((rule) => rule.id === id) && !crashed.some((one) => one.rule === id);
  const { findings: kept, waived, problems } = waive(source, findings, ran);
  if (problems.length === 0) return { kept, waived, crashed };
  const looking = using.filter(({ id }) => !crashed.some((one) => one.rule === id));
  const ofWaivers = runRules(looking, new TextPlan({ problems, names: new Map(), expressions: [] }));
  return { kept: sorted(source, [...kept, ...withSeverities(ofWaivers.findings, severities)]), waived, crashed: [...crashed, ...ofWaivers.crashed] };
}

/** The text that a place is in: the file's own, or one of the others that take part. */
export function sourceOf(checked: CheckedFile, place: Place): Source {
  return checked.others.get(place.file)?.source ?? checked.source;
}

/** Where a place of the plan is written: in the file itself, or in one that it extends. */
export function writtenAt({ extended }: CheckedFile, anchor: Anchor): Anchor {
  return extended?.overlay.originOf(anchor) ?? anchor;
}

/** A fix that holds what it promises: the text edits, and the text after them. */
export interface TriedFix {
  readonly title: string;
  readonly edits: readonly TextEdit[];
  readonly text: string;
}

/** The fixes of a finding that remove it and make no new one. */
export function triedFixes(checked: CheckedFile, finding: Finding, options: CheckOptions = {}): TriedFix[] {
  const tried = finding.fixes.map((fix) => tryFix(checked, finding, fix, options)).filter((one) => one !== undefined);
  return [...tried.filter((one) => !one.replaces), ...tried.filter((one) => one.replaces)].map(({ fix }) => fix);
}

/** A fix that replaces an expression by a number comes after those that do not, and says so. */
function tryFix(checked: CheckedFile, finding: Finding, fix: Fix, options: CheckOptions): { readonly fix: TriedFix; readonly replaces: boolean } | undefined {
  const edits = textEdits(checked.source, fix.edits);
  if (!edits || edits.length === 0) return undefined;
  const text = applyTextEdits(checked.source.text, edits);
  if (!isMended(checked, [finding], checkText(checked.source.file, text, { ...options, before: checked }))) return undefined;
  const replaced = replacedExpressions(checked, fix);
  const title = replaced.length === 0 ? fix.title : `${fix.title}, in place of ${replaced.map((one) => JSON.stringify(one)).join(" and ")}`;
  return { fix: { title, edits, text }, replaces: replaced.length > 0 };
}

/** True when a later text of the same file has none of these findings any more, and no new one. */
export function isMended(before: CheckedFile, findings: readonly Finding[], after: CheckedFile): boolean {
  const allowed = countKeys(before);
  for (const finding of findings) {
    const key = findingKey(before, finding);
    allowed.set(key, (allowed.get(key) ?? 0) - 1);
  }
  return [...countKeys(after)].every(([key, count]) => count <= (allowed.get(key) ?? 0));
}

function replacedExpressions({ filePlan }: CheckedFile, fix: Fix): string[] {
  return fix.edits.flatMap((edit) => {
    const expression = edit.op === "replace" ? filePlan?.expressionAt(edit.at.path) : undefined;
    return expression ? [expression.text] : [];
  });
}

/** Findings by rule and by who takes part: names and keys, not indices or addresses, which a fix may change without making a new finding. */
function countKeys(checked: CheckedFile): Map<string, number> {
  const counts = new Map<string, number>();
  for (const finding of checked.findings) {
    const key = findingKey(checked, finding);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** Tells findings of one file apart by their rule and by who takes part in them. */
export function findingKey(checked: CheckedFile, finding: Finding): string {
  const participants = [finding.at, ...finding.related.map((one) => one.at)].map((place) => participant(sourceOf(checked, place), place));
  return [finding.rule, ...participants.sort()].join("\n");
}

function participant(source: Source, place: Place): string {
  if (isTextSpan(place)) return source.text.slice(place.start, place.end);
  const names = place.path.map((step, depth) => (typeof step === "number" ? nameOf(source, place.path.slice(0, depth + 1)) : step));
  return names.join("/");
}

function nameOf(source: Source, path: readonly (string | number)[]): string {
  for (const key of ["name", "at"]) {
    const node = source.valueAt([...path, key]);
    if (node >= 0) return source.tree.raw(node);
  }
  return "";
}

function sorted(source: Source, findings: readonly Finding[]): readonly Finding[] {
  const placed = findings.map((finding) => ({ finding, span: source.span(finding.at) }));
  placed.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end || (a.finding.rule < b.finding.rule ? -1 : a.finding.rule > b.finding.rule ? 1 : 0));
  return placed.map(({ finding }) => finding);
}
