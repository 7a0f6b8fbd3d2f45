// A guest gets a device through iommufd, which refuses the device's IOMMU group because it has both kinds of MSI region.
import type { AddressRange } from "../address";
import { under } from "../anchor";
import type { Fix } from "../finding";
import { regionsFor } from "../guest/hostRegions";
import { passedThrough } from "../guest/passedThrough";
import { printRange } from "../print";
import { defineGuestRule } from "../rule";

interface Mixed {
  readonly device: string;
  readonly host: string;
  readonly hardware: AddressRange<"ipa">;
  readonly software: AddressRange<"ipa">;
}

export const mixedMsiRegionsWithIommufd = defineGuestRule<Mixed>({
  id: "mixed-msi-regions-with-iommufd",
  catalogue: "RSV007",
  severity: "error",
  since: "0.1.0",
  summary: "A guest gets a device through iommufd, which does not take both kinds of MSI region in one IOMMU group.",
  why: `A group may have addresses that hardware takes for interrupts before any translation, and beside them a window in which the kernel maps doorbells: HiSilicon's
hip07 has both. iommufd cannot know which of the two to use and refuses to attach the group (\`-EINVAL\`). The type 1 container of VFIO takes it.`,
  sources: ["domain.md 1.7", "Linux, drivers/iommu/iommufd/device.c"],
  bad: [
    {
      text: `{
  "guest": "web",
  "hosts": ["board.platform.jsonc"],
  "passthrough": [{ "host": "board", "device": "00:05.0" }],
  //                                           ~~~~~~~~~ nic (0000:00:05.0) of board
  "backend": "iommufd",
  //         ^^^^^^^^^ error: iommufd refuses nic (0000:00:05.0) of board, whose IOMMU group has two kinds of MSI region: hardware takes 0xc601_0000-0xc601_ffff, and the kernel maps doorbells in 0x0800_0000-0x080f_ffff
}
// --- board.platform.jsonc ---
{
  "platform": "board", "arch": "arm64",
  "iommus": [{
    "name": "smmu0", "type": "smmuv3", "base": "0xa004_0000", "size": "256K", "pageSizes": ["4K"],
    "reserved": [{ "range": "0xc601_0000-0xc601_ffff", "type": "msi" }],
  }],
  "pci": [{ "name": "pcie0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }], "devices": [{ "at": "00:05.0", "name": "nic", "type": "endpoint" }] }],
}`,
      fixed: `{
  "guest": "web",
  "hosts": ["board.platform.jsonc"],
  "passthrough": [{ "host": "board", "device": "00:05.0" }],
  "backend": "vfio",
}`,
    },
  ],
  good: [
    `{
  "guest": "web",
  "hosts": ["board.platform.jsonc"],
  "passthrough": [{ "host": "board", "device": "00:05.0" }],
  "backend": "iommufd",
}
// --- board.platform.jsonc ---
{
  "platform": "board", "arch": "arm64",
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0xa004_0000", "size": "256K", "pageSizes": ["4K"] }],
  "pci": [{ "name": "pcie0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }], "devices": [{ "at": "00:05.0", "name": "nic", "type": "endpoint" }] }],
}`,
  ],
  *check(plan) {
    if (plan.guest.backend !== "iommufd") return;
    for (const { entry, host, node } of passedThrough(plan)) {
      if (!host || !node) continue;
      const { regions } = regionsFor(host.plan, [node]);
      const hardware = regions.find((one) => one.kind === "msi");
      const software = regions.find((one) => one.kind === "software-msi");
      if (!hardware || !software) continue;
      const data = { device: node.label, host: host.name, hardware: hardware.range, software: software.range };
      return yield { at: under(plan.guest.anchor, "backend"), data, related: [{ at: under(entry.anchor, "device"), message: `${node.label} of ${host.name}` }] };
    }
  },
  message: ({ device, host, hardware, software }) =>
    `iommufd refuses ${device} of ${host}, whose IOMMU group has two kinds of MSI region: hardware takes ${printRange(hardware)}, and the kernel maps doorbells in ${printRange(software)}`,
  fix: ({ at }): Fix[] => [{ title: "Take VFIO's type 1 container", edits: "path" in at ? [{ op: "replace", at, value: { json: "vfio" } }] : [] }],
});
