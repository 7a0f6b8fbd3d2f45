// Two functions with one PCI address.
import type { PciNode } from "../plan/pciTree";
import { under } from "../anchor";
import { defineRule } from "../rule";

interface Twins {
  readonly node: PciNode;
  readonly first: PciNode;
}

export const duplicatePciAddress = defineRule<Twins>({
  id: "duplicate-pci-address",
  catalogue: "PCI002",
  severity: "error",
  since: "0.1.0",
  summary: "Two functions of one host bridge have the same PCI address.",
  why: `Configuration requests, DMA and interrupts know a function by its address alone. Two with one address cannot both be there, so one entry
is a copy whose address was not changed, and nothing that follows from it (its IOMMU group, its stream) is true.`,
  sources: ["PCI Express Base Specification, 2.2.6.2 (Requester ID)"],
  bad: [
    {
      text: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "devices": [{
      "at": "00:00.0", "type": "root-port", "buses": "01-01",
      "devices": [
        { "at": "01:00.0", "name": "nic0", "type": "endpoint" },
        //      ~~~~~~~~~ nic0 (0000:01:00.0)
        { "at": "0000:01:00.0", "name": "nic1", "type": "endpoint" },
        //      ^^^^^^^^^^^^^^ error: nic1 (0000:01:00.0) has the address of nic0 (0000:01:00.0)
      ],
    }],
  }],
}`,
    },
  ],
  good: [
    // Two functions of one device; the same address in another segment.
    `{
  "platform": "board",
  "pci": [
    { "name": "pcie0", "segment": 0, "msi": "none", "devices": [{ "at": "00:00.0", "type": "integrated-endpoint" }, { "at": "00:00.1", "type": "integrated-endpoint" }] },
    { "name": "pcie1", "segment": 1, "msi": "none", "devices": [{ "at": "00:00.0", "type": "integrated-endpoint" }] },
  ],
}`,
  ],
  *check(plan) {
    const byAddress = new Map<string, PciNode>();
    const copies = new Set<PciNode>();
    for (const node of plan.functions) {
      const first = byAddress.get(node.address);
      if (first === undefined) byAddress.set(node.address, node);
      // Between host bridges it is their bus ranges that clash, and below a copy everything is there twice.
      else if (first.hostBridge === node.hostBridge && !isBelow(node, copies)) {
        copies.add(node);
        yield { at: under(node.anchor, "at"), data: { node, first }, related: [{ at: under(first.anchor, "at"), message: first.label }] };
      }
    }
  },
  message: ({ node, first }) => `${node.label} has the address of ${first.label}`,
});

function isBelow(node: PciNode, copies: ReadonlySet<PciNode>): boolean {
  for (let up = node.parent; up; up = up.parent) if (copies.has(up)) return true;
  return false;
}
