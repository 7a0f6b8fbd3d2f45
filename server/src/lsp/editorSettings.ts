// The settings of an editor, as it sends them: nothing of them is trusted to have its shape. Knows nothing of when they are sent.
import type { SaidSeverities, Severity } from "../../../core/src/index";

const SEVERITIES: ReadonlySet<unknown> = new Set<Severity | "off">(["error", "warning", "info", "hint", "off"]);

/** What `platmap.rules` says; what is none of the severities says nothing. `settings` is the section `platmap`. */
export function severitiesIn(settings: unknown): SaidSeverities {
  const rules = memberOf(settings, "rules");
  if (typeof rules !== "object" || rules === null) return new Map();
  return new Map(Object.entries(rules).filter((entry): entry is [string, Severity | "off"] => SEVERITIES.has(entry[1])));
}

/** The section `platmap` of what a client pushes, which may be the section itself. */
export function platmapSection(settings: unknown): unknown {
  return memberOf(settings, "platmap") ?? settings;
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}
