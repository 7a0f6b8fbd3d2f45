// The DMAR's remapping units with the functions of each, and its reserved memory as regions of the unit in front.
// Knows nothing of names in a description.
import { parsePciAddress, printPciAddress } from "../../pciAddress";
import type { PciAddress } from "../../pciAddress";
import type { Unread } from "../reading";
import { addTo } from "../reading";
import type { DeviceScope, Dmar, RemappingUnit, ReservedMemory } from "./dmar";
import { virtualFunctionsOf } from "../virtualFunctions";
import { hexOffset } from "./tableBytes";
import type { Functions, TableIommus, TableMapping, TableReserved, TableScope } from "./tableIommus";

interface Context {
  readonly dmar: Dmar;
  readonly functions: Functions;
  readonly where: string;
  readonly unread: Unread[];
}

/** A function that a scope names. */
interface Scoped {
  readonly address: string;
  readonly below: boolean;
}

/**
 * Units in the order of the table. A unit with INCLUDE_PCI_ALL gets the rest of its segment; scopes of functions go
 * before it (VT-d specification 4.1, section 8.4). `where` is the table's path.
 */
export function dmarUnits(dmar: Dmar, functions: Functions, where: string): TableIommus {
  const context: Context = { dmar, functions, where, unread: [] };
  const scoped = new Map(dmar.units.map((unit) => [unit, follow(unit.segment, unit.scopes, context)]));
  const complete = context.unread.length === 0;
  const reserved = reservedByUnit(context, scoped);
  return {
    units: dmar.units.map((unit) => ({
      key: keyOf(unit),
      type: "vt-d",
      registers: unit.registers,
      at: undefined,
      kernelName: `dmar${unit.index}`,
      interruptRemapping: dmar.interruptRemapping,
      reserved: reserved.get(unit) ?? [],
      notes: [],
    })),
    mappings: [...scoped].flatMap(([unit, functionsOfUnit]) => mappingsOf(unit, functionsOfUnit, functions)),
    complete,
    unread: context.unread,
  };
}

function keyOf(unit: RemappingUnit): string {
  return `dmar${unit.index}`;
}

/** A virtual function is where its physical function is: scopes do not name it (VT-d specification 4.1, 8.3.1). */
function mappingsOf(unit: RemappingUnit, scoped: readonly Scoped[], functions: Functions): TableMapping[] {
  const to = keyOf(unit);
  const named = scoped.filter((one) => !one.below).map((one) => one.address);
  const virtual = named.flatMap((address) => {
    const at = parsePciAddress(address);
    return at ? virtualFunctionsOf(at, functions.get(address)?.sriov ?? "none") : [];
  });
  const scopes: TableScope[] = [
    ...devicesScope([...named, ...virtual], false),
    ...devicesScope(
      scoped.filter((one) => one.below).map((one) => one.address),
      true,
    ),
    ...(unit.includeAll ? [{ kind: "all" as const }] : []),
  ];
  return scopes.map((scope) => ({ segment: unit.segment, scope, to }));
}

function devicesScope(devices: readonly string[], below: boolean): TableScope[] {
  return devices.length === 0 ? [] : [{ kind: "devices", devices, below }];
}

/** The functions of scopes; a scope of a bridge is for all that is below it. I/O APICs and HPETs are no functions. */
function follow(segment: number, scopes: readonly DeviceScope[], context: Context): Scoped[] {
  return scopes
    .filter((scope) => scope.kind === "endpoint" || scope.kind === "bridge")
    .flatMap((scope) => {
      const address = endOfPath(segment, scope, context);
      return address === undefined ? [] : [{ address, below: scope.kind === "bridge" }];
    });
}

/** Each step but the last is a bridge, whose secondary bus the next step is on. */
function endOfPath(segment: number, scope: DeviceScope, { functions, where, unread }: Context): string | undefined {
  let bus = scope.startBus;
  for (const [index, step] of scope.path.entries()) {
    const address = printPciAddress({ segment, bus, ...step });
    if (index === scope.path.length - 1) return address;
    const buses = functions.get(address)?.buses;
    if (typeof buses !== "object") {
      unread.push({
        where,
        because: `a device scope leads through ${address}, whose buses are not known: what it names is left out`,
      });
      return undefined;
    }
    bus = buses.secondary;
  }
  return undefined;
}

type ByUnit = ReadonlyMap<RemappingUnit, readonly Scoped[]>;

function reservedByUnit(context: Context, scoped: ByUnit): Map<RemappingUnit, TableReserved[]> {
  const found = new Map<RemappingUnit, TableReserved[]>();
  for (const region of context.dmar.reserved) {
    for (const [unit, functions] of splitByUnit(region, context, scoped)) {
      for (const entry of regionsOf(region, functions, context)) addTo(found, unit, entry);
    }
  }
  return found;
}

function splitByUnit(region: ReservedMemory, context: Context, scoped: ByUnit): Map<RemappingUnit, Scoped[]> {
  const split = new Map<RemappingUnit, Scoped[]>();
  for (const one of follow(region.segment, region.scopes, context)) {
    const unit = unitOf(region.segment, one.address, context, scoped);
    if (unit) addTo(split, unit, one);
    else
      context.unread.push({
        where: context.where,
        because: `the reserved memory at byte ${hexOffset(region.at)} is for ${one.address}, which is behind no unit`,
      });
  }
  return split;
}

function unitOf(segment: number, address: string, context: Context, scoped: ByUnit): RemappingUnit | undefined {
  const at = parsePciAddress(address);
  const units = context.dmar.units.filter((unit) => unit.segment === segment);
  const named = units.find((unit) =>
    (scoped.get(unit) ?? []).some((one) => one.address === address || (one.below && at && isBelow(at, one, context))),
  );
  return named ?? units.find((unit) => unit.includeAll);
}

function isBelow(at: PciAddress, bridge: Scoped, { functions }: Context): boolean {
  const buses = functions.get(bridge.address)?.buses;
  return typeof buses === "object" && buses.secondary <= at.bus && at.bus <= buses.subordinate;
}

/**
 * Linux relaxes the regions of USB controllers and graphics, function by function (drivers/iommu/intel/iommu.c); a
 * bridge's region is for each function below it. Without a class nothing is relaxed, and it is said.
 */
function regionsOf(region: ReservedMemory, scoped: readonly Scoped[], context: Context): TableReserved[] {
  const plain = scoped.filter((one) => !one.below).map((one) => one.address);
  const entries: TableReserved[] = [];
  const add = (devices: readonly string[], below: boolean): void => {
    for (const relaxed of [false, true]) {
      const members = devices.filter((address) => isRelaxable(address, context) === relaxed);
      const [scope] = devicesScope(members, below);
      if (scope)
        entries.push({
          base: region.base,
          last: region.last,
          type: relaxed ? "direct-relaxable" : "direct",
          scope,
          note: noteOf(members, context),
        });
    }
  };
  add(plain, false);
  for (const bridge of scoped.filter((one) => one.below)) {
    const below = [...context.functions.keys()].filter((address) => isInside(address, bridge, context));
    if (below.some((address) => isRelaxable(address, context))) add([bridge.address, ...below], false);
    else add([bridge.address], true);
  }
  return entries;
}

function isInside(address: string, bridge: Scoped, context: Context): boolean {
  const [at, above] = [parsePciAddress(address), parsePciAddress(bridge.address)];
  return at !== undefined && at.segment === above?.segment && isBelow(at, bridge, context);
}

/** PCI class codes: base class 03 is display, 0c03 is USB. */
function isRelaxable(address: string, { functions }: Context): boolean {
  const code = functions.get(address)?.class;
  return code !== undefined && /^(03|0c03)/i.test(code);
}

function noteOf(devices: readonly string[], { functions }: Context): string {
  const unsure = devices.some((address) => (functions.get(address)?.class ?? "unknown") === "unknown");
  return unsure ? "RMRR; relaxable if it is USB or graphics, which is not known" : "RMRR";
}
