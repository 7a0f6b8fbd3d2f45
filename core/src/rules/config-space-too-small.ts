// ECAM that has not room for all buses of its host bridge.
import { address, sizeOf } from "../address";
import { under } from "../anchor";
import { describeBuses } from "../describe/buses";
import type { Fix, Related } from "../finding";
import { printBusRange } from "../pciAddress";
import type { ConfigSpace } from "../plan/configSpaces";
import { busesEdit, BYTES_A_BUS, configSpaces } from "../plan/configSpaces";
import { entryAnchor } from "../plan/occupants";
import { endOf } from "../plan/places";
import { resizeFix } from "../plan/placement";
import { printSize } from "../print";
import { defineRule } from "../rule";

export const configSpaceTooSmall = defineRule<ConfigSpace>({
  id: "config-space-too-small",
  catalogue: "MAP025",
  severity: "error",
  since: "0.1.0",
  summary: "The configuration space of a host bridge has no room for some of its buses.",
  why: `Memory mapped configuration space (ECAM) takes 1 MiB a bus. The buses for which there is no room cannot be reached: what is plugged
in there is not found, or the access goes to whatever lies behind the range. Linux cuts the bus range down and says so in the log; other
systems do not look.

Controllers that reach configuration space through a small window have the type \`indirect\`.`,
  sources: ["PCI Express base specification, 7.2.2 (ECAM)", "domain.md 7.4", "Linux drivers/pci/ecam.c, pci_ecam_create"],
  bad: [
    {
      text: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "buses": "00-ff", "msi": "none",
    //                        ~~~~~~~ the buses of pcie0
    "config": { "base": "0x4000_0000", "size": "128M", "type": "ecam" },
    //                                         ^^^^^^ error: the configuration space of pcie0 has room for 128 buses (128 MiB), but pcie0 has 256 (00-ff): buses 80-ff cannot be reached
  }],
}`,
      fixed: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "buses": "00-ff", "msi": "none",
    "config": { "base": "0x4000_0000", "size": "256M", "type": "ecam" },
  }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "devices": [{ "name": "uart0", "base": "0x4400_0000", "size": "4K" }],
  "pci": [{
    "name": "pcie0", "segment": 0, "msi": "none",
    //      ~~~~~~~ pcie0 has all 256 buses, because it does not say which
    "config": { "base": "0x4000_0000", "last": "0x43ff_ffff" },
    //                                         ^^^^^^^^^^^^^ error: the configuration space of pcie0 has room for 64 buses (64 MiB), but pcie0 has 256 (00-ff): buses 40-ff cannot be reached
  }],
}`,
      fixed: `{
  "platform": "board",
  "devices": [{ "name": "uart0", "base": "0x4400_0000", "size": "4K" }],
  "pci": [{
    "name": "pcie0", "segment": 0, "buses": "00-3f", "msi": "none",
    "config": { "base": "0x4000_0000", "last": "0x43ff_ffff" },
  }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "buses": "00-00", "msi": "none",
    "config": { "range": "0x4000_0000-0x4000_ffff" },
    //                   ^^^^^^^^^^^^^^^^^^^^^^^^^ error: the configuration space of pcie0 has room for no bus (64 KiB), but pcie0 has 1 (00-00): bus 00 cannot be reached
  }],
}`,
    },
  ],
  good: [
    `// The base is that of the first bus.
{
  "platform": "board",
  "pci": [{ "name": "pcie0", "buses": "f8-ff", "msi": "none", "config": { "base": "0xaf80_0000", "size": "8M" } }],
}`,
    `{
  "platform": "board",
  "pci": [
    { "name": "pcie0", "segment": 0, "buses": "00-ff", "msi": "none", "config": { "base": "0xfd50_0000", "size": "0x9310", "type": "indirect" } },
    { "name": "pcie1", "segment": 1, "buses": "00-ff", "msi": "none", "config": "unknown" },
    { "name": "pcie2", "segment": 2, "buses": "00-ff", "msi": "none" },
  ],
}`,
  ],
  *check(plan) {
    for (const space of configSpaces(plan)) {
      if ("notChecked" in space) yield space;
      else if (space.room < space.needed) yield { at: endOf(space.occupant), data: space, related: [busesOf(space)] };
    }
  },
  message: ({ bridge: { name }, buses, occupant, room, needed }) => {
    const lost = describeBuses({ first: buses.first + Number(room), last: buses.last });
    const roomFor = room === 0n ? "no bus" : room === 1n ? "1 bus" : `${room} buses`;
    const held = `room for ${roomFor} (${printSize(sizeOf(occupant.range))})`;
    const owned = `${name} has ${needed} (${printBusRange(buses)})`;
    return `the configuration space of ${name} has ${held}, but ${owned}: ${lost} cannot be reached`;
  },
  fix: ({ data }) => [grown(data), ...shortened(data)],
});

function busesOf({ bridge }: ConfigSpace): Related {
  return bridge.buses === undefined
    ? { at: entryAnchor(bridge), message: `${bridge.name} has all 256 buses, because it does not say which` }
    : { at: under(bridge.anchor, "buses"), message: `the buses of ${bridge.name}` };
}

function grown({ occupant, needed }: ConfigSpace): Fix {
  const { base } = occupant.range;
  return resizeFix(occupant, { base, end: address<"pa">(base + needed * BYTES_A_BUS) });
}

function shortened({ bridge, buses, room }: ConfigSpace): Fix[] {
  if (room === 0n) return [];
  const fewer = { first: buses.first, last: buses.first + Number(room) - 1 };
  return [{ title: `Give ${bridge.name} the buses ${printBusRange(fewer)}`, edits: [busesEdit(bridge, fewer)] }];
}
