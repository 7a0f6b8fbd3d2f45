// One file from text to findings, and the trial of a fix: it is applied to the text, the text is checked again, and the fix counts only if its finding
// is gone and none is new. Knows nothing of editors, nor of where texts come from.
import type { FileId, Finding, Fix, Place, Problem, Rule, Skipped } from "../../../core/src/index";
import { fileId, isTextSpan, Plan, platformFile, rules, runRules } from "../../../core/src/index";
import { commentProblems } from "../jsonc/comments";
import type { TextEdit } from "../jsonc/edit";
import { applyTextEdits, textEdits } from "../jsonc/edit";
import type { FileKind } from "../jsonc/fileKind";
import { fileKindOf } from "../jsonc/fileKind";
import { limitProblems } from "../jsonc/limits";
import type { Reference } from "../jsonc/read";
import { readRecord } from "../jsonc/read";
import type { DeclaredName } from "../jsonc/recordLayout";
import { Source } from "../jsonc/source";

/** Everything that is known of one text. */
export interface CheckedFile {
  readonly source: Source;
  readonly kind: FileKind;
  /** Absent when the text has syntax errors, which are then its only findings, or is of a kind that is not planned. */
  readonly plan: Plan | undefined;
  readonly names: ReadonlyMap<string, DeclaredName>;
  readonly references: readonly Reference[];
  /** Sorted by place. */
  readonly findings: readonly Finding[];
  readonly skipped: readonly Skipped[];
  readonly crashed: readonly { readonly rule: string; readonly error: unknown }[];
}

/** Reads and checks a text. Never throws on any text. */
export function checkText(file: string, text: string, using: readonly Rule[] = rules): CheckedFile {
  const source = new Source(fileId(file), text);
  const kind = fileKindOf(source);
  const problems: Problem[] = [...syntaxProblems(source), ...limitProblems(source)];
  if (kind !== "platform" || source.tree.faults.length > 0) return unplanned(source, kind, problems, using);
  const reading = readRecord(source, platformFile);
  const platform = reading.value ?? { anchor: { file: source.file, path: [], part: "value" }, platform: "" };
  const plan = new Plan({ platform, problems: problems.concat(reading.problems, commentProblems(source)), names: reading.names });
  const { findings, skipped, crashed } = runRules(using, plan);
  return { source, kind, plan, names: reading.names, references: reading.references, findings: sorted(source, findings), skipped, crashed };
}

/** A fix that holds what it promises: the text edits, and the text after them. */
export interface TriedFix {
  readonly title: string;
  readonly edits: readonly TextEdit[];
  readonly text: string;
}

/** The fixes of a finding that remove it and make no new one. */
export function triedFixes(checked: CheckedFile, finding: Finding, using: readonly Rule[] = rules): TriedFix[] {
  return finding.fixes.map((fix) => tryFix(checked, finding, fix, using)).filter((tried) => tried !== undefined);
}

function tryFix(checked: CheckedFile, finding: Finding, fix: Fix, using: readonly Rule[]): TriedFix | undefined {
  const edits = textEdits(checked.source, fix.edits);
  if (!edits || edits.length === 0) return undefined;
  const text = applyTextEdits(checked.source.text, edits);
  const before = countKeys(checked);
  const after = countKeys(checkText(checked.source.file, text, using));
  const key = findingKey(checked.source, finding);
  before.set(key, (before.get(key) ?? 0) - 1);
  for (const [one, count] of after) if (count > (before.get(one) ?? 0)) return undefined;
  return { title: fix.title, edits, text };
}

/** Findings by rule and by who takes part: names and keys, not indices or addresses, which a fix may change without making a new finding. */
function countKeys(checked: CheckedFile): Map<string, number> {
  const counts = new Map<string, number>();
  for (const finding of checked.findings) {
    const key = findingKey(checked.source, finding);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

function findingKey(source: Source, finding: Finding): string {
  const participants = [finding.at, ...finding.related.map((one) => one.at)].map((place) => participant(source, place));
  return [finding.rule, ...participants.sort()].join("\n");
}

function participant(source: Source, place: Place): string {
  if (isTextSpan(place)) return source.text.slice(place.start, place.end);
  const names = place.path.map((step, depth) => (typeof step === "number" ? nameOf(source, place.path.slice(0, depth + 1)) : step));
  return names.join("/");
}

function nameOf(source: Source, path: readonly (string | number)[]): string {
  for (const key of ["name", "at", "type"]) {
    const node = source.valueAt([...path, key]);
    if (node >= 0) return source.tree.raw(node);
  }
  return "";
}

function unplanned(source: Source, kind: FileKind, problems: readonly Problem[], using: readonly Rule[]): CheckedFile {
  const platform = { anchor: { file: source.file, path: [], part: "value" as const }, platform: "" };
  const isBroken = source.tree.faults.length > 0;
  const missing: Problem[] = kind === undefined && !isBroken ? [missingKind(source.file)] : [];
  const plan = new Plan({ platform, problems: [...problems, ...missing], names: new Map() });
  const { findings, crashed } = runRules(using, plan);
  const because = isBroken ? "the text has syntax errors" : `${kind ?? "such"} files are read for syntax only`;
  const skipped = kind === undefined && !isBroken ? [] : [{ rule: "*", because }];
  return { source, kind, plan: undefined, names: new Map(), references: [], findings: sorted(source, findings), skipped, crashed };
}

function missingKind(file: FileId): Problem {
  return { kind: "missing-key", at: { file, path: [], part: "value" }, record: "The file", keys: ["platform", "guest", "fleet"] };
}

function syntaxProblems(source: Source): Problem[] {
  return source.tree.faults.map(({ start, end, message }) => ({ kind: "syntax", at: { file: source.file, start, end }, message }));
}

function sorted(source: Source, findings: readonly Finding[]): readonly Finding[] {
  const placed = findings.map((finding) => ({ finding, span: source.span(finding.at) }));
  placed.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end || (a.finding.rule < b.finding.rule ? -1 : a.finding.rule > b.finding.rule ? 1 : 0));
  return placed.map(({ finding }) => finding);
}
