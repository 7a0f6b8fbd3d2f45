// What isolates something that is meant for assignment is the kernel's own knowledge of a function, not its ACS.
import { describeLabels } from "../describe/acs";
import { testAcs } from "../plan/acsTest";
import { assignedGroups, groupsOf } from "../plan/assignedGroups";
import { assignedFunctions } from "../plan/assignment";
import type { IommuGroups } from "../plan/groups/iommuGroups";
import { printKernelVersion } from "../plan/groups/kernel";
import { entryAnchor } from "../plan/occupants";
import type { PciNode } from "../plan/pciTree";
import { ancestors } from "../plan/pciTree";
import type { Plan } from "../plan/plan";
import { defineRule, notChecked } from "../rule";

interface Quirky {
  readonly node: PciNode;
  readonly quirk: string;
  /** Absent where the description names the quirk. */
  readonly kernel?: string;
  readonly assigned: readonly PciNode[];
}

export const isolationByQuirk = defineRule<Quirky>({
  id: "isolation-by-quirk",
  catalogue: "ACS009",
  severity: "info",
  since: "0.1.0",
  summary: "The isolation of something meant for assignment rests on a quirk of the kernel.",
  why: `Linux has a table of functions that isolate although their ACS capability is missing or lies: their vendors said so. The groups of such a machine are
small for that reason alone. A kernel that is older than the row, another hypervisor, or a board with the next revision of the chip may group them
otherwise.

There is nothing to mend. \`quirks\` of the function names a quirk that the table here does not know; what it says counts first.`,
  sources: ["domain.md 2.5", "Linux, drivers/pci/quirks.c, pci_dev_acs_enabled"],
  bad: [
    {
      text: `{
  "platform": "board",
  "iommus": [{ "name": "dmar0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K", "interruptRemapping": true }],
  "pci": [{
    "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "dmar0" }],
    "devices": [{
      "at": "00:1c.0", "name": "rp0", "type": "root-port", "id": "8086:8c10", "buses": "01-01",
      //                       ^^^^^ info: rp0 (0000:00:1c.0), above nic0 (0000:01:00.0) which is meant for assignment, isolates only by a quirk of the kernel: Intel Lynx Point-H PCH root port (Linux 7.2)
      "devices": [{ "at": "01:00.0", "name": "nic0", "type": "endpoint", "assign": true }],
      //                                     ~~~~~~ nic0 (0000:01:00.0) is meant for assignment
    }],
  }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "arch": "arm64",
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x2b40_0000", "size": "128K" }],
  "pci": [{
    "name": "pcie0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }],
    "devices": [{
      "at": "00:00.0", "name": "rp0", "type": "root-port", "buses": "01-01", "quirks": ["vendor's root port"],
      //                       ^^^^^ info: rp0 (0000:00:00.0), above nic0 (0000:01:00.0) which is meant for assignment, isolates only by a quirk of the kernel: vendor's root port
      "devices": [{ "at": "01:00.0", "name": "nic0", "type": "endpoint", "assign": true }],
    }],
  }],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "iommus": [{ "name": "dmar0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K", "interruptRemapping": true }],
  "pci": [{
    "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "dmar0" }],
    "devices": [
      {
        "at": "00:1c.0", "name": "rp0", "type": "root-port", "id": "8086:8c10", "buses": "01-01",
        "acs": { "capable": "SV RR CR UF", "enabled": "SV RR CR UF" }, "quirks": ["Intel Lynx Point-H PCH root port"],
        "devices": [{ "at": "01:00.0", "name": "nic0", "type": "endpoint", "assign": true }],
      },
      {
        "at": "00:1d.0", "name": "rp1", "type": "root-port", "id": "8086:8c10", "buses": "02-02",
        "devices": [{ "at": "02:00.0", "name": "nic1", "type": "endpoint" }],
      },
      // A single function has nobody to isolate itself from: no quirk is needed.
      { "at": "00:02.0", "name": "gpu0", "type": "integrated-endpoint", "id": "8086:0412", "assign": true },
    ],
  }],
}`,
  ],
  *check(plan) {
    for (const because of assignedGroups(plan).unknown) yield notChecked(because);
    for (const [node, assigned] of quirkyAbove(plan)) {
      const { quirk = "" } = groupsOf(plan).isolationOf(node);
      const related = assigned.filter((one) => one !== node).map((one) => ({ at: entryAnchor(one.function), message: `${one.label} is meant for assignment` }));
      const kernel = (node.function.quirks?.length ?? 0) > 0 ? {} : { kernel: printKernelVersion(groupsOf(plan).kernel) };
      yield { at: entryAnchor(node.function), data: { node, quirk, assigned, ...kernel }, related };
    }
  },
  message: ({ node, quirk, kernel, assigned }) =>
    `${node.label}, ${assigned[0] === node ? "which" : `above ${describeLabels(assigned)} which`} ${assigned.length === 1 ? "is" : "are"} meant for assignment, ` +
    `isolates only by a quirk of the kernel: ${quirk}${kernel === undefined ? "" : ` (Linux ${kernel})`}`,
});

function quirkyAbove(plan: Plan): ReadonlyMap<PciNode, readonly PciNode[]> {
  const found = new Map<PciNode, PciNode[]>();
  for (const assigned of assignedFunctions(plan)) {
    for (const node of [assigned, ...ancestors(assigned)]) {
      const known = found.get(node);
      if (known) known.push(assigned);
      else if (restsOnQuirk(groupsOf(plan), node)) found.set(node, [assigned]);
    }
  }
  return found;
}

/** The ACS of the function alone would not do. */
function restsOnQuirk(groups: IommuGroups, node: PciNode): boolean {
  const { verdict, quirk } = groups.isolationOf(node);
  if (quirk === undefined || verdict.kind !== "isolates") return false;
  const alone = testAcs({ ...node.function, anchor: node.anchor, multifunction: groups.topology.isMultifunction(node), quirks: [] }, node.label);
  return alone.kind === "no-capability" || alone.kind === "disabled-bits";
}
