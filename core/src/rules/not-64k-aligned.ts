// On arm64, registers that are mapped by themselves do not begin on a 64 KiB boundary.
import { ADDRESS_LIMIT, address, alignDown, alignUp, sizeOf } from "../address";
import { nameAndNoun } from "../describe/overlap";
import type { Fix } from "../finding";
import type { Occupant } from "../plan/addressMap";
import { moveTo } from "../plan/moves";
import { resizeFix } from "../plan/placement";
import type { Plan } from "../plan/plan";
import { printAddress } from "../print";
import { defineRule } from "../rule";

/** The largest page of arm64 (translation granules are 4, 16 and 64 KiB). */
const LARGEST_PAGE = 0x1_0000n;

export const not64kAligned = defineRule<Occupant<"pa">>({
  id: "not-64k-aligned",
  catalogue: "MAP009",
  severity: "warning",
  since: "0.1.0",
  summary: "On arm64, registers that are mapped by themselves do not begin on a 64 KiB boundary.",
  why: `Doorbells, IOMMUs and devices that are given to a guest are each mapped alone, so that nobody reaches what lies beside them. An
arm64 kernel, hypervisor or guest may use pages of 64 KiB: then a frame that begins inside such a page shares it with its neighbours,
and whoever gets the frame gets them too, or is refused it. With 4 KiB pages the same chip works.`,
  sources: ["domain.md 4.2, 5.1", "Arm Base System Architecture, memory map: 64 KiB alignment of peripherals"],
  bad: [
    {
      text: `{
  "platform": "board",
  "arch": "arm64",
  "doorbells": [{ "name": "v2m0", "type": "gicv2m", "base": "0x2c1c_1000", "size": "4K" }],
  //                                                        ^^^^^^^^^^^^^ warning: doorbell v2m0 begins at 0x2c1c_1000, which is not 64 KiB aligned
  "iommus": [{ "name": "smmu", "type": "smmuv2", "base": "0x2b50_8000", "size": "64K" }],
  //                                                     ^^^^^^^^^^^^^ warning: IOMMU smmu begins at 0x2b50_8000, which is not 64 KiB aligned
}`,
      fixed: `{
  "platform": "board",
  "arch": "arm64",
  "doorbells": [{ "name": "v2m0", "type": "gicv2m", "base": "0x2c1c_0000", "size": "64K" }],
  "iommus": [{ "name": "smmu", "type": "smmuv2", "base": "0x2b50_8000", "size": "64K" }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "arch": "arm64",
  "iommus": [{ "name": "smmu", "type": "smmuv2", "base": "0x2b50_0000", "size": "64K" }],
  "devices": [
    { "name": "clock", "base": "0x1000_0000", "size": "4K" },
    { "name": "dma0", "base": "0x1000_1000", "size": "4K", "assign": true, "iommu": [{ "streams": "0", "to": "smmu" }] },
    //                        ^^^^^^^^^^^^^ warning: device dma0 begins at 0x1000_1000, which is not 64 KiB aligned
  ],
}`,
      fixed: `{
  "platform": "board",
  "arch": "arm64",
  "iommus": [{ "name": "smmu", "type": "smmuv2", "base": "0x2b50_0000", "size": "64K" }],
  "devices": [
    { "name": "clock", "base": "0x1000_0000", "size": "4K" },
    { "name": "dma0", "base": "0x1001_0000", "size": "4K", "assign": true, "iommu": [{ "streams": "0", "to": "smmu" }] },
  ],
}`,
    },
  ],
  good: [
    `// Only the base counts here; and a device that stays with the host may share a page.
{
  "platform": "board",
  "arch": "arm64",
  "doorbells": [{ "name": "v2m0", "type": "gicv2m", "base": "0x2c1c_0000", "size": "4K" }],
  "devices": [{ "name": "uart0", "base": "0x1000_1000", "size": "4K" }],
}`,
    `// The IOMMU is switched off; nobody maps its registers.
{
  "platform": "board",
  "arch": "arm64",
  "iommus": [{ "name": "smmu", "type": "smmuv2", "base": "0x2b50_8000", "size": "64K", "disabled": true }],
}`,
    `{
  "platform": "pc",
  "arch": "x86_64",
  "iommus": [{ "name": "dmar0", "type": "vt-d", "base": "0xfed9_1000", "size": "4K" }],
}`,
  ],
  *check(plan) {
    if (plan.platform.arch !== "arm64") return;
    let mapped: ReadonlySet<string> | undefined;
    for (const one of plan.physical.occupants) {
      if (one.role !== "doorbell" && one.role !== "iommu" && one.role !== "device") continue;
      if (one.range.base % LARGEST_PAGE === 0n) continue;
      if ((mapped ??= namesOfWhatIsMappedAlone(plan)).has(one.name)) yield { at: one.at, data: one };
    }
  },
  message: (one) => `${nameAndNoun(one)} begins at ${printAddress(one.range.base)}, which is not 64 KiB aligned`,
  fix: ({ data: one }, plan) => [widened(one), ...moved(one, plan)],
});

function namesOfWhatIsMappedAlone({ platform: { doorbells, iommus, devices } }: Plan): ReadonlySet<string> {
  const assigned = devices?.filter((one) => one.assign === true);
  const alone = [...(doorbells ?? []), ...(iommus ?? []), ...(assigned ?? [])];
  return new Set(alone.filter((one) => one.disabled !== true).map((one) => one.name));
}

/** The whole of the pages that it touches. */
function widened(one: Occupant<"pa">): Fix {
  return resizeFix(one, { base: alignDown(one.range.base, LARGEST_PAGE), end: alignUp(one.range.end, LARGEST_PAGE) });
}

/** The nearest free place, on the same side of 4 GiB. */
function moved(one: Occupant<"pa">, plan: Plan): Fix[] {
  const { base } = one.range;
  const within = { base: address<"pa">(0n), end: address<"pa">(base < 1n << 32n ? 1n << 32n : ADDRESS_LIMIT) };
  const isSelf = (other: Occupant): boolean => other === one;
  return moveTo(one, plan.physical.nearestFit(base, sizeOf(one.range), LARGEST_PAGE, within, isSelf));
}
