// A reservation that says neither where it lies nor how large it is.
import type { Reservation } from "../platform";
import { isMisread } from "../plan/misread";
import { entryAnchor } from "../plan/occupants";
import { defineRule } from "../rule";

export const reservationWithoutSize = defineRule<Reservation>({
  id: "reservation-without-size",
  catalogue: "MAP018",
  severity: "error",
  since: "0.1.0",
  summary: "A reservation has neither a place nor a size.",
  why: `A reservation is either static, with a place, or is placed at boot, with a size. With neither there is nothing to reserve: the kernel skips
such a node, and whoever relies on the memory finds that somebody else was given it.`,
  sources: ["Devicetree Specification, /reserved-memory child nodes: reg or size", "domain.md, section 7.3"],
  bad: [
    {
      text: `{
  "platform": "board",
  "reserved": [{ "name": "shm", "type": "shared-memory" }],
  //                     ^^^^^ error: reservation shm has neither a place nor a size
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "reserved": [
    { "name": "shm", "base": "0x8000_0000", "size": "2M", "type": "shared-memory" },
    { "name": "cma", "size": "64M", "type": "dma-pool" },
    { "name": "old", "type": "firmware", "disabled": true },
  ],
}`,
  ],
  *check(plan) {
    for (const one of plan.entriesWhere("reserved", hasNeither)) {
      if (!isMisread(plan, one.anchor)) yield { at: entryAnchor(one), data: one };
    }
  },
  message: ({ name }) => `reservation ${name} has neither a place nor a size`,
});

function hasNeither({ extent, size, disabled }: Reservation): boolean {
  return extent === undefined && size === undefined && disabled !== true;
}
