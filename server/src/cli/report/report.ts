// What a check found, in the shape that every output format starts from: places as lines and columns, paths from the working folder.
// Knows nothing of any format.
import type { Finding, Place, Severity } from "../../../../core/src/index";
import { isTextSpan, jsonPointer } from "../../../../core/src/index";
import type { Source } from "../../jsonc/source";
import type { CheckedFile, CheckOptions, TriedFix } from "../../workspace/check";
import { sourceOf, triedFixes } from "../../workspace/check";
import type { Fingerprint } from "../../workspace/fingerprint";
import { fingerprintsOf } from "../../workspace/fingerprint";

/** Lines and columns count from one, columns in UTF-16 units; the end is exclusive. */
export interface ReportedPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface ReportedFinding extends ReportedPlace {
  readonly rule: string;
  readonly catalogue: string | undefined;
  readonly severity: Severity;
  readonly message: string;
  /** JSON pointer of the value; undefined for what is not a value, such as a syntax error. */
  readonly path: string | undefined;
  readonly related: readonly (ReportedPlace & { readonly message: string })[];
  /** The fixes that hold what they promise. */
  readonly fixes: readonly ReportedFix[];
  readonly fingerprint: Fingerprint;
}

export interface ReportedFix {
  readonly title: string;
  /** What is replaced in the finding's file, and by what. */
  readonly edits: readonly (ReportedPlace & { readonly text: string })[];
}

/** A finding that the author allows, with the reason. */
export interface ReportedWaiver extends Omit<ReportedFinding, "fingerprint"> {
  readonly reason: string;
}

export interface Report {
  readonly files: number;
  readonly findings: readonly ReportedFinding[];
  /** How many were left out because they were there before; undefined when nobody asked for what is new only. */
  readonly known?: number;
  /** Not among the findings, and never counted. */
  readonly waived: readonly ReportedWaiver[];
  readonly skipped: readonly { readonly rule: string; readonly file: string; readonly because: string }[];
  readonly crashed: readonly { readonly rule: string; readonly file: string; readonly error: unknown }[];
  /** Fixes were looked for only in the first findings of some file, because each one is tried and the file is large. */
  readonly fixesCut: boolean;
}

/** To try a fix is to check its file again. Beyond this many characters of checking, a file's findings are listed without fixes. */
const TRIAL_BUDGET = 40_000_000;

/** Without fixes it is much quicker, because each fix is tried. */
export function reportOf(checked: readonly { readonly file: string; readonly result: CheckedFile }[], checking: CheckOptions = {}, withFixes = true): Report {
  let fixesCut = false;
  const findings = checked.flatMap(({ result }) => {
    let budget = TRIAL_BUDGET;
    const fingerprints = fingerprintsOf(result);
    return result.findings.map((finding, index) => {
      const affordable = withFixes && budget >= 0;
      if (affordable) budget -= result.source.text.length * finding.fixes.length;
      else fixesCut ||= finding.fixes.length > 0;
      const fixes = affordable ? triedFixes(result, finding, checking).map((fix) => reportFix(result, fix)) : [];
      return { ...reportFinding(result, finding, fixes), fingerprint: fingerprints[index] as Fingerprint };
    });
  });
  return {
    files: checked.length,
    findings,
    waived: checked.flatMap(({ result }) => result.waived.map(({ finding, reason }) => ({ ...reportFinding(result, finding, []), reason }))),
    skipped: checked.flatMap(({ file, result }) => result.skipped.map(({ rule, because }) => ({ rule, file, because }))),
    crashed: checked.flatMap(({ file, result }) => result.crashed.map(({ rule, error }) => ({ rule, file, error }))),
    fixesCut,
  };
}

function reportFinding(result: CheckedFile, finding: Finding, fixes: readonly ReportedFix[]): Omit<ReportedFinding, "fingerprint"> {
  return {
    rule: finding.rule,
    catalogue: finding.catalogue,
    severity: finding.severity,
    ...placeOf(result, finding.at),
    message: finding.message,
    path: pathOf(finding.at),
    related: finding.related.map((one) => ({ ...placeOf(result, one.at), message: one.message })),
    fixes,
  };
}

function reportFix({ source }: CheckedFile, { title, edits }: TriedFix): ReportedFix {
  return { title, edits: edits.map(({ start, end, text }) => ({ ...placeBetween(source, start, end), text })) };
}

/** Of a stretch inside a value, that value's; of a comment, that of the value which it is about. */
function pathOf(at: Place): string | undefined {
  const anchor = isTextSpan(at) ? at.in : at;
  return anchor && jsonPointer(anchor.path);
}

function placeOf(checked: CheckedFile, at: Place): ReportedPlace {
  const source = sourceOf(checked, at);
  const { start, end } = source.span(at);
  return placeBetween(source, start, end);
}

function placeBetween(source: Source, from: number, to: number): ReportedPlace {
  const [start, end] = [source.position(from), source.position(to)];
  return { file: source.file, line: start.line + 1, column: start.character + 1, endLine: end.line + 1, endColumn: end.character + 1 };
}
