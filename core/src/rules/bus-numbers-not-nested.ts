// Bus numbers that do not follow the tree of the bridges.
import type { Anchor } from "../anchor";
import { under } from "../anchor";
import { describeBuses, printBus } from "../describe/buses";
import type { Fix, Related } from "../finding";
import { printPciAddress } from "../pciAddress";
import type { BusFault } from "../plan/busNumbers";
import { busesAbove, busFaults, widenBusesAbove } from "../plan/busNumbers";
import { isMisread } from "../plan/misread";
import { entryAnchor } from "../plan/occupants";
import type { PciNode } from "../plan/pciTree";
import { defineRule, notChecked } from "../rule";

export const busNumbersNotNested = defineRule<BusFault>({
  id: "bus-numbers-not-nested",
  catalogue: "PCI002",
  severity: "error",
  since: "0.1.0",
  summary: "Bus numbers do not follow the tree of the bridges.",
  why: `A bridge passes a configuration request down when the bus number lies between its secondary and its subordinate bus: \`buses\`. What is
numbered outside of that is not found when the kernel looks for devices, or the request goes down the wrong branch.

So a function's bus is the first one behind the bridge above it, a bridge's buses lie among those of the bridge above and come after its own
bus, and two bridges on one bus share none. A virtual function alone may be on a later bus.`,
  sources: ["PCI-to-PCI Bridge Architecture Specification 1.2, 3.1", "linux/drivers/pci/probe.c, pci_scan_bridge", "domain.md 7.5"],
  bad: [
    {
      text: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "buses": "00-ff", "msi": "none",
    "devices": [{
      "at": "00:00.0", "name": "rp0", "type": "root-port", "buses": "01-02",
      //                                                            ~~~~~~~ rp0 (0000:00:00.0) has buses 01-02
      "devices": [{ "at": "01:00.0", "name": "up0", "type": "upstream-port", "buses": "02-05" }],
      //                                                                              ^^^^^^^ error: up0 (0000:01:00.0) has buses 02-05 behind it, but rp0 (0000:00:00.0) has only buses 01-02
    }],
  }],
}`,
      fixed: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "buses": "00-ff", "msi": "none",
    "devices": [{
      "at": "00:00.0", "name": "rp0", "type": "root-port", "buses": "01-05",
      "devices": [{ "at": "01:00.0", "name": "up0", "type": "upstream-port", "buses": "02-05" }],
    }],
  }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "buses": "00-ff", "msi": "none",
    "devices": [
      { "at": "00:01.0", "type": "root-port", "buses": "01-01" },
      //                                               ~~~~~~~ 0000:00:01.0 has bus 01
      { "at": "00:02.0", "type": "root-port", "buses": "01-03" },
      //                                               ^^^^^^^ error: 0000:00:02.0 and 0000:00:01.0 both have bus 01 behind them
    ],
  }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "buses": "40-4f", "msi": "none",
    "devices": [
      { "at": "00:00.0", "type": "root-port", "buses": "41-41" },
      //      ^^^^^^^^^ error: 0000:00:00.0 is directly below pcie0, so it must be on bus 40, not on 00
    ],
  }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "buses": "01-ff", "msi": "none",
    //                        ^^^^^^^ error: pcie0 has buses 01-ff, but all that is directly below it is on bus 00
    "devices": [{ "at": "00:00.0", "type": "integrated-endpoint" }, { "at": "00:01.0", "type": "root-port", "buses": "02-02" }],
  }],
}`,
      fixed: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "buses": "00-ff", "msi": "none",
    "devices": [{ "at": "00:00.0", "type": "integrated-endpoint" }, { "at": "00:01.0", "type": "root-port", "buses": "02-02" }],
  }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "segment": 1, "msi": "none",
    "devices": [
      { "at": "0000:00:00.0", "type": "root-port", "buses": "01-01" },
      //      ^^^^^^^^^^^^^^ error: 0000:00:00.0 is below pcie0, so it must be in segment 0001, not in 0000
      { "at": "0001:00:01.0", "type": "root-port", "buses": "00-02" },
      //                                                    ^^^^^^^ error: buses 00-02 behind 0001:00:01.0 must come after its own bus 00
    ],
  }],
}`,
    },
  ],
  good: [
    // A virtual function may be on a later bus of the port above it.
    `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "buses": "00-ff", "msi": "none",
    "devices": [{
      "at": "00:00.0", "type": "root-port", "buses": "01-02",
      "devices": [{ "at": "01:00.0", "type": "endpoint" }, { "at": "02:10.0", "type": "endpoint", "virtual": true }],
    }],
  }],
}`,
    // The second root of a machine begins where the first one ends.
    `{
  "platform": "q35",
  "pci": [
    { "name": "pcie0", "buses": "00-7f", "msi": "none", "devices": [{ "at": "00:00.0", "type": "integrated-endpoint" }] },
    { "name": "pcie1", "buses": "80-ff", "msi": "none", "devices": [{ "at": "80:00.0", "type": "root-port", "buses": "81-81" }] },
  ],
}`,
    // Not numbered yet, unknown, and not said.
    `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "devices": [
      { "at": "00:00.0", "type": "root-port", "buses": "00-00" },
      { "at": "00:01.0", "type": "root-port", "buses": "unknown", "devices": [{ "at": "05:00.0", "type": "endpoint" }] },
      { "at": "00:02.0", "type": "root-port", "devices": [{ "at": "06:00.0", "type": "endpoint" }] },
    ],
  }],
}`,
  ],
  *check(plan) {
    for (const { function: one, label, children } of plan.functions) {
      if (one.buses === "unknown") yield notChecked(`the buses behind ${label} are unknown`);
      else if (one.buses === undefined && children.length > 0) yield notChecked(`${label} does not say which buses are behind it`);
    }
    for (const fault of busFaults(plan.functions)) {
      if (!isMisread(plan, under(fault.node.hostBridge.anchor, "buses"))) yield { at: placeOf(fault), data: fault, related: relatedBridges(fault) };
    }
  },
  message: describeFault,
  fix: ({ data }) => fixesOf(data),
});

function placeOf({ kind, node }: BusFault): Anchor {
  if (kind === "bus-of-all" && !node.parent && node.hostBridge.buses === undefined) return entryAnchor(node.hostBridge);
  if (kind === "bus-of-all") return under(node.parent?.anchor ?? node.hostBridge.anchor, "buses");
  return under(node.anchor, kind === "segment" || kind === "bus" ? "at" : "buses");
}

function describeFault(fault: BusFault): string {
  const { node } = fault;
  const above = nameAbove(node);
  switch (fault.kind) {
    case "segment":
      return `${node.label} is below ${above}, so it must be in segment ${printSegment(fault.segment)}, not in ${printSegment(node.segment)}`;
    case "bus": {
      const isBus = `, not on ${printBus(node.function.at.bus)}`;
      if (node.function.virtual === true) return `${node.label} is below ${above}, so it must be on one of ${describeBuses(fault.buses)}${isBus}`;
      return `${node.label} is directly below ${above}, so it must be on bus ${printBus(fault.buses.first)}${isBus}`;
    }
    case "bus-of-all":
      return `${above} has ${describeBuses(fault.buses)}, but all that is directly below it is on bus ${printBus(node.function.at.bus)}`;
    case "before-own-bus":
      return `${describeBuses(fault.behind)} behind ${node.label} must come after its own bus ${printBus(node.function.at.bus)}`;
    case "beyond-parent":
      return `${node.label} has ${describeBuses(fault.behind)} behind it, but ${above} has only ${describeBuses(fault.buses)}`;
    case "shared":
      return `${node.label} and ${fault.other.label} both have ${describeBuses(fault.shared)} behind them`;
  }
}

function relatedBridges(fault: BusFault): readonly Related[] {
  const { node } = fault;
  if (fault.kind === "before-own-bus") return [];
  if (fault.kind === "bus-of-all") return [{ at: under(node.anchor, "at"), message: `${node.label} is on bus ${printBus(node.function.at.bus)}` }];
  const { hostBridge } = node;
  if (fault.kind === "segment") return [{ at: entryAnchor(hostBridge), message: `${hostBridge.name} is in segment ${printSegment(fault.segment)}` }];
  const bridge = fault.kind === "shared" ? fault.other : node.parent;
  const [buses, at, name] = bridge ? [bridge.function.buses, bridge.anchor, bridge.label] : [hostBridge.buses, hostBridge.anchor, hostBridge.name];
  if (buses === "unknown") return [];
  const has = buses === undefined ? "says no buses, so it has 00-ff" : `has ${describeBuses(buses)}`;
  return [{ at: buses === undefined ? entryAnchor(hostBridge) : under(at, "buses"), message: `${name} ${has}` }];
}

function fixesOf(fault: BusFault): Fix[] {
  const { node } = fault;
  if (fault.kind === "segment") {
    const at = printPciAddress({ ...node.function.at, segment: fault.segment });
    return [{ title: `Change to ${at}`, edits: [{ op: "replace", at: under(node.anchor, "at"), value: { json: at } }] }];
  }
  if (fault.kind === "before-own-bus" || fault.kind === "shared") return [];
  const buses = busesAbove(node);
  const wanted = fault.kind === "beyond-parent" ? fault.behind : { first: node.function.at.bus, last: node.function.at.bus };
  const edits = widenBusesAbove(node, wanted);
  if (edits.length === 0 || buses === undefined || buses === "unknown") return [];
  const widened = { first: Math.min(buses.first, wanted.first), last: Math.max(buses.last, wanted.last) };
  return [{ title: `Let ${nameAbove(node)} have ${describeBuses(widened)}`, edits }];
}

function nameAbove(node: PciNode): string {
  return node.parent?.label ?? node.hostBridge.name;
}

function printSegment(segment: number): string {
  return segment.toString(16).padStart(4, "0");
}
