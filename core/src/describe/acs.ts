// The words for the outcome of an ACS test, and for the functions that it is about. Knows nothing of the test.
import type { AcsVerdict } from "../plan/acsTest";
import type { PciNode } from "../plan/pciTree";

/** A clause: "it has no ACS", "RR and UF are not enabled". */
export function describeVerdict(verdict: AcsVerdict): string {
  switch (verdict.kind) {
    case "no-capability":
      return "it has no ACS";
    case "wrong-type":
      return "a bridge of this type cannot";
    case "disabled-bits":
      return `${verdict.missing.join(" and ")} ${verdict.missing.length === 1 ? "is" : "are"} not enabled`;
    case "unknown":
      return verdict.because;
    case "isolates":
      return "it isolates";
  }
}

/** "nic0 (0000:01:00.0)", "a and b", "a and 3 more". */
export function describeLabels(nodes: readonly PciNode[]): string {
  const [first, second] = nodes.map((node) => node.label);
  if (nodes.length === 2) return `${first} and ${second}`;
  return nodes.length === 1 ? `${first}` : `${first} and ${nodes.length - 1} more`;
}
