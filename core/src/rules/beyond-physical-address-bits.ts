// Something lies above the highest physical address of the machine.
import { describeOccupant } from "../describe/overlap";
import type { Occupant } from "../plan/addressMap";
import type { Plan } from "../plan/plan";
import { printAddress } from "../print";
import { defineRule, notChecked } from "../rule";

interface Beyond {
  readonly occupant: Occupant<"pa">;
  readonly bits: number;
}

export const beyondPhysicalAddressBits = defineRule<Beyond>({
  id: "beyond-physical-address-bits",
  catalogue: "MAP006",
  severity: "error",
  since: "0.1.0",
  summary: "Something lies above the highest physical address of the machine.",
  why: `A processor with n physical address bits cannot emit an address of 2ⁿ or more: page tables have no room for it. Memory there is
lost, and registers there are never reached; some processors drop the upper bits, and the access hits whatever lies at the address that
is left. Either the place is wrong, or \`physicalAddressBits\` is.`,
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
  message: ({ occupant, bits }) => {
    const last = (1n << BigInt(bits)) - 1n;
    const verb = occupant.range.base > last ? "lies" : "reaches";
    const limit = `${printAddress(last)}, the last of the ${bits}-bit physical addresses`;
    return `${describeOccupant(occupant)} ${verb} beyond ${limit}`;
  },
});

function namesOfHoles({ platform }: Plan): ReadonlySet<string> {
  return new Set(platform.reserved?.filter((one) => one.type === "hole").map((one) => one.name));
}
