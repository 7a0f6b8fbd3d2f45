// What makes two hosts identical in their I/O: PCI functions and their ACS, windows, IOMMUs, reserved regions, doorbells, registers. Memory, processors and
// names are not in it: they change nothing for a guest's map. Source: the linux-arm-kernel discussion of guest MSIs, November 2016; domain.md section 6.
// Knows nothing of guests, nor of what follows from a difference.
import type { AddressRange, Space } from "../address";
import { allRegionsOf } from "../guest/hostRegions";
import { kindWord } from "../guest/forbidden";
import { printBusRange, printPciAddress } from "../pciAddress";
import { known } from "../plan/occupants";
import { perPlan } from "../plan/perPlan";
import type { PciNode } from "../plan/pciTree";
import type { Plan } from "../plan/plan";
import type { HostBridge, Iommu } from "../platform";
import { printAddress, printRange, printSizeLiteral } from "../print";

/** One respect in which hosts may differ: items that people can read, sorted. */
export interface IoFacet {
  /** A plural noun. */
  readonly noun: string;
  readonly items: readonly string[];
}

/** Always the same facets in the same order. */
export const ioFacetsOf: (plan: Plan) => readonly IoFacet[] = perPlan((plan) => {
  const { platform, functions } = plan;
  const bridges = (platform.pci ?? []).filter((one) => one.disabled !== true);
  const on = functions.filter((node) => node.hostBridge.disabled !== true && node.function.disabled !== true);
  return [
    facet("reserved regions", allRegionsOf(plan).regions.filter((one) => one.kind !== "window" && one.kind !== "inbound").map(({ range, kind }) => `${printRange(range)} ${kindWord(kind)}`)),
    facet("bridge windows", [...bridges.flatMap(windowsOfBridge), ...on.flatMap(windowsOfFunction)]),
    facet("inbound windows", bridges.flatMap(inboundOf)),
    facet("PCI functions", on.map(functionItem)),
    facet("IOMMUs", (platform.iommus ?? []).filter((one) => one.disabled !== true).map(iommuItem)),
    facet("IOMMU mappings", bridges.flatMap(mappingsOf)),
    facet("doorbells", (platform.doorbells ?? []).filter((one) => one.disabled !== true).map((one) => `${one.type} ${ranges(one.extent?.ranges)}`)),
    facet("registers", (platform.devices ?? []).filter((one) => one.disabled !== true).map((one) => ranges(one.extent?.ranges))),
  ];
});

/** Equal for hosts that are identical in their I/O, and for no others. */
export const ioSignatureOf: (plan: Plan) => string = perPlan((plan) => ioFacetsOf(plan).map(({ items }) => items.join("\n")).join("\n\n"));

export interface IoDifference {
  readonly noun: string;
  /** What only the first host has. */
  readonly onlyFirst: readonly string[];
  readonly onlySecond: readonly string[];
}

/** Empty for hosts that are identical in their I/O. */
export function ioDifferences(a: Plan, b: Plan): readonly IoDifference[] {
  const others = ioFacetsOf(b);
  return ioFacetsOf(a).flatMap(({ noun, items }, index): IoDifference[] => {
    const theirs = others[index]?.items ?? [];
    const [onlyFirst, onlySecond] = [without(items, theirs), without(theirs, items)];
    return onlyFirst.length + onlySecond.length === 0 ? [] : [{ noun, onlyFirst, onlySecond }];
  });
}

function without(items: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const one of others) left.set(one, (left.get(one) ?? 0) + 1);
  return items.filter((one) => {
    const count = left.get(one) ?? 0;
    left.set(one, count - 1);
    return count <= 0;
  });
}

function facet(noun: string, items: readonly string[]): IoFacet {
  return { noun, items: [...items].sort() };
}

function windowsOfBridge(bridge: HostBridge): string[] {
  if (bridge.windows === "unknown") return [`${placeOf(bridge)}: unknown`];
  return known(bridge.windows).map((one) => `${placeOf(bridge)}: ${one.type} ${ranges(one.busExtent?.ranges)}`);
}

function windowsOfFunction({ address, function: { windows } }: PciNode): string[] {
  if (windows === "unknown") return [`${address}: unknown`];
  return known(windows).map((one) => `${address}: ${one.type} ${ranges(one.busExtent?.ranges)}`);
}

function inboundOf(bridge: HostBridge): string[] {
  if (bridge.inbound === undefined) return [];
  if (bridge.inbound === "unknown") return [`${placeOf(bridge)}: unknown`];
  return [`${placeOf(bridge)}: limited`, ...bridge.inbound.map((one) => `${placeOf(bridge)}: ${ranges(one.busExtent?.ranges)} to ${ranges(one.cpuExtent?.ranges)}`)];
}

/** A segment and its buses are where a device is for a guest's file. */
function placeOf({ segment, buses }: HostBridge): string {
  return `segment ${segment ?? 0}${buses ? ` buses ${printBusRange(buses)}` : ""}`;
}

function functionItem({ address, function: one }: PciNode): string {
  const acs = one.acs === undefined ? "" : typeof one.acs === "string" ? ` ACS ${one.acs}` : ` ACS ${bits(one.acs.enabled)} of ${bits(one.acs.capable)}`;
  const bars = known(one.bars).map(({ bar, type, size }) => `BAR${bar} ${type ?? ""} ${size === undefined ? "" : printSizeLiteral(size)}`);
  const quirks = (one.quirks ?? []).map((quirk) => ` ${quirk}`).join("");
  return `${address} ${one.type ?? "function"} ${one.id ?? ""}${one.multifunction === true ? " multifunction" : ""}${acs}${quirks} ${bars.join(", ")}`.trimEnd();
}

function bits(list: readonly string[] | "unknown" | undefined): string {
  return list === undefined || list === "unknown" ? "unknown" : list.length === 0 ? "none" : list.join(" ");
}

function iommuItem({ type, inputBits, outputBits, pageSizes, interruptRemapping, msiWindow }: Iommu): string {
  const pages = [...(pageSizes ?? [])].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).map(printSizeLiteral);
  return [
    type, `in ${inputBits ?? "?"}`, `out ${outputBits ?? "?"}`, `pages ${pages.join(" ")}`,
    ...(interruptRemapping === undefined ? [] : [`interrupt remapping ${interruptRemapping}`]),
    ...(msiWindow?.extent ? [`MSI window ${ranges(msiWindow.extent.ranges)}${msiWindow.programmable === true ? " programmable" : ""}`] : []),
  ].join(", ");
}

function mappingsOf(bridge: HostBridge): string[] {
  const { iommu } = bridge;
  if (iommu === undefined || iommu === "unknown") return iommu === undefined ? [] : [`${placeOf(bridge)}: unknown`];
  return iommu.map((one) => {
    const scope = one.ids ? `ids ${printIds(one.ids)}` : (one.devices ?? []).map((at) => printPciAddress(at, bridge.segment)).join(" ");
    return `${placeOf(bridge)}: ${scope}${one.stream === undefined ? "" : ` as ${printAddress(BigInt(one.stream))}`}${one.mask === undefined ? "" : ` mask ${printAddress(BigInt(one.mask))}`}`;
  });
}

function printIds({ first, last }: { readonly first: number; readonly last: number }): string {
  return `${first.toString(16)}-${last.toString(16)}`;
}

function ranges(list: readonly AddressRange<Space>[] | undefined): string {
  return (list ?? []).map(printRange).join(" ");
}
