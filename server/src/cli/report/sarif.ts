// A report as SARIF 2.1.0 (OASIS), within the limits of GitHub's code scanning. Knows nothing of how findings come about.
import { pathToFileURL } from "node:url";
import path from "node:path";
import type { Rule, Severity } from "../../../../core/src/index";
import { rulePage, rules } from "../../../../core/src/index";
import { plainJson } from "../terminal";
import type { Report, ReportedFinding, ReportedPlace } from "./report";

/** What GitHub takes of one run (docs.github.com, "SARIF support for code scanning"). */
export const SARIF_LIMITS = { results: 25_000, locationsPerResult: 1_000 } as const;

export interface SarifSettings {
  readonly version: string;
  readonly homepage: string;
  /** Absolute path of the folder that paths in the report start from. */
  readonly workingFolder: string;
}

type Level = "error" | "warning" | "note";
const LEVELS: Readonly<Record<Severity, Level>> = { error: "error", warning: "warning", info: "note", hint: "note" };
/** GitHub's words, by which it sorts alerts. */
const PROBLEM_SEVERITIES: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", info: "recommendation", hint: "recommendation" };
const SEVERITY_ORDER: readonly Severity[] = ["error", "warning", "info", "hint"];

/** The log, and what had to be left out of it. */
export function printSarifReport(report: Report, settings: SarifSettings): { readonly text: string; readonly note: string | undefined } {
  const findings = withinLimit(report.findings);
  const left = report.findings.length - findings.length;
  const note = left === 0 ? undefined : `${left} of ${report.findings.length} findings are not in the SARIF log, those of least severity: GitHub takes ${SARIF_LIMITS.results} of one run`;
  const named = new Set([...findings, ...report.skipped, ...report.crashed].map((one) => one.rule));
  const run = new SarifRun(rules.filter((rule) => named.has(rule.id)), settings);
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [run.print(report, findings, note)],
  };
  return { text: plainJson(JSON.stringify(log, undefined, 1)) + "\n", note };
}

/** The most severe ones, in the order of the report. */
function withinLimit(findings: readonly ReportedFinding[]): readonly ReportedFinding[] {
  if (findings.length <= SARIF_LIMITS.results) return findings;
  const kept = SEVERITY_ORDER.flatMap((severity) => findings.filter((one) => one.severity === severity)).slice(0, SARIF_LIMITS.results);
  const keptOnes = new Set(kept);
  return findings.filter((one) => keptOnes.has(one));
}

class SarifRun {
  private readonly indexOf: ReadonlyMap<string, number>;

  constructor(
    private readonly rules: readonly Rule[],
    private readonly settings: SarifSettings,
  ) {
    this.indexOf = new Map(rules.map((rule, index) => [rule.id, index]));
  }

  print(report: Report, findings: readonly ReportedFinding[], note: string | undefined): object {
    const { version, homepage, workingFolder } = this.settings;
    const about = { name: "Platmap", fullName: "Platmap, for platform memory maps", semanticVersion: version, informationUri: homepage };
    return {
      tool: { driver: { ...about, rules: this.rules.map(descriptor) } },
      columnKind: "utf16CodeUnits",
      originalUriBaseIds: { SRCROOT: { uri: pathToFileURL(workingFolder + path.sep).href, description: { text: "The folder in which platmap was run." } } },
      invocations: [{ executionSuccessful: report.crashed.length === 0, toolExecutionNotifications: this.notifications(report, note) }],
      results: findings.map((finding) => this.result(finding)),
    };
  }

  private result(finding: ReportedFinding): object {
    const { fingerprint, related, fixes } = finding;
    return {
      ...this.ruleReference(finding.rule),
      level: LEVELS[finding.severity],
      message: { text: finding.message },
      locations: [this.location(finding)],
      ...(related.length > 0 && {
        relatedLocations: related.slice(0, SARIF_LIMITS.locationsPerResult - 1).map((one, id) => ({ id, ...this.location(one), message: { text: one.message } })),
      }),
      partialFingerprints: { "platmapName/v1": fingerprint.byName, "platmapPlace/v1": fingerprint.byPlace, primaryLocationLineHash: `${fingerprint.byName}:1` },
      ...(fixes.length > 0 && {
        fixes: fixes.map(({ title, edits }) => ({
          description: { text: title },
          artifactChanges: [
            {
              artifactLocation: this.artifact(finding.file),
              replacements: edits.map((edit) => ({ deletedRegion: region(edit), insertedContent: { text: edit.text } })),
            },
          ],
        })),
      }),
      properties: { severity: finding.severity, ...(finding.path !== undefined && { path: finding.path }) },
    };
  }

  private notifications(report: Report, note: string | undefined): readonly object[] {
    const skipped = report.skipped.map(({ rule, file, because }) => ({
      descriptor: { id: "not-checked" },
      ...this.associatedRule(rule),
      level: "note",
      message: { text: rule === "*" ? `Not checked: ${because}.` : `${rule} was not decided: ${because}.` },
      locations: [{ physicalLocation: { artifactLocation: this.artifact(file) } }],
    }));
    const crashed = report.crashed.map(({ rule, file, error }) => ({
      descriptor: { id: "internal-error" },
      ...this.associatedRule(rule),
      level: "error",
      message: { text: `${rule} failed, a defect of Platmap: ${String(error)}.` },
      locations: [{ physicalLocation: { artifactLocation: this.artifact(file) } }],
    }));
    return [...crashed, ...skipped, ...(note === undefined ? [] : [{ descriptor: { id: "limit" }, level: "warning", message: { text: `${note}.` } }])];
  }

  private ruleReference(id: string): object {
    const ruleIndex = this.indexOf.get(id);
    return { ruleId: id, ...(ruleIndex !== undefined && { ruleIndex }) };
  }

  private associatedRule(id: string): object {
    const index = this.indexOf.get(id);
    return index === undefined ? {} : { associatedRule: { id, index } };
  }

  private location(place: ReportedPlace): object {
    return { physicalLocation: { artifactLocation: this.artifact(place.file), region: region(place) } };
  }

  /** What lies outside the working folder has no relative address there. */
  private artifact(file: string): object {
    const isOutside = path.isAbsolute(file) || file.startsWith("../");
    if (isOutside) return { uri: pathToFileURL(path.resolve(this.settings.workingFolder, file)).href };
    return { uri: file.split("/").map(encodeURIComponent).join("/"), uriBaseId: "SRCROOT" };
  }
}

function region({ line, column, endLine, endColumn }: ReportedPlace): object {
  return { startLine: line, startColumn: column, endLine, endColumn };
}

function descriptor(rule: Rule): object {
  return {
    id: rule.id,
    name: rule.id.split("-").map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(""),
    shortDescription: { text: rule.summary },
    fullDescription: { text: plainParagraph(rule.why) },
    help: { text: rulePage(rule), markdown: rulePage(rule) },
    defaultConfiguration: { level: LEVELS[rule.severity], ...(rule.isOffByDefault && { enabled: false }) },
    properties: { tags: ["memory-map", ...(rule.catalogue === undefined ? [] : [rule.catalogue])], "problem.severity": PROBLEM_SEVERITIES[rule.severity], precision: "very-high" },
  };
}

/** GitHub takes 1024 characters of a description. */
function plainParagraph(markdown: string): string {
  const [first = ""] = markdown.trim().split(/\n\s*\n/);
  const line = first.replace(/\s+/g, " ");
  return line.length <= 1024 ? line : `${line.slice(0, 1023)}…`;
}
