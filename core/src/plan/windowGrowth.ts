// The fix for something that lies outside the windows above it: the windows grow around it, from the nearest bridge up to the host bridge.
// Knows nothing of whether the greater windows clash with others: that is tried by whoever offers the fix.
import type { AddressRange } from "../address";
import { contains } from "../address";
import type { Edit, Fix } from "../finding";
import type { BridgeWindow, HostWindow } from "../platform";
import type { Occupant } from "./addressMap";
import { known } from "./occupants";
import type { PciNode } from "./pciTree";
import type { WindowType } from "./pciWindows";
import { busOccupant, fits, isIo, wholeSteps, windowGranule } from "./pciWindows";
import { resizeFix } from "./placement";
import type { Plan } from "./plan";

/**
 * Grows the windows above `node` until `range` comes through. A bridge's window grows both ways, by whole granules; a host bridge's grows upward
 * only, and only when the range touches it, since where it begins is wired; I/O ends where it ends. No fix where a bridge above has no window of a
 * fitting type.
 */
export function enclosingWindowFixes(plan: Plan, node: PciNode, type: WindowType, range: AddressRange<"bus">): Fix[] {
  const fitting = (windows: readonly (HostWindow | BridgeWindow)[], areOfHost: boolean): Occupant<"bus">[] =>
    windows.filter((one) => fits(one, type, areOfHost)).flatMap((one) => busOccupant(plan, node.hostBridge, type, one.busExtent) ?? []);
  const steps: Fix[] = [];
  let wanted = range;
  for (let up = node.parent; up; up = up.parent) {
    const window = nearest(fitting(known(up.function.windows), false), wanted);
    if (!window) return [];
    if (contains(window.range, wanted)) return joined(steps);
    wanted = grown(window.range, wanted, windowGranule(type));
    steps.push(resizeFix(window, wanted));
  }
  const windows = fitting(known(node.hostBridge.windows), true);
  if (windows.some((one) => contains(one.range, wanted))) return joined(steps);
  const touching = windows.find((one) => one.range.base <= wanted.base && wanted.base <= one.range.end);
  return touching && !isIo(type) ? joined([...steps, resizeFix(touching, { base: touching.range.base, end: wanted.end })]) : [];
}

function nearest(windows: readonly Occupant<"bus">[], wanted: AddressRange<"bus">): Occupant<"bus"> | undefined {
  const distance = ({ range }: Occupant<"bus">): bigint =>
    range.end < wanted.base ? wanted.base - range.end : wanted.end < range.base ? range.base - wanted.end : 0n;
  return windows.reduce<Occupant<"bus"> | undefined>((best, one) => (best && distance(best) <= distance(one) ? best : one), undefined);
}

function grown(window: AddressRange<"bus">, wanted: AddressRange<"bus">, granule: bigint): AddressRange<"bus"> {
  const base = window.base < wanted.base ? window.base : wanted.base;
  const end = window.end > wanted.end ? window.end : wanted.end;
  return wholeSteps({ base, end }, granule);
}

/** One gesture, named after its first step. */
function joined(steps: readonly Fix[]): Fix[] {
  const [first] = steps;
  if (!first) return [];
  const edits: Edit[] = steps.flatMap((one) => one.edits);
  return [{ title: steps.length === 1 ? first.title : `${first.title}, and the windows above it`, edits }];
}
