// The base of a doorbell is not where the strategy beside it says.
import { under } from "../anchor";
import type { Fix } from "../finding";
import type { GuestDoorbell } from "../guest";
import { placementInput } from "../guest/guestPlacement";
import type { GuestPlan } from "../guest/guestPlan";
import { strategyRange } from "../guest/placement/doorbellChoice";
import { printAddress } from "../print";
import { defineGuestRule, notChecked } from "../rule";

const RELATIVE = ["top", "sign-extended"] as const;
type Relative = (typeof RELATIVE)[number];

interface Unlike {
  readonly doorbell: GuestDoorbell;
  readonly base: bigint;
  readonly strategy: Relative;
  /** Where the strategy puts it. */
  readonly expected: bigint;
  /** The strategy that would put it where it is. */
  readonly meant: Relative | undefined;
  readonly bits: number;
}

export const doorbellUnlikeStrategy = defineGuestRule<Unlike>({
  id: "doorbell-unlike-strategy",
  catalogue: "MSI005",
  severity: "hint",
  since: "0.1.0",
  summary: "The base of a doorbell is not where the strategy beside it says.",
  why: `"The last 2 MiB" and "0xfee0_0000 sign-extended" are not one address, although the discussion that brought them up took them for it: the first is 2^N − 0x20_0000,
the second 2^N − 0x120_0000, 16 MiB below it. The base counts. Write the strategy that you mean, or its address.`,
  sources: ["domain.md section 0, trap 7"],
  bad: [
    {
      text: `{
  "guest": "web",
  "physicalAddressBits": 40,
  "memory": [{ "name": "ram", "size": "2G" }],
  "doorbell": { "strategy": "top", "base": "0xff_fee0_0000" },
  //                                       ^^^^^^^^^^^^^^^^ hint: with 40 bits of address top is 0xff_ffe0_0000; 0xff_fee0_0000 is sign-extended
}`,
      fixed: `{
  "guest": "web",
  "physicalAddressBits": 40,
  "memory": [{ "name": "ram", "size": "2G" }],
  "doorbell": { "strategy": "top", "base": "0xff_ffe0_0000" },
}`,
    },
    {
      text: `{
  "guest": "web",
  "physicalAddressBits": 44,
  "memory": [{ "name": "ram", "size": "2G" }],
  "doorbell": { "strategy": "sign-extended", "base": "0xff_fee0_0000" },
  //                                                 ^^^^^^^^^^^^^^^^ hint: with 44 bits of address sign-extended is 0xfff_fee0_0000; 0xff_fee0_0000 is neither it nor the other relative place
}`,
    },
  ],
  good: [
    `{
  "guest": "web",
  "physicalAddressBits": 40,
  "memory": [{ "name": "ram", "size": "2G" }],
  "doorbell": { "strategy": "sign-extended", "base": "0xff_fee0_0000" },
}`,
    `{
  "guest": "web",
  "memory": [{ "name": "ram", "size": "2G" }],
  "doorbell": { "strategy": "fixed", "base": "0xff_fee0_0000" },
}`,
  ],
  *check(plan) {
    const { doorbell, physicalAddressBits: bits } = plan.guest;
    const strategy = RELATIVE.find((one) => one === doorbell?.strategy);
    if (!doorbell || doorbell.base === undefined || strategy === undefined) return;
    if (bits === undefined) yield notChecked("the width of the guest's addresses is not given");
    else {
      const expected = strategyBase(plan, strategy);
      const meant = RELATIVE.find((one) => strategyBase(plan, one) === doorbell.base);
      if (expected !== undefined && expected !== doorbell.base) yield { at: under(doorbell.anchor, "base"), data: { doorbell, base: doorbell.base, strategy, expected, meant, bits } };
    }
  },
  message: ({ base, strategy, expected, meant, bits }) =>
    `with ${bits} bits of address ${strategy} is ${printAddress(expected)}; ${printAddress(base)} is ${meant === undefined ? "neither it nor the other relative place" : meant}`,
  fix: ({ data: { doorbell, expected, strategy, meant } }): Fix[] => [
    { title: `Put it at ${printAddress(expected)}, as ${strategy} says`, edits: [{ op: "replace", at: under(doorbell.anchor, "base"), value: { address: expected } }] },
    ...(meant === undefined ? [] : [{ title: `Call it ${meant}`, edits: [{ op: "replace", at: under(doorbell.anchor, "strategy"), value: { json: meant } } as const] }]),
  ],
});

function strategyBase(plan: GuestPlan, strategy: Relative): bigint | undefined {
  return strategyRange(placementInput(plan), strategy)?.base;
}
