// Works out what a draft holds: the capture's facts sorted, put together, cleared of what is told twice, and named.
// Knows nothing of how entries are written.
import type { Capture } from "../capture";
import { holds } from "../reading";
import type { HostBridge } from "./bridges";
import { hostBridges, rootBuses } from "./bridges";
import type { DraftItem } from "./draft";
import { banksOf, banksOfFirmware, draftMemory } from "./draftMemory";
import type { DoorbellEntry, ReservedEntry } from "./entries";
import { doorbellsOf, reservationsOf, reservationsOfFirmware, withoutBridges, withoutDoorbells } from "./entries";
import { functionTrees } from "./functionTree";
import { iommuUnits } from "./iommuUnits";
import type { Layout, Occupant } from "./layout";
import { layOut } from "./layout";
import type { NamedEntries } from "./nameEntries";
import { nameEntries } from "./nameEntries";
import { Names } from "./names";
import { byBase } from "./places";

export interface DraftContent {
  readonly layout: Layout;
  readonly memory: readonly DraftItem[];
  readonly named: NamedEntries;
  readonly cxl: readonly Occupant[];
  /** Functions that belong to no host bridge. */
  readonly lost: readonly string[];
}

export function contentOf(capture: Capture): DraftContent {
  const nodeNames = new Set((capture.log?.hostBridges ?? []).flatMap((bridge) => bridge.nodeName ?? []));
  const layout = layOut(capture.iomem ?? [], { rootBuses: rootBuses(capture), nodeNames });
  const doorbells = doorbellsOf(capture.system, capture.log?.doorbells ?? []);
  const occupants = withoutDoorbells([...layout.occupants].sort(byBase), doorbells);
  const units = iommuUnits(capture, occupants);
  const registers = new Set(units.flatMap((unit) => unit.occupants));
  const devices = occupants.filter((one) => (one.kind === "device" || one.kind === "iommu") && !registers.has(one));
  const bridges = hostBridges(capture, layout);
  const reserved = reservedOf(capture, occupants, doorbells, bridges);
  const { trees, lost } = functionTrees(capture, bridges);
  const names = new Names();
  const memory = memoryOf(capture, occupants, names);
  const named = nameEntries({ names, devices, reserved, doorbells, units, bridges, functions: trees });
  return { layout, memory, named, cxl: occupants.filter((one) => one.kind === "cxl"), lost };
}

function memoryOf(capture: Capture, occupants: readonly Occupant[], names: Names): DraftItem[] {
  const banks = capture.iomem ? banksOf(occupants) : banksOfFirmware(capture.firmwareMap);
  return draftMemory(banks, capture.log?.nodes ?? [], capture.firmwareMap, names);
}

function reservedOf(
  capture: Capture,
  occupants: readonly Occupant[],
  doorbells: readonly DoorbellEntry[],
  bridges: readonly HostBridge[],
): ReservedEntry[] {
  const found = capture.iomem
    ? reservationsOf(occupants, capture.log?.reservations ?? [], capture.system)
    : reservationsOfFirmware(capture.firmwareMap).filter(
        (one) => !doorbells.some((doorbell) => holds(doorbell, one.ranges[0])),
      );
  return withoutBridges(found, bridges);
}
