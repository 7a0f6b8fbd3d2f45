// The IOMMU groups that follow from the description are not those that the captured kernel made.
import type { Anchor } from "../anchor";
import { under } from "../anchor";
import { describeLabels } from "../describe/acs";
import type { Related } from "../finding";
import { areGroupsMisread, groupsOf } from "../plan/assignedGroups";
import { capturedFunction } from "../plan/capturedFunctions";
import type { GroupDifference } from "../plan/groups/capturedGroups";
import { capturedDifferences } from "../plan/groups/capturedGroups";
import { describeJoin } from "../plan/groups/describeGroups";
import { entryAnchor } from "../plan/occupants";
import type { PciNode } from "../plan/pciTree";
import type { Plan } from "../plan/plan";
import type { Observation } from "../rule";
import { defineRule, notChecked } from "../rule";

/** `without`: the kernel gave them groups, and by the description they have none, for this reason. */
type Drift =
  | { readonly kind: "partition"; readonly difference: GroupDifference }
  | { readonly kind: "without"; readonly id: number; readonly nodes: readonly PciNode[]; readonly because: string };

export const groupsDifferFromCaptured = defineRule<Drift>({
  id: "groups-differ-from-captured",
  severity: "warning",
  since: "0.1.0",
  summary: "The IOMMU groups that follow from the description are not those that the captured kernel made.",
  why: `The kernel made its groups from the hardware, and Platmap makes them from the description in the same way. Where they differ, one of the two is not
this machine: ACS or a port's type was changed in the description, the machine was changed since the capture, or a kernel parameter took part.

What is planned for guests rests on the description. Import the machine again, or mend the description. Functions that only one side knows are not
compared, and neither are groups that the description leaves open.`,
  sources: ["domain.md 2.6 and 2.7b", "Linux, drivers/iommu/iommu.c, pci_device_group"],
  bad: [
    {
      text: `{
  "platform": "board",
  "iommus": [{ "name": "dmar0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K" }],
  "pci": [{
    "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "dmar0" }],
    "devices": [{
      "at": "00:1c.0", "name": "rp0", "type": "root-port", "buses": "01-01",
      //                       ~~~~~ rp0 (0000:00:1c.0)
      "devices": [{ "at": "01:00.0", "name": "nic0", "type": "endpoint" }],
      //                                     ~~~~~~ nic0 (0000:01:00.0) joins rp0 (0000:00:1c.0): what comes from below may be turned back before the IOMMU sees it; root port rp0 (0000:00:1c.0) has no ACS
    }],
  }],
  "captured": { "groups": [{ "id": 4, "devices": ["0000:00:1c.0"] }, { "id": 7, "devices": ["0000:01:00.0"] }] },
  //                                             ^^^^^^^^^^^^^^^^ warning: the captured kernel has 0000:00:1c.0 alone in group 4, but by the description 0000:01:00.0 is in one group with it
}`,
    },
    {
      text: `{
  "platform": "board",
  "iommus": [{ "name": "dmar0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K" }],
  "pci": [
    {
      "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-001f", "to": "dmar0" }],
      "devices": [
        { "at": "00:02.0", "name": "gpu", "type": "endpoint" },
        { "at": "00:03.0", "name": "audio", "type": "endpoint" },
        { "at": "00:05.0", "name": "nic0", "type": "endpoint" },
        //                         ~~~~~~ nic0 (0000:00:05.0): no IOMMU is in front of it
      ],
    },
  ],
  "captured": {
    "groups": [
      { "id": 0, "devices": ["0000:00:02.0", "0000:00:03.0"] },
      //                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: the captured kernel has 0000:00:02.0 and 0000:00:03.0 in group 0, but by the description they are in different groups
      { "id": 1, "devices": ["0000:00:05.0"] },
      //                     ^^^^^^^^^^^^^^ warning: the captured kernel has nic0 (0000:00:05.0) in group 1, but by the description it is in none: no IOMMU is in front of it
    ],
  },
}`,
    },
  ],
  good: [
    `// Groups may be partial, and hold what is not PCI.
{
  "platform": "board",
  "iommus": [{ "name": "dmar0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K" }],
  "pci": [{
    "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "dmar0" }],
    "devices": [
      { "at": "00:1c.0", "type": "root-port", "buses": "01-01", "devices": [{ "at": "01:00.0", "type": "endpoint" }, { "at": "01:01.0", "type": "endpoint" }] },
      { "at": "00:1d.0", "type": "root-port", "buses": "02-02", "acs": "unknown", "devices": [{ "at": "02:00.0", "type": "endpoint" }] },
    ],
  }],
  "captured": { "groups": [
    { "id": 4, "devices": ["0000:00:1c.0", "0000:01:00.0", "arm-smmu-thing"] },
    { "id": 5, "devices": ["0000:00:1d.0"] }, { "id": 6, "devices": ["0000:02:00.0"] },
  ] },
}`,
  ],
  *check(plan) {
    const captured = plan.platform.captured;
    if ((captured?.groups?.length ?? 0) === 0) return;
    if (/\bpcie_acs_override=/.test(captured?.commandLine ?? "")) {
      yield notChecked("the captured kernel ran with pcie_acs_override, so its groups are not the hardware's");
      return;
    }
    for (const because of groupsOf(plan).undetermined.flatMap((one) => one.because)) yield notChecked(because);
    yield* differences(plan);
    yield* withoutGroup(plan);
  },
  message(drift) {
    if (drift.kind === "without") return withoutText(drift);
    const { id, kernel, computed } = drift.difference;
    if (computed.length > 1) return `the captured kernel has ${listed(kernel)} in group ${id}, but by the description they are in different groups`;
    const others = computed.flat().filter((address) => !kernel.includes(address));
    return `the captured kernel has ${listed(kernel)}${kernel.length === 1 ? " alone" : ""} in group ${id}, but by the description ${listed(others)} ${others.length === 1 ? "is" : "are"} in one group with ${kernel.length === 1 ? "it" : "them"}`;
  },
});

/** Where ours is the larger group, several of the kernel's differ from it: the first one stands for all. */
function* differences(plan: Plan): Generator<Observation<Drift>> {
  const seen = new Set<string>();
  for (const difference of capturedDifferences(plan, groupsOf(plan))) {
    const addresses = [...new Set([...difference.kernel, ...difference.computed.flat()])];
    const nodes = addresses.flatMap((device) => capturedFunction(plan, device) ?? []);
    const key = difference.computed.map((group) => group.join(" ")).join("; ");
    if (seen.has(key) || areGroupsMisread(plan, nodes)) continue;
    seen.add(key);
    yield { at: devicesAnchor(plan, difference.id), data: { kind: "partition", difference }, related: nodes.map((node) => placeOf(plan, node)) };
  }
}

/** Those with one reason are one finding. What the kernel says to be behind an IOMMU has a rule of its own. */
function* withoutGroup(plan: Plan): Generator<Observation<Drift>> {
  const { without } = groupsOf(plan).membership;
  if (without.length === 0) return;
  const reasons = new Map(without.map(({ node, because }) => [node, because]));
  const behind = new Set([...(plan.platform.captured?.iommus?.values() ?? [])].flat());
  const found = new Map<string, { readonly at: Anchor; readonly id: number; readonly nodes: PciNode[] }>();
  for (const { id, devices, anchor } of plan.platform.captured?.groups ?? []) {
    for (const [index, device] of devices.entries()) {
      const node = behind.has(device) ? undefined : capturedFunction(plan, device);
      const because = node && reasons.get(node);
      if (!node || because === undefined || areGroupsMisread(plan, [node])) continue;
      const same = found.get(because);
      if (same) same.nodes.push(node);
      else found.set(because, { at: under(anchor, "devices", index), id, nodes: [node] });
    }
  }
  for (const [because, { at, id, nodes }] of found) {
    const related = nodes.map((node) => ({ at: entryAnchor(node.function), message: `${node.label}: ${because}` }));
    yield { at, data: { kind: "without", id, nodes, because }, related };
  }
}

function withoutText({ id, nodes, because }: Extract<Drift, { kind: "without" }>): string {
  const groups = nodes.length === 1 ? `group ${id}` : "groups";
  return `the captured kernel has ${describeLabels(nodes)} in ${groups}, but by the description ${nodes.length === 1 ? "it is" : "they are"} in none: ${because}`;
}

function devicesAnchor(plan: Plan, id: number): Anchor {
  const captured = plan.platform.captured;
  const group = captured?.groups?.find((one) => one.id === id);
  return group ? under(group.anchor, "devices") : (captured?.anchor ?? plan.platform.anchor);
}

function placeOf(plan: Plan, node: PciNode): Related {
  const groups = groupsOf(plan);
  const join = groups.groups.flatMap((group) => group.joins.get(node) ?? [])[0];
  return { at: entryAnchor(node.function), message: join ? describeJoin(groups, node, join) : node.label };
}

function listed(addresses: readonly string[]): string {
  if (addresses.length > 3) return `${addresses[0]} and ${addresses.length - 1} more`;
  return addresses.length < 2 ? addresses.join("") : `${addresses.slice(0, -1).join(", ")} and ${addresses.at(-1)}`;
}
