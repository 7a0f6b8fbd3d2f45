// The banks that a plan has written for guest memory do not have the size that is asked for.
import { under } from "../anchor";
import { placementOf } from "../guest/guestPlacement";
import { memoryFixes } from "../guest/memoryFixes";
import type { Conflict } from "../guest/placement/placement";
import type { GuestMemory } from "../guest";
import { printSize } from "../print";
import { defineGuestRule } from "../rule";

interface Unlike {
  readonly entry: GuestMemory;
  readonly conflict: Extract<Conflict, { kind: "wrong-sum" }>;
}

export const banksUnlikeSize = defineGuestRule<Unlike>({
  id: "banks-unlike-size",
  severity: "error",
  since: "0.1.0",
  summary: "The banks of guest memory do not have the size that is asked for.",
  why: `\`banks\` is what a plan has written for the \`size\` beside it. When one was changed afterwards they disagree, and nothing tells which one is meant.
\`platmap plan --write\` places the memory anew.`,
  bad: [
    {
      text: `{
  "guest": "web",
  "physicalAddressBits": 40,
  "memory": [{ "name": "ram", "size": "8G", "banks": ["0x4000_0000-0xbfff_ffff"] }],
  //                                  ^^^^ error: memory ram asks for 8 GiB, and its banks have 2 GiB
}`,
      fixed: `{
  "guest": "web",
  "physicalAddressBits": 40,
  "memory": [{ "name": "ram", "size": "8G", "banks": ["0x4000_0000-0x2_3fff_ffff"] }],
}`,
    },
  ],
  good: [
    `{
  "guest": "web",
  "physicalAddressBits": 40,
  "memory": [{ "name": "ram", "size": "2G", "banks": ["0x4000_0000-0xbfff_ffff"] }],
}`,
  ],
  *check(plan) {
    for (const conflict of placementOf(plan).conflicts) {
      if (conflict.kind === "wrong-sum" && conflict.of.kind === "memory") yield { at: under(conflict.of.entry.anchor, "size"), data: { entry: conflict.of.entry, conflict } };
    }
  },
  message: ({ entry, conflict }) => `memory ${entry.name} asks for ${printSize(conflict.size)}, and its banks have ${printSize(conflict.sum)}`,
  fix: ({ data }, plan) => memoryFixes(plan, data.entry),
});
