// Whether the BARs of the functions that a guest gets fit the windows of its PCI host bridge. Sizes alone: what is found too small is too small in every
// order. Knows nothing of the guest's own emulated devices.
import type { GuestWindow } from "../guest";
import type { Bar } from "../platform";
import { known } from "../plan/occupants";
import type { PciNode } from "../plan/pciTree";
import { isIo } from "../plan/pciWindows";
import type { GuestPlan } from "./guestPlan";
import { ownLayoutOf } from "./ownLayout";
import { functionsOn } from "./passedThrough";

/** BARs of 32 bits need a window below 4 GiB; those of 64 bits take either. */
export interface BarRoom {
  readonly width: 32 | 64;
  readonly needed: bigint;
  readonly held: bigint;
  readonly nodes: readonly PciNode[];
}

/** What is too small; why it is not known where the BARs or the windows are not. */
export interface BarRooms {
  readonly tooSmall: readonly BarRoom[];
  readonly unknown: readonly string[];
}

/** Of the functions that the guest can have at a time: those of the host where they need most. */
export function barRooms(plan: GuestPlan): BarRooms {
  const windows = windowsOf(plan);
  const tooSmall: BarRoom[] = [];
  const unknown = new Set<string>();
  for (const host of plan.hosts) {
    const nodes = [...new Set(functionsOn(plan, host))];
    for (const node of nodes) if (node.function.bars === "unknown" || node.function.bars === undefined) unknown.add(`the BARs of ${node.label} on ${host.name} are not given`);
    if (nodes.length === 0) continue;
    if (windows.length === 0) unknown.add("the windows of the guest's PCI host bridge are not given");
    else tooSmall.push(...roomsFor(nodes, windows));
  }
  return { tooSmall, unknown: [...unknown] };
}

interface Window {
  readonly type: GuestWindow["type"];
  readonly size: bigint;
}

function windowsOf(plan: GuestPlan): Window[] {
  const own = ownLayoutOf(plan)?.layout.regions ?? [];
  const machine = own.flatMap(({ windowType, range }) => (windowType === undefined ? [] : [{ type: windowType, size: range.end - range.base }]));
  return [...machine, ...(plan.guest.windows ?? [])].filter((one) => !isIo(one.type));
}

function roomsFor(nodes: readonly PciNode[], windows: readonly Window[]): BarRoom[] {
  const bars = nodes.flatMap((node) => known<Bar>(node.function.bars).filter((bar) => !isIo(bar.type) && bar.bar !== 6 && bar.virtual !== true));
  const sum = (some: readonly { readonly size: bigint }[]): bigint => some.reduce((total, one) => total + one.size, 0n);
  const low = sum(windows.filter((one) => one.type.startsWith("mem32")));
  const rooms: BarRoom[] = [
    { width: 32, needed: sum(bars.filter((bar) => bar.type.startsWith("mem32"))), held: low, nodes },
    { width: 64, needed: sum(bars), held: sum(windows), nodes },
  ];
  return rooms.filter((one) => one.needed > one.held).slice(0, 1);
}

/** Bytes that the 64-bit BARs of the functions need which the guest gets on one host, where that is most. */
export function barDemandOf(plan: GuestPlan): bigint {
  const perHost = plan.hosts.map((host) => {
    const nodes = new Set(functionsOn(plan, host));
    const bars = [...nodes].flatMap((node) => known<Bar>(node.function.bars)).filter((bar) => bar.type.startsWith("mem64") && bar.bar !== 6 && bar.virtual !== true);
    return bars.reduce((sum, bar) => sum + bar.size, 0n);
  });
  return perHost.reduce((most, one) => (one > most ? one : most), 0n);
}
