// A further PCI host bridge for a guest, for devices that no layout of its memory lets it have: windows of its own, inbound windows that leave out what the
// hosts keep from these devices, and the doorbell; as a platform file of what the guest would see. Experimental: the future work of the discussion of guest
// MSIs (November 2016), which no monitor carries out. Knows nothing of how places are found.
import type { AddressRange } from "../../address";
import { address, isPowerOfTwo, overlaps, sizeOf } from "../../address";
import { FreeSpace } from "../../plan/freeSpace";
import { known } from "../../plan/occupants";
import { RangeSet } from "../../plan/rangeSet";
import { printAddress, printRange, printSizeLiteral } from "../../print";
import { bootMemoryOf } from "../bootMemory";
import { pageOf } from "../contributions";
import { kindWord, outward } from "../forbidden";
import { architectureOf } from "../guestMachine";
import type { GuestPlan } from "../guestPlan";
import { forbiddenOf, placementInput, placementOf } from "../guestPlacement";
import type { HotplugCandidate } from "../hotplug";
import { hotplugCandidates } from "../hotplug";
import { memoryConflicts } from "../memoryConflicts";
import { occupiedBefore } from "../placement/requests";
import type { Emitted } from "./launch";

/** A range that the devices of the package cannot reach, and whose fault it is. */
interface KeptRange {
  readonly range: AddressRange<"ipa">;
  readonly words: string;
}

interface Window {
  readonly type: "mem32" | "mem64-prefetchable";
  readonly range: AddressRange<"ipa">;
}

const FOUR_GIB = address<"ipa">(1n << 32n);
/** What a bridge gets where the BARs of its devices are small, or not described. */
const LEAST_32 = 32n << 20n;
const LEAST_64 = 1n << 30n;
/** Buses that the known machines' own bridges leave free. */
const BUSES = "80-8f";
const FIRST_BUS = 0x80;

/** The platform file. There is none for a guest that can have every device which it is to get later. */
export function emitBridgePackage(plan: GuestPlan): Emitted {
  const candidates = hotplugCandidates(plan).filter((one) => conflictsOf(plan, one).length > 0);
  if (candidates.length === 0) return { cannot: "every device that is to be plugged in later can reach the guest's memory as it lies" };
  const kept = candidates.flatMap((one) => keptBy(plan, one));
  const windows = windowsOf(plan, candidates);
  if (windows.length === 0) return { cannot: "no window for a further host bridge has a place among the guest's addresses" };
  const memory = bootMemoryOf(plan).memory;
  const doorbell = doorbellOf(plan, kept);
  const closed = new RangeSet(kept.map((one) => one.range));
  const inbound = [...memory.flatMap((bank) => closed.missingIn(bank.range)), ...(doorbell ? [doorbell] : [])];
  return { text: [...head(plan, candidates, kept, windows), ...body(plan, { memory: memory.map((one) => one.range), windows, inbound, doorbell })].join("\n") + "\n" };
}

function conflictsOf(plan: GuestPlan, { host, regions }: HotplugCandidate): readonly unknown[] {
  return memoryConflicts(bootMemoryOf(plan).memory, regions, pageOf(host.plan)).listed;
}

/** Whole pages of what the host keeps from the devices, as far as the kernel or a bridge on the path takes it. */
function keptBy({ guest }: GuestPlan, { host, regions }: HotplugCandidate): KeptRange[] {
  const page = guest.pageSize !== undefined && guest.pageSize > pageOf(host.plan) ? guest.pageSize : pageOf(host.plan);
  return regions.map(({ range, kind, because }) => ({ range: outward(range, page), words: `${printRange(range)} (${kindWord(kind)} on ${host.name}: ${because[0] ?? ""})` }));
}

function windowsOf(plan: GuestPlan, candidates: readonly HotplugCandidate[]): Window[] {
  const bars = candidates.flatMap((one) => known(one.node?.function.bars)).filter((one) => one.type !== "io" && one.bar !== 6);
  const needed = (is64: boolean): bigint => bars.filter((one) => (one.type?.startsWith("mem64") === true) === is64).reduce((sum, one) => sum + (one.size ?? 0n), 0n);
  const free = freeSpace(plan);
  const low = placeWindow(free.within({ base: address(0n), end: FOUR_GIB }), "mem32", needed(false), LEAST_32);
  const high = placeWindow(free.within({ base: FOUR_GIB, end: forbiddenOf(plan).top.end }), "mem64-prefetchable", needed(true), LEAST_64);
  return [...low, ...high];
}

function placeWindow(free: FreeSpace<"ipa">, type: Window["type"], needed: bigint, least: bigint): Window[] {
  const size = powerOfTwo(needed > least ? needed : least);
  const base = free.highest(size, size);
  return base === undefined ? [] : [{ type, range: { base, end: address(base + size) } }];
}

function powerOfTwo(size: bigint): bigint {
  return isPowerOfTwo(size) ? size : 1n << BigInt(size.toString(2).length);
}

/** What nothing of the guest holds, and nothing of its hosts either. */
function freeSpace(plan: GuestPlan): FreeSpace<"ipa"> {
  const { layout, windows, doorbell } = placementOf(plan);
  return FreeSpace.around({ base: address<"ipa">(0n), end: forbiddenOf(plan).top.end }, [
    ...occupiedBefore(placementInput(plan)).map((one) => one.range),
    ...bootMemoryOf(plan).memory.map((one) => one.range),
    ...(layout?.regions ?? []).map((one) => one.range),
    ...windows.flatMap((one) => one.range ?? []),
    ...(doorbell.range ? [doorbell.range] : []),
  ]);
}

/** The guest's own, where the devices can reach it. */
function doorbellOf(plan: GuestPlan, kept: readonly KeptRange[]): AddressRange<"ipa"> | undefined {
  const { range } = placementOf(plan).doorbell;
  return range && !kept.some((one) => overlaps(one.range, range)) && !bootMemoryOf(plan).memory.some((one) => overlaps(one.range, range)) ? range : undefined;
}

function head(plan: GuestPlan, candidates: readonly HotplugCandidate[], kept: readonly KeptRange[], windows: readonly Window[]): string[] {
  const name = comment(plan.guest.guest);
  return [
    `// Experimental. A further PCI host bridge for ${name}, as ${name} would see it, for what cannot reach all of its memory:`,
    ...candidates.map(({ label, host }) => `//   ${comment(label)} of ${comment(host.name)}`),
    "// Its devices do no DMA to what their hosts keep from them. The inbound windows leave that out, and firmware has to tell the",
    "// guest's kernel the same: as dma-ranges of the bridge in a device tree, as reserved ranges (IORT RMR, VIOT) with ACPI.",
    ...kept.map((one) => `//   ${comment(one.words)}`),
    ...(windows.some((one) => one.type === "mem32") ? [] : ["// No window below 4 GiB has a place: a device with a 32-bit BAR cannot be behind this bridge."]),
    "// The monitor maps the guest's memory for these devices without those pages. platmap check tells which memory they do not",
    "// reach: that is what the package is about. In QEMU such a bridge is there from the start, for none can be plugged in:",
    `//   -device pxb-pcie,id=package,bus_nr=${FIRST_BUS},bus=pcie.0 -device pcie-root-port,id=package-port,bus=package,chassis=${FIRST_BUS}`,
  ];
}

interface Body {
  readonly memory: readonly AddressRange<"ipa">[];
  readonly windows: readonly Window[];
  readonly inbound: readonly AddressRange<"ipa">[];
  readonly doorbell: AddressRange<"ipa"> | undefined;
}

function body(plan: GuestPlan, { memory, windows, inbound, doorbell }: Body): string[] {
  const arch = architectureOf(plan);
  return [
    "{",
    `  "platform": ${JSON.stringify(`${plan.guest.guest}-package`)},`,
    ...(arch === undefined ? [] : [`  "arch": ${JSON.stringify(arch)},`]),
    `  "physicalAddressBits": ${forbiddenOf(plan).guestBits},`,
    `  "memory": [`,
    ...memory.map((bank, index) => `    { "name": "ram${index}", ${placed("base", bank)} },`),
    "  ],",
    ...(doorbell ? [`  "doorbells": [{ "name": "doorbell", "type": "controller", ${placed("base", doorbell)} }],`] : []),
    `  "pci": [`,
    "    {",
    `      "name": "package", "segment": 0, "buses": ${JSON.stringify(BUSES)},`,
    `      "windows": [`,
    ...windows.map(({ type, range }) => `        { "type": ${JSON.stringify(type)}, ${placed("cpu", range)} },`),
    "      ],",
    `      "inbound": [`,
    ...inbound.map((range) => `        { ${placed("bus", range)} },`),
    "      ],",
    `      "msi": ${doorbell ? '"doorbell"' : '"unknown"'},`,
    "    },",
    "  ],",
    "}",
  ];
}

function placed(key: string, range: AddressRange<"ipa">): string {
  return `"${key}": "${printAddress(range.base)}", "size": "${printSizeLiteral(sizeOf(range))}"`;
}

/** A line of text that cannot end the comment it is in. */
function comment(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, "\ufffd");
}
