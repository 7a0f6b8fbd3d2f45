// Works out what a draft holds: the capture's facts sorted, put together, cleared of what is told twice, and named.
// Knows nothing of how entries are written.
import type { Capture } from "../capture";
import { isUsable } from "../firmwareMap";
import type { LoggedNode } from "../kernelLog";
import { holds } from "../reading";
import type { HostBridge } from "./bridges";
import { hostBridges, rootBuses } from "./bridges";
import type { DraftItem } from "./draft";
import { banksOf, banksOfFirmware, banksOfLog, draftMemory } from "./draftMemory";
import type { DoorbellEntry, ReservedEntry } from "./entries";
import { doorbellsOf, motherboardResources, reservationsOf, reservationsOfFirmware, withoutBridges, withoutDoorbells } from "./entries";
import { functionTrees } from "./functionTree";
import { gicDevices } from "./gicDevices";
import type { IommuUnit } from "./iommuUnits";
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
  const found = capture.iomem ? layout.occupants : gicDevices(capture.acpi?.madt);
  const doorbells = doorbellsOf(capture.system, capture.log?.doorbells ?? [], capture.tables?.doorbells);
  const occupants = withoutDoorbells([...found].sort(byBase), doorbells);
  const units = iommuUnits(capture, occupants);
  const registers = new Set(units.flatMap((unit) => unit.occupants));
  const devices = occupants.filter(
    (one) => (one.kind === "device" || one.kind === "iommu") && !registers.has(one) && !isIn(one, units),
  );
  const bridges = hostBridges(capture, layout);
  const reserved = [
    ...reservedOf(capture, occupants, doorbells, bridges),
    ...motherboardResources(
      bridges,
      [...layout.ecams, ...(capture.log?.reservedConfig ?? [])],
      capture.firmwareMap,
    ),
  ].sort((a, b) => (a.ranges[0].base < b.ranges[0].base ? -1 : a.ranges[0].base > b.ranges[0].base ? 1 : 0));
  const { trees, lost } = functionTrees(capture, bridges);
  const names = new Names();
  const memory = memoryOf(capture, occupants, names);
  const named = nameEntries({ names, devices, reserved, doorbells, units, bridges, functions: trees });
  return { layout, memory, named, cxl: occupants.filter((one) => one.kind === "cxl"), lost };
}

/** Registers of an IOMMU that the kernel shows under the name of something else. */
function isIn(occupant: Occupant, units: readonly IommuUnit[]): boolean {
  return units.some((unit) => unit.tableKey !== undefined && unit.place !== undefined && holds(unit.place, occupant));
}

function memoryOf(capture: Capture, occupants: readonly Occupant[], names: Names): DraftItem[] {
  const banks = capture.iomem
    ? banksOf(occupants)
    : capture.firmwareMap.some(isUsable)
      ? banksOfFirmware(capture.firmwareMap)
      : banksOfLog(capture.log?.memory ?? []);
  return draftMemory(banks, nodesOf(capture), capture.firmwareMap, names);
}

/**
 * The kernel's own nodes; without its log the tables' proximity domains, which it numbers the same where they are
 * dense.
 */
function nodesOf({ log, acpi }: Capture): readonly LoggedNode[] {
  if (log && log.nodes.length > 0) return log.nodes;
  return (acpi?.srat ?? []).map(({ base, last, domain, hotplug }) => ({ base, last, node: domain, hotplug }));
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
