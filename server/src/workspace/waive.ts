// Findings that the author allows in a comment, and what is wrong with such comments. Knows nothing of what the findings say.
import type { Finding, Problem, Rule } from "../../../core/src/index";
import { rules as allRules } from "../../../core/src/index";
import { nearestWord } from "../jsonc/nearest";
import type { Source } from "../jsonc/source";
import type { Waiver } from "../jsonc/waivers";
import { waiversOf } from "../jsonc/waivers";

/** A finding that is not to be mended. */
export interface WaivedFinding {
  readonly finding: Finding;
  readonly reason: string;
}

export interface Waived {
  readonly findings: readonly Finding[];
  readonly waived: readonly WaivedFinding[];
  readonly problems: readonly Problem[];
}

/**
 * Each waiver takes the first finding of its rule on its line, else on the line below. `findings` are sorted by place; `ran` says which rules
 * looked: of another, nobody knows whether there is something to allow.
 */
export function waive(source: Source, findings: readonly Finding[], ran: (rule: string) => boolean): Waived {
  const waivers = waiversOf(source);
  if (waivers.length === 0) return { findings, waived: [], problems: [] };
  const open = openFindings(source, findings);
  const waived = new Map<Finding, string>();
  const problems: Problem[] = [];
  for (const waiver of waivers) {
    const problem = problemOf(waiver);
    const finding = problem ? undefined : take(open, waiver);
    if (finding) waived.set(finding, waiver.reason);
    else if (problem) problems.push(problem);
    else if (ran(waiver.rule)) problems.push({ kind: "unused-waiver", at: waiver.at, rule: waiver.rule, whole: waiver.whole });
  }
  return {
    findings: findings.filter((finding) => !waived.has(finding)),
    waived: [...waived].map(([finding, reason]) => ({ finding, reason })),
    problems,
  };
}

function problemOf({ rule, ruleAt, at, reason }: Waiver): Problem | undefined {
  if (!isRule(rule)) return { kind: "unknown-waived-rule", at: ruleAt, id: rule, nearest: nearestRule(rule) };
  return reason === "" ? { kind: "waiver-without-reason", at, rule } : undefined;
}

function isRule(id: string): boolean {
  return allRules.some((rule) => rule.id === id);
}

/** A number of the catalogue is taken for the rule that has it. */
function nearestRule(id: string): string | undefined {
  const byNumber = allRules.find((rule: Rule) => rule.catalogue?.toLowerCase() === id.toLowerCase());
  return byNumber?.id ?? nearestWord(id, allRules.map((rule) => rule.id));
}

function openFindings(source: Source, findings: readonly Finding[]): Map<string, Finding[]> {
  const open = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (finding.at.file !== source.file) continue;
    const key = `${source.position(source.span(finding.at).start).line} ${finding.rule}`;
    const known = open.get(key);
    if (known) known.push(finding);
    else open.set(key, [finding]);
  }
  return open;
}

function take(open: Map<string, Finding[]>, { lines, rule }: Waiver): Finding | undefined {
  for (const line of lines) {
    const finding = open.get(`${line} ${rule}`)?.shift();
    if (finding) return finding;
  }
  return undefined;
}
