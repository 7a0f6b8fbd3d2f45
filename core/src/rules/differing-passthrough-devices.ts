// Devices that take one another's place on different hosts look different to the guest.
import { under } from "../anchor";
import type { Passthrough } from "../guest";
import type { GuestPlan } from "../guest/guestPlan";
import { passedThrough } from "../guest/passedThrough";
import { known } from "../plan/occupants";
import type { PciNode } from "../plan/pciTree";
import { entryAnchor } from "../plan/occupants";
import { printSize } from "../print";
import { defineGuestRule } from "../rule";

interface Counterpart {
  readonly entry: Passthrough;
  readonly host: string;
  readonly node: PciNode;
}

interface Differing {
  readonly first: Counterpart;
  readonly second: Counterpart;
  /** Clauses: what, there and here. At least one. */
  readonly differences: readonly string[];
}

export const differingPassthroughDevices = defineGuestRule<Differing>({
  id: "differing-passthrough-devices",
  catalogue: "MIG008",
  severity: "warning",
  since: "0.1.0",
  summary: "Devices that take one another's place on different hosts look different to the guest.",
  why: `A guest knows a PCI device by its configuration space: the sizes and types of its BARs, its MSI capabilities. A device that is migrated with the guest, or that
takes the place of one that was there, must have the same: otherwise the monitor refuses the stream ("Bad config data: i=0x… read: … device: …"), or the guest's
driver finds registers elsewhere.

Devices of the same vendor and device id are compared, in the order of the file. Cards of one model differ by firmware and by the size of their BARs, which
resizable BARs can change.`,
  sources: ["domain.md section 6", "QEMU, hw/pci/pci.c (get_pci_config_device)"],
  bad: [
    {
      text: `{
  "guest": "web",
  "hosts": ["a.platform.jsonc", "b.platform.jsonc"],
  "passthrough": [
    { "host": "a", "device": "00:05.0" },
    //                       ~~~~~~~~~ compared with this one
    { "host": "b", "device": "00:06.0" },
    //                       ^^^^^^^^^ warning: nic (0000:00:06.0) of b is not like nic (0000:00:05.0) of a: BAR 0 has 16 MiB there and 32 MiB here; MSI has 64 vectors there and 32 here
  ],
}
// --- a.platform.jsonc ---
{
  "platform": "a", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3" }],
  "pci": [{
    "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "smmu" }],
    "devices": [{ "at": "00:05.0", "name": "nic", "type": "endpoint", "id": "15b3:101e", "bars": [{ "bar": 0, "size": "16M", "type": "mem64-prefetchable" }], "msi": { "vectors": 64 } }],
  }],
}
// --- b.platform.jsonc ---
{
  "platform": "b", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3" }],
  "pci": [{
    "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "smmu" }],
    "devices": [{ "at": "00:06.0", "name": "nic", "type": "endpoint", "id": "15b3:101e", "bars": [{ "bar": 0, "size": "32M", "type": "mem64-prefetchable" }], "msi": { "vectors": 32 } }],
  }],
}`,
    },
  ],
  good: [
    `{
  "guest": "web",
  "hosts": ["a.platform.jsonc", "b.platform.jsonc"],
  "passthrough": [{ "host": "a", "device": "00:05.0" }, { "host": "b", "device": "00:06.0" }, { "host": "b", "device": "00:07.0" }],
}
// --- a.platform.jsonc ---
{
  "platform": "a", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3" }],
  "pci": [{
    "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "smmu" }],
    "devices": [{ "at": "00:05.0", "type": "endpoint", "id": "15b3:101e", "bars": [{ "bar": 0, "size": "16M", "type": "mem64-prefetchable" }] }],
  }],
}
// --- b.platform.jsonc ---
{
  "platform": "b", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3" }],
  "pci": [{
    "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "smmu" }],
    "devices": [
      { "at": "00:06.0", "type": "endpoint", "id": "15b3:101e", "bars": [{ "bar": 0, "size": "16M", "type": "mem64-prefetchable" }] },
      { "at": "00:07.0", "type": "endpoint", "id": "144d:a80a", "bars": [{ "bar": 0, "size": "16K", "type": "mem64" }] },
    ],
  }],
}`,
  ],
  *check(plan) {
    for (const { first, second } of pairs(plan)) {
      const differences = [...barDifferences(first.node, second.node), ...msiDifferences(first.node, second.node)];
      if (differences.length === 0) continue;
      const related = [
        { at: under(first.entry.anchor, "device"), message: "compared with this one" },
        { at: entryAnchor(first.node.function), message: `as ${first.host} describes it` },
        { at: entryAnchor(second.node.function), message: `as ${second.host} describes it` },
      ];
      yield { at: under(second.entry.anchor, "device"), data: { first, second, differences }, related };
    }
  },
  message: ({ first, second, differences }) => `${second.node.label} of ${second.host} is not like ${first.node.label} of ${first.host}: ${differences.join("; ")}`,
});

/** The n-th device of a vendor and device id on each host, with the n-th on the first host that has one. */
function pairs(plan: GuestPlan): { first: Counterpart; second: Counterpart }[] {
  const firstOfKind = new Map<string, Counterpart>();
  const count = new Map<string, number>();
  return passedThrough(plan).flatMap(({ entry, host, node }) => {
    const id = node?.function.id;
    if (!host || !node || id === undefined) return [];
    const nth = count.get(`${host.name} ${id}`) ?? 0;
    count.set(`${host.name} ${id}`, nth + 1);
    const second = { entry, host: host.name, node };
    const first = firstOfKind.get(`${id} ${nth}`);
    if (!first) firstOfKind.set(`${id} ${nth}`, second);
    return first && first.host !== second.host ? [{ first, second }] : [];
  });
}

function barDifferences(a: PciNode, b: PciNode): string[] {
  if (a.function.bars === undefined || b.function.bars === undefined || a.function.bars === "unknown" || b.function.bars === "unknown") return [];
  const [there, here] = [new Map(known(a.function.bars).map((one) => [one.bar, one])), new Map(known(b.function.bars).map((one) => [one.bar, one]))];
  return [...new Set([...there.keys(), ...here.keys()])].sort((x, y) => x - y).flatMap((number) => {
    const [one, other] = [there.get(number), here.get(number)];
    if (!one || !other) return [`BAR ${number} is only ${one ? "there" : "here"}`];
    if (one.size !== undefined && other.size !== undefined && one.size !== other.size) return [`BAR ${number} has ${printSize(one.size)} there and ${printSize(other.size)} here`];
    return one.type !== undefined && other.type !== undefined && one.type !== other.type ? [`BAR ${number} is ${one.type} there and ${other.type} here`] : [];
  });
}

function msiDifferences(a: PciNode, b: PciNode): string[] {
  const [one, other] = [a.function.msi, b.function.msi];
  if (one === undefined || other === undefined || typeof one === "string" || typeof other === "string") return [];
  const differences: string[] = [];
  if (one.vectors !== undefined && other.vectors !== undefined && one.vectors !== other.vectors) differences.push(`MSI has ${one.vectors} vectors there and ${other.vectors} here`);
  if ((one.address64 ?? false) !== (other.address64 ?? false)) differences.push(`MSI takes 64-bit addresses only ${one.address64 === true ? "there" : "here"}`);
  if ((one.msix ?? false) !== (other.msix ?? false)) differences.push(`MSI-X is only ${one.msix === true ? "there" : "here"}`);
  return differences;
}
