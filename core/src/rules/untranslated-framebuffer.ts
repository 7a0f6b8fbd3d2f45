// A framebuffer that firmware handed over lights up, and an IOMMU is about to translate what scans it out.
import type { AddressRange } from "../address";
import { address, contains } from "../address";
import { under } from "../anchor";
import type { Fix } from "../finding";
import { entryAnchor } from "../plan/occupants";
import type { Plan } from "../plan/plan";
import type { Iommu, Reservation } from "../platform";
import { printAddress, printRange } from "../print";
import { defineRule } from "../rule";

interface Untranslated {
  readonly framebuffer: Reservation;
  readonly range: AddressRange<"pa">;
  readonly iommus: readonly Iommu[];
}

export const untranslatedFramebuffer = defineRule<Untranslated>({
  id: "untranslated-framebuffer",
  catalogue: "MAP031",
  severity: "info",
  since: "0.1.0",
  summary: "No IOMMU is told to pass a framebuffer through.",
  why: `Firmware leaves the display on, and the display controller goes on reading the framebuffer by its physical addresses. When the operating system
switches the SMMU in front of it on, those reads fault unless the same addresses are mapped to themselves first: the screen goes black, and the log
fills. A device tree says so with \`iommu-addresses\`; here it is a \`direct\` reserved region of the IOMMU.`,
  sources: ["devicetree bindings, reserved-memory.yaml, iommu-addresses", "domain.md 7.3 and 9.1, MAP031"],
  bad: [
    {
      text: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "2G" }],
  "reserved": [{ "name": "splash", "base": "0x9d40_0000", "size": "32M", "type": "framebuffer" }],
  //                     ^^^^^^^^ info: framebuffer splash 0x9d40_0000-0x9f3f_ffff is mapped to itself by no IOMMU: its display faults once smmu0 translates
  "iommus": [{ "name": "smmu0", "type": "smmuv2", "base": "0x1500_0000", "size": "512K" }],
}`,
      fixed: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "2G" }],
  "reserved": [{ "name": "splash", "base": "0x9d40_0000", "size": "32M", "type": "framebuffer" }],
  "iommus": [{ "name": "smmu0", "type": "smmuv2", "base": "0x1500_0000", "size": "512K", "reserved": [{ "range": "0x9d40_0000-0x9f3f_ffff", "type": "direct" }] }],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "2G" }],
  "reserved": [{ "name": "splash", "base": "0x9d40_0000", "size": "32M", "type": "framebuffer" }],
  "iommus": [{ "name": "smmu0", "type": "smmuv2", "base": "0x1500_0000", "size": "512K", "reserved": [{ "range": "0x9d40_0000-0x9f3f_ffff", "type": "direct-relaxable" }] }],
}`,
    `{
  "platform": "no-smmu",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "2G" }],
  "reserved": [{ "name": "splash", "base": "0x9d40_0000", "size": "32M", "type": "framebuffer" }],
}`,
  ],
  *check(plan) {
    const iommus = translating(plan);
    if (iommus.length === 0) return;
    for (const framebuffer of plan.entriesWhere("reserved", isFramebuffer)) {
      const range = framebuffer.extent?.ranges.find((one) => !iommus.some((iommu) => passesThrough(iommu, one)));
      if (range) yield { at: entryAnchor(framebuffer), data: { framebuffer, range, iommus } };
    }
  },
  message: ({ framebuffer, range, iommus }) => {
    const which = iommus.length === 1 ? (iommus[0]?.name ?? "") : "the IOMMU in front of it";
    return `framebuffer ${framebuffer.name} ${printRange(range)} is mapped to itself by no IOMMU: its display faults once ${which} translates`;
  },
  fix: ({ data: { range, iommus } }) => iommus.map((iommu) => passThroughFix(iommu, range)),
});

/** SMMUs that are on: the others have no displays behind them whose framebuffer firmware hands over in this way. */
function translating(plan: Plan): readonly Iommu[] {
  return (plan.platform.iommus ?? []).filter((iommu) => iommu.disabled !== true && iommu.type.startsWith("smmu"));
}

/** One to one, so that the physical range is the range of I/O virtual addresses. */
function passesThrough(iommu: Iommu, range: AddressRange<"pa">): boolean {
  const wanted: AddressRange<"iova"> = { base: address(range.base), end: address(range.end) };
  return (iommu.reserved ?? []).some((one) => one.type.startsWith("direct") && (one.extent?.ranges ?? []).some((direct) => contains(direct, wanted)));
}

function passThroughFix(iommu: Iommu, range: AddressRange<"pa">): Fix {
  const region = { range: printRange(range), type: "direct" };
  const title = `Map ${printAddress(range.base)} to itself in ${iommu.name}`;
  const list = under(iommu.anchor, "reserved");
  return iommu.reserved
    ? { title, edits: [{ op: "insert", to: list, behind: iommu.reserved.length - 1, value: { json: region } }] }
    : { title, edits: [{ op: "add", to: iommu.anchor, key: "reserved", value: { json: [region] } }] };
}

function isFramebuffer({ type, disabled }: Reservation): boolean {
  return type === "framebuffer" && disabled !== true;
}
