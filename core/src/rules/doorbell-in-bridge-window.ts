// The address that devices write to for an interrupt is inside a memory window of a bridge on the way.
import { contains } from "../address";
import { describeVerdict } from "../describe/acs";
import { nameAndNoun } from "../describe/overlap";
import type { Related, Severity } from "../finding";
import type { ClaimedMsi } from "../plan/claimedMsis";
import { claimedMsis } from "../plan/claimedMsis";
import { msiRouting } from "../plan/msiRoutes";
import { moveMsiWindowFixes } from "../plan/msiWindowPlace";
import { entryAnchor } from "../plan/occupants";
import { printRange } from "../print";
import { defineRule, notChecked } from "../rule";

/** More open ports than these show nobody anything new. */
const PORTS_LIMIT = 8;

export const doorbellInBridgeWindow = defineRule<ClaimedMsi>({
  id: "doorbell-in-bridge-window",
  catalogue: "MSI006",
  severity: "warning",
  since: "0.1.0",
  summary: "A bridge claims the address at which devices raise interrupts.",
  why: `An MSI is a memory write, and it travels by its address. Where a bridge on the way has that address in one of its memory windows, the bridge
takes the write for an access to a device below it: the interrupt is lost, or a neighbour's register is written. What counts is the address that
the device emits. Behind an IOMMU with an MSI window this is the window, not the doorbell itself.

Ports with ACS request redirect (RR) and upstream forwarding (UF) send such writes up, so on many machines it works. Where a function
sits below a port without them, this is an error. It is a mere note for the interrupts of x86, which the root complex recognises
before it looks at its own windows. Where a controller takes MSIs itself, only the bridges below its root ports can be in the way.`,
  sources: [
    "domain.md 3.2 and 3.4",
    "PCI Express base specification, ACS P2P Request Redirect and Upstream Forwarding",
    "Linux, drivers/iommu/dma-iommu.c, iova_reserve_pci_windows",
  ],
  bad: [
    {
      text: `{
  "platform": "board",
  "doorbells": [{ "name": "its0", "type": "its", "base": "0x4400_0000", "size": "128K" }],
  "iommus": [
    {
      "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K",
      "msiWindow": { "base": "0x0800_0000", "size": "1M", "programmable": true },
      //                     ^^^^^^^^^^^^^ warning: MSI window of smmu0 0x0800_0000-0x080f_ffff is inside mem32 window of pcie0 0x0800_0000-0x0fff_ffff on the bus, so an interrupt may be taken for an access to a BAR
    },
  ],
  "pci": [
    {
      "name": "pcie0",
      "windows": [{ "type": "mem32", "cpu": "0x0800_0000", "size": "128M" }],
      //                                    ~~~~~~~~~~~~~ mem32 window of pcie0 0x0800_0000-0x0fff_ffff
      "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }],
      "msi": "its0",
    },
  ],
}`,
      fixed: `{
  "platform": "board",
  "doorbells": [{ "name": "its0", "type": "its", "base": "0x4400_0000", "size": "128K" }],
  "iommus": [
    {
      "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K",
      "msiWindow": { "base": "0x07f0_0000", "size": "1M", "programmable": true },
    },
  ],
  "pci": [
    {
      "name": "pcie0",
      "windows": [{ "type": "mem32", "cpu": "0x0800_0000", "size": "128M" }],
      "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }],
      "msi": "its0",
    },
  ],
}`,
    },
    {
      // No IOMMU: what the device emits is the doorbell. The root port below which the device sits lets it through.
      text: `{
  "platform": "board",
  "doorbells": [{ "name": "v2m0", "type": "gicv2m", "base": "0x5000_0000", "size": "64K" }],
  //                                                        ^^^^^^^^^^^^^ error: doorbell v2m0 0x5000_0000-0x5000_ffff is inside mem32 window of pcie0 0x4000_0000-0x5fff_ffff on the bus, so an interrupt may be taken for an access to a BAR
  "iommus": [{ "name": "smmu0", "type": "smmuv2", "base": "0x2000_0000", "size": "64K", "pageSizes": ["4K"] }],
  "pci": [
    {
      "name": "pcie0",
      "windows": [{ "type": "mem32", "cpu": "0x1_4000_0000", "bus": "0x4000_0000", "size": "512M" }],
      "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }],
      "msi": "v2m0",
      "devices": [
        {
          "at": "00:00.0", "name": "rp0", "type": "root-port", "buses": "01-01",
          //                       ~~~~~ rp0 (0000:00:00.0) above nic0 (0000:01:00.0) does not send requests up: RR and UF are not enabled
          "acs": { "capable": "SV RR CR UF", "enabled": "SV CR" },
          //                                            ^^^^^^^ warning(disabled-acs): ACS bits RR UF are not enabled on rp0 (0000:00:00.0), above nic0 (0000:01:00.0) which is meant for assignment
          "devices": [{ "at": "01:00.0", "name": "nic0", "type": "endpoint", "assign": true }],
          //                                                                           ^^^^ warning(assigned-without-interrupt-isolation): nic0 (0000:01:00.0) is meant for assignment, but doorbell v2m0 does not check who writes: a guest can raise the interrupts of other devices
        },
      ],
    },
  ],
}`,
    },
    {
      // Nothing here is meant for assignment; the interrupt is lost all the same.
      text: `{
  "platform": "board",
  "doorbells": [{ "name": "v2m0", "type": "gicv2m", "base": "0x5000_0000", "size": "64K" }],
  //                                                        ^^^^^^^^^^^^^ error: doorbell v2m0 0x5000_0000-0x5000_ffff is inside mem32 window of pcie0 0x4000_0000-0x5fff_ffff on the bus, so an interrupt may be taken for an access to a BAR
  "pci": [
    {
      "name": "pcie0",
      "windows": [{ "type": "mem32", "cpu": "0x1_4000_0000", "bus": "0x4000_0000", "size": "512M" }],
      "msi": "v2m0",
      "devices": [
        {
          "at": "00:00.0", "name": "rp0", "type": "root-port", "buses": "01-01", "acs": "none",
          //                       ~~~~~ rp0 (0000:00:00.0) above nic0 (0000:01:00.0) does not send requests up: it has no ACS
          "devices": [{ "at": "01:00.0", "name": "nic0", "type": "endpoint" }],
        },
      ],
    },
  ],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "doorbells": [{ "name": "its0", "type": "its", "base": "0x4400_0000", "size": "128K" }],
  "iommus": [
    {
      "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K",
      "msiWindow": { "base": "0x0700_0000", "size": "1M", "programmable": true },
    },
  ],
  "pci": [
    {
      "name": "pcie0",
      "windows": [{ "type": "mem32", "cpu": "0x0800_0000", "size": "128M" }],
      "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }],
      "msi": "its0",
    },
  ],
}`,
    // The doorbell has the number of a bus address, but behind the IOMMU nobody emits it.
    `{
  "platform": "board",
  "doorbells": [{ "name": "its0", "type": "its", "base": "0x4400_0000", "size": "128K" }],
  "iommus": [
    {
      "name": "smmu0", "type": "smmuv3", "base": "0x2000_0000", "size": "128K",
      "msiWindow": { "base": "0x0800_0000", "size": "1M", "programmable": true },
    },
  ],
  "pci": [
    {
      "name": "pcie0",
      "windows": [{ "type": "mem32", "cpu": "0x80_4000_0000", "bus": "0x4000_0000", "size": "1G" }],
      "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }],
      "msi": "its0",
    },
  ],
}`,
  ],
  *check(plan) {
    for (const bridge of plan.platform.pci ?? []) {
      const { routes, unknown } = msiRouting(plan, bridge);
      for (const because of unknown) yield notChecked(because);
      if (routes.length > 0 && bridge.windows === "unknown") yield notChecked(`the windows of ${bridge.name} are unknown`);
      for (const claim of claimedMsis(plan, bridge)) {
        yield { at: claim.route.emitted.at, data: claim, related: relatedOf(claim), severity: severityOf(claim) };
      }
    }
  },
  message: ({ route, range, windows: [window] }) =>
    `${route.emitted.name} ${printRange(range)} ${contains(window.range, range) ? "is inside" : "reaches into"} ${nameAndNoun(window)} ` +
    `${printRange(window.range)} on the bus, so an interrupt may be taken for an access to a BAR`,
  fix: ({ data: { route } }, plan) => (route.emitted.kind === "msi-window" && route.iommu ? moveMsiWindowFixes(plan, route.iommu) : []),
});

/** The root complex of x86 recognises interrupts before its own windows; in a bridge below it they are lost as anywhere. */
function severityOf({ route, windows, open }: ClaimedMsi): Severity {
  const isRecognisedFirst = route.doorbell?.type === "local-apic" && windows.every((window) => window.role === "window");
  if (isRecognisedFirst) return "info";
  return open.length > 0 ? "error" : "warning";
}

function relatedOf({ windows, open }: ClaimedMsi): Related[] {
  return [
    ...windows.map((window) => ({ at: window.at, message: `${nameAndNoun(window)} ${printRange(window.range)}` })),
    ...open.slice(0, PORTS_LIMIT).map(({ port, emitter, verdict }) => ({
      at: entryAnchor(port.function),
      message: `${port.label} above ${emitter.label} does not send requests up: ${describeVerdict(verdict)}`,
    })),
  ];
}
