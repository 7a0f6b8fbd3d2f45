// A name that no entry of the right kind has.
import type { Edit } from "../finding";
import type { EntryKind } from "../language/valueType";
import type { Problem } from "../problem";
import { isTextSpan } from "../problem";
import { defineTextRule } from "../rule";

export const unknownReference = defineTextRule<Problem<"unknown-reference">>({
  id: "unknown-reference",
  catalogue: "SYN001",
  severity: "error",
  since: "0.1.0",
  summary: "A reference leads to nothing.",
  why: `The connection that the file describes is not there: a host bridge whose doorbell cannot be found is checked as if its interrupts
went nowhere, a device whose IOMMU cannot be found as if it had none. The entry was renamed, removed, or is of another kind.`,
  sources: ["language.md, Values: Name"],
  bad: [
    {
      text: `{
  "platform": "board",
  "iommus": [{ "name": "smmu0", "type": "smmuv2", "base": "0x2000_0000", "size": "64K" }],
  "devices": [{ "name": "dma0", "base": "0x1000_0000", "size": "64K", "iommu": [{ "streams": "0-8", "to": "smu0" }] }],
  //                                                                                                      ^^^^^^ error: no IOMMU is called "smu0"; did you mean "smmu0"?
}`,
      fixed: `{
  "platform": "board",
  "iommus": [{ "name": "smmu0", "type": "smmuv2", "base": "0x2000_0000", "size": "64K" }],
  "devices": [{ "name": "dma0", "base": "0x1000_0000", "size": "64K", "iommu": [{ "streams": "0-8", "to": "smmu0" }] }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "devices": [
    { "name": "uart0", "base": "0x1000_0000", "size": "64K" },
    { "name": "dma0", "base": "0x1001_0000", "size": "64K", "iommu": [{ "streams": "0-8", "to": "uart0" }] },
    //                                                                                          ^^^^^^^ error: uart0 is a device; an IOMMU is needed here
    { "name": "dma1", "base": "0x1002_0000", "size": "64K", "in": "peripherals" },
    //                                                            ^^^^^^^^^^^^^ error: nothing that this entry can refer to is called "peripherals"
  ],
}`,
    },
    {
      text: `{
  "platform": "board",
  "memory": [{ "name": "dram0", "base": "0x8000_0000", "size": "2G" }],
  "reserved": [{ "name": "bl31", "base": "dram.next - 32M", "size": "2M", "type": "secure", "noMap": true }],
  //                                      ^^^^ error: nothing is called "dram"; did you mean "dram0"?
}`,
      fixed: `{
  "platform": "board",
  "memory": [{ "name": "dram0", "base": "0x8000_0000", "size": "2G" }],
  "reserved": [{ "name": "bl31", "base": "dram0.next - 32M", "size": "2M", "type": "secure", "noMap": true }],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "devices": [{ "name": "dma0", "base": "0x1000_0000", "size": "64K", "iommu": [{ "streams": "0-8", "to": "smmu0" }] }],
  "iommus": [{ "name": "smmu0", "type": "smmuv2", "base": "0x2000_0000", "size": "64K" }],
}`,
  ],
  *check(plan) {
    for (const problem of plan.problemsOf("unknown-reference")) yield { at: problem.at, data: problem };
  },
  message({ name, nouns, nearest, otherKind }) {
    const kinds = nouns as readonly EntryKind[];
    const [only] = kinds.length === 1 ? kinds : [];
    const hint = nearest === undefined ? "" : `; did you mean "${nearest}"?`;
    if (otherKind !== undefined && only) return `${name} is ${withArticle(otherKind as EntryKind)}; ${withArticle(only)} is needed here${hint}`;
    if (only) return `no ${NOUNS[only]} is called "${name}"${hint}`;
    if (kinds.length === 0) return `nothing is called "${name}"${hint}`;
    return `nothing that this entry can refer to is called "${name}"${hint}`;
  },
  fix({ data: { at, nearest } }) {
    if (nearest === undefined) return [];
    const edit: Edit = isTextSpan(at) ? { op: "text", at, text: nearest } : { op: "replace", at, value: { json: nearest } };
    return [{ title: `Refer to "${nearest}"`, edits: [edit] }];
  },
});

const NOUNS: Readonly<Record<EntryKind, string>> = {
  memory: "memory",
  device: "device",
  reservation: "reservation",
  doorbell: "doorbell",
  iommu: "IOMMU",
  "host-bridge": "host bridge",
  function: "PCI function",
  "guest-memory": "guest memory",
  "guest-device": "guest device",
  "guest-window": "guest window",
  "migration-group": "migration group",
  platform: "host",
};

function withArticle(kind: EntryKind): string {
  const noun = NOUNS[kind];
  if (kind === "memory") return noun;
  return /^[aeiou]/i.test(noun) ? `an ${noun}` : `a ${noun}`;
}
