// An expression that asks an entry for a base, a size or an end that the entry does not have.
import type { Problem } from "../problem";
import { defineTextRule } from "../rule";

export const unplacedReference = defineTextRule<Problem<"unplaced-reference">>({
  id: "unplaced-reference",
  severity: "error",
  since: "0.2.0",
  summary: "An expression refers to a place that an entry does not have.",
  why: `The expression comes to nothing. A reservation that is placed at boot has a size and no base; an entry with several ranges has no one base; a
PCI function has no place of its own, only its BARs have.`,
  sources: ["language.md, Values: Expression"],
  bad: [
    {
      text: `{
  "platform": "board",
  "memory": [
    { "name": "dram0", "base": "0x8000_0000", "size": "1G" },
    { "name": "dram1", "ranges": ["0x8_8000_0000-0x8_bfff_ffff", "0x9_0000_0000-0x9_3fff_ffff"] },
  ],
  "reserved": [
    { "name": "cma", "size": "64M", "align": "4M", "within": ["0x8000_0000-0x9fff_ffff"], "type": "dma-pool", "reusable": true },
    { "name": "log", "base": "cma.next", "size": "cma.size", "type": "crash-log" },
    //                        ^^^^^^^^ error: cma has no next: it has a size, but no fixed place
    { "name": "shm", "base": "dram1.base", "size": "2M", "type": "shared-memory" },
    //                        ^^^^^^^^^^ error: dram1 has no base: it lies in several places
    { "name": "fb", "base": "pcie0.base", "size": "8M", "type": "framebuffer" },
    //                       ^^^^^^^^^^ error: pcie0 has no base: a PCI host bridge has no place of its own
  ],
  "pci": [{ "name": "pcie0", "msi": "none" }],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "memory": [{ "name": "dram0", "ranges": ["0x8000_0000-0xbfff_ffff"] }],
  "reserved": [
    { "name": "cma", "size": "64M", "align": "4M", "within": ["0x8000_0000-0x9fff_ffff"], "type": "dma-pool", "reusable": true },
    { "name": "log", "base": "dram0.next - cma.size", "size": "cma.size", "type": "crash-log" },
  ],
}`,
  ],
  *check(plan) {
    for (const problem of plan.problemsOf("unplaced-reference")) yield { at: problem.at, data: problem };
  },
  message: ({ name, property, because }) => `${name} has no ${property}: ${because}`,
});
