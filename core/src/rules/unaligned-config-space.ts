// ECAM whose base does not leave its lower bits to the bus number.
import { ADDRESS_LIMIT, address, alignUp, sizeOf } from "../address";
import type { Fix, Severity } from "../finding";
import type { ConfigSpace } from "../plan/configSpaces";
import { BYTES_A_BUS, configSpaces } from "../plan/configSpaces";
import { moveTo } from "../plan/moves";
import type { Plan } from "../plan/plan";
import { printAddress, printSize } from "../print";
import { defineRule } from "../rule";

interface Unaligned extends ConfigSpace {
  readonly wanted: bigint;
}

export const unalignedConfigSpace = defineRule<Unaligned>({
  id: "unaligned-config-space",
  catalogue: "MAP027",
  severity: "error",
  since: "0.1.0",
  summary: "The base of a host bridge's configuration space does not leave its lower bits to the bus number.",
  why: `In memory mapped configuration space (ECAM) the bus number is bits 20 and up of the address, so the base has zeros in the
bits below: at least twenty, or two functions have the same address. Decoders that put base and bus number together with an OR
need zeros for all of the bus bits too; those that add work with any multiple of 1 MiB, which is why a base that is not aligned
to its size is a warning.`,
  sources: ["PCI Express base specification, 7.2.2 (ECAM): base aligned to 2^(n+20)", "domain.md 7.4"],
  bad: [
    {
      text: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "buses": "00-0f", "msi": "none",
    "config": { "base": "0x4008_0000", "size": "16M" },
    //                  ^^^^^^^^^^^^^ error: the configuration space of pcie0 begins at 0x4008_0000, which is not 1 MiB aligned
  }],
}`,
      fixed: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "buses": "00-0f", "msi": "none",
    "config": { "base": "0x4100_0000", "size": "16M" },
  }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "devices": [{ "name": "uart0", "base": "0x5000_0000", "size": "4K" }],
  "pci": [{
    "name": "pcie0", "buses": "00-ff", "msi": "none",
    "config": { "base": "0x4800_0000", "last": "0x57ff_ffff" },
    //                  ^^^^^^^^^^^^^ warning: the configuration space of pcie0 begins at 0x4800_0000, which is not aligned to its size, 256 MiB
    //                  ^^^^^^^^^^^^^ error(overlapping-regions): configuration space of pcie0 overlaps device uart0 in 0x5000_0000-0x5000_0fff (4 KiB) of the physical map: 0x4800_0000-0x57ff_ffff and 0x5000_0000-0x5000_0fff
  }],
}`,
      fixed: `{
  "platform": "board",
  "devices": [{ "name": "uart0", "base": "0x5000_0000", "size": "4K" }],
  "pci": [{
    "name": "pcie0", "buses": "00-ff", "msi": "none",
    "config": { "base": "0x6000_0000", "last": "0x6fff_ffff" },
  }],
}`,
    },
  ],
  good: [
    `// Three parts of one range for 256 buses: bus 0 would be at 0xe000_0000.
{
  "platform": "board",
  "pci": [
    { "name": "pci0", "buses": "00-16", "msi": "none", "config": { "base": "0xe000_0000", "size": "23M" } },
    { "name": "pci1", "buses": "17-39", "msi": "none", "config": { "base": "0xe170_0000", "size": "35M" } },
    { "name": "pci2", "buses": "3a-ff", "msi": "none", "config": { "base": "0xe3a0_0000", "size": "198M" } },
  ],
}`,
    `// The first bus at the start of a range of its own.
{
  "platform": "board",
  "pci": [{ "name": "pcie0", "buses": "20-3f", "msi": "none", "config": { "base": "0x3000_0000", "size": "32M" } }],
}`,
    `{
  "platform": "board",
  "pci": [{ "name": "pcie0", "buses": "00-ff", "msi": "none", "config": { "base": "0xf0d0_0000", "size": "256K", "type": "indirect" } }],
}`,
  ],
  *check(plan) {
    for (const space of configSpaces(plan)) {
      if ("notChecked" in space) yield space;
      else if (!isAligned(space)) {
        const data = { ...space, wanted: alignmentOfSize(space) };
        yield { at: space.occupant.at, data, severity: severityOf(space) };
      }
    }
  },
  message: ({ bridge, occupant, wanted }) => {
    const { base } = occupant.range;
    const why = base % BYTES_A_BUS === 0n ? `aligned to its size, ${printSize(wanted)}` : "1 MiB aligned";
    return `the configuration space of ${bridge.name} begins at ${printAddress(base)}, which is not ${why}`;
  },
  fix: ({ data }, plan) => aligned(data, plan),
});

/** Aligned to its own size, or a part of a range for buses 0 and up that is aligned to its size. */
function isAligned(space: ConfigSpace): boolean {
  const { base } = space.occupant.range;
  if (base % BYTES_A_BUS !== 0n) return false;
  if (base % alignmentOfSize(space) === 0n) return true;
  const ofBusZero = base - BigInt(space.buses.first) * BYTES_A_BUS;
  return ofBusZero >= 0n && ofBusZero % powerAtLeast(BigInt(space.buses.last + 1) * BYTES_A_BUS) === 0n;
}

function severityOf({ occupant }: ConfigSpace): Severity {
  return occupant.range.base % BYTES_A_BUS === 0n ? "warning" : "error";
}

function alignmentOfSize({ occupant }: ConfigSpace): bigint {
  return powerAtLeast(sizeOf(occupant.range));
}

/** The least power of two that is no smaller, at least one bus. */
function powerAtLeast(bytes: bigint): bigint {
  let power = BYTES_A_BUS;
  while (power < bytes) power <<= 1n;
  return power;
}

/** The next free aligned place upward, on the same side of 4 GiB; below when there is none above. */
function aligned({ occupant, wanted }: Unaligned, plan: Plan): Fix[] {
  const { base } = occupant.range;
  const end = address<"pa">(base < 1n << 32n ? 1n << 32n : ADDRESS_LIMIT);
  const size = sizeOf(occupant.range);
  const isSelf = (one: unknown): boolean => one === occupant;
  const above = { base: alignUp(base, wanted), end };
  const everywhere = { base: address<"pa">(0n), end };
  const upward = above.base < end ? plan.physical.firstFit(size, wanted, above, isSelf) : undefined;
  return moveTo(occupant, upward ?? plan.physical.nearestFit(base, size, wanted, everywhere, isSelf));
}
