// The memory of a platform and what is reserved in it, as the source of a device tree. Knows nothing of dtc.
// Source: Devicetree Specification, 3.4 and 3.5; the reserved-memory schema of dt-schema.
import type { AddressRange } from "../address";
import { sizeOf } from "../address";
import { nameAndNoun } from "../describe/overlap";
import type { Plan } from "../plan/plan";
import type { Memory, Reservation } from "../platform";
import { printPlainAddress, printRangeAndSize } from "../print";
import { besideComment, besideTheMap, isDisabled, sourceComment } from "./besideTheMap";
import { cellPair, MOST_IN_CELLS, rangeCells, sayableParts } from "./deviceTreeCells";
import { commentText } from "./identifiers";

/** The longest name of a node, without its unit address. */
const NAME_LIMIT = 31;

/** What a device tree has no word for is said in comments. */
export function deviceTreeSource(plan: Plan): string {
  const { platform } = plan;
  const memory = (platform.memory ?? []).filter((one) => one.disabled !== true);
  const reserved = (platform.reserved ?? []).filter((one) => one.disabled !== true);
  const disabled = (platform.memory ?? []).filter((one) => one.disabled === true);
  const nodeName = nodeNameMaker();
  const isRam = ({ type }: Memory): boolean => type === undefined || type === "ram";
  const blocked = reserved.filter((one) => one.origin === "memreserve");
  const beside = besideTheMap(plan).filter(({ state }) => state !== "placed at boot");
  const others = plan.physical.occupants.filter((one) => one.role !== "memory" && one.role !== "reservation");
  return [
    "/dts-v1/;", "",
    ...blocked.flatMap((one) => memreserves(plan, one)),
    "/ {", `\t/* ${commentText(platform.platform)} */`, "\t#address-cells = <2>;", "\t#size-cells = <2>;", "",
    ...memory.filter(isRam).flatMap((one) => memoryNode(plan, one, nodeName)),
    ...memory.filter((one) => !isRam(one)).map((one) => `\t/* memory ${commentText(one.name)} (${one.type ?? "ram"}) has no node of its own: ${rangesOf(one)}${sourceComment(plan, one.anchor)} */`),
    "", "\treserved-memory {", "\t\t#address-cells = <2>;", "\t\t#size-cells = <2>;", "\t\tranges;",
    ...reserved.filter((one) => one.origin !== "memreserve").flatMap((one) => reservedNode(plan, one, nodeName)),
    "\t};", "",
    ...disabled.map((one) => `\t/* memory ${commentText(one.name)}, disabled: ${rangesOf(one)}${sourceComment(plan, one.anchor)} */`),
    ...beside.map((one) => `\t/* ${besideComment(plan, one)} */`),
    ...others.map((one) => `\t/* not memory: ${commentText(nameAndNoun(one))}${isDisabled(plan, one) ? ", disabled" : ""} ${printRangeAndSize(one.range)}${sourceComment(plan, one.entry)} */`),
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

function memreserves(plan: Plan, { name, extent, anchor }: Reservation): string[] {
  const parts = (extent?.ranges ?? []).flatMap(sayableParts);
  return parts.map((part) => `/memreserve/ ${printPlainAddress(part.base)} ${printPlainAddress(sizeOf(part))}; /* ${commentText(name)}${sourceComment(plan, anchor)} */`);
}

function memoryNode(plan: Plan, { name, extent, node, anchor }: Memory, nodeName: NodeName): string[] {
  const [first] = extent?.ranges ?? [];
  if (!extent || !first) return [];
  const numa = node === undefined ? [] : [`\t\tnuma-node-id = <${node}>;`];
  return [`\t${nodeName("memory", first.base)} {`, `\t\t/* ${commentText(name)}${sourceComment(plan, anchor)} */`, `\t\tdevice_type = "memory";`, `\t\treg = ${cells(extent.ranges)};`, ...numa, "\t};"];
}

function reservedNode(plan: Plan, one: Reservation, nodeName: NodeName): string[] {
  const { name, extent, type, noMap, reusable } = one;
  const [first] = extent?.ranges ?? [];
  const place = extent ? [`reg = ${cells(extent.ranges)};`] : placedAtBoot(one);
  if (place.length === 0) return [];
  const pool = type === "dma-pool" ? ['compatible = "shared-dma-pool";'] : [];
  const flags = [...(noMap === true ? ["no-map;"] : []), ...(reusable === true ? ["reusable;"] : [])];
  const comment = type === undefined || type === "dma-pool" ? [] : [`/* ${type} */`];
  const node = nodeName(name, first?.base);
  const source = sourceComment(plan, one.anchor);
  const called = node.startsWith(name) && source === "" ? [] : [`/* ${commentText(name)}${source} */`];
  const lines = [...comment, ...called, ...pool, ...place, ...flags];
  return ["", `\t\t${node} {`, ...lines.map((line) => `\t\t\t${line}`), "\t\t};"];
}

function placedAtBoot({ size, align, within }: Reservation): string[] {
  if (size === undefined || size === 0n) return [];
  if (size > MOST_IN_CELLS) return ["/* its size is 2^64, which no two cells hold */"];
  return [
    `size = <${cellPair(size)}>;`,
    ...(align === undefined || align > MOST_IN_CELLS ? [] : [`alignment = <${cellPair(align)}>;`]),
    ...(within === undefined || within.length === 0 ? [] : [`alloc-ranges = ${cells(within)};`]),
  ];
}

function rangesOf({ extent }: Memory): string {
  return (extent?.ranges ?? []).map(printRangeAndSize).join(", ");
}

function cells(ranges: readonly AddressRange<"pa">[]): string {
  return ranges.flatMap(rangeCells).map((range) => `<${range}>`).join(", ");
}
