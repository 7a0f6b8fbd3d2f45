// A doorbell lies above what the IOMMU in front can give out, or an MSI window above what it takes.
import type { Anchor } from "../anchor";
import { under } from "../anchor";
import { nameOfWritten, writtenBytes } from "../plan/doorbells";
import { isTakenUntranslated, msiRouting } from "../plan/msiRoutes";
import type { Plan } from "../plan/plan";
import { printAddress, printRange } from "../print";
import type { AddressRange, Space } from "../address";
import type { Observation } from "../rule";
import { defineRule } from "../rule";

interface OutOfReach {
  readonly name: string;
  readonly range: AddressRange<Space>;
  readonly iommu: string;
  readonly side: "input" | "output";
  readonly bits: number;
}

export const unmappableDoorbell = defineRule<OutOfReach>({
  id: "unmappable-doorbell",
  catalogue: "MSI008",
  severity: "error",
  since: "0.1.0",
  summary: "The IOMMU in front cannot map the doorbell.",
  why: `Behind an IOMMU an MSI goes to an address in the MSI window, and the page tables lead from there to the doorbell. The window has to lie within the
addresses that the IOMMU takes (\`inputBits\`), and the doorbell within those that it gives (\`outputBits\`). What lies above cannot be written
into a page table, so no device behind that IOMMU can raise an interrupt.

A doorbell whose own address is the MSI window, as on x86, is not mapped at all and is not looked at.`,
  sources: ["domain.md 3.2 and 4.1", "Arm SMMUv3 architecture, SMMU_IDR5.OAS"],
  bad: [
    {
      text: `{
  "platform": "board",
  "doorbells": [{ "name": "its0", "type": "its", "base": "0x8010_0002_0000", "size": "128K" }],
  //                                                     ^^^^^^^^^^^^^^^^^^ error: translation page of its0 0x8010_0003_0000-0x8010_0003_ffff is beyond the 40-bit output of smmu0, which ends at 0xff_ffff_ffff
  "iommus": [
    {
      "name": "smmu0", "type": "smmuv2", "base": "0x4000_0000", "size": "64K", "outputBits": 40,
      //                                                                                     ~~ output of smmu0
      "msiWindow": { "base": "0x0800_0000", "size": "1M", "programmable": true },
    },
  ],
  "pci": [{ "name": "pcie0", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }], "msi": "its0" }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "iommus": [
    {
      "name": "smmu0", "type": "smmuv2", "base": "0x4000_0000", "size": "64K", "inputBits": 32,
      "msiWindow": { "base": "0x1_0000_0000", "size": "1M", "programmable": true },
      //                     ^^^^^^^^^^^^^^^ error: MSI window of smmu0 0x1_0000_0000-0x1_000f_ffff is beyond the 32-bit input of smmu0, which ends at 0xffff_ffff
    },
  ],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "doorbells": [{ "name": "its0", "type": "its", "base": "0x8010_0002_0000", "size": "128K" }],
  "iommus": [
    {
      "name": "smmu0", "type": "smmuv3", "base": "0x4000_0000", "size": "128K", "inputBits": 48, "outputBits": 48,
      "msiWindow": { "base": "0x0800_0000", "size": "1M", "programmable": true },
    },
  ],
  "pci": [{ "name": "pcie0", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }], "msi": "its0" }],
}`,
  ],
  *check(plan) {
    yield* doorbellsOutOfReach(plan);
    for (const iommu of plan.platform.iommus ?? []) {
      const { extent } = iommu.msiWindow ?? {};
      if (iommu.disabled === true || !extent || iommu.inputBits === undefined) continue;
      const range = beyond(extent.ranges, iommu.inputBits);
      const facts = { name: `MSI window of ${iommu.name}`, iommu: iommu.name, side: "input", bits: iommu.inputBits } as const;
      if (range) yield { at: extent.at, data: { ...facts, range }, related: [widthOf(iommu, "input")] };
    }
  },
  message: ({ name, range, iommu, side, bits }) =>
    `${name} ${printRange(range)} is beyond the ${bits}-bit ${side} of ${iommu}, which ends at ${printAddress((1n << BigInt(bits)) - 1n)}`,
});

/** Each doorbell once for each IOMMU that leads to it. */
function* doorbellsOutOfReach(plan: Plan): Generator<Observation<OutOfReach>> {
  const seen = new Set<string>();
  for (const { doorbell, iommu } of (plan.platform.pci ?? []).flatMap((bridge) => msiRouting(plan, bridge).routes)) {
    if (!doorbell?.extent || iommu?.outputBits === undefined) continue;
    const range = beyond(writtenBytes(doorbell), iommu.outputBits);
    if (!range || isTakenUntranslated(iommu, doorbell) || seen.has(`${doorbell.name} ${iommu.name}`)) continue;
    seen.add(`${doorbell.name} ${iommu.name}`);
    const data: OutOfReach = { name: nameOfWritten(doorbell), range, iommu: iommu.name, side: "output", bits: iommu.outputBits };
    yield { at: doorbell.extent.at, data, related: [widthOf(iommu, "output")] };
  }
}

/** The first range that does not end within so many bits. */
function beyond<S extends Space>(ranges: readonly AddressRange<S>[], bits: number): AddressRange<S> | undefined {
  return ranges.find((range) => range.end > 1n << BigInt(bits));
}

function widthOf({ name, anchor }: { readonly name: string; readonly anchor: Anchor }, side: "input" | "output"): { at: Anchor; message: string } {
  return { at: under(anchor, `${side}Bits`), message: `${side} of ${name}` };
}
