// The words for groups: why a function is in one, what is to blame, what would split it. Knows nothing of how groups
// are made, nor of where the words go.
import type { AcsBit } from "../../acs";
import { ISOLATING_ACS_BITS } from "../../acs";
import type { PciNode } from "../pciTree";
import { ancestors } from "../pciTree";
import type { Group, Join } from "./assignment";
import type { IommuGroups } from "./iommuGroups";
import { isObserved, OBSERVED_KERNELS, printKernelVersion } from "./kernel";
import type { Reach } from "./reach";
import type { Remedy } from "./remedies";
import { remedyFor } from "./remedies";
import type { Topology } from "./topology";

/** Why a function is in the group of another, as a sentence without its full stop. */
export function describeJoin(groups: IommuGroups, node: PciNode, join: Join): string {
  const by = join.through === undefined ? "" : ` (by way of ${join.through.label})`;
  return `${node.label} joins ${join.joins.label}${by}: ${cause(groups, node, join)}`;
}

/** What would take it out of the group, as a sentence without its full stop. */
export function describeRemedy(groups: IommuGroups, node: PciNode, join: Join): string {
  return sayRemedy(groups, remedyFor(groups, node, join), join);
}

/** Why the first function of a group is in none that was there before. */
export function describeFounder(groups: IommuGroups, { members: [founder] }: Group): string {
  if (!founder) return "";
  const { verdict, quirk } = groups.isolationOf(founder);
  const ports = [...ancestors(founder)];
  const quirks = [founder, ...ports].flatMap((one) =>
    groups.isolationOf(one).quirk === undefined ? [] : [`${one.label} by the quirk "${groups.isolationOf(one).quirk}"`],
  );
  const path =
    ports.length === 0
      ? "it is on the host bridge's first bus"
      : `${listed(ports.map((port) => port.label))} above it ${ports.length === 1 ? "isolates" : "isolate"}`;
  const slot = groups.topology.ofSameSlot(founder).length > 1 && groups.topology.isMultifunction(founder);
  const self = !slot
    ? ""
    : verdict.kind === "isolates"
      ? quirk === undefined
        ? ", and it isolates itself from the other functions of its slot"
        : ""
      : ", and no function before it in its slot fails the ACS test";
  return `${path}${self}${quirks.length === 0 ? "" : ` (${quirks.join("; ")})`}`;
}

/** What can reach what past the IOMMU though the kernel has them in different groups. */
export function describeReach(groups: IommuGroups, { groups: apart, joins }: Reach): string {
  const names = apart.map((group) => listed(group.members.map((node) => node.label)));
  const blamed = [...new Set(joins.flatMap((join) => join.blame))].filter(
    (one) => groups.isolationOf(one).verdict.kind !== "isolates",
  );
  const why = blamed.length === 0 ? "" : `: ${listed(blamed.map((one) => failure(groups, one)))}`;
  return `Linux keeps ${names.map((name) => `[${name}]`).join(" and ")} apart, yet they may reach one another past the IOMMU${why}`;
}

/** What a function lacks: the bits, and whether it is capable of them. */
export function missingBits(
  groups: IommuGroups,
  node: PciNode,
): { readonly missing: readonly AcsBit[]; readonly capable: boolean } | undefined {
  const { verdict } = groups.isolationOf(node);
  if (verdict.kind === "disabled-bits") return { missing: verdict.missing, capable: true };
  return verdict.kind === "no-capability" || verdict.kind === "wrong-type"
    ? { missing: ISOLATING_ACS_BITS, capable: false }
    : undefined;
}

/** What a reader should know about the whole answer, a sentence each. */
export function groupNotes(groups: IommuGroups, commandLine: string | undefined): string[] {
  const { algorithm, kernel, membership } = groups;
  const observed = OBSERVED_KERNELS.map(printKernelVersion).join(" and ");
  return [
    ...(algorithm === "linux-mode-b"
      ? ["Isolation per bus is a proposal of 2025: no kernel that was observed groups so."]
      : []),
    ...(algorithm === "linux-mode-a" && !isObserved(kernel)
      ? [`Linux ${printKernelVersion(kernel)} was not observed; it is taken to group as ${observed} do.`]
      : []),
    ...membership.unknown.map(
      (because) => `It is not known whether an IOMMU is in front: ${because}. The groups are those behind one.`,
    ),
    ...(membership.areDriversMissing
      ? [
          `Linux ${printKernelVersion(kernel)} gives groups here only to functions that a driver holds, and no drivers are described: ` +
            "those without one have no group.",
        ]
      : []),
    ...(/\bpcie_acs_override=/.test(commandLine ?? "")
      ? [
          "The machine ran with pcie_acs_override: its kernel's groups claim an isolation that the hardware does not have.",
        ]
      : []),
  ];
}

function cause(groups: IommuGroups, node: PciNode, { because, blame, joins }: Join): string {
  const [first] = blame;
  switch (because) {
    case "acs-path":
      return `what comes from below may be turned back before the IOMMU sees it; ${listed(blame.map((one) => failure(groups, one)))}`;
    case "multifunction":
      return `functions of one slot that may reach one another inside the device; ${listed(blame.map((one) => failure(groups, one)))}`;
    case "dma-alias":
      return first && first !== joins ? aliasOf(first, groups.topology) : aliasOf(joins, groups.topology);
    case "dma-alias-quirk":
      return `${first?.label ?? node.label} is known to use the requester id of another function of its bus`;
    case "same-stream":
      return "the SMMU sees the DMA of both under one stream id";
    case "bus-not-isolated":
      return `the bus does not isolate; ${listed(blame.map((one) => failure(groups, one)))}`;
  }
}

function aliasOf(bridge: PciNode, topology: Topology): string {
  const id = topology.idAddedBy(bridge);
  if (topology.bridgeAlias(bridge) === "none" || id === undefined) return `its DMA carries the requester id of ${bridge.label}`;
  const bus = (id >> 8).toString(16).padStart(2, "0");
  return id === bridge.requesterId
    ? `its DMA carries the requester id of the bridge ${bridge.label}`
    : `behind the bridge ${bridge.label} its DMA carries the requester id ${bus}:00.0, like all that is there`;
}

/** A clause that begins with what fails: "root port rp0 (0000:00:02.0) has no ACS". */
function failure(groups: IommuGroups, node: PciNode): string {
  const { verdict, quirk } = groups.isolationOf(node);
  const name = `${typeName(node)} ${node.label}`;
  if (quirk !== undefined && verdict.kind === "no-capability")
    return `${name} is one that Linux takes not to isolate (${quirk})`;
  switch (verdict.kind) {
    case "disabled-bits":
      return `${name} has ACS but ${listed(verdict.missing)} off`;
    case "no-capability":
      return `${name} has no ACS`;
    case "wrong-type":
      return `${name} cannot have ACS`;
    case "unknown":
      return verdict.because;
    case "isolates":
      return `${name} isolates`;
  }
}

function sayRemedy(groups: IommuGroups, remedy: Remedy, join: Join): string {
  switch (remedy.kind) {
    case "enable": {
      const on = listed(
        remedy.on.map((node) => `${listed(missingBits(groups, node)?.missing ?? [])} of ${node.label}`),
      );
      const boot = remedy.isKnownToKernel
        ? `boot with ${remedy.parameter}`
        : `set it in firmware, or boot Linux 6.11 or newer with ${remedy.parameter}`;
      return `to split them, turn on ${on}: ${boot}`;
    }
    case "slot": {
      const slots = remedy.slots.slice(0, 3).map((port) => port.label);
      const none =
        join.because === "dma-alias"
          ? "no setting splits them"
          : `no setting splits them: ${listed(remedy.without.map((node) => node.label))} cannot isolate`;
      if (slots.length === 0) return `${none}; no slot of this host bridge isolates`;
      const more = remedy.slots.length > slots.length ? ` (and ${remedy.slots.length - slots.length} more)` : "";
      return `${none}; a slot below ${slots.join(" or ")}${more} does`;
    }
    case "together":
      return "nothing splits them: assign them together";
  }
}

function typeName({ function: { type } }: PciNode): string {
  switch (type) {
    case undefined:
    case "unknown":
      return "function";
    case "pcie-to-pci-bridge":
      return "PCIe-to-PCI bridge";
    case "pci-to-pcie-bridge":
      return "PCI-to-PCIe bridge";
    case "pci-bridge":
      return "PCI bridge";
    case "pci-device":
      return "conventional function";
    default:
      return type.replace("-", " ");
  }
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
