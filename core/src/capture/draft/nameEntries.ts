// Gives every entry of a draft its name, so that entries can refer to each other. Knows nothing of how entries are
// written.
import type { HostBridge } from "./bridges";
import type { NamedBridge } from "./draftBridges";
import type { DoorbellEntry, ReservedEntry } from "./entries";
import type { FunctionNode } from "./functionTree";
import type { IommuUnit } from "./iommuUnits";
import type { HostWindowPlace, Occupant } from "./layout";
import type { Names } from "./names";
import { stemOf, validName } from "./names";
import type { CapturedRange } from "../reading";
import { holds } from "../reading";

export interface Entries {
  readonly names: Names;
  readonly devices: readonly Occupant[];
  readonly reserved: readonly ReservedEntry[];
  readonly doorbells: readonly DoorbellEntry[];
  readonly units: readonly IommuUnit[];
  readonly bridges: readonly HostBridge[];
  readonly functions: ReadonlyMap<HostBridge, readonly FunctionNode[]>;
}

export interface NamedEntries {
  readonly devices: readonly { readonly name: string; readonly device: Occupant; readonly in: string | undefined }[];
  readonly reserved: readonly {
    readonly name: string;
    readonly entry: ReservedEntry;
    readonly in: string | undefined;
  }[];
  readonly doorbells: readonly {
    readonly name: string;
    readonly doorbell: DoorbellEntry;
    readonly in: string | undefined;
  }[];
  readonly units: readonly { readonly name: string; readonly unit: IommuUnit; readonly in: string | undefined }[];
  readonly bridges: readonly NamedBridge[];
}

const UNIT_STEMS = {
  smmuv1: "smmu",
  smmuv2: "smmu",
  smmuv3: "smmu",
  "vt-d": "dmar",
  "amd-vi": "ivhd",
  "virtio-iommu": "virtio-iommu",
  "riscv-iommu": "iommu",
  dart: "dart",
} as const;
const DOORBELL_STEMS = { its: "its", gicv2m: "v2m" } as const;

/**
 * Names in a fixed order: bridges, IOMMUs and doorbells before what may lie in them. `in` is the name of what an entry
 * lies in.
 */
export function nameEntries(entries: Entries): NamedEntries {
  const { names } = entries;
  const bridges = entries.bridges.map((bridge) => ({
    name: names.counted("pcie"),
    bridge,
    functions: entries.functions.get(bridge) ?? [],
  }));
  const units = entries.units.map((unit) => ({ name: unitName(unit, names), unit }));
  const doorbells = entries.doorbells.map((doorbell) => ({ name: doorbellName(doorbell, names), doorbell }));
  const devices = entries.devices.map((device) => ({
    name: names.unique(stemOf([device.label, ...device.labels]), device.base),
    device,
  }));
  const reserved = entries.reserved.map((entry) => ({ name: names.unique(entry.stem, entry.ranges[0].base), entry }));
  const owners = new Map<Occupant | HostWindowPlace | HostBridge | undefined, string>();
  for (const { name, bridge } of bridges) for (const place of [bridge, ...bridge.places]) owners.set(place, name);
  for (const { name, unit } of units) for (const occupant of unit.occupants) owners.set(occupant, name);
  for (const { name, device } of devices) owners.set(device, name);
  for (const { name, entry } of reserved) owners.set(entry.source, name);
  owners.delete(undefined);
  return {
    bridges,
    units: units.map((one) => ({
      ...one,
      in: owners.get(one.unit.occupants[0]?.inside) ?? (one.unit.place && reservationAround(one.unit.place, reserved)),
    })),
    doorbells: doorbells.map((one) => ({
      ...one,
      in: reservationAround(one.doorbell, reserved) ?? bridgeAround(one.doorbell, bridges),
    })),
    devices: devices.map((one) => ({ ...one, in: owners.get(one.device.inside) })),
    reserved: reserved.map((one) => ({ ...one, in: owners.get(one.entry.inside) })),
  };
}

function reservationAround(
  range: CapturedRange,
  reserved: readonly { name: string; entry: ReservedEntry }[],
): string | undefined {
  return reserved.find(({ entry }) => entry.ranges.some((whole) => holds(whole, range)))?.name;
}

function bridgeAround(doorbell: DoorbellEntry, bridges: readonly NamedBridge[]): string | undefined {
  return bridges.find(({ bridge }) => bridge.places.some((place) => holds(place, doorbell)))?.name;
}

/** The kernel's own name where it is a plain one (`dmar0`). */
function unitName(unit: IommuUnit, names: Names): string {
  if (unit.kernelName && /^[a-z]+\d+$/.test(unit.kernelName))
    return names.unique(validName(unit.kernelName), unit.place?.base ?? 0n);
  return names.counted(UNIT_STEMS[unit.type]);
}

function doorbellName(doorbell: DoorbellEntry, names: Names): string {
  return doorbell.type === "local-apic"
    ? names.unique("local-apic", doorbell.base)
    : names.counted(DOORBELL_STEMS[doorbell.type]);
}
