// Guest memory has the bus addresses of a bridge window of a host.
import type { AddressRange } from "../address";
import { overlaps, sameRange } from "../address";
import type { Related, Severity } from "../finding";
import { listedLabels } from "../describe/assignability";
import { contributionsOf } from "../guest/contributions";
import { asEmittedByGuest } from "../guest/dmaAddresses";
import type { GuestHost, GuestPlan } from "../guest/guestPlan";
import type { HostRegion } from "../guest/hostRegions";
import { regionsFor } from "../guest/hostRegions";
import { memoryFixes } from "../guest/memoryFixes";
import { functionsOn } from "../guest/passedThrough";
import type { PinnedBank } from "../guest/pinnedMemory";
import { pinnedMemory } from "../guest/pinnedMemory";
import type { PciNode } from "../plan/pciTree";
import type { HostBridge } from "../platform";
import { printRange } from "../print";
import { defineGuestRule, notChecked } from "../rule";

interface Claimed {
  readonly bank: PinnedBank;
  readonly range: AddressRange<"ipa">;
  readonly because: string;
  readonly hosts: readonly string[];
  /** Passed-through devices whose requests there are taken for peer-to-peer for certain. */
  readonly devices: readonly PciNode[];
}

export const guestMemoryInBridgeWindow = defineGuestRule<Claimed>({
  id: "guest-memory-in-bridge-window",
  catalogue: "RSV004",
  severity: "warning",
  since: "0.1.0",
  summary: "Guest memory has the bus addresses of a PCI bridge window of a host.",
  why: `A device emits a guest physical address on its bus. When a window of the same number leads to devices, a switch or the root complex takes the request for
peer-to-peer before the IOMMU sees it: it reaches a BAR of another device, or aborts. No kernel since 4.17 lists these windows in
\`reserved_regions\`, so nothing refuses the mapping, and the data is lost without a word.

Ports that redirect requests (ACS RR and UF) send them up to the IOMMU all the same. Where a port above a passed-through device does not, it is an error.
The \`relaxed\` policy counts only windows on such paths.`,
  sources: ["domain.md section 0, trap 2; 1.6 and 3.2", "Linux, drivers/iommu/dma-iommu.c (iova_reserve_pci_windows)"],
  bad: [
    {
      text: `{
  "guest": "web",
  "physicalAddressBits": 40,
  "hosts": ["d05.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "4G", "base": "0x4000_0000" }],
  //                                                ^^^^^^^^^^^^^ warning: memory ram 0x4000_0000-0x1_3fff_ffff meets 0xa800_0000-0xaf7e_ffff of d05 (mem32 window of pcie2-a: taken for an access to a device below it)
}
// --- d05.platform.jsonc ---
{
  "platform": "d05", "arch": "arm64",
  "pci": [{ "name": "pcie2-a", "windows": [{ "type": "mem32", "cpu": "0xa800_0000", "size": "0x77f_0000" }] }],
  //                                       ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ the window of pcie2-a on d05
}`,
      fixed: `{
  "guest": "web",
  "physicalAddressBits": 40,
  "hosts": ["d05.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "4G", "from": "0x4000_0000" }],
}`,
    },
    {
      text: `{
  "guest": "web",
  "physicalAddressBits": 40,
  "hosts": ["d05.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "4G", "base": "0x4000_0000" }],
  //                                                ^^^^^^^^^^^^^ error: memory ram 0x4000_0000-0x1_3fff_ffff meets 0xa800_0000-0xaf7e_ffff of d05 (mem32 window of pcie2-a: taken for an access to a device below it); nothing above nic (0000:01:00.0) redirects its requests
  "passthrough": [{ "host": "d05", "device": "01:00.0" }],
  "policy": "relaxed",
}
// --- d05.platform.jsonc ---
{
  "platform": "d05", "arch": "arm64",
  "iommus": [{ "name": "smmu", "type": "smmuv3" }],
  "pci": [{
    "name": "pcie2-a", "windows": [{ "type": "mem32", "cpu": "0xa800_0000", "size": "0x77f_0000" }], "iommu": [{ "ids": "0000-ffff", "to": "smmu" }],
    "devices": [{ "at": "00:00.0", "name": "rp0", "type": "root-port", "buses": "01", "devices": [{ "at": "01:00.0", "name": "nic", "type": "endpoint" }] }],
  }],
}`,
    },
  ],
  good: [
    // The root port redirects, and the policy asks for no more.
    `{
  "guest": "web",
  "physicalAddressBits": 40,
  "hosts": ["d05.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "4G", "base": "0x4000_0000" }],
  "passthrough": [{ "host": "d05", "device": "01:00.0" }],
  "policy": "relaxed",
}
// --- d05.platform.jsonc ---
{
  "platform": "d05", "arch": "arm64",
  "iommus": [{ "name": "smmu", "type": "smmuv3" }],
  "pci": [{
    "name": "pcie2-a", "windows": [{ "type": "mem32", "cpu": "0xa800_0000", "size": "0x77f_0000" }], "iommu": [{ "ids": "0000-ffff", "to": "smmu" }],
    "devices": [{
      "at": "00:00.0", "name": "rp0", "type": "root-port", "buses": "01", "acs": { "capable": "SV RR CR UF", "enabled": "SV RR CR UF" },
      "devices": [{ "at": "01:00.0", "name": "nic", "type": "endpoint" }],
    }],
  }],
}`,
  ],
  *check(plan) {
    const banks = pinnedMemory(plan);
    if (banks.length === 0) return;
    for (const host of plan.hosts) if ((host.plan.platform.pci ?? []).some((bridge) => bridge.windows === "unknown")) yield notChecked(`windows of ${host.name} are unknown`);
    for (const { region, hosts } of windowsOfHosts(plan)) {
      const devices = hosts.flatMap((host) => devicesTaken(plan, host, region));
      const severity: Severity = devices.length > 0 ? "error" : "warning";
      for (const bank of banks) {
        if (!overlaps(bank.range, region.range)) continue;
        const data = { bank, range: region.range, because: region.because[0] ?? "", hosts: hosts.map((host) => host.name), devices };
        yield { at: bank.at, severity, data, related: hosts.flatMap((host) => windowEntries(host, region)) };
      }
    }
  },
  message: ({ bank, range, because, hosts, devices }) => {
    const what = `memory ${bank.name} ${printRange(bank.range)} meets ${printRange(range)} of ${listedLabels(hosts)} (${because})`;
    return devices.length === 0 ? what : `${what}; nothing above ${listedLabels(devices.map((one) => one.label))} redirects its requests`;
  },
  fix: ({ data }, plan) => memoryFixes(plan, data.bank.entry),
});

/** Where a host says that it has the window. */
function windowEntries(host: GuestHost, { range }: HostRegion): Related[] {
  const owners: readonly WindowOwner[] = [...(host.plan.platform.pci ?? []), ...host.plan.functions.map(({ label, function: { windows } }) => ({ name: label, windows }))];
  return owners.flatMap(({ name, windows }) => {
    const same = windows === undefined || typeof windows === "string" ? [] : windows.filter((one) => one.busExtent?.ranges.some((bus) => sameRange(asEmittedByGuest(bus), range)));
    return same.map((one) => ({ at: one.anchor, message: `the window of ${name} on ${host.name}` }));
  });
}

/** A host bridge, or a port below one. */
interface WindowOwner {
  readonly name: string;
  readonly windows?: HostBridge["windows"] | PciNode["function"]["windows"];
}

interface Window {
  readonly region: HostRegion;
  readonly hosts: GuestHost[];
}

function windowsOfHosts(plan: GuestPlan): Window[] {
  const found = new Map<string, Window>();
  contributionsOf(plan).forEach(({ regions }, index) => {
    for (const region of regions) {
      if (region.kind !== "window") continue;
      const key = `${region.range.base} ${region.range.end}`;
      const one = found.get(key) ?? { region, hosts: [] };
      one.hosts.push(plan.hosts[index] as GuestHost);
      found.set(key, one);
    }
  });
  return [...found.values()];
}

function devicesTaken(plan: GuestPlan, host: GuestHost, { range }: HostRegion): PciNode[] {
  return functionsOn(plan, host).filter((node) => regionsFor(host.plan, [node]).regions.some((one) => one.kind === "window" && overlaps(one.range, range)));
}
