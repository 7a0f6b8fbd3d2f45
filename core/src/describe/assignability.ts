// The words for the verdict on a PCI function, in one line. Knows nothing of how the verdict comes about.
import type { Assignability } from "../plan/assignability";

/** Names beyond this many are counted. */
const LISTED = 4;

/** "assignable", "only together with a and b", "not safe: …", "impossible: …", "unknown: …". */
export function describeVerdictOf({ verdict, together, reasons }: Assignability): string {
  const [first = ""] = reasons;
  switch (verdict) {
    case "assignable":
      return "assignable";
    case "together":
      return `only together with ${listedLabels(together.map((node) => node.label))}`;
    case "not-safe":
      return `not safe: ${first}`;
    default:
      return `${verdict}: ${first}`;
  }
}

/** "a, b and 3 more". */
export function listedLabels(labels: readonly string[], most = LISTED): string {
  const shown = labels.slice(0, most);
  if (labels.length > most) return `${shown.join(", ")} and ${labels.length - most} more`;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}
