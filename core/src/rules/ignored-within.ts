// A reservation has a fixed place, and also says where it may go.
import { under } from "../anchor";
import type { Reservation } from "../platform";
import { printRange } from "../print";
import { defineRule } from "../rule";

export const ignoredWithin = defineRule<Reservation>({
  id: "ignored-within",
  catalogue: "MAP019",
  severity: "warning",
  since: "0.1.0",
  summary: "A reservation has a fixed place together with `within`.",
  why: `\`within\` is for a reservation that is placed at boot. Where a place is given, that place counts and \`within\` is not looked at, as in the
device tree, where \`reg\` wins over \`size\` and \`alloc-ranges\`. Whoever wrote both expects one of them to do something that it does not.`,
  sources: ["Devicetree Specification, /reserved-memory child nodes: reg and size", "domain.md, section 7.3"],
  bad: [
    {
      text: `{
  "platform": "board",
  "reserved": [
    {
      "name": "cma", "base": "0x9000_0000", "size": "64M", "type": "dma-pool",
      //                     ~~~~~~~~~~~~~ the place of cma
      "within": ["0x8000_0000-0xbfff_ffff"],
      //        ^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: "within" does not count: reservation cma has a fixed place, 0x9000_0000-0x93ff_ffff
    },
  ],
}`,
      fixed: `{
  "platform": "board",
  "reserved": [
    {
      "name": "cma", "base": "0x9000_0000", "size": "64M", "type": "dma-pool",
    },
  ],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "reserved": [
    { "name": "cma", "size": "64M", "align": "4M", "within": ["0x8000_0000-0xbfff_ffff"], "type": "dma-pool" },
    { "name": "log", "base": "0x9000_0000", "size": "1M", "align": "1M", "type": "crash-log" },
  ],
}`,
  ],
  *check(plan) {
    for (const one of plan.entriesWhere("reserved", hasBoth)) {
      yield { at: under(one.anchor, "within"), data: one, related: one.extent ? [{ at: one.extent.at, message: `the place of ${one.name}` }] : [] };
    }
  },
  message: ({ name, extent }) => `"within" does not count: reservation ${name} has a fixed place, ${(extent?.ranges ?? []).map(printRange).join(", ")}`,
  fix: ({ at, data }) => ("start" in at ? [] : [{ title: `Remove within from ${data.name}`, edits: [{ op: "remove", at }] }]),
});

function hasBoth({ within, extent, disabled }: Reservation): boolean {
  return within !== undefined && extent !== undefined && disabled !== true;
}
