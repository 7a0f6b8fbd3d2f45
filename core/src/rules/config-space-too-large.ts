// ECAM that has room for more buses than its host bridge owns.
import { address, sizeOf } from "../address";
import type { Fix } from "../finding";
import { printBusRange } from "../pciAddress";
import type { ConfigSpace } from "../plan/configSpaces";
import { busesEdit, BYTES_A_BUS, configSpaces } from "../plan/configSpaces";
import { endOf } from "../plan/places";
import { resizeFix } from "../plan/placement";
import { printSize } from "../print";
import { defineRule } from "../rule";

export const configSpaceTooLarge = defineRule<ConfigSpace>({
  id: "config-space-too-large",
  catalogue: "MAP026",
  severity: "info",
  since: "0.1.0",
  summary: "The configuration space of a host bridge has room for more buses than it owns.",
  why: `Memory mapped configuration space (ECAM) takes 1 MiB a bus. What lies beyond the last bus answers to nobody, and is lost
to others, which hurts below 4 GiB. Either the bridge could own more buses, which leaves more numbers for hot-plug and virtual
functions, or the range is larger than what the hardware decodes.`,
  sources: ["PCI Express base specification, 7.2.2 (ECAM)", "domain.md 7.4, 8.2 (AMD Seattle)"],
  bad: [
    {
      text: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "buses": "00-7f", "msi": "none",
    "config": { "base": "0xf000_0000", "size": "256M" },
    //                                         ^^^^^^ info: the configuration space of pcie0 has room for 256 buses (256 MiB), but pcie0 has only 128 (00-7f)
  }],
}`,
      fixed: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "buses": "00-ff", "msi": "none",
    "config": { "base": "0xf000_0000", "size": "256M" },
  }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "buses": "f8-ff", "msi": "none",
    "config": { "range": "0xaf80_0000-0xb07f_ffff" },
    //                   ^^^^^^^^^^^^^^^^^^^^^^^^^ info: the configuration space of pcie0 has room for 16 buses (16 MiB), but pcie0 has only 8 (f8-ff)
  }],
}`,
      fixed: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "buses": "f8-ff", "msi": "none",
    "config": { "range": "0xaf80_0000-0xafff_ffff" },
  }],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "pci": [
    { "name": "pcie0", "buses": "00-3f", "msi": "none", "config": { "base": "0xe000_0000", "size": "64M" } },
    { "name": "pcie1", "buses": "40-ff", "msi": "none", "config": { "base": "0xe400_0000", "size": "192M" } },
  ],
}`,
    `{
  "platform": "board",
  "pci": [{ "name": "pcie0", "buses": "00-0f", "msi": "none", "config": { "base": "0xf000_0000", "size": "32M", "type": "indirect" } }],
}`,
  ],
  *check(plan) {
    for (const space of configSpaces(plan)) {
      if ("notChecked" in space) yield space;
      else if (isTooLarge(space)) yield { at: endOf(space.occupant), data: space };
    }
  },
  message: ({ bridge: { name }, buses, occupant, room, needed }) => {
    const held = `room for ${room} bus${room === 1n ? "" : "es"} (${printSize(sizeOf(occupant.range))})`;
    return `the configuration space of ${name} has ${held}, but ${name} has only ${needed} (${printBusRange(buses)})`;
  },
  fix: ({ data }) => [...extended(data), trimmed(data)],
});

function isTooLarge({ occupant, needed }: ConfigSpace): boolean {
  return sizeOf(occupant.range) > needed * BYTES_A_BUS;
}

/** Only where the buses then fill the range: else the finding would stay. */
function extended({ bridge, buses, occupant, room }: ConfigSpace): Fix[] {
  const more = { first: buses.first, last: buses.first + Number(room) - 1 };
  if (more.last > 0xff || sizeOf(occupant.range) % BYTES_A_BUS !== 0n) return [];
  return [{ title: `Give ${bridge.name} the buses ${printBusRange(more)}`, edits: [busesEdit(bridge, more)] }];
}

function trimmed({ occupant, needed }: ConfigSpace): Fix {
  const { base } = occupant.range;
  return resizeFix(occupant, { base, end: address<"pa">(base + needed * BYTES_A_BUS) });
}
