// How serious rules are once somebody has said so: a rule that is off does not run, the findings of another get the severity that was said.
// Knows nothing of where it was said.
import type { Finding, Severity } from "../finding";
import type { Rule } from "../rule";

/** What was said of rules, by their ids. */
export type SaidSeverities = ReadonlyMap<string, Severity | "off" | undefined>;

/** The rules that are not off: those that nobody has switched off, and of those that are off by default the ones that somebody has switched on. */
export function rulesOn(rules: readonly Rule[], said: SaidSeverities): readonly Rule[] {
  return rules.filter(({ id, isOffByDefault }) => (said.get(id) ?? (isOffByDefault ? "off" : undefined)) !== "off");
}

/** The findings with the severities that were said. */
export function withSeverities(findings: readonly Finding[], said: SaidSeverities): readonly Finding[] {
  return said.size === 0 ? findings : findings.map((finding) => withSeverity(finding, said.get(finding.rule)));
}

/** Fixes are still worked out when somebody asks for them. */
function withSeverity(finding: Finding, severity: Severity | "off" | undefined): Finding {
  if (severity === undefined || severity === "off" || severity === finding.severity) return finding;
  const { rule, catalogue, at, message, related } = finding;
  return {
    rule, catalogue, severity, at, message, related,
    get fixes() {
      return finding.fixes;
    },
  };
}
