// Small machines as texts, and what is said of their functions in short forms, for the tests of assignability. Knows
// nothing of what is expected.
import assert from "node:assert/strict";
import type { Assignability, Plan } from "../../core/src/index";
import { assignabilities, assignabilityOf, iommuGroups } from "../../core/src/index";
import { planOf, short } from "../groups/partitions";

const FULL_ACS = `{ "capable": "SV RR CR UF", "enabled": "SV RR CR UF" }`;

interface Variation {
  readonly iommu?: string;
  readonly bridge?: string;
  readonly acs?: string;
  readonly doorbell?: string;
  readonly nic?: string;
  readonly top?: string;
}

/** An Arm machine: root port 00:01.0 with nic0 01:00.0 below it, behind an SMMUv3 and an ITS. */
export function armMachine({
  iommu = "",
  bridge,
  acs = FULL_ACS,
  doorbell,
  nic = "",
  top = "",
}: Variation = {}): string {
  return `{
  "platform": "board", "arch": "arm64", "pageSize": "64K",
  "doorbells": [${doorbell ?? `{ "name": "its0", "type": "its", "base": "0x0808_0000", "size": "128K" }`}],
  "iommus": [{ "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K"${iommu} }],
  "pci": [{
    "name": "pcie0", ${bridge ?? `"iommu": [{ "ids": "0000-ffff", "to": "smmu0" }], "msi": [{ "ids": "0000-ffff", "to": "its0" }]`},
    "devices": [{
      "at": "00:01.0", "name": "rp0", "type": "root-port", "buses": "01-01", "acs": ${acs},
      "devices": [{ "at": "01:00.0", "name": "nic0", "type": "endpoint"${nic} }]
    }]
  }]${top}
}`;
}

/** An x86 machine: two root ports of one slot, with nic0 01:00.0 and nic1 02:00.0, behind a VT-d unit. */
export function x86Machine({
  iommu = `, "interruptRemapping": true`,
  bridge,
  acs = FULL_ACS,
  nic = "",
  top = "",
}: Variation = {}): string {
  return `{
  "platform": "server", "arch": "x86_64", "pageSize": "4K",
  "doorbells": [{ "name": "lapic", "type": "local-apic", "base": "0xfee0_0000", "size": "1M" }],
  "iommus": [{ "name": "dmar0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K"${iommu} }],
  "pci": [{
    "name": "pci0", ${bridge ?? `"iommu": [{ "ids": "0000-ffff", "to": "dmar0" }], "msi": "lapic"`},
    "devices": [
      { "at": "00:1c.0", "name": "rp0", "type": "root-port", "multifunction": true, "buses": "01-01", "acs": ${acs},
        "devices": [{ "at": "01:00.0", "name": "nic0", "type": "endpoint"${nic} }] },
      { "at": "00:1c.4", "name": "rp1", "type": "root-port", "buses": "02-02", "acs": ${acs},
        "devices": [{ "at": "02:00.0", "name": "nic1", "type": "endpoint" }] }
    ]
  }]${top}
}`;
}

/** Every function with its verdict; both ways to ask must agree. */
export function verdicts(text: string): string[] {
  const plan = planOf(text);
  return judged(plan).map((one) => {
    assert.deepEqual(assignabilityOf(plan, one.node), one);
    return `${short(one.node.address)} ${one.verdict}`;
  });
}

export function judged(plan: Plan): readonly Assignability[] {
  return assignabilities(plan, iommuGroups(plan));
}

/** Everything that is said of one function, which a text calls nic0. */
export function nic0(text: string): Assignability {
  const found = judged(planOf(text)).find((one) => one.node.function.name === "nic0");
  assert.ok(found, "there is a nic0");
  return found;
}
