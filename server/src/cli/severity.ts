// Severities in the order of --fail-on. Knows nothing of findings.
import type { Severity } from "../../../core/src/index";

/** What --fail-on takes: hints never fail. */
export const LEAST_SEVERITIES = ["error", "warning", "info"] as const;

const SEVERITY_ORDER: readonly Severity[] = ["error", "warning", "info", "hint"];

export function isAtLeast(severity: Severity, least: Severity): boolean {
  return SEVERITY_ORDER.indexOf(severity) <= SEVERITY_ORDER.indexOf(least);
}
