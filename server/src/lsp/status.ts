// What the client's status item shows of a document: how many findings, and which rules could not look. Knows nothing of the client.
import type { Severity } from "../../../core/src/index";
import type { Snapshot } from "../workspace/workspace";

export interface Status {
  readonly uri: string;
  readonly findings: Readonly<Record<Severity, number>>;
  readonly skipped: readonly { readonly rule: string; readonly because: string }[];
  /** What the search for files that nobody has open left out; absent: nothing. */
  readonly leftOut?: string;
}

export function statusOf({ uri, checked }: Snapshot, leftOut?: string): Status {
  const findings: Record<Severity, number> = { error: 0, warning: 0, info: 0, hint: 0 };
  for (const finding of checked.findings) findings[finding.severity]++;
  return { uri, findings, skipped: checked.skipped, ...(leftOut !== undefined && { leftOut }) };
}
