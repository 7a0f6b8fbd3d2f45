// Guest memory lies where a device that the guest starts with has a reserved region.
import type { Related } from "../finding";
import type { BootDevices } from "../guest/bootDevices";
import { bootDevices } from "../guest/bootDevices";
import { asEmitted } from "../guest/dmaAddresses";
import { kindWord } from "../guest/forbidden";
import type { MemoryConflict } from "../guest/memoryConflicts";
import { memoryConflicts } from "../guest/memoryConflicts";
import { memoryFixes } from "../guest/memoryFixes";
import { isMsiWindow } from "../guest/msiWindows";
import type { PinnedBank } from "../guest/pinnedMemory";
import { pinnedMemory } from "../guest/pinnedMemory";
import { listedLabels } from "../describe/assignability";
import { iommusOf, regionEntries } from "../plan/describedRegions";
import { printRange } from "../print";
import { defineGuestRule, notChecked } from "../rule";

interface Refused {
  readonly boot: BootDevices;
  readonly conflict: MemoryConflict<PinnedBank>;
}

export const guestMemoryInReservedRegion = defineGuestRule<Refused>({
  id: "guest-memory-in-reserved-region",
  catalogue: "RSV001",
  severity: "error",
  since: "0.1.0",
  summary: "Guest memory lies where a device that the guest starts with has a reserved region.",
  why: `A device emits guest physical addresses, and its IOMMU group has addresses that cannot be mapped to memory: hardware takes them for interrupts, firmware
wants them mapped one to one, or the IOMMU does not translate them. VFIO refuses to map guest memory over such a region: QEMU ends with
"memory listener initialization failed: … = -22 (Invalid argument)". Where nothing refuses, DMA meant for memory goes elsewhere.

\`direct-relaxable\` regions do not count. Regions of devices that are added later, and of hosts that the guest may move to, have rules of their own.`,
  sources: ["domain.md 1.1 and 1.5", "Linux, drivers/vfio/vfio_iommu_type1.c", "QEMU, hw/vfio/listener.c"],
  bad: [
    {
      text: `{
  "guest": "web",
  "physicalAddressBits": 40,
  "hosts": ["d05.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "4G", "base": "0x4000_0000" }],
  //                                                ^^^^^^^^^^^^^ error: memory ram 0x4000_0000-0x1_3fff_ffff meets the msi region 0xc601_0000-0xc601_ffff of nic (0000:00:05.0) on d05: it cannot be mapped for the device
  "passthrough": [{ "host": "d05", "device": "00:05.0" }],
}
// --- d05.platform.jsonc ---
{
  "platform": "d05", "arch": "arm64",
  "iommus": [{
    "name": "smmu", "type": "smmuv3", "msiWindow": { "base": "0x0800_0000", "size": "1M", "programmable": true },
    "reserved": [{ "name": "its-page", "range": "0xc601_0000-0xc601_ffff", "type": "msi" }],
    //                     ~~~~~~~~~~ d05 reserves it
  }],
  "pci": [{ "name": "pci0", "iommu": [{ "ids": "0000-ffff", "to": "smmu" }], "devices": [{ "at": "00:05.0", "name": "nic", "type": "endpoint" }] }],
}`,
      fixed: `{
  "guest": "web",
  "physicalAddressBits": 40,
  "hosts": ["d05.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "4G", "from": "0x4000_0000" }],
  "passthrough": [{ "host": "d05", "device": "00:05.0" }],
}`,
    },
    {
      // The machine makes one bank, so that less memory is what is left.
      text: `{
  "guest": "web", "machine": "qemu-virt-10.1",
  "physicalAddressBits": 40,
  "hosts": ["d05.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "4G", "base": "0x4000_0000" }],
  //                                                ^^^^^^^^^^^^^ error: memory ram 0x4000_0000-0x1_3fff_ffff meets the reserved region 0xc601_0000-0xc601_ffff of nic (0000:00:05.0) on d05: it cannot be mapped for the device
  "passthrough": [{ "host": "d05", "device": "00:05.0" }],
}
// --- d05.platform.jsonc ---
{
  "platform": "d05", "arch": "arm64",
  "iommus": [{ "name": "smmu", "type": "smmuv3", "reserved": [{ "range": "0xc601_0000-0xc601_ffff", "type": "reserved" }] }],
  "pci": [{ "name": "pci0", "iommu": [{ "ids": "0000-ffff", "to": "smmu" }], "devices": [{ "at": "00:05.0", "name": "nic", "type": "endpoint" }] }],
}`,
      fixed: `{
  "guest": "web", "machine": "qemu-virt-10.1",
  "physicalAddressBits": 40,
  "hosts": ["d05.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "2144M", "base": "0x4000_0000" }],
  "passthrough": [{ "host": "d05", "device": "00:05.0" }],
}`,
    },
  ],
  good: [
    `{
  "guest": "web",
  "physicalAddressBits": 40,
  "hosts": ["d05.platform.jsonc"],
  // Placed by a plan, around the region.
  "memory": [{ "name": "ram", "size": "4G", "banks": ["0x4000_0000-0xc5ff_ffff", "0xc620_0000-0x1_401f_ffff"] }, { "name": "more", "size": "1G" }],
  "passthrough": [{ "host": "d05", "device": "00:05.0" }],
}
// --- d05.platform.jsonc ---
{
  "platform": "d05", "arch": "arm64",
  "iommus": [{ "name": "smmu", "type": "smmuv3", "reserved": [{ "range": "0xc601_0000-0xc601_ffff", "type": "msi" }] }],
  "pci": [{ "name": "pci0", "iommu": [{ "ids": "0000-ffff", "to": "smmu" }], "devices": [{ "at": "00:05.0", "name": "nic", "type": "endpoint" }] }],
}`,
  ],
  *check(plan) {
    for (const boot of bootDevices(plan)) {
      for (const because of boot.unknown) yield notChecked(`${boot.host.name}: ${because}`);
      for (const conflict of memoryConflicts(pinnedMemory(plan), boot.regions, boot.page).listed) {
        if (!isMsiWindow(boot.host.plan, conflict.range)) yield { at: conflict.memory.at, data: { boot, conflict }, related: relatedPlaces(boot, conflict) };
      }
    }
  },
  message: ({ boot, conflict: { memory, kind, range } }) =>
    `memory ${memory.name} ${printRange(memory.range)} meets the ${kindWord(kind)} region ${printRange(range)} of ${listedLabels(boot.labels)} on ${boot.host.name}: ` +
    `it cannot be mapped for the device`,
  fix: ({ data }, plan) => memoryFixes(plan, data.conflict.memory.entry),
});

function relatedPlaces({ host, nodes }: BootDevices, { range, kind }: MemoryConflict): Related[] {
  if (kind !== "direct" && kind !== "reserved" && kind !== "msi") return [];
  const iommus = nodes.length === 0 ? (host.plan.platform.iommus ?? []) : iommusOf(host.plan, nodes);
  return regionEntries(iommus, asEmitted(range), kind).map((at) => ({ at, message: `${host.name} reserves it` }));
}
