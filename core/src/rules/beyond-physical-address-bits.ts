// Something lies above the highest physical address of the machine, or memory above the highest that an IOMMU gives.
import { under } from "../anchor";
import { describeOccupant } from "../describe/overlap";
import type { Occupant } from "../plan/addressMap";
import type { Plan } from "../plan/plan";
import { systemMemory } from "../plan/systemMemory";
import type { Iommu } from "../platform";
import { printAddress } from "../print";
import type { Observation } from "../rule";
import { defineRule, notChecked } from "../rule";

interface Beyond {
  readonly occupant: Occupant<"pa">;
  readonly bits: number;
  /** The IOMMU that is too narrow; absent where the processor is. */
  readonly iommu?: Iommu;
}

export const beyondPhysicalAddressBits = defineRule<Beyond>({
  id: "beyond-physical-address-bits",
  catalogue: "MAP006",
  severity: "error",
  since: "0.1.0",
  summary: "Something lies above the highest physical address of the machine.",
  why: `A processor with n physical address bits cannot emit an address of 2ⁿ or more: page tables have no room for it. Memory there is
lost, and registers there are never reached; some processors drop the upper bits, and the access hits whatever lies at the address that
is left. Either the place is wrong, or \`physicalAddressBits\` is.

An IOMMU has a width of its own, \`outputBits\`. Memory above it cannot be written into its page tables, so devices behind it do not reach that
memory, and a guest that has some of it cannot be given such a device.`,
  sources: ["domain.md 4.1", "Arm ARM, ID_AA64MMFR0_EL1.PARange", "CPUID 8000_0008h"],
  bad: [
    {
      text: `{
  "platform": "board",
  "physicalAddressBits": 36,
  "memory": [
    { "name": "dram-low", "base": "0x8000_0000", "size": "2G" },
    { "name": "dram-high", "base": "0xf_0000_0000", "size": "8G" },
    //                             ^^^^^^^^^^^^^^^ error: memory dram-high 0xf_0000_0000-0x10_ffff_ffff reaches beyond 0xf_ffff_ffff, the last of the 36-bit physical addresses
  ],
}`,
    },
    {
      text: `{
  "platform": "board",
  "physicalAddressBits": 40,
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "mem64-prefetchable", "cpu": "0x300_0000_0000", "size": "1G" }],
    //                                                 ^^^^^^^^^^^^^^^^^ error: mem64-prefetchable window of pcie0 0x300_0000_0000-0x300_3fff_ffff lies beyond 0xff_ffff_ffff, the last of the 40-bit physical addresses
  }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "physicalAddressBits": 44,
  "memory": [
    { "name": "dram-low", "base": "0x8000_0000", "size": "2G" },
    { "name": "dram-high", "base": "0xf8_0000_0000", "size": "64G" },
    //                             ^^^^^^^^^^^^^^^^ error: memory dram-high 0xf8_0000_0000-0x107_ffff_ffff reaches beyond 0xff_ffff_ffff, the last of the 40-bit output addresses of smmu0
  ],
  "iommus": [{ "name": "smmu0", "type": "smmuv2", "base": "0x2b40_0000", "size": "64K", "outputBits": 40 }],
  //                                                                                                  ~~ output of smmu0
  "pci": [{ "name": "pcie0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "smmu0" }] }],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "physicalAddressBits": 36,
  "memory": [{ "name": "dram", "base": "0xe_0000_0000", "size": "8G" }],
}`,
    `{
  "platform": "board",
  "physicalAddressBits": 64,
  "devices": [{ "name": "top", "range": "0xffff_ffff_ffff_0000-0xffff_ffff_ffff_ffff" }],
}`,
    `// Nothing is behind the narrow IOMMU, and the wide one is as wide as it has to be.
{
  "platform": "board",
  "physicalAddressBits": 40,
  "memory": [{ "name": "dram", "base": "0x80_0000_0000", "size": "512G" }],
  "iommus": [
    { "name": "smmu0", "type": "smmuv2", "base": "0x2b40_0000", "size": "64K", "outputBits": 32 },
    { "name": "smmu1", "type": "smmuv2", "base": "0x2b50_0000", "size": "64K", "outputBits": 40 },
  ],
  "pci": [{ "name": "pcie0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "smmu1" }] }],
}`,
    `// The width is not known.
{
  "platform": "board",
  "physicalAddressBits": "unknown",
  "memory": [{ "name": "dram", "base": "0x800_0000_0000", "size": "8G" }],
}`,
    `// A hole is the absence of something.
{
  "platform": "board",
  "physicalAddressBits": 39,
  "reserved": [{ "name": "hypertransport", "range": "0xfd_0000_0000-0xff_ffff_ffff", "type": "hole" }],
}`,
  ],
  *check(plan) {
    yield* beyondOutputs(plan);
    const { physicalAddressBits: bits } = plan.platform;
    if (typeof bits !== "number") {
      if (plan.physical.occupants.length > 0) yield notChecked("physicalAddressBits is not known");
      return;
    }
    const limit = 1n << BigInt(bits);
    let holes: ReadonlySet<string> | undefined;
    for (const occupant of plan.physical.occupants) {
      if (occupant.range.end <= limit) continue;
      if (occupant.role === "reservation" && (holes ??= namesOfHoles(plan)).has(occupant.name)) continue;
      yield { at: occupant.at, data: { occupant, bits } };
    }
  },
  message: ({ occupant, bits, iommu }) => {
    const last = (1n << BigInt(bits)) - 1n;
    const verb = occupant.range.base > last ? "lies" : "reaches";
    const whose = iommu ? `output addresses of ${iommu.name}` : "physical addresses";
    return `${describeOccupant(occupant)} ${verb} beyond ${printAddress(last)}, the last of the ${bits}-bit ${whose}`;
  },
});

/** Memory that the narrowest of the IOMMUs in use cannot reach, but the processor can. */
function* beyondOutputs(plan: Plan): Generator<Observation<Beyond>> {
  const iommu = narrowest(plan);
  const bits = iommu?.outputBits;
  const { physicalAddressBits } = plan.platform;
  if (!iommu || bits === undefined || (typeof physicalAddressBits === "number" && physicalAddressBits <= bits)) return;
  const limit = 1n << BigInt(bits);
  const reachable = typeof physicalAddressBits === "number" ? 1n << BigInt(physicalAddressBits) : undefined;
  for (const occupant of systemMemory(plan)) {
    if (occupant.range.end <= limit || (reachable !== undefined && occupant.range.end > reachable)) continue;
    yield { at: occupant.at, data: { occupant, bits, iommu }, related: [{ at: under(iommu.anchor, "outputBits"), message: `output of ${iommu.name}` }] };
  }
}

function narrowest({ platform: { iommus, pci, devices } }: Plan): Iommu | undefined {
  const owners = [...(pci ?? []), ...(devices ?? [])].filter((one) => one.disabled !== true && Array.isArray(one.iommu));
  const used = new Set(owners.flatMap(({ iommu }) => (iommu as readonly { to: string }[]).map((mapping) => mapping.to)));
  const widthOf = ({ outputBits = 64 }: Iommu): number => outputBits;
  const inUse = (iommus ?? []).filter((one) => one.disabled !== true && used.has(one.name));
  return inUse.reduce<Iommu | undefined>((least, one) => (least && widthOf(least) <= widthOf(one) ? least : one), undefined);
}

function namesOfHoles({ platform }: Plan): ReadonlySet<string> {
  return new Set(platform.reserved?.filter((one) => one.type === "hole").map((one) => one.name));
}
