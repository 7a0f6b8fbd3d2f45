// Two host bridges of one segment that own a same bus.
import { under } from "../anchor";
import type { Anchor } from "../anchor";
import { describeBuses } from "../describe/buses";
import type { Fix, Related } from "../finding";
import type { BusRange } from "../pciAddress";
import { busesOf, busIntersection } from "../plan/busNumbers";
import { isMisread } from "../plan/misread";
import { entryAnchor, known } from "../plan/occupants";
import type { Plan } from "../plan/plan";
import type { HostBridge } from "../platform";
import { defineRule } from "../rule";

interface BusClash {
  readonly bridge: HostBridge;
  readonly other: HostBridge;
  readonly shared: BusRange;
}

export const overlappingBusRanges = defineRule<BusClash>({
  id: "overlapping-bus-ranges",
  catalogue: "PCI011",
  severity: "warning",
  since: "0.1.0",
  summary: "Two host bridges of one segment own a same bus.",
  why: `Segment, bus, device and function name a function to the whole system: to configuration accesses, to the IOMMU's tables and to whoever
assigns the device. When two host bridges of a segment own the same bus, one name means two functions. Linux renumbers or refuses the second
bridge, and what an IOMMU was told of one bridge's requester ids holds for the other's.

A bridge that says no \`buses\` owns 00 to ff, and one that says no \`segment\` is in segment 0. Several bridges that own all buses need a
segment each.`,
  sources: ["PCI Firmware Specification 3.3, 4.1.2 (MCFG)", "linux/Documentation/devicetree/bindings, linux,pci-domain", "domain.md 7.3 and 7.4"],
  bad: [
    {
      text: `{
  "platform": "board",
  "pci": [
    { "name": "pcie0", "msi": "none" },
    //        ~~~~~~~ pcie0 has buses 00-ff of segment 0
    { "name": "pcie1", "msi": "none" },
    //        ^^^^^^^ warning: pcie1 and pcie0 both own buses 00-ff of segment 0
  ],
}`,
      fixed: `{
  "platform": "board",
  "pci": [
    { "name": "pcie0", "msi": "none" },
    { "name": "pcie1", "segment": 1, "msi": "none" },
  ],
}`,
    },
    {
      text: `{
  "platform": "board",
  "pci": [
    { "name": "pcie0", "segment": 1, "buses": "00-3f", "msi": "none" },
    { "name": "pcie1", "segment": 1, "buses": "3f-7f", "msi": "none" },
    //                                        ^^^^^^^ warning: pcie1 and pcie0 both own bus 3f of segment 1
    { "name": "pcie2", "segment": 0, "buses": "00-ff", "msi": "none" },
  ],
}`,
    },
  ],
  good: [
    // Roots of one segment with buses of their own; all buses in another segment; a bridge that is switched off.
    `{
  "platform": "board",
  "pci": [
    { "name": "pcie0", "buses": "00-7f", "msi": "none" },
    { "name": "pcie1", "buses": "80-ff", "msi": "none" },
    { "name": "pcie2", "segment": 1, "msi": "none" },
    { "name": "pcie3", "segment": 1, "msi": "none", "disabled": true },
  ],
}`,
  ],
  *check(plan) {
    const owners = new Map<number, (HostBridge | undefined)[]>();
    for (const bridge of plan.platform.pci ?? []) {
      // A bridge that is switched off is not enumerated: it has no buses.
      if (bridge.disabled === true || isMisread(plan, under(bridge.anchor, "buses")) || isMisread(plan, under(bridge.anchor, "segment"))) continue;
      for (const other of takeBuses(bridge, owners)) {
        const shared = busIntersection(busesOf(other), busesOf(bridge));
        if (shared) yield { at: busesAnchor(bridge), data: { bridge, other, shared }, related: [relatedBridge(other)] };
      }
    }
  },
  message: ({ bridge, other, shared }) => `${bridge.name} and ${other.name} both own ${describeBuses(shared)} of segment ${bridge.segment ?? 0}`,
  fix: ({ data }, plan) => renumberFixes(data, plan),
});

function relatedBridge(other: HostBridge): Related {
  return { at: busesAnchor(other), message: `${other.name} has ${describeBuses(busesOf(other))} of segment ${other.segment ?? 0}` };
}

function busesAnchor(bridge: HostBridge): Anchor {
  return bridge.buses === undefined ? entryAnchor(bridge) : under(bridge.anchor, "buses");
}

/** Writes the bridge down as the owner of its buses that nobody has yet, and gives the owners of the others. */
function takeBuses(bridge: HostBridge, owners: Map<number, (HostBridge | undefined)[]>): ReadonlySet<HostBridge> {
  const segment = bridge.segment ?? 0;
  const taken = owners.get(segment) ?? [];
  owners.set(segment, taken);
  const others = new Set<HostBridge>();
  const { first, last } = busesOf(bridge);
  for (let bus = first; bus <= last; bus++) {
    const owner = (taken[bus] ??= bridge);
    if (owner !== bridge) others.add(owner);
  }
  return others;
}

/** The lowest segment that nobody has. Where an address is written with its segment, a new number would tear the two apart: no fix there. */
function renumberFixes({ bridge }: BusClash, plan: Plan): Fix[] {
  if (plan.platform.captured !== undefined || namesSegment(bridge, plan)) return [];
  const used = new Set((plan.platform.pci ?? []).map((one) => one.segment ?? 0));
  let segment = 0;
  while (used.has(segment)) segment++;
  const edits =
    bridge.segment === undefined
      ? ([{ op: "add", to: bridge.anchor, key: "segment", value: { json: segment }, after: "name" }] as const)
      : ([{ op: "replace", at: under(bridge.anchor, "segment"), value: { json: segment } }] as const);
  return [{ title: `Give ${bridge.name} segment ${segment}`, edits }];
}

function namesSegment(bridge: HostBridge, plan: Plan): boolean {
  if (plan.functionsOf(bridge).some((node) => node.function.at.segment !== undefined)) return true;
  const { iommu, msi } = bridge;
  const mappings = typeof msi === "object" && !("rootComplex" in msi) ? msi : [];
  return [...known(iommu), ...mappings].some(({ devices }) => devices?.some((at) => at.segment !== undefined));
}
