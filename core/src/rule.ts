// What a rule is, and how rules are run: a rule that crashes costs one rule. Knows no single rule.
import type { Finding, Fix, Related, Severity, Skipped } from "./finding";
import type { FleetPlan } from "./fleet/fleetPlan";
import type { GuestPlan } from "./guest/guestPlan";
import type { FilePlan } from "./plan/filePlan";
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

/**
 * An example that the rule flags. Its text holds comment lines with carets under what is expected; see CONTRIBUTING. Lines `// --- d05.platform.jsonc ---`
 * begin further files, which the first one may refer to.
 */
export interface BadExample {
  readonly text: string;
  /** What the text becomes when the rule's first fix has been applied. */
  readonly fixed?: string;
}

/** What a rule looks at: the plan of a platform, a guest or a fleet, or any text for what reading it met. */
export interface Subjects {
  readonly platform: Plan;
  readonly guest: GuestPlan;
  readonly fleet: FleetPlan;
  readonly text: FilePlan;
}
export type Subject = keyof Subjects;

/** A rule as its author writes it. `P` is the plan that it looks at. */
export interface RuleDefinition<Data, P extends FilePlan = Plan> {
  /** File name, diagnostic code, documentation page and setting key. Names the pattern that is flagged. */
  readonly id: string;
  /** The id in domain.md's catalogue. */
  readonly catalogue?: string;
  readonly severity: Severity;
  /** The rule looks only where somebody has said a severity for it. */
  readonly isOffByDefault?: true;
  readonly since: string;
  /** One sentence: what is wrong. */
  readonly summary: string;
  /** Markdown: why it matters, for the rule's page. */
  readonly why: string;
  /** Where the fact comes from: a specification's clause, a kernel file, a document. */
  readonly sources?: readonly string[];
  readonly bad: readonly [BadExample, ...BadExample[]];
  readonly good: readonly [string, ...string[]];
  check(plan: P): Iterable<Observation<Data> | NotChecked>;
  message(data: Data): string;
  fix?(observation: Observation<Data>, plan: P): readonly Fix[];
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
  readonly subject: Subject;
  readonly hasFix: boolean;
  /** Nothing for a plan that is not of the rule's subject. */
  run(plan: FilePlan): { findings: Finding[]; skipped: Skipped[] };
}

/** Makes a rule on platforms of its definition. */
export function defineRule<Data>(definition: RuleDefinition<Data>): Rule {
  return ruleOn("platform", definition);
}

/** Makes a rule on guests of its definition. */
export function defineGuestRule<Data>(definition: RuleDefinition<Data, GuestPlan>): Rule {
  return ruleOn("guest", definition);
}

/** Makes a rule on fleets of its definition. */
export function defineFleetRule<Data>(definition: RuleDefinition<Data, FleetPlan>): Rule {
  return ruleOn("fleet", definition);
}

/** Makes a rule on files of all kinds of its definition: for what reading them met. */
export function defineTextRule<Data>(definition: RuleDefinition<Data, FilePlan>): Rule {
  return ruleOn("text", definition);
}

function ruleOn<Data, S extends Subject>(subject: S, definition: RuleDefinition<Data, Subjects[S]>): Rule {
  return {
    ...definition,
    subject,
    hasFix: definition.fix !== undefined,
    run: (plan) => (isPlanOf(subject, plan) ? runRule(definition, plan) : { findings: [], skipped: [] }),
  };
}

function isPlanOf<S extends Subject>(subject: S, plan: FilePlan): plan is Subjects[S] {
  return subject === "text" || plan.kind === subject;
}

export interface RunResult {
  readonly findings: readonly Finding[];
  readonly skipped: readonly Skipped[];
  /** Rules that threw: a defect of Platmap, which costs that rule's findings only. */
  readonly crashed: readonly { readonly rule: string; readonly error: unknown }[];
}

/** Runs the rules over one plan. Findings come in the order of the rules; whoever shows them sorts them. */
export function runRules(rules: readonly Rule[], plan: FilePlan): RunResult {
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

function runRule<Data, P extends FilePlan>(rule: RuleDefinition<Data, P>, plan: P): { findings: Finding[]; skipped: Skipped[] } {
  const findings: Finding[] = [];
  const skipped = new Map<string, Skipped>();
  for (const seen of rule.check(plan)) {
    if ("notChecked" in seen) skipped.set(seen.notChecked, { rule: rule.id, because: seen.notChecked });
    else findings.push(toFinding(rule, seen, plan));
  }
  return { findings, skipped: [...skipped.values()] };
}

/** Fixes are worked out when somebody asks for them: most findings are never mended by a fix. */
function toFinding<Data, P extends FilePlan>(rule: RuleDefinition<Data, P>, seen: Observation<Data>, plan: P): Finding {
  let fixes: readonly Fix[] | undefined;
  return {
    rule: rule.id,
    catalogue: rule.catalogue,
    severity: seen.severity ?? rule.severity,
    at: seen.at,
    message: rule.message(seen.data),
    related: seen.related ?? [],
    get fixes() {
      return (fixes ??= fixesOf(rule, seen, plan));
    },
  };
}

/** A fix that cannot be worked out, a defect of Platmap, costs that fix: the finding stands without it. */
function fixesOf<Data, P extends FilePlan>(rule: RuleDefinition<Data, P>, seen: Observation<Data>, plan: P): readonly Fix[] {
  try {
    return rule.fix?.(seen, plan) ?? [];
  } catch {
    return [];
  }
}
