// What a rule is, and how rules are run: a rule that crashes costs one rule. Knows no single rule.
import type { Finding, Fix, Related, Severity, Skipped } from "./finding";
import type { Plan } from "./plan/plan";
import type { Place } from "./problem";

/** What a rule sees: where, and the facts that its message and its fix are made of. */
export interface Observation<Data> {
  readonly at: Place;
  readonly data: Data;
  readonly related?: readonly Related[];
  /** Where the case at hand is more, or less, serious than the rule in general. */
  readonly severity?: Severity;
}

/** An example that the rule flags. Its text holds comment lines with carets under what is expected; see CONTRIBUTING. */
export interface BadExample {
  readonly text: string;
  /** What the text becomes when the rule's first fix has been applied. */
  readonly fixed?: string;
}

/** A rule as its author writes it. */
export interface RuleDefinition<Data> {
  /** File name, diagnostic code, documentation page and setting key. Names the pattern that is flagged. */
  readonly id: string;
  /** The id in domain.md's catalogue. */
  readonly catalogue?: string;
  readonly severity: Severity;
  readonly since: string;
  /** One sentence: what is wrong. */
  readonly summary: string;
  /** Markdown: why it matters, for the rule's page. */
  readonly why: string;
  /** Where the fact comes from: a specification's clause, a kernel file, a document. */
  readonly sources?: readonly string[];
  readonly bad: readonly [BadExample, ...BadExample[]];
  readonly good: readonly [string, ...string[]];
  check(plan: Plan): Iterable<Observation<Data> | NotChecked>;
  message(data: Data): string;
  fix?(observation: Observation<Data>, plan: Plan): readonly Fix[];
}

/** What a check yields where it cannot tell. */
export interface NotChecked {
  readonly notChecked: string;
}

export function notChecked(because: string): NotChecked {
  return { notChecked: because };
}

/** A rule as everybody else sees it: what it observes stays inside. */
export interface Rule extends Omit<RuleDefinition<unknown>, "check" | "message" | "fix"> {
  readonly hasFix: boolean;
  run(plan: Plan): { findings: Finding[]; skipped: Skipped[] };
}

/** Makes a rule of its definition. */
export function defineRule<Data>(definition: RuleDefinition<Data>): Rule {
  return { ...definition, hasFix: definition.fix !== undefined, run: (plan) => runRule(definition, plan) };
}

export interface RunResult {
  readonly findings: readonly Finding[];
  readonly skipped: readonly Skipped[];
  /** Rules that threw: a defect of Platmap, which costs that rule's findings only. */
  readonly crashed: readonly { readonly rule: string; readonly error: unknown }[];
}

/** Runs the rules over one plan. Findings come in the order of the rules; whoever shows them sorts them. */
export function runRules(rules: readonly Rule[], plan: Plan): RunResult {
  const findings: Finding[] = [];
  const skipped: Skipped[] = [];
  const crashed: { rule: string; error: unknown }[] = [];
  for (const rule of rules) {
    try {
      const result = rule.run(plan);
      for (const finding of result.findings) findings.push(finding);
      for (const one of result.skipped) skipped.push(one);
    } catch (error) {
      crashed.push({ rule: rule.id, error });
    }
  }
  return { findings, skipped, crashed };
}

function runRule<Data>(rule: RuleDefinition<Data>, plan: Plan): { findings: Finding[]; skipped: Skipped[] } {
  const findings: Finding[] = [];
  const skipped = new Map<string, Skipped>();
  for (const seen of rule.check(plan)) {
    if ("notChecked" in seen) skipped.set(seen.notChecked, { rule: rule.id, because: seen.notChecked });
    else findings.push(toFinding(rule, seen, plan));
  }
  return { findings, skipped: [...skipped.values()] };
}

/** Fixes are worked out when somebody asks for them: most findings are never mended by a fix. */
function toFinding<Data>(rule: RuleDefinition<Data>, seen: Observation<Data>, plan: Plan): Finding {
  let fixes: readonly Fix[] | undefined;
  return {
    rule: rule.id,
    catalogue: rule.catalogue,
    severity: seen.severity ?? rule.severity,
    at: seen.at,
    message: rule.message(seen.data),
    related: seen.related ?? [],
    get fixes() {
      return (fixes ??= rule.fix?.(seen, plan) ?? []);
    },
  };
}
