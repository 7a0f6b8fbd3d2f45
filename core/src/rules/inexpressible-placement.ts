// The guest's machine cannot lay its memory out as it is placed.
import { under } from "../anchor";
import type { Edit, Fix } from "../finding";
import { listedBanks, nameObstacle } from "../describe/guestPlacement";
import { moveDoorbellFixes } from "../guest/doorbellFixes";
import type { OtherBanks } from "../guest/expressible";
import { inexpressible, metByMachineBanks, mostMachineMemory } from "../guest/expressible";
import type { GuestPlan } from "../guest/guestPlan";
import { placementOf } from "../guest/guestPlacement";
import type { Occupied } from "../guest/placement/placement";
import { printSizeLiteral } from "../print";
import { defineGuestRule } from "../rule";

const MIB = 1n << 20n;

interface Inexpressible extends OtherBanks {
  /** What the machine's own banks meet, upward; nothing where only the place differs. */
  readonly met: readonly Occupied[];
}

export const inexpressiblePlacement = defineGuestRule<Inexpressible>({
  id: "inexpressible-placement",
  catalogue: "GST008",
  severity: "error",
  since: "0.1.0",
  summary: "The guest's machine cannot lay its memory out as it is placed.",
  why: `Where its hosts keep addresses from it, a guest's memory has holes. The known virtual machine monitors lay memory out themselves and take no list of banks: QEMU's
\`virt\` has one bank from 1 GiB, its \`q35\` two around the 32-bit hole, cloud-hypervisor leaves its own hole below 4 GiB. The plan is right, and this machine
cannot be told of it.

Ask for less memory, so that it ends below the first hole; put the doorbell elsewhere, where it is what makes the hole; or take a machine whose own layout happens to leave the right addresses out.`,
  sources: ["domain.md 5.1 to 5.3"],
  bad: [
    {
      text: `{
  "guest": "web", "machine": "qemu-virt-10.1",
  //                         ^^^^^^^^^^^^^^^^ error: QEMU virt 10.1 cannot put memory at 0x4000_0000-0xc5ff_ffff and 0xc620_0000-0x1_401f_ffff: its memory is one bank from 0x4000_0000 without holes; it would be at 0x4000_0000-0x1_3fff_ffff, over msi region 0xc601_0000-0xc601_ffff of d05
  "physicalAddressBits": 40,
  "hosts": ["d05.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "4G" }],
  //                                  ~~~~ memory ram
}
// --- d05.platform.jsonc ---
{ "platform": "d05", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3", "reserved": [{ "range": "0xc601_0000-0xc601_ffff", "type": "msi" }] }] }`,
      fixed: `{
  "guest": "web", "machine": "qemu-virt-10.1",
  "physicalAddressBits": 40,
  "hosts": ["d05.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "2144M" }],
}`,
    },
    {
      // The doorbell that the author chose makes the hole.
      text: `{
  "guest": "web", "machine": "qemu-virt-10.1",
  //                         ^^^^^^^^^^^^^^^^ error: QEMU virt 10.1 cannot put memory at 0x4000_0000-0xfedf_ffff and 0xff00_0000-0x1_401f_ffff: its memory is one bank from 0x4000_0000 without holes; it would be at 0x4000_0000-0x1_3fff_ffff, over the doorbell
  "physicalAddressBits": 40,
  "memory": [{ "name": "ram", "size": "4G" }],
  "doorbell": { "strategy": "fixed", "base": "0xfee0_0000" },
}`,
      fixed: `{
  "guest": "web", "machine": "qemu-virt-10.1",
  "physicalAddressBits": 40,
  "memory": [{ "name": "ram", "size": "4G" }],
  "doorbell": { "strategy": "fixed", "base": "0x0ff0_0000" },
}`,
    },
  ],
  good: [
    `{
  "guest": "web", "machine": "qemu-virt-10.1",
  "physicalAddressBits": 40,
  "hosts": ["d05.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "2G" }],
}
// --- d05.platform.jsonc ---
{ "platform": "d05", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3", "reserved": [{ "range": "0xc601_0000-0xc601_ffff", "type": "msi" }] }] }`,
    `{
  "guest": "web", "machine": "qemu-q35-8.2",
  "physicalAddressBits": 40,
  "hosts": ["epyc.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "8G" }],
}
// --- epyc.platform.jsonc ---
{ "platform": "epyc", "arch": "x86_64", "iommus": [{ "name": "iommu0", "type": "amd-vi" }] }`,
  ],
  *check(plan) {
    const other = inexpressible(plan, placementOf(plan));
    if (!other) return;
    const memory = (plan.guest.memory ?? []).filter((one) => one.type !== "hotplug");
    const data = { ...other, met: metByMachineBanks(plan, other) };
    yield { at: under(plan.guest.anchor, "machine"), data, related: memory.map((one) => ({ at: under(one.anchor, "size"), message: `memory ${one.name}` })) };
  },
  message: ({ machine, placed, made, met }) => `${machine.title} cannot put memory at ${listedBanks(placed)}: ${machine.cannot}; it would be at ${listedBanks(made)}${over(met)}`,
  fix: ({ data }, plan) => [...(plan.guest.doorbell ? moveDoorbellFixes(plan, plan.guest.doorbell) : []), ...capFixes(plan, data)],
});

/** Why the memory is not where the machine would put it. */
function over([first, ...more]: readonly Occupied[]): string {
  if (!first) return "";
  return `, over ${nameObstacle(first.by)}${more.length > 0 ? ` and ${more.length} more` : ""}`;
}

/** Where one entry is all the memory. Banks that are written down, or a base, would stay in the way. */
function capFixes(plan: GuestPlan, { machine }: OtherBanks): Fix[] {
  const [only, ...more] = (plan.guest.memory ?? []).filter((one) => one.type !== "hotplug");
  if (!only || more.length > 0) return [];
  const size = mostMachineMemory(plan, machine, only.align !== undefined && only.align > 2n * MIB ? only.align : 2n * MIB);
  if (size <= 0n || size >= only.size) return [];
  const edits: Edit[] = [{ op: "replace", at: under(only.anchor, "size"), value: { size } }];
  if (only.banks !== undefined) edits.push({ op: "remove", at: under(only.anchor, "banks") });
  return [{ title: `Cap ${only.name} at ${printSizeLiteral(size)}, which ${machine.title} can lay out`, edits }];
}
