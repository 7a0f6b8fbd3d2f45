// What a function's DMA does not reach although the kernel's list does not say so: windows of its host bridge, where it is taken for peer-to-peer,
// and what the inbound windows leave out. Bus addresses: a device's I/O virtual addresses travel by the same numbers.
// Source: Linux, drivers/iommu/dma-iommu.c keeps its own DMA off both (domain.md 1.6); no kernel since 4.17 lists them (domain.md section 0, trap 2).
import type { AddressRange } from "../../address";
import { ADDRESS_LIMIT, address } from "../../address";
import type { HostBridge } from "../../platform";
import { known } from "../occupants";
import type { PciNode } from "../pciTree";

export interface UnlistedRegion {
  readonly range: AddressRange<"iova">;
  /** `window`: taken for an access to a device. `inbound`: no inbound window holds it. */
  readonly kind: "window" | "inbound";
  readonly because: string;
}

/** Each host bridge's once, in the order of the functions. */
export function unlistedRegions(nodes: readonly PciNode[]): readonly UnlistedRegion[] {
  return [...new Set(nodes.map((node) => node.hostBridge))].flatMap(unlistedBelow);
}

/** What no function below the host bridge reaches. */
export function unlistedBelow(bridge: HostBridge): readonly UnlistedRegion[] {
  return [...windowRegions(bridge), ...outsideInbound(bridge)];
}

/** The memory windows of a host bridge, as far as they are known. */
export function windowRegions(bridge: HostBridge): UnlistedRegion[] {
  return known(bridge.windows)
    .filter((window) => window.type !== "io")
    .flatMap((window) => (window.busExtent?.ranges ?? []).map((range) => ({ range: asIova(range), kind: "window" as const, because: `${window.type} window of ${bridge.name}: taken for an access to a device below it` })));
}

/** What the inbound windows of a host bridge leave out. An inbound list that is absent lets everything through. */
export function outsideInbound(bridge: HostBridge): UnlistedRegion[] {
  if (bridge.inbound === undefined || bridge.inbound === "unknown") return [];
  const inside = bridge.inbound.flatMap((window) => window.busExtent?.ranges ?? []).sort((a, b) => (a.base < b.base ? -1 : 1));
  const outside: UnlistedRegion[] = [];
  let free = 0n;
  const add = (end: bigint): void => {
    if (free < end) outside.push({ range: { base: address(free), end: address(end) }, kind: "inbound", because: `no inbound window of ${bridge.name} holds it` });
  };
  for (const { base, end } of inside) {
    add(base);
    if (end > free) free = end;
  }
  add(ADDRESS_LIMIT);
  return outside;
}

function asIova(range: AddressRange<"bus">): AddressRange<"iova"> {
  return { base: address(range.base), end: address(range.end) };
}
