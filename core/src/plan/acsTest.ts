// Whether a PCI function isolates what is below it or beside it: the kernel's test of its ACS bits, on what the description says.
// Knows nothing of groups. The kernel's own table of quirks is not here: a description names the quirks of its functions.
import type { AcsBit } from "../acs";
import { ISOLATING_ACS_BITS } from "../acs";
import type { PciFunction } from "../platform";

/**
 * `isolates`: all bits that are asked for are on, or there is nothing to check. `no-capability`: a function that needs ACS has none. `wrong-type`: a
 * function of this type never isolates. `disabled-bits`: bits that it has are off. `unknown`: the description cannot tell which.
 */
export type AcsVerdict =
  | { readonly kind: "isolates" | "no-capability" | "wrong-type" }
  | { readonly kind: "disabled-bits"; readonly missing: readonly AcsBit[] }
  | { readonly kind: "unknown"; readonly because: string };

/**
 * Linux, pci_acs_enabled (domain.md 2.3), for the bits that are asked for. A bit that the capability does not have counts as on, except EC.
 * `label` is how the function is called in a reason.
 */
export function testAcs(one: PciFunction, label: string, required: readonly AcsBit[] = ISOLATING_ACS_BITS): AcsVerdict {
  if ((one.quirks?.length ?? 0) > 0) return { kind: "isolates" };
  switch (one.type) {
    case "root-port":
    case "downstream-port":
      return testBits(one, label, required);
    case "endpoint":
    case "legacy-endpoint":
    case "upstream-port":
    case "integrated-endpoint":
      return isMultifunction(one) ? testBits(one, label, required) : { kind: "isolates" };
    case "unknown":
    case undefined:
      return { kind: "unknown", because: `what ${label} is on its link is not known` };
    default:
      return { kind: "wrong-type" };
  }
}

/** As Linux sees it: by the header, for every function above 0, never for a virtual function (domain.md 2.7b). */
export function isMultifunction(one: PciFunction): boolean {
  return one.virtual !== true && (one.multifunction === true || one.at.function > 0);
}

function testBits({ acs }: PciFunction, label: string, required: readonly AcsBit[]): AcsVerdict {
  if (acs === undefined || acs === "none") return { kind: "no-capability" };
  if (acs === "unknown") return { kind: "unknown", because: `the ACS of ${label} is unknown` };
  const { capable, enabled } = acs;
  if (capable === "unknown" || enabled === "unknown") {
    return enabled !== "unknown" && required.every((bit) => enabled.includes(bit)) ? { kind: "isolates" } : { kind: "unknown", because: `the ACS of ${label} is unknown` };
  }
  const missing = required.filter((bit) => (bit === "EC" || capable.includes(bit)) && !enabled.includes(bit));
  return missing.length === 0 ? { kind: "isolates" } : { kind: "disabled-bits", missing };
}
