// The `pci` part of a draft from a device tree: host bridges with their windows, IOMMUs and doorbells. Knows nothing of
// the functions below them.
import { printBusRange, printIdRange } from "../../../pciAddress";
import { printAddress, printPlainAddress, printSizeLiteral } from "../../../print";
import type { DraftItem, DraftValue } from "../../draft/draft";
import { list, record } from "../../draft/draft";
import { placeOf } from "../../draft/places";
import type { TreeHostBridge } from "../pciHosts";
import { cellOf } from "../properties";
import type { IdMap, IdMapEntry } from "../references";
import type { TreeNode } from "../treeNode";

/** What the entries that a host bridge refers to are called. Undefined: the node has no entry. */
export interface EntryNames {
  readonly doorbell: (node: TreeNode) => string | undefined;
  readonly iommu: (node: TreeNode) => { readonly name: string; readonly disabled: boolean } | undefined;
}

const LAST_ID = 0xffff;

export function draftTreeBridge(name: string, bridge: TreeHostBridge, names: EntryNames): DraftItem {
  const { windows, inbound, registers } = bridge;
  const { config } = registers;
  const value = record({
    name,
    segment: bridge.segment,
    disabled: bridge.disabled || undefined,
    buses: printBusRange(bridge.buses),
    config: config === "unknown" ? config : record({ ...placeOf(config), type: config.type }),
    windows: windows === "unknown" ? windows : list(windows.map(windowOf)),
    inbound: inbound === undefined || inbound === "unknown" ? inbound : list(inbound.map(inboundOf)),
    iommu: iommuOf(bridge, names),
    msi: msiOf(bridge, names),
    node: bridge.numaNode,
  });
  return { value, comment: [bridge.node.path, ...remarksOf(bridge, names)] };
}

/**
 * Which functions reach which IOMMU. An IOMMU that is switched off is not in the way, as the kernel sees it.
 * `"unknown"` where the tree names one that has no entry.
 */
export function iommuOf({ iommuMap, iommus }: TreeHostBridge, names: EntryNames): DraftValue {
  if (!iommuMap) return iommus.length === 0 ? "none" : "unknown";
  const entries = iommuMap.entries.filter(isUsed).map((entry) => ({ entry, to: names.iommu(entry.target) }));
  if (entries.some(({ to }) => to === undefined)) return "unknown";
  const active = entries.flatMap(({ entry, to }) => (to && !to.disabled ? [mappingOf(entry, iommuMap, to.name)] : []));
  return active.length === 0 ? "none" : list(active);
}

/** Where MSIs go. A frame that does not check who writes needs no map. */
export function msiOf({ msi }: TreeHostBridge, names: EntryNames): DraftValue {
  if (typeof msi === "string") return msi;
  if (msi.kind === "root-complex")
    return record({ rootComplex: msi.bus === undefined ? "unknown" : printAddress(msi.bus) });
  if (msi.kind === "doorbell") return names.doorbell(msi.target) ?? "unknown";
  const mappings = msi.map.entries.filter(isUsed).map((entry) => ({ entry, to: names.doorbell(entry.target) }));
  const [only, ...more] = mappings;
  if (!only || mappings.some(({ to }) => to === undefined)) return "unknown";
  const isForAll = more.length === 0 && only.entry.first === 0 && only.entry.length > LAST_ID;
  if (isForAll && only.to !== undefined && !takesDeviceIds(only.entry.target)) return only.to;
  return list(
    mappings.map(({ entry, to }) =>
      record({ ids: idsOf(entry.first, entry.length), to, deviceIds: deviceIdsOf(entry), mask: printMask(msi.map) }),
    ),
  );
}

function deviceIdsOf({ target, output }: IdMapEntry): string | undefined {
  return takesDeviceIds(target) ? printId(output) : undefined;
}

/** A controller without cells for it does not look at who writes (msi-controller.yaml). */
function takesDeviceIds(doorbell: TreeNode): boolean {
  return (cellOf(doorbell, "#msi-cells") ?? 0) > 0;
}

function mappingOf(entry: IdMapEntry, map: IdMap, to: string): DraftValue {
  const ids = idsOf(entry.first, Math.max(entry.length, 1));
  return record({
    ids,
    to,
    stream: printId(entry.output),
    mask: printMask(map),
    incomplete: isPlaceholder(map) || undefined,
  });
}

/** Boards that leave the map to the boot loader write a single id, or none. With the mask 0 a single id means all. */
function isPlaceholder({ entries, mask }: IdMap): boolean {
  const [only, ...more] = entries;
  return (
    mask !== 0 && only !== undefined && more.length === 0 && only.first === 0 && only.length <= 1 && only.output === 0
  );
}

/** Requester ids have 16 bits. */
function isUsed({ first }: IdMapEntry): boolean {
  return first <= LAST_ID;
}

function idsOf(first: number, length: number): string {
  return printIdRange({ first, last: Math.min(first + Math.max(length, 1) - 1, LAST_ID) });
}

function printId(id: number): string {
  return printPlainAddress(BigInt(id));
}

function printMask({ mask }: IdMap): string | undefined {
  return mask === undefined ? undefined : printId(mask);
}

function remarksOf(bridge: TreeHostBridge, names: EntryNames): string[] {
  const off = (bridge.iommuMap?.entries ?? []).flatMap(({ target }) => {
    const to = names.iommu(target);
    return to?.disabled === true ? [to.name] : [];
  });
  return [
    ...(bridge.guessed ? ["The segment is a guess: the tree does not number this bridge."] : []),
    ...(off.length > 0 ? [`Its IOMMU, ${[...new Set(off)].join(", ")}, is switched off.`] : []),
    ...(!bridge.iommuMap && bridge.iommus.length > 0
      ? ["It names an IOMMU without iommu-map: Linux does not use that for its functions."]
      : []),
  ];
}

function windowOf(window: { type: string; cpu: bigint; bus: bigint; size: bigint }): DraftValue {
  const bus = window.bus === window.cpu ? undefined : printAddress(window.bus);
  return record({ type: window.type, cpu: printAddress(window.cpu), bus, size: printSizeLiteral(window.size) });
}

function inboundOf(window: { bus: bigint; cpu: bigint; size: bigint }): DraftValue {
  return record({ bus: printAddress(window.bus), cpu: printAddress(window.cpu), size: printSizeLiteral(window.size) });
}
