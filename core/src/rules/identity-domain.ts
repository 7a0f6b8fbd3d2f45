// The running kernel gave IOMMU groups an identity domain: while its own drivers hold the devices, nothing is translated.
import { under } from "../anchor";
import { defineRule } from "../rule";

interface Identity {
  readonly count: number;
  readonly all: number;
  readonly first: number;
}

export const identityDomain = defineRule<Identity>({
  id: "identity-domain",
  catalogue: "IOM011",
  severity: "info",
  since: "0.1.0",
  summary: "The default domain of an IOMMU group is identity: the host is not protected from its devices.",
  why: `With an identity domain the IOMMU passes every address through as it is. The host saves the mapping of each buffer, and any device of the group can write
anywhere in memory as long as a driver of the host holds it. A device that is assigned to a guest gets another domain, so guests are kept apart
all the same. It is said once for the machine: it is a choice of the kernel's configuration or of \`iommu=pt\`, not of one device.`,
  sources: ["Linux, Documentation/admin-guide/kernel-parameters.txt, iommu.passthrough and iommu=pt", "domain.md 1.2"],
  bad: [
    {
      text: `{
  "platform": "pc",
  "captured": {
    "groups": [
      { "id": 0, "type": "DMA-FQ", "devices": ["0000:00:02.0"] },
      { "id": 1, "type": "identity", "devices": ["0000:01:00.0"] },
      //                 ^^^^^^^^^^ info: IOMMU group 1 and 1 more of 3 have an identity domain: their devices reach all of memory while the host's drivers hold them
      { "id": 2, "type": "identity", "devices": ["0000:02:00.0"] },
    ],
  },
}`,
    },
  ],
  good: [
    `{ "platform": "pc", "captured": { "groups": [{ "id": 0, "type": "DMA", "devices": ["0000:01:00.0"] }, { "id": 1, "devices": ["0000:02:00.0"] }] } }`,
  ],
  *check(plan) {
    const groups = plan.platform.captured?.groups ?? [];
    const passed = groups.filter((one) => one.type === "identity");
    const [first] = passed;
    if (first) yield { at: under(first.anchor, "type"), data: { count: passed.length, all: groups.length, first: first.id } };
  },
  message({ count, all, first }) {
    const which = count === 1 ? `IOMMU group ${first} has` : count === all ? `all ${all} IOMMU groups have` : `IOMMU group ${first} and ${count - 1} more of ${all} have`;
    return `${which} an identity domain: ${count === 1 ? "its" : "their"} devices reach all of memory while the host's drivers hold them`;
  },
});
