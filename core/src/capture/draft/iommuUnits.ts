// The IOMMUs of a capture: those that sysfs lists, those whose registers the kernel's resources show and those of the
// firmware's tables, put together. Knows nothing of names and JSON.
import type { TableIommu, TableReserved } from "../acpi/tableIommus";
import type { Capture } from "../capture";
import type { CapturedRange } from "../reading";
import { addTo } from "../reading";
import type { IommuType, CapturedIommu } from "../sysClassIommu";
import type { Occupant } from "./layout";

export interface IommuUnit {
  readonly type: IommuType;
  /** The kernel's name in sysfs, where sysfs was read. */
  readonly kernelName: string | undefined;
  readonly place: CapturedRange | undefined;
  readonly occupants: readonly Occupant[];
  readonly at: string | undefined;
  readonly inputBits: number | undefined;
  readonly outputBits: number | undefined;
  readonly interruptRemapping: boolean | undefined;
  readonly translatesHyperTransport?: true;
  /** I/O virtual addresses of MSIs that the groups behind it report. */
  readonly msi: readonly CapturedRange[];
  /** The same IOMMU in the firmware's tables. */
  readonly tableKey?: string;
  /** What the tables reserve in front of it, and what a person should know of it. */
  readonly reserved?: readonly TableReserved[];
  readonly notes?: readonly string[];
}

/** The two 64 KiB pages of an SMMUv3 (domain.md 4.1). Drivers claim only what they use of them. */
const SMMUV3_SIZE = 0x2_0000n;
const AMD = "amd_iommu";

/** The units in the order of sysfs, then of addresses. An occupant whose type nothing tells is left to the devices. */
export function iommuUnits(capture: Capture, occupants: readonly Occupant[]): IommuUnit[] {
  const groups = groupByUnit(occupants.filter((one) => one.kind === "iommu"));
  const byBase = new Map([...groups].flatMap(([key, group]) => group.map((one) => [one.base, key])));
  const amd = [...groups.keys()].filter((key) => key.startsWith(AMD));
  const used = new Set<string>();
  const fromSysfs = capture.iommus.flatMap((captured) => {
    const base = captured.base ?? capture.functions.get(captured.at ?? "")?.iommuBase;
    const lone = captured.type === "amd-vi" && base === undefined && amd.length === 1 ? amd[0] : undefined;
    const key = lone ?? (base === undefined ? captured.name : byBase.get(base));
    const group = key === undefined || used.has(key) ? [] : (groups.get(key) ?? []);
    if (key !== undefined) used.add(key);
    return captured.type ? [unit(captured.type, { ...captured, base }, group, capture)] : [];
  });
  const fromResources = [...groups].flatMap(([key, group]) => {
    const type = used.has(key) ? undefined : typeOf(group[0]?.label ?? "");
    return type ? [unit(type, undefined, group, capture)] : [];
  });
  return withTables([...fromSysfs, ...fromResources], capture);
}

/** Each unit with what the tables say of it; those that only the tables have follow. */
function withTables(units: readonly IommuUnit[], capture: Capture): IommuUnit[] {
  const left = new Set(capture.tables?.units ?? []);
  const known = units.map((unit) => {
    const table = [...left].find((one) => isSame(unit, one));
    if (table) left.delete(table);
    return table ? completed(unit, table) : unit;
  });
  return [...known, ...[...left].map((table) => completed(unit(table.type, undefined, [], capture), table))];
}

/** Addresses tell first; where a unit has none the kernel's count of units does. */
function isSame(unit: IommuUnit, table: TableIommu): boolean {
  if (unit.type !== table.type && !(unit.type.startsWith("smmu") && table.type.startsWith("smmu"))) return false;
  if (unit.place && table.registers) return unit.place.base === table.registers.base;
  if (unit.at !== undefined && table.at !== undefined) return unit.at === table.at;
  return unit.kernelName !== undefined && unit.kernelName === table.kernelName;
}

function completed(unit: IommuUnit, table: TableIommu): IommuUnit {
  return {
    ...unit,
    type: table.type,
    place: unit.place ?? table.registers,
    at: unit.at ?? table.at,
    interruptRemapping: unit.interruptRemapping ?? table.interruptRemapping,
    ...(table.translatesHyperTransport && { translatesHyperTransport: true as const }),
    tableKey: table.key,
    reserved: table.reserved,
    notes: table.notes,
  };
}

/** All AMD units have one name; the ranges of another name are one unit's. */
function groupByUnit(occupants: readonly Occupant[]): Map<string, Occupant[]> {
  const groups = new Map<string, Occupant[]>();
  for (const one of occupants)
    addTo(groups, one.label === AMD ? `${AMD}@${one.base.toString(16)}` : (one.labels.at(-1) ?? ""), one);
  return groups;
}

function typeOf(label: string): IommuType | undefined {
  if (label.startsWith("dmar")) return "vt-d";
  if (label === AMD) return "amd-vi";
  if (/smmu-?v3/.test(label)) return "smmuv3";
  return /arm-smmu/.test(label) ? "smmuv2" : undefined;
}

function unit(
  type: IommuType,
  captured: CapturedIommu | undefined,
  group: readonly Occupant[],
  capture: Capture,
): IommuUnit {
  const label = group[0]?.labels.at(-1);
  const base = group.reduce<bigint | undefined>(
    (least, one) => (least === undefined || one.base < least ? one.base : least),
    captured?.base,
  );
  const hexName = base === undefined ? "" : `${base.toString(16)}.`;
  const logged = capture.log?.iommus.find(
    (one) => one.name === label || one.name === captured?.name || (hexName !== "" && one.name.startsWith(hexName)),
  );
  const x86 = type === "vt-d" || type === "amd-vi";
  return {
    type,
    kernelName: captured?.name,
    place: placeOf(type, base ?? logged?.base, group),
    occupants: group,
    at: captured?.at,
    inputBits: logged?.inputBits,
    outputBits: logged?.outputBits,
    interruptRemapping: x86 ? capture.log?.interruptRemapping : undefined,
    ...(type === "amd-vi" && capture.log?.translatesHyperTransport && { translatesHyperTransport: true as const }),
    msi: captured ? msiRegions(captured, capture) : [],
  };
}

function placeOf(type: IommuType, base: bigint | undefined, group: readonly Occupant[]): CapturedRange | undefined {
  const last = group.reduce((most, one) => (one.last > most ? one.last : most), 0n);
  if (base === undefined) return undefined;
  if (type === "smmuv3" && last < base + SMMUV3_SIZE) return { base, last: base + SMMUV3_SIZE - 1n };
  if (group.length > 0) return { base, last };
  return type === "vt-d" ? { base, last: base + 0xfffn } : undefined;
}

/** Regions of type msi that every group with a device of this IOMMU reports. */
function msiRegions(captured: CapturedIommu, capture: Capture): CapturedRange[] {
  const groups = capture.groups.filter(
    (group) => group.reserved !== undefined && group.devices.some((device) => captured.devices.includes(device)),
  );
  const [first, ...rest] = groups.map((group) => (group.reserved ?? []).filter((region) => region.type === "msi"));
  return (first ?? []).filter((region) =>
    rest.every((list) => list.some((other) => other.base === region.base && other.last === region.last)),
  );
}
