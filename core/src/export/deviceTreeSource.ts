// The memory of a platform and what is reserved in it, as the source of a device tree. Knows nothing of dtc.
// Source: Devicetree Specification, 3.4 and 3.5; the reserved-memory schema of dt-schema.
import type { AddressRange } from "../address";
import { sizeOf } from "../address";
import { nameAndNoun } from "../describe/overlap";
import type { Plan } from "../plan/plan";
import type { Memory, Reservation } from "../platform";
import { printRangeAndSize } from "../print";
import { commentText } from "./identifiers";

/** The longest name of a node, without its unit address. */
const NAME_LIMIT = 31;

/** What a device tree has no word for is said in comments. */
export function deviceTreeSource(plan: Plan): string {
  const { platform } = plan;
  const memory = (platform.memory ?? []).filter((one) => one.disabled !== true);
  const reserved = (platform.reserved ?? []).filter((one) => one.disabled !== true);
  const disabled = [...(platform.memory ?? []), ...(platform.reserved ?? [])].filter((one) => one.disabled === true);
  const nodeName = nodeNameMaker();
  const isRam = ({ type }: Memory): boolean => type === undefined || type === "ram";
  const blocked = reserved.filter((one) => one.origin === "memreserve");
  const others = plan.physical.occupants.filter((one) => one.role !== "memory" && one.role !== "reservation");
  return [
    "/dts-v1/;", "",
    ...blocked.flatMap((one) => (one.extent?.ranges ?? []).map((range) => `/memreserve/ ${hex(range.base)} ${hex(sizeOf(range))}; /* ${commentText(one.name)} */`)),
    "/ {", `\t/* ${commentText(platform.platform)} */`, "\t#address-cells = <2>;", "\t#size-cells = <2>;", "",
    ...memory.filter(isRam).flatMap((one) => memoryNode(one, nodeName)),
    ...memory.filter((one) => !isRam(one)).map((one) => `\t/* memory ${commentText(one.name)} (${one.type ?? "ram"}) has no node of its own: ${rangesOf(one)} */`),
    "", "\treserved-memory {", "\t\t#address-cells = <2>;", "\t\t#size-cells = <2>;", "\t\tranges;",
    ...reserved.filter((one) => one.origin !== "memreserve").flatMap((one) => reservedNode(one, nodeName)),
    "\t};", "",
    ...disabled.map((one) => `\t/* ${commentText(one.name)} is disabled */`),
    ...others.map((one) => `\t/* not memory: ${commentText(nameAndNoun(one))} ${printRangeAndSize(one.range)} */`),
    "};", "",
  ].join("\n");
}

type NodeName = (name: string, unit: bigint | undefined) => string;

/** Of two nodes that would have one name, the second gets a number; the unit address stays what `reg` begins with. */
function nodeNameMaker(): NodeName {
  const taken = new Set<string>();
  return (name, unit) => {
    const address = unit === undefined ? "" : `@${unit.toString(16)}`;
    let node = `${name.slice(0, NAME_LIMIT)}${address}`;
    for (let number = 2; taken.has(node); number++) node = `${name.slice(0, NAME_LIMIT - 1 - String(number).length)}-${number}${address}`;
    taken.add(node);
    return node;
  };
}

function memoryNode({ name, extent, node }: Memory, nodeName: NodeName): string[] {
  const [first] = extent?.ranges ?? [];
  if (!extent || !first) return [];
  if (!extent.ranges.every(fitsInCells)) return [`\t/* memory ${commentText(name)} has 2^64 bytes, which no two cells hold */`];
  const numa = node === undefined ? [] : [`\t\tnuma-node-id = <${node}>;`];
  return [`\t${nodeName("memory", first.base)} {`, `\t\t/* ${commentText(name)} */`, `\t\tdevice_type = "memory";`, `\t\treg = ${cells(extent.ranges)};`, ...numa, "\t};"];
}

function reservedNode(one: Reservation, nodeName: NodeName): string[] {
  const { name, extent, type, noMap, reusable } = one;
  const [first] = extent?.ranges ?? [];
  if (extent && !extent.ranges.every(fitsInCells)) return [`\t\t/* ${commentText(name)} has 2^64 bytes, which no two cells hold */`];
  const place = extent ? [`reg = ${cells(extent.ranges)};`] : placedAtBoot(one);
  if (place.length === 0) return [`\t\t/* ${commentText(name)} has neither a place nor a size */`];
  const pool = type === "dma-pool" ? ['compatible = "shared-dma-pool";'] : [];
  const flags = [...(noMap === true ? ["no-map;"] : []), ...(reusable === true ? ["reusable;"] : [])];
  const comment = type === undefined || type === "dma-pool" ? [] : [`/* ${type} */`];
  const node = nodeName(name, first?.base);
  const lines = [...comment, ...(node.startsWith(name) ? [] : [`/* ${commentText(name)} */`]), ...pool, ...place, ...flags];
  return ["", `\t\t${node} {`, ...lines.map((line) => `\t\t\t${line}`), "\t\t};"];
}

function fitsInCells(range: AddressRange<"pa">): boolean {
  return sizeOf(range) < 1n << 64n;
}

function placedAtBoot({ size, align, within }: Reservation): string[] {
  if (size === undefined || size === 0n) return [];
  return [
    `size = <${pair(size)}>;`,
    ...(align === undefined ? [] : [`alignment = <${pair(align)}>;`]),
    ...(within === undefined || within.length === 0 ? [] : [`alloc-ranges = ${cells(within)};`]),
  ];
}

function rangesOf({ extent }: Memory): string {
  return (extent?.ranges ?? []).map(printRangeAndSize).join(", ");
}

function cells(ranges: readonly AddressRange<"pa">[]): string {
  return ranges.map((range) => `<${pair(range.base)} ${pair(sizeOf(range))}>`).join(", ");
}

/** Two cells of 32 bits. */
function pair(value: bigint): string {
  return `${hex(value >> 32n)} ${hex(value & 0xffff_ffffn)}`;
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
