// The BARs of the devices that are passed through need more than the windows of the guest's PCI host bridge hold.
import { under } from "../anchor";
import type { Fix } from "../finding";
import { listedLabels } from "../describe/assignability";
import type { BarRoom } from "../guest/barRoom";
import { barRooms } from "../guest/barRoom";
import { printSize, printSizeLiteral } from "../print";
import { defineGuestRule, notChecked } from "../rule";

export const barsExceedGuestWindows = defineGuestRule<BarRoom>({
  id: "bars-exceed-guest-windows",
  catalogue: "GST006",
  severity: "error",
  since: "0.1.0",
  summary: "The BARs of devices that are passed through need more than the guest's PCI windows hold.",
  why: `The guest's firmware places the BARs of every device in the windows of its PCI host bridge. What does not fit stays without a place, and the device without
registers. GPUs have BARs of hundreds of GiB: QEMU's \`virt\` has 512 GiB for all of them, and more only with \`highmem-mmio-size\`, a power of two.

Sizes alone are added up. Alignment may need more than that, never less.`,
  sources: ["domain.md 5.1"],
  bad: [
    {
      text: `{
  "guest": "train",
  "physicalAddressBits": 44,
  "hosts": ["gpus.platform.jsonc"],
  "windows": [{ "name": "low", "type": "mem32", "size": "512M" }, { "name": "high", "type": "mem64-prefetchable", "size": "128G" }],
  "passthrough": [{ "host": "gpus", "device": "00:01.0" }],
  //                                          ^^^^^^^^^ error: the BARs of gpu (0000:00:01.0) need about 129 GiB, and the guest's windows hold 128.5 GiB
}
// --- gpus.platform.jsonc ---
{
  "platform": "gpus",
  "pci": [{
    "name": "pci0",
    "devices": [{ "at": "00:01.0", "name": "gpu", "type": "endpoint", "bars": [{ "bar": 0, "size": "16M", "type": "mem64" }, { "bar": 2, "size": "128G", "type": "mem64-prefetchable" }, { "bar": 4, "size": "1G", "type": "mem64-prefetchable" }] }],
  }],
}`,
      fixed: `{
  "guest": "train",
  "physicalAddressBits": 44,
  "hosts": ["gpus.platform.jsonc"],
  "windows": [{ "name": "low", "type": "mem32", "size": "512M" }, { "name": "high", "type": "mem64-prefetchable", "size": "256G" }],
  "passthrough": [{ "host": "gpus", "device": "00:01.0" }],
}`,
    },
  ],
  good: [
    `{
  "guest": "train", "machine": "qemu-virt-10.1",
  "physicalAddressBits": 40,
  "hosts": ["gpus.platform.jsonc"],
  "passthrough": [{ "host": "gpus", "device": "00:01.0" }],
}
// --- gpus.platform.jsonc ---
{
  "platform": "gpus",
  "pci": [{ "name": "pci0", "devices": [{ "at": "00:01.0", "name": "gpu", "type": "endpoint", "bars": [{ "bar": 2, "size": "128G", "type": "mem64-prefetchable" }] }] }],
}`,
  ],
  *check(plan) {
    const { tooSmall, unknown } = barRooms(plan);
    for (const because of unknown) yield notChecked(because);
    for (const room of tooSmall) {
      const entry = plan.guest.passthrough?.[0];
      if (entry) yield { at: under(entry.anchor, "device"), data: room };
    }
  },
  message: ({ width, needed, held, nodes }) =>
    `the ${width === 32 ? "32-bit " : ""}BARs of ${listedLabels(nodes.map((node) => node.label))} need ${printSize(needed)}, and the guest's ${width === 32 ? "windows below 4 GiB" : "windows"} hold ${printSize(held)}`,
  fix({ data: { width, needed, held } }, { guest }): Fix[] {
    const window = guest.windows?.find((one) => (width === 32 ? one.type.startsWith("mem32") : one.type.startsWith("mem64")));
    if (!window) return [];
    let size = 1n << BigInt((window.size - 1n).toString(2).length);
    while (held - window.size + size < needed) size *= 2n;
    return [{ title: `Grow window ${window.name} to ${printSizeLiteral(size)}`, edits: [{ op: "replace", at: under(window.anchor, "size"), value: { size } }] }];
  },
});
