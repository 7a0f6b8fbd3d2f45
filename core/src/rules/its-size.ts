// An ITS whose size is not that of an ITS.
import { address, sizeOf } from "../address";
import { rangeEdits } from "../plan/placement";
import { endAnchor } from "../plan/places";
import type { Doorbell } from "../platform";
import { printSize } from "../print";
import { defineRule } from "../rule";

interface WrongSize {
  readonly its: Doorbell;
  readonly size: bigint;
}

/** Control frame and translation frame, 64 KiB each (GIC architecture). */
const TWO_FRAMES = 0x2_0000n;
/** GICv4.1 adds a frame for virtual SGIs; implementations round it up. */
const MOST = 0x4_0000n;

export const itsSize = defineRule<WrongSize>({
  id: "its-size",
  catalogue: "MSI016",
  severity: "error",
  since: "0.1.0",
  summary: "An ITS is smaller than its two frames of 64 KiB, or larger than any is.",
  why: `A GICv3 ITS has a frame of 64 KiB for control and a second one with \`GITS_TRANSLATER\`, to which devices write. An entry below 128 KiB lacks the
second one, so what is mapped for devices is not the doorbell. GICv4.1 adds a third frame; an entry above 256 KiB usually spans several ITSs or
something that is not one.`,
  sources: ["Arm GIC architecture specification, ITS register map", "Linux, bindings arm,gic-v3.yaml", "domain.md 3.1"],
  bad: [
    {
      text: `{
  "platform": "board",
  "doorbells": [{ "name": "its0", "type": "its", "base": "0x4400_0000", "size": "64K" }],
  //                                                                            ^^^^^ error: doorbell its0 is 64 KiB, but an ITS has two frames of 64 KiB, the second of which is the doorbell
}`,
      fixed: `{
  "platform": "board",
  "doorbells": [{ "name": "its0", "type": "its", "base": "0x4400_0000", "size": "128K" }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "doorbells": [{ "name": "its0", "type": "its", "base": "0x8010_0002_0000", "last": "0x8010_0021_ffff" }],
  //                                                                                 ^^^^^^^^^^^^^^^^^^ warning: doorbell its0 is 2 MiB, but an ITS has no more than 256 KiB
}`,
      fixed: `{
  "platform": "board",
  "doorbells": [{ "name": "its0", "type": "its", "base": "0x8010_0002_0000", "last": "0x8010_0003_ffff" }],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "doorbells": [
    { "name": "its0", "type": "its", "base": "0x4400_0000", "size": "128K" },
    { "name": "its1", "type": "its", "base": "0x4600_0000", "size": "256K" },
    { "name": "v2m0", "type": "gicv2m", "base": "0x4800_0000", "size": "64K" },
  ],
}`,
  ],
  *check(plan) {
    for (const its of plan.platform.doorbells ?? []) {
      if (its.type !== "its" || !its.extent) continue;
      const size = its.extent.ranges.reduce((sum, range) => sum + sizeOf(range), 0n);
      if (size >= TWO_FRAMES && size <= MOST) continue;
      yield { at: endAnchor(its.extent), data: { its, size }, severity: size < TWO_FRAMES ? "error" : "warning" };
    }
  },
  message: ({ its, size }) =>
    size < TWO_FRAMES
      ? `doorbell ${its.name} is ${printSize(size)}, but an ITS has two frames of 64 KiB, the second of which is the doorbell`
      : `doorbell ${its.name} is ${printSize(size)}, but an ITS has no more than ${printSize(MOST)}`,
  fix({ data: { its } }) {
    const { extent } = its;
    if (!extent || extent.ranges.length > 1) return [];
    const [range] = extent.ranges;
    const next = { base: range.base, end: address<"pa">(range.base + TWO_FRAMES) };
    return [{ title: `Set the size of ${its.name} to ${printSize(TWO_FRAMES)}`, edits: rangeEdits({ range, extent, at: extent.at }, next) }];
  },
});
