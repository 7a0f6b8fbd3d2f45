// The MSI mappings of a host bridge are for other requester ids than its IOMMU mappings.
import { under } from "../anchor";
import type { Fix } from "../finding";
import { isMisread } from "../plan/misread";
import { isPlaceholder } from "../plan/placeholderMapping";
import type { Plan } from "../plan/plan";
import type { IdSegment } from "../plan/requesterIds";
import { divideIds } from "../plan/requesterIds";
import type { HostBridge, IommuMapping, MsiMapping } from "../platform";
import type { IdRange } from "../pciAddress";
import { printIdRange, requesterId } from "../pciAddress";
import { defineRule, notChecked } from "../rule";

interface Unequal {
  readonly bridge: HostBridge;
  readonly lacks: "iommu" | "msi";
  /** The first ids (unmasked) that one map has and the other lacks. */
  readonly ids: IdRange;
  readonly more: number;
}

export const msiIdsUnlikeIommuIds = defineRule<Unequal>({
  id: "msi-ids-unlike-iommu-ids",
  catalogue: "IOM006",
  severity: "warning",
  since: "0.1.0",
  summary: "The MSI mappings of a host bridge cover other requester ids than its IOMMU mappings.",
  why: `Both maps list what can sit below the host bridge. An id that only the IOMMU mappings have belongs to a function that cannot raise an interrupt by message;
one that only the MSI mappings have belongs to a function whose DMA nobody translates. Usually a bus was added to one map and forgotten in the other.

Only two lists by \`ids\` are compared. Firmware often gives the IOMMU only the buses that it has numbered itself, so where functions are described, ids
that only the MSI mappings have count on the buses that these functions make. A host bridge without one of them, with one that the boot loader completes, or with a single
doorbell for everything says nothing that could differ.`,
  sources: ["Devicetree bindings, pci-iommu and pci-msi", "domain.md 4.3"],
  bad: [
    {
      text: `{
  "platform": "board",
  "doorbells": [{ "name": "its0", "type": "its", "base": "0x0808_0000", "size": "128K" }],
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K" }],
  "pci": [
    {
      "name": "pcie0",
      "iommu": [{ "ids": "0000-ffff", "to": "smmu0", "stream": "0x0" }],
      //       ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ IOMMU mappings of pcie0
      "msi": [{ "ids": "0000-7fff", "to": "its0", "deviceIds": "0x0" }],
      //     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: ids 8000-ffff of pcie0 have an IOMMU mapping, but no MSI mapping
    },
  ],
}`,
      fixed: `{
  "platform": "board",
  "doorbells": [{ "name": "its0", "type": "its", "base": "0x0808_0000", "size": "128K" }],
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K" }],
  "pci": [
    {
      "name": "pcie0",
      "iommu": [{ "ids": "0000-ffff", "to": "smmu0", "stream": "0x0" }],
      "msi": [{ "ids": "0000-ffff", "to": "its0", "deviceIds": "0x0" }],
    },
  ],
}`,
    },
  ],
  good: [
    // What is beyond the bridge's buses does not count; one doorbell for all; buses that no port leads to.
    `{
  "platform": "board",
  "doorbells": [{ "name": "its0", "type": "its", "base": "0x0808_0000", "size": "128K" }],
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K" }],
  "pci": [
    { "name": "pcie0", "buses": "00-0f", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }], "msi": [{ "ids": "0000-0fff", "to": "its0" }] },
    { "name": "pcie1", "buses": "10-1f", "iommu": [{ "ids": "1000-10ff", "to": "smmu0" }], "msi": "its0" },
    {
      "name": "pcie2", "segment": 1, "iommu": [{ "ids": "0000-01ff", "to": "smmu0" }], "msi": [{ "ids": "0000-ffff", "to": "its0" }],
      "devices": [{ "at": "00:00.0", "type": "root-port", "buses": "01-01", "windows": "none" }],
    },
  ],
}`,
    // The IOMMU is a function of the bridge itself.
    `{
  "platform": "board",
  "doorbells": [{ "name": "its0", "type": "its", "base": "0x0808_0000", "size": "128K" }],
  "iommus": [{ "name": "viommu", "type": "virtio-iommu", "at": "00:01.0" }],
  "pci": [{ "name": "pcie0", "iommu": [{ "ids": "0000-0007", "to": "viommu" }, { "ids": "0009-ffff", "to": "viommu" }], "msi": [{ "ids": "0000-ffff", "to": "its0" }] }],
}`,
  ],
  *check(plan) {
    for (const bridge of plan.platform.pci ?? []) {
      const [iommu, msi] = [idMap(bridge.iommu), idMap(bridge.msi)];
      if (bridge.iommu === "unknown" && msi) yield notChecked(`which IOMMU is in front of ${bridge.name} is unknown`);
      if (bridge.msi === "unknown" && iommu) yield notChecked(`where the MSIs of ${bridge.name} go is unknown`);
      if (!iommu || !msi || bridge.disabled === true || hasPlaceholder(bridge) || isMisread(plan, under(bridge.anchor, "iommu")) || isMisread(plan, under(bridge.anchor, "msi"))) continue;
      const related = (key: "iommu" | "msi") => [{ at: under(bridge.anchor, key), message: `${key === "iommu" ? "IOMMU" : "MSI"} mappings of ${bridge.name}` }];
      for (const [lacks, other] of [["msi", "iommu"], ["iommu", "msi"]] as const) {
        const [has, hasNot] = lacks === "msi" ? [iommu, msi] : [msi, iommu];
        const missing = missingIds(plan, bridge, has, hasNot, lacks);
        const [ids] = missing;
        if (ids) yield { at: under(bridge.anchor, lacks), data: { bridge, lacks, ids, more: missing.length - 1 }, related: related(other) };
      }
    }
  },
  message({ bridge, lacks, ids, more }) {
    const [has, not] = lacks === "msi" ? ["an IOMMU", "MSI"] : ["an MSI", "IOMMU"];
    const rest = more === 0 ? "" : ` and ${more} more ${more === 1 ? "range" : "ranges"}`;
    const isOne = ids.first === ids.last && more === 0;
    return `${ids.first === ids.last ? "id" : "ids"} ${printIdRange(ids)}${rest} of ${bridge.name} ${isOne ? "has" : "have"} ${has} mapping, but no ${not} mapping`;
  },
  fix: ({ data }) => extendFixes(data),
});

/** The mappings when all are by ids and none is a placeholder. */
function idMap(value: HostBridge["iommu"] | HostBridge["msi"]): readonly (IommuMapping | MsiMapping)[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const mappings = value as readonly (IommuMapping | MsiMapping)[];
  return mappings.length > 0 && mappings.every((one) => one.ids && !one.devices && !one.streams && one.incomplete !== true) ? mappings : undefined;
}

function hasPlaceholder(bridge: HostBridge): boolean {
  return Array.isArray(bridge.iommu) && bridge.iommu.some((one: IommuMapping) => isPlaceholder(bridge, one));
}

function missingIds(plan: Plan, bridge: HostBridge, has: readonly (IommuMapping | MsiMapping)[], hasNot: readonly (IommuMapping | MsiMapping)[], lacks: Unequal["lacks"]): IdRange[] {
  const covered = divideIds(plan, bridge, hasNot).filter(isMapped);
  const lacking = without(without(divideIds(plan, bridge, has).filter(isMapped), covered), idsOfIommus(plan, bridge));
  const all = lacking.length === 0 || lacks === "msi" ? [] : usedIds(plan, bridge);
  return all.length === 0 ? lacking : without(lacking, without([{ first: 0, last: 0xffff }], all));
}

/** The ids on the buses that the described functions are on, or make; none where none is described. */
function usedIds(plan: Plan, bridge: HostBridge): IdRange[] {
  const buses = new Set<number>();
  for (const { function: one } of plan.functionsOf(bridge)) {
    buses.add(one.at.bus);
    if (one.buses !== undefined && one.buses !== "unknown") for (let bus = one.buses.first; bus <= one.buses.last; bus++) buses.add(bus);
  }
  return [...buses].sort((a, b) => a - b).map((bus) => ({ first: bus << 8, last: (bus << 8) | 0xff }));
}

/** An IOMMU that is a PCI function of the bridge is behind none. */
function idsOfIommus(plan: Plan, bridge: HostBridge): IdRange[] {
  const addresses = (plan.platform.iommus ?? []).flatMap(({ at }) => (at && (at.segment ?? bridge.segment ?? 0) === (bridge.segment ?? 0) ? [at] : []));
  return addresses.map(requesterId).sort((a, b) => a - b).map((id) => ({ first: id, last: id }));
}

/** What of the ranges the others leave; both ascend and do not overlap among themselves. */
function without(ranges: readonly IdRange[], others: readonly IdRange[]): IdRange[] {
  const left: IdRange[] = [];
  for (const { first: start, last } of ranges) {
    let first = start;
    for (const other of others) {
      if (other.last < first || other.first > last) continue;
      if (other.first > first) left.push({ first, last: other.first - 1 });
      first = other.last + 1;
    }
    if (first <= last) left.push({ first, last });
  }
  return left;
}

function isMapped(segment: IdSegment<unknown>): boolean {
  return segment.entry !== undefined;
}

/** Where each map is one range from the same id on, the shorter one becomes as long. */
function extendFixes({ bridge, lacks }: Unequal): Fix[] {
  const [short, long] = lacks === "msi" ? [idMap(bridge.msi), idMap(bridge.iommu)] : [idMap(bridge.iommu), idMap(bridge.msi)];
  const [one, other] = [short?.[0], long?.[0]];
  if (!one?.ids || !other?.ids || short?.length !== 1 || long?.length !== 1 || one.ids.first !== other.ids.first) return [];
  const ids = printIdRange(other.ids);
  return [{ title: `Extend the mapping to ${one.to} to ids ${ids}`, edits: [{ op: "replace", at: under(one.anchor, "ids"), value: { json: ids } }] }];
}
