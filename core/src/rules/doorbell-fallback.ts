// The doorbell's first choice of address is not free, so that another one is taken.
import { under } from "../anchor";
import { describeRejected, nameChoice } from "../describe/guestPlacement";
import { placementOf } from "../guest/guestPlacement";
import type { PlacedDoorbell } from "../guest/placement/placement";
import { printAddress, printRange } from "../print";
import { defineGuestRule } from "../rule";

export const doorbellFallback = defineGuestRule<PlacedDoorbell>({
  id: "doorbell-fallback",
  catalogue: "MSI003",
  severity: "info",
  since: "0.1.0",
  summary: "The doorbell's first choice of address is not free, so that another one is taken.",
  why: `A doorbell without a base goes to 0xfee0_0000, as on x86, or where the hosts' kernels have their own window. Where something is there, the next place of a fixed
order is taken: the hosts' window, 0xfee0_0000, the top of the guest's addresses, 0xfee0_0000 sign-extended, the highest free MiB below 4 GiB, then above.
The same input always gives the same place. Write the base down to keep it when hosts or memory change.`,
  sources: ["domain.md 5.5", "The discussion of guest MSIs at LPC 2016"],
  bad: [
    {
      text: `{
  "guest": "web",
  "physicalAddressBits": 40,
  "memory": [{ "name": "ram", "size": "4G" }],
  "doorbell": { "strategy": "fixed" },
  //                        ^^^^^^^ info: the doorbell goes to 0xff_ffe0_0000-0xff_ffff_ffff, the top: the usual place (0xfee0_0000-0xfeef_ffff) meets memory ram; there is no MSI window that all hosts agree on
}`,
      fixed: `{
  "guest": "web",
  "physicalAddressBits": 40,
  "memory": [{ "name": "ram", "size": "4G" }],
  "doorbell": { "strategy": "fixed", "base": "0xff_ffe0_0000" },
}`,
    },
    {
      text: `{
  "guest": "web", "arch": "arm64",
  "hosts": ["epyc.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "2G" }],
  "doorbell": { "strategy": "auto" },
  //                        ^^^^^^ info: the doorbell goes to 0xfff0_0000-0xffff_ffff, the highest free place: there is no MSI window that all hosts agree on; the usual place (0xfee0_0000-0xfeef_ffff) meets msi region 0xfee0_0000-0xfeef_ffff of epyc; the top (0xff_ffe0_0000-0xff_ffff_ffff) meets reserved region 0xfd_0000_0000-0xff_ffff_ffff of epyc; 0xfee0_0000 sign-extended (0xff_fee0_0000-0xff_feef_ffff) meets reserved region 0xfd_0000_0000-0xff_ffff_ffff of epyc
}
// --- epyc.platform.jsonc ---
{ "platform": "epyc", "arch": "x86_64", "iommus": [{ "name": "iommu0", "type": "amd-vi" }] }`,
    },
  ],
  good: [
    `{
  "guest": "web",
  "memory": [{ "name": "ram", "size": "2G" }],
  "doorbell": { "strategy": "fixed" },
}`,
    `{
  "guest": "web",
  "hosts": ["d05.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "4G" }],
  "doorbell": { "strategy": "auto" },
}
// --- d05.platform.jsonc ---
{ "platform": "d05", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3" }] }`,
  ],
  *check(plan) {
    const { doorbell } = plan.guest;
    const placed = placementOf(plan).doorbell;
    const { strategy, choice, isFixed, range } = placed;
    if (!doorbell || isFixed || !range || strategy === "top" || strategy === "sign-extended") return;
    const isContent = strategy === "auto" ? choice === "host-window" || choice === "fixed" : choice === strategy;
    if (!isContent) yield { at: doorbell.strategy === undefined ? doorbell.anchor : under(doorbell.anchor, "strategy"), data: placed };
  },
  message: ({ range, choice, rejected }) => `the doorbell goes to ${range ? printRange(range) : ""}, ${choice ? nameChoice(choice) : ""}: ${rejected.map(describeRejected).join("; ")}`,
  fix({ data: { range } }, { guest: { doorbell } }) {
    if (!doorbell || !range) return [];
    const base = { op: "add", to: doorbell.anchor, key: "base", value: { json: printAddress(range.base) }, after: "strategy" } as const;
    return [{ title: `Keep it at ${printAddress(range.base)}`, edits: [base] }];
  },
});
