// A guest gets a device of a host that the host's description does not have.
import { under } from "../anchor";
import type { Related } from "../finding";
import type { Passthrough } from "../guest";
import { passedThrough } from "../guest/passedThrough";
import { entryAnchor } from "../plan/occupants";
import type { PciNode } from "../plan/pciTree";
import { printPciAddress } from "../pciAddress";
import { defineGuestRule, notChecked } from "../rule";

interface Undescribed {
  readonly entry: Passthrough;
  readonly host: string;
  /** Another function of the same device, or at the same place of another bus. */
  readonly similar: PciNode | undefined;
}

export const undescribedPassthrough = defineGuestRule<Undescribed>({
  id: "undescribed-passthrough",
  catalogue: "SYN001",
  severity: "error",
  since: "0.1.0",
  summary: "A guest gets a device that its host's description does not have.",
  why: `What a device keeps from a guest's memory follows from its IOMMU group, and the group from where the device sits. Without it every region of the host counts, and
whether the device can be assigned at all is not known. A description that leaves a function out says that it is not there. Where a host describes no functions at all, nothing is said.`,
  sources: ["language.md, Guest and fleet"],
  bad: [
    {
      text: `{
  "guest": "web",
  "hosts": ["d05.platform.jsonc"],
  "passthrough": [{ "host": "d05", "device": "0000:00:06.0" }],
  //                                         ^^^^^^^^^^^^^^ error: d05 describes no function 0000:00:06.0
}
// --- d05.platform.jsonc ---
{ "platform": "d05", "pci": [{ "name": "pci0", "devices": [{ "at": "00:05.0", "name": "nic", "type": "endpoint" }] }] }`,
    },
  ],
  good: [
    `{
  "guest": "web",
  "hosts": ["d05.platform.jsonc"],
  "passthrough": [{ "host": "d05", "device": "00:05.0" }],
}
// --- d05.platform.jsonc ---
{ "platform": "d05", "pci": [{ "name": "pci0", "devices": [{ "at": "00:05.0", "name": "nic", "type": "endpoint" }] }] }`,
  ],
  *check(plan) {
    for (const { entry, host, node } of passedThrough(plan)) {
      if (!host || node) continue;
      const { functions } = host.plan;
      if (functions.length === 0) {
        yield notChecked(`${host.name} describes no PCI functions`);
        continue;
      }
      const similar = functions.find((one) => one.function.at.bus === entry.device.bus && one.function.at.device === entry.device.device);
      const related: Related[] = similar ? [{ at: entryAnchor(similar.function), message: `${similar.label} is there` }] : [];
      yield { at: under(entry.anchor, "device"), data: { entry, host: host.name, similar }, related };
    }
  },
  message: ({ entry, host, similar }) => `${host} describes no function ${printPciAddress(entry.device)}${similar ? `; did you mean ${similar.label}?` : ""}`,
});
