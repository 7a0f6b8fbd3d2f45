// The machine that a guest names is not known, so that its layout is not looked at.
import { under } from "../anchor";
import { machineLookup } from "../guest/guestMachine";
import type { MachineLookup } from "../guest/machines/index";
import { machineFamilies } from "../guest/machines/index";
import { nearestFamily } from "../guest/machines/nearestFamily";
import { defineGuestRule } from "../rule";

export const unknownMachine = defineGuestRule<Extract<MachineLookup, { unknown: string }>>({
  id: "unknown-machine",
  catalogue: "SYN001",
  severity: "error",
  since: "0.1.0",
  summary: "The machine that a guest names is not known.",
  why: `A guest with an unknown machine is placed as if nothing in it were fixed: its memory may then lie where the machine has its registers. Known are QEMU's \`virt\` and
\`q35\`, cloud-hypervisor, crosvm, Firecracker and kvmtool, in any version, with or without an architecture: \`qemu-virt-10.1\`, \`cloud-hypervisor-arm64\`. Leave
\`machine\` out when nothing is fixed.`,
  sources: ["domain.md 5.1 to 5.3"],
  bad: [
    {
      text: `{
  "guest": "web", "machine": "qemu-vrit-10.1",
  //                         ^^^^^^^^^^^^^^^^ error: no machine is called qemu-vrit; did you mean qemu-virt?
  "memory": [{ "name": "ram", "size": "1G" }],
}`,
      fixed: `{
  "guest": "web", "machine": "qemu-virt-10.1",
  "memory": [{ "name": "ram", "size": "1G" }],
}`,
    },
    {
      text: `{
  "guest": "web", "machine": "qemu-q35-8.2-arm64",
  //                         ^^^^^^^^^^^^^^^^^^^^ error: there is no qemu-q35 for arm64; there is one for x86_64
}`,
    },
  ],
  good: [
    `{ "guest": "web", "machine": "cloud-hypervisor-arm64-44.0", "memory": [{ "name": "ram", "size": "1G" }] }`,
  ],
  *check(plan) {
    const found = machineLookup(plan);
    if (found && "unknown" in found) yield { at: under(plan.guest.anchor, "machine"), data: found };
  },
  message(found) {
    if (found.unknown === "architecture") return `there is no ${found.family} for ${found.arch}; there is one for ${found.architectures.join(" and ")}`;
    const nearest = nearestFamily(found.family);
    return `no machine is called ${found.family}${nearest === undefined ? `; known are ${machineFamilies.join(", ")}` : `; did you mean ${nearest}?`}`;
  },
  fix({ data }, { guest }) {
    const nearest = data.unknown === "family" ? nearestFamily(data.family) : undefined;
    if (nearest === undefined || guest.machine === undefined) return [];
    const name = guest.machine.toLowerCase().replace(data.family, nearest);
    return [{ title: `Write ${name}`, edits: [{ op: "replace", at: under(guest.anchor, "machine"), value: { json: name } }] }];
  },
});
