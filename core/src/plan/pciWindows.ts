// What a bridge lets through to the bus below it, and whether a range of bus addresses gets there.
// Knows nothing of the ranges that are not told to it, nor of what is wrong with a window by itself.
import type { AddressRange } from "../address";
import { address, alignDown, alignUp, intersection } from "../address";
import type { Anchor } from "../anchor";
import { under } from "../anchor";
import type { Extent } from "../language/valueType";
import type { BridgeWindow, HostBridge, HostWindow, PciFunction, Platform } from "../platform";
import type { AddressMap, Occupant } from "./addressMap";
import { isMisread } from "./misread";
import { perPlan } from "./perPlan";
import { entryAnchor, known } from "./occupants";
import type { PciNode } from "./pciTree";
import type { Plan } from "./plan";
import { RangeSet } from "./rangeSet";

export type WindowType = BridgeWindow["type"];

/** A window that leads to a bus, in bus addresses. */
export interface WindowAbove {
  readonly window: HostWindow | BridgeWindow;
  readonly range: AddressRange<"bus">;
  /** What people call the bridge that has it. */
  readonly bridge: string;
  /** A host bridge serves every memory type by address; a bridge below it keeps what is prefetchable apart (domain.md 7.5). */
  readonly isHostWindow: boolean;
}

/** 4 GiB: what 32-bit windows and registers can say. */
export const BELOW_4_GIB: AddressRange<"bus"> = { base: address<"bus">(0n), end: address<"bus">(1n << 32n) };

/** x86 hosts forward the VGA range and the expansion ROMs in the first MiB whatever their windows say, and bridges pass them on. */
const LEGACY_MEMORY: AddressRange<"bus"> = { base: address<"bus">(0xa_0000n), end: address<"bus">(0x10_0000n) };

export function isIo(type: WindowType): boolean {
  return type === "io";
}

export function isPrefetchable(type: WindowType): boolean {
  return type === "mem32-prefetchable" || type === "mem64-prefetchable";
}

/** What the addresses of a bridge's window are multiples of: 4 KiB for I/O, 1 MiB for memory (domain.md 7.5). */
export function windowGranule(type: WindowType): bigint {
  return isIo(type) ? 4096n : 1n << 20n;
}

/** True when something of `type` may come through the window. */
export function fits(window: HostWindow | BridgeWindow, type: WindowType, isHostWindow: boolean): boolean {
  if (isIo(type) || isIo(window.type)) return window.type === type;
  return isHostWindow || isPrefetchable(type) || !isPrefetchable(window.type);
}

/** True when the platform is, or may be, one whose host bridges decode the legacy memory range, and the range lies in it. */
export function isLegacyMemory(platform: Platform, range: AddressRange<"bus">): boolean {
  if (platform.arch !== undefined && platform.arch !== "x86_64") return false;
  return LEGACY_MEMORY.base <= range.base && range.end <= LEGACY_MEMORY.end;
}

/** True when the function, a bridge above it or its host bridge is switched off: then nothing is forwarded, and nothing is missed. */
export function isSwitchedOff(node: PciNode): boolean {
  for (let one: PciNode | undefined = node; one; one = one.parent) if (one.function.disabled === true) return true;
  return node.hostBridge.disabled === true;
}

/** The way down to one bus: the windows of the bridge above it. */
export class BusAccess {
  private readonly sets: { io?: RangeSet<"bus">; memory?: RangeSet<"bus">; "not prefetchable"?: RangeSet<"bus"> } = {};

  constructor(
    /** What people call the bridge: "rp0 (0000:00:00.0)", "pcie0". */
    readonly bridge: string,
    /** Where the bridge stands in the description. */
    readonly at: Anchor,
    readonly windows: readonly WindowAbove[],
    readonly isOfHost: boolean,
    /** Why not all windows are known, when that is so: then nothing can be said. */
    readonly unknown: string | undefined,
  ) {}

  /** The windows through which something of this type comes. Non-prefetchable memory does not come through a bridge's prefetchable window. */
  fitting(type: WindowType): readonly WindowAbove[] {
    return this.windows.filter(({ window, isHostWindow }) => fits(window, type, isHostWindow));
  }

  /** The windows of its space, I/O or memory. */
  ofSpace(type: WindowType): readonly WindowAbove[] {
    return this.windows.filter(({ window }) => isIo(window.type) === isIo(type));
  }

  /** True when the whole range comes through windows that fit the type. */
  admits(type: WindowType, range: AddressRange<"bus">): boolean {
    const way = isIo(type) || isPrefetchable(type) ? spaceOf(type) : "not prefetchable";
    return (this.sets[way] ??= rangesOf(this.fitting(type))).contains(range);
  }

  /** True when the whole range comes through windows of its space, prefetchable or not. */
  reaches(type: WindowType, range: AddressRange<"bus">): boolean {
    return (this.sets[spaceOf(type)] ??= rangesOf(this.ofSpace(type))).contains(range);
  }
}

/** The way down to the bus on which the function sits. */
export function accessTo(plan: Plan, node: PciNode): BusAccess {
  const found = accesses(plan);
  const key = node.parent ?? node.hostBridge;
  const access = found.get(key) ?? (node.parent ? accessBehind(plan, node.parent) : accessBelowHost(plan, node.hostBridge));
  found.set(key, access);
  return access;
}

/** The occupant that a window or a BAR is in the bus map of its space. */
export function busOccupant(plan: Plan, bridge: HostBridge, type: WindowType, extent: Extent<"bus"> | undefined): Occupant<"bus"> | undefined {
  return extent && busMapOf(plan, bridge, type).occupants.find((one) => one.extent === extent);
}

/** The map of the space, I/O or memory, in which something of this type lies. */
export function busMapOf(plan: Plan, bridge: HostBridge, type: WindowType): AddressMap<"bus"> {
  return isIo(type) ? plan.busIo(bridge) : plan.busMemory(bridge);
}

/** What of a window a register or window of this type can say: 32-bit types end at 4 GiB. */
export function sayable(type: WindowType, range: AddressRange<"bus">): AddressRange<"bus"> | undefined {
  return type === "mem64" || type === "mem64-prefetchable" ? range : intersection(range, BELOW_4_GIB);
}

const accesses = perPlan(() => new Map<PciNode | HostBridge, BusAccess>());

/** Behind a bridge that decodes subtractively (class 060401) there also comes what nobody else on its own bus claims. */
function accessBehind(plan: Plan, bridge: PciNode): BusAccess {
  const own = windowsAbove(bridge.function, bridge.label, false);
  const further = bridge.function.class === "060401" ? accessTo(plan, bridge) : undefined;
  const unknown = whyUnknown(plan, bridge.function, bridge.label) ?? further?.unknown;
  return new BusAccess(bridge.label, entryAnchor(bridge.function), [...own, ...(further?.windows ?? [])], false, unknown);
}

function accessBelowHost(plan: Plan, bridge: HostBridge): BusAccess {
  return new BusAccess(bridge.name, entryAnchor(bridge), windowsAbove(bridge, bridge.name, true), true, whyUnknown(plan, bridge, bridge.name));
}

function whyUnknown(plan: Plan, bridge: HostBridge | PciFunction, label: string): string | undefined {
  if (bridge.windows === "unknown") return `the windows of ${label} are unknown`;
  return isMisread(plan, under(bridge.anchor, "windows")) ? `the windows of ${label} could not all be read` : undefined;
}

function windowsAbove(owner: HostBridge | PciFunction, bridge: string, isHostWindow: boolean): WindowAbove[] {
  const windows = known<HostWindow | BridgeWindow>(owner.windows);
  return windows.flatMap((window) => {
    const ranges = window.busExtent?.ranges ?? [];
    return ranges.map((range) => ({ window, range: isHostWindow ? range : wholeSteps(range, windowGranule(window.type)), bridge, isHostWindow }));
  });
}

/** The range, grown to multiples of the granule: what a bridge forwards when it is told less. */
export function wholeSteps(range: AddressRange<"bus">, granule: bigint): AddressRange<"bus"> {
  return { base: address(alignDown(range.base, granule)), end: address(alignUp(range.end, granule)) };
}

function spaceOf(type: WindowType): "io" | "memory" {
  return isIo(type) ? "io" : "memory";
}

function rangesOf(windows: readonly WindowAbove[]): RangeSet<"bus"> {
  return new RangeSet(windows.map((one) => one.range));
}
