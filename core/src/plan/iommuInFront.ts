// Which IOMMU is in front of the DMA of a function or of a device. Knows nothing of groups, nor of what the IOMMU maps.
import { under } from "../anchor";
import type { Device, HostBridge, Iommu, IommuMapping } from "../platform";
import type { IdRange } from "../pciAddress";
import { isMisread } from "./misread";
import { perPlan } from "./perPlan";
import type { PciNode } from "./pciTree";
import type { Plan } from "./plan";
import { divideIds, segmentOf } from "./requesterIds";

/**
 * `iommu`: its DMA is translated. `disabled`: a mapping leads to an IOMMU that is switched off, so nothing is translated. `none`: no mapping
 * covers it, and its DMA reaches memory as it is (domain.md 4.3). `unknown`: the description cannot tell, and says why in a clause.
 */
export type InFront =
  | { readonly kind: "iommu" | "disabled"; readonly iommu: Iommu }
  | { readonly kind: "none" }
  | { readonly kind: "unknown"; readonly because: string };

/** Consecutive requester ids (inclusive) with the same answer. */
export interface InFrontOfIds extends IdRange {
  readonly inFront: InFront;
}

/** What is in front of a PCI function, by its own requester id. Aliases are not looked at. */
export function iommuInFront(plan: Plan, node: PciNode): InFront {
  return segmentOf(iommusInFront(plan, node.hostBridge), node.requesterId)?.inFront ?? NONE;
}

/** What is in front of each requester id of a host bridge, ascending, without gaps. */
export function iommusInFront(plan: Plan, bridge: HostBridge): readonly InFrontOfIds[] {
  const known = bridgesSeen(plan).get(bridge) ?? divide(plan, bridge);
  bridgesSeen(plan).set(bridge, known);
  return known;
}

/** What is in front of a device that is not PCI. */
export function iommuInFrontOfDevice(plan: Plan, device: Device): InFront {
  if (device.iommu === "unknown") return unknown(`which IOMMU is in front of ${device.name} is unknown`);
  const targets = (device.iommu ?? []).map((mapping) => target(plan, mapping.to));
  const found = targets.find((one) => one.kind === "iommu") ?? targets[0];
  if (found) return found;
  return isMisread(plan, under(device.anchor, "iommu")) ? unreadable(device.name) : NONE;
}

const NONE: InFront = { kind: "none" };

const bridgesSeen = perPlan(() => new Map<HostBridge, readonly InFrontOfIds[]>());

function divide(plan: Plan, bridge: HostBridge): readonly InFrontOfIds[] {
  const mappings = bridge.iommu === "unknown" ? [] : (bridge.iommu ?? []);
  const otherwise = whatIsNotMapped(plan, bridge, mappings);
  return divideIds(plan, bridge, mappings).map(({ first, last, entry }) => ({ first, last, inFront: entry ? target(plan, entry.to) : otherwise }));
}

function whatIsNotMapped(plan: Plan, bridge: HostBridge, mappings: readonly IommuMapping[]): InFront {
  if (bridge.iommu === "unknown") return unknown(`which IOMMU is in front of ${bridge.name} is unknown`);
  if (mappings.some((mapping) => mapping.incomplete)) return unknown(`the boot loader fills in the IOMMU mappings of ${bridge.name}`);
  return isMisread(plan, under(bridge.anchor, "iommu")) ? unreadable(bridge.name) : NONE;
}

/** One object for one IOMMU. */
function target(plan: Plan, name: string): InFront {
  const known = targets(plan).get(name) ?? unknown(`${name} is not among the IOMMUs`);
  targets(plan).set(name, known);
  return known;
}

const targets = perPlan((plan) => {
  const byName = new Map<string, InFront>();
  for (const iommu of plan.platform.iommus ?? []) byName.set(iommu.name, { kind: iommu.disabled === true ? "disabled" : "iommu", iommu });
  return byName;
});

function unreadable(name: string): InFront {
  return unknown(`the IOMMU mappings of ${name} could not be read`);
}

function unknown(because: string): InFront {
  return { kind: "unknown", because };
}
