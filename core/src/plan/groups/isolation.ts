// Whether Linux takes a function to be isolated: its table of quirks first, then the ACS registers, as far as the
// description tells. Knows nothing of groups, nor of paths.
import type { AcsBit } from "../../acs";
import { ISOLATING_ACS_BITS } from "../../acs";
import type { PciFunction } from "../../platform";
import type { AcsDefect, AcsQuirk } from "../../quirks/acsQuirks";
import { ACS_DEFECTS, ACS_QUIRKS } from "../../quirks/acsQuirks";
import { idsOf, isAbout } from "../../quirks/pciQuirk";
import type { AcsVerdict } from "../acsTest";
import { testAcs } from "../acsTest";
import type { PciNode } from "../pciTree";
import type { Plan } from "../plan";
import type { KernelVersion } from "./kernel";
import { rowsIn } from "./kernel";
import type { Topology } from "./topology";

/** The outcome of the ACS test, and the kernel's quirk that decided it. */
export interface Isolation {
  readonly verdict: AcsVerdict;
  /** The name of the row of the kernel's table, or of the description's `quirks`. */
  readonly quirk?: string;
}

/**
 * Linux, pci_acs_enabled with the bits that groups need (domain.md 2.2, 2.3, 2.5), for every function of a topology. A
 * quirk that the description names counts before the kernel's table.
 */
export function isolationTest(plan: Plan, topology: Topology, kernel: KernelVersion): (node: PciNode) => Isolation {
  const known = new Map<PciNode, Isolation>();
  const hasAmdIommu =
    plan.functions.some(isAmdIommu) ||
    (plan.platform.iommus ?? []).some((iommu) => iommu.type === "amd-vi" && iommu.disabled !== true);
  const tables = { rows: rowsIn(ACS_QUIRKS, kernel), defects: rowsIn(ACS_DEFECTS, kernel), hasAmdIommu };
  return (node) => {
    const found = known.get(node) ?? test(plan, node, topology, tables);
    known.set(node, found);
    return found;
  };
}

/** AMD's IOMMU as the PCI function that it is: class 0806 of vendor 1022. */
export function isAmdIommu({ function: { id, class: code } }: PciNode): boolean {
  return id?.startsWith("1022:") === true && code?.startsWith("0806") === true;
}

/** What a kernel knows of single devices, and of the machine. */
interface Tables {
  readonly rows: readonly AcsQuirk[];
  readonly defects: readonly AcsDefect[];
  readonly hasAmdIommu: boolean;
}

function test(plan: Plan, node: PciNode, topology: Topology, { rows, defects, hasAmdIommu }: Tables): Isolation {
  const one: PciFunction = { ...node.function, anchor: node.anchor, multifunction: topology.isMultifunction(node) };
  const named = one.quirks?.[0];
  if (named !== undefined) return { verdict: { kind: "isolates" }, quirk: named };
  for (const row of rows) {
    const verdict = isAbout(row, one) ? byQuirk(row, node, one, hasAmdIommu) : undefined;
    if (verdict) return { verdict, quirk: row.name };
  }
  const defect = defects.find((row) => isAbout(row, one));
  if (defect) return testWithout(defect, one, node.label);
  return { verdict: withDoubt(plan, node, testAcs(one, node.label)) };
}

/** The row is named where it makes the difference. */
function testWithout({ without, name }: AcsDefect, one: PciFunction, label: string): Isolation {
  const plain = testAcs(one, label);
  const { acs } = one;
  if (typeof acs !== "object" || acs.capable === "unknown") return { verdict: plain };
  const capable = acs.capable.filter((bit) => !without.includes(bit));
  const verdict = testAcs({ ...one, acs: { ...acs, capable } }, label);
  return verdict.kind === plain.kind ? { verdict } : { verdict, quirk: name };
}

/** Undefined where the row has no answer for this very function. */
function byQuirk(row: AcsQuirk, node: PciNode, one: PciFunction, hasAmdIommu: boolean): AcsVerdict | undefined {
  if (row.needsAmdIommu && !(hasAmdIommu && one.multifunction === true && node.parent === undefined)) return undefined;
  if (row.grants === "as-capable") return byCapability(node);
  const granted = row.grants;
  const missing = ISOLATING_ACS_BITS.filter((bit) => (row.asked?.includes(bit) ?? true) && !granted.includes(bit));
  return missing.length === 0 ? { kind: "isolates" } : { kind: "no-capability" };
}

/**
 * The kernel turns on what the port is capable of. Readers that look where the specification says find all bits off:
 * that is not believed, while bits that are on come from a reader that knows the layout.
 */
function byCapability({ function: { acs }, label }: PciNode): AcsVerdict | undefined {
  if (acs === undefined || acs === "none") return undefined;
  if (acs === "unknown" || acs.capable === "unknown")
    return { kind: "unknown", because: `the ACS of ${label} is unknown` };
  const { capable, enabled } = acs;
  if (enabled === "unknown" || enabled.length === 0) return { kind: "isolates" };
  const missing: AcsBit[] = ISOLATING_ACS_BITS.filter((bit) => capable.includes(bit) && !enabled.includes(bit));
  return missing.length === 0 ? { kind: "isolates" } : { kind: "disabled-bits", missing };
}

/**
 * An import without ids (lspci without -nn) cannot say that no quirk is about a function. Whoever writes a description
 * by hand may leave ids out.
 */
function withDoubt(plan: Plan, { function: one, label }: PciNode, verdict: AcsVerdict): AcsVerdict {
  const fails = verdict.kind === "no-capability" || verdict.kind === "disabled-bits";
  if (!fails || idsOf(one) !== undefined || plan.platform.captured?.source === undefined) return verdict;
  return {
    kind: "unknown",
    because: `without vendor and device of ${label} it is not known whether the kernel has a quirk for it`,
  };
}
