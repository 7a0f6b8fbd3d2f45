// The BARs behind a bridge need more than its windows hold.
import { address } from "../address";
import { under } from "../anchor";
import type { BarDemand } from "../plan/barDemand";
import { barDemands } from "../plan/barDemand";
import type { Fix } from "../finding";
import { entryAnchor, known } from "../plan/occupants";
import { subtree } from "../plan/pciTree";
import { busOccupant, isIo, isPrefetchable } from "../plan/pciWindows";
import { resizeFix } from "../plan/placement";
import type { Plan } from "../plan/plan";
import type { BridgeWindow } from "../platform";
import { printSize } from "../print";
import { defineRule, notChecked } from "../rule";

/** What is told of the BARs that wait, at most. */
const MOST = 8;

export const barsExceedWindows = defineRule<BarDemand>({
  id: "bars-exceed-windows",
  catalogue: "PCI013",
  severity: "warning",
  since: "0.1.0",
  summary: "The BARs behind a bridge need more memory than its windows hold.",
  why: `A BAR that has no place yet gets one when the device is plugged in or its driver starts, and only inside the windows of the bridge above. Where these are too
small the kernel prints "can't assign; no space", and the device stays without registers; growing a window means to move everything behind the
bridge, which it does only at boot. BARs of virtual functions count once for each function that there can be.

Sizes alone are added up. Alignment may need more than that, never less. Expansion ROMs count only where they have a place.`,
  sources: ["domain.md 7.5", "Linux, drivers/pci/setup-bus.c"],
  bad: [
    {
      text: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "mem32", "cpu": "0x5000_0000", "size": "128M" }],
    "devices": [{
      "at": "00:00.0", "name": "rp0", "type": "root-port", "buses": "01-01",
      "windows": [{ "type": "mem32", "bus": "0x5000_0000", "size": "1M" }],
      //         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: the BARs behind rp0 (0000:00:00.0) need 4.5 MiB of memory, but its windows hold 1 MiB
      "devices": [{
        "at": "01:00.0", "name": "nic0", "type": "endpoint", "virtualFunctions": 64,
        "bars": [
          { "bar": 0, "base": "0x5000_0000", "size": "512K", "type": "mem32" },
          { "bar": 0, "size": "64K", "type": "mem64", "virtual": true },
          //                  ~~~~~ BAR 0 of nic0 (0000:01:00.0) has no place yet
        ],
      }],
    }],
  }],
}`,
      fixed: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "mem32", "cpu": "0x5000_0000", "size": "128M" }],
    "devices": [{
      "at": "00:00.0", "name": "rp0", "type": "root-port", "buses": "01-01",
      "windows": [{ "type": "mem32", "bus": "0x5000_0000", "size": "8M" }],
      "devices": [{
        "at": "01:00.0", "name": "nic0", "type": "endpoint", "virtualFunctions": 64,
        "bars": [
          { "bar": 0, "base": "0x5000_0000", "size": "512K", "type": "mem32" },
          { "bar": 0, "size": "64K", "type": "mem64", "virtual": true },
        ],
      }],
    }],
  }],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "mem32", "cpu": "0x5000_0000", "size": "128M" }],
    "devices": [
      {
        "at": "00:00.0", "name": "rp0", "type": "root-port", "buses": "01-01",
        "windows": [{ "type": "mem32", "bus": "0x5000_0000", "size": "1M" }],
        "devices": [{ "at": "01:00.0", "type": "endpoint", "bars": [{ "bar": 0, "size": "1M", "type": "mem32" }, { "bar": 6, "size": "64K", "type": "mem32" }] }],
      },
      {
        "at": "00:01.0", "name": "rp1", "type": "root-port", "buses": "02-02", "windows": "unknown",
        "devices": [{ "at": "02:00.0", "type": "endpoint", "bars": [{ "bar": 0, "size": "1M", "type": "mem32" }] }],
      },
    ],
  }],
}`,
  ],
  *check(plan) {
    const demands = barDemands(plan).filter(({ unknown }) => unknown === undefined).filter(isTooMuch);
    const bridges = new Set(demands.map(({ bridge }) => bridge));
    for (const { unknown } of barDemands(plan)) if (unknown !== undefined) yield notChecked(unknown);
    for (const demand of demands) {
      const { bridge, waiting } = demand;
      // The bridge that is nearest to the BARs has the finding.
      if (bridge.children.some((child) => [...subtree(child)].some((one) => bridges.has(one)))) continue;
      const at = bridge.function.windows === undefined ? entryAnchor(bridge.function) : under(bridge.anchor, "windows");
      const related = waiting.slice(0, MOST).map(({ node, bar }) => ({ at: under(bar.anchor, "size"), message: `BAR ${bar.bar} of ${node.label} has no place yet` }));
      yield { at, data: demand, related };
    }
  },
  message({ bridge, needed, held }) {
    return needed.all > held.all
      ? `the BARs behind ${bridge.label} need ${printSize(needed.all)} of memory, but its windows ${holds(held.all)}`
      : `the 32-bit BARs behind ${bridge.label} need ${printSize(needed.fixed)}, but its windows that are not prefetchable ${holds(held.fixed)}`;
  },
  fix: ({ data }, plan) => grownFixes(data, plan),
});

function holds(bytes: bigint): string {
  return bytes === 0n ? "hold nothing" : `hold ${printSize(bytes)}`;
}

function isTooMuch({ needed, held }: BarDemand): boolean {
  return needed.all > held.all || needed.fixed > held.fixed;
}

/** Each window that would do, grown upward to a power of two. */
function grownFixes({ bridge, needed, held }: BarDemand, plan: Plan): Fix[] {
  const windows = known<BridgeWindow>(bridge.function.windows).filter(({ type }) => !isIo(type) && (needed.fixed <= held.fixed || !isPrefetchable(type)));
  return windows.flatMap(({ type, busExtent }) => {
    const occupant = busOccupant(plan, bridge.hostBridge, type, busExtent);
    if (!occupant) return [];
    const { base, end } = occupant.range;
    const more = [needed.all - held.all, needed.fixed - held.fixed].reduce((a, b) => (a > b ? a : b));
    let size = 1n << 20n;
    while (size < end - base + more) size <<= 1n;
    return [resizeFix(occupant, { base, end: address<"bus">(base + size) })];
  });
}
