// A reservation that may not be mapped, and that the operating system may use meanwhile.
import { under } from "../anchor";
import type { Fix } from "../finding";
import type { Reservation } from "../platform";
import { defineRule } from "../rule";

export const noMapAndReusable = defineRule<Reservation>({
  id: "no-map-and-reusable",
  catalogue: "MAP017",
  severity: "error",
  since: "0.1.0",
  summary: "A reservation is both `noMap` and `reusable`.",
  why: `\`noMap\` keeps the range out of the kernel's page tables; \`reusable\` lends its pages out until the owner wants them, for which they must
be mapped. Both cannot hold: the devicetree specification forbids the pair, and which of the two wins is up to the reader of the table.
If \`noMap\` loses on secure memory, the first speculative access aborts.`,
  sources: ["Devicetree Specification, /reserved-memory child nodes: no-map, reusable", "domain.md, section 7.3"],
  bad: [
    {
      text: `{
  "platform": "board",
  "reserved": [{ "name": "bl31", "base": "0x8000_0000", "size": "2M", "type": "secure", "noMap": true, "reusable": true }],
  //                                                                                             ~~~~ bl31 must not be mapped
  //                                                                                                               ^^^^ error: reservation bl31 is both noMap and reusable
}`,
      fixed: `{
  "platform": "board",
  "reserved": [{ "name": "bl31", "base": "0x8000_0000", "size": "2M", "type": "secure", "noMap": true }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "reserved": [{ "name": "video", "size": "64M", "type": "dma-pool", "reusable": true, "noMap": true }],
  //                                                                             ^^^^ error: reservation video is both noMap and reusable
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "reserved": [
    { "name": "bl31", "base": "0x8000_0000", "size": "2M", "type": "secure", "noMap": true, "reusable": false },
    { "name": "cma", "size": "64M", "type": "dma-pool", "reusable": true },
    { "name": "old", "base": "0x9000_0000", "size": "2M", "noMap": true, "reusable": true, "disabled": true },
  ],
}`,
  ],
  *check(plan) {
    for (const one of plan.entriesWhere("reserved", isBoth)) {
      const related = [{ at: under(one.anchor, "noMap"), message: `${one.name} must not be mapped` }];
      yield { at: under(one.anchor, "reusable"), data: one, related };
    }
  },
  message: ({ name }) => `reservation ${name} is both noMap and reusable`,
  fix({ data: one }) {
    const keepsNoMap = one.type === "secure" || one.type === "firmware";
    return keepsNoMap ? [dropFix(one, "reusable")] : [dropFix(one, "reusable"), dropFix(one, "noMap")];
  },
});

function isBoth({ noMap, reusable, disabled }: Reservation): boolean {
  return noMap === true && reusable === true && disabled !== true;
}

function dropFix({ anchor, name }: Reservation, key: "noMap" | "reusable"): Fix {
  return { title: `Remove ${key} from ${name}`, edits: [{ op: "remove", at: under(anchor, key) }] };
}
