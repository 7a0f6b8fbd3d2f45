// Memory banks of a draft: from the kernel's resources, or from the firmware's map where those are hidden.
// Knows nothing of reservations.
import type { FirmwareRange } from "../firmwareMap";
import { isUsable } from "../firmwareMap";
import type { LoggedNode } from "../kernelLog";
import type { CapturedRange } from "../reading";
import { holds, meets } from "../reading";
import type { DraftItem } from "./draft";
import { record } from "./draft";
import type { Occupant } from "./layout";
import type { Names } from "./names";
import { inclusive, placeOf } from "./places";

type MemoryType = "hotplug" | "persistent" | "soft-reserved" | undefined;

interface Bank extends CapturedRange {
  readonly type: MemoryType;
  readonly notes: readonly string[];
  readonly node?: number;
}

const PAGE = 4096n;
const STEMS = { ram: "ram", hotplug: "hotplug", persistent: "pmem", "soft-reserved": "soft-reserved" } as const;

/** The banks of the kernel's resources, in the order of their addresses. */
export function banksOf(occupants: readonly Occupant[]): Bank[] {
  return occupants
    .filter((occupant) => occupant.kind === "memory")
    .map((occupant) => ({ base: occupant.base, last: occupant.last, type: typeOf(occupant.labels), notes: [] }));
}

/** The banks that the firmware's map gives, for captures whose resources are hidden. */
export function banksOfFirmware(map: readonly FirmwareRange[]): Bank[] {
  const usable = map.filter((range) => isUsable(range) || /^persistent/i.test(range.type));
  return usable.map(({ base, last, type }) => ({
    base,
    last,
    type: /^persistent/i.test(type) ? "persistent" : undefined,
    notes: [],
  }));
}

/** The memory that the log lists by node, for captures without any map; neighbours of one node are one bank. */
export function banksOfLog(memory: readonly LoggedNode[]): Bank[] {
  const banks: Bank[] = [];
  const several = new Set(memory.map((one) => one.node)).size > 1;
  for (const { base, last, node } of memory) {
    const before = banks.at(-1);
    const joins = before && before.last + 1n === base && (!several || before.node === node);
    if (joins) banks[banks.length - 1] = { ...before, last };
    else banks.push({ base, last, type: undefined, notes: [], ...(several && { node }) });
  }
  return banks;
}

/**
 * Entries for the banks: neighbours that firmware split in the middle of a page joined, ends trimmed inward to whole
 * pages (language.md, "Which overlaps are legal"), split where NUMA nodes meet, memory that was added after boot told
 * apart.
 */
export function draftMemory(
  banks: readonly Bank[],
  nodes: readonly LoggedNode[],
  map: readonly FirmwareRange[],
  names: Names,
): DraftItem[] {
  const trimmed = joinSplitPages(banks)
    .map(trim)
    .filter((bank) => bank !== undefined);
  const placed = trimmed.flatMap((bank) => splitByNode(bank, nodes)).map((bank) => markAdded(bank, nodes, map));
  return placed.map((bank) => ({
    value: record(
      { name: names.counted(STEMS[bank.type ?? "ram"]), ...placeOf(bank), type: bank.type, node: bank.node },
      bank.notes.join("; "),
    ),
  }));
}

function typeOf(labels: readonly string[]): MemoryType {
  const label = labels.join(" ");
  if (/Persistent Memory/i.test(label)) return "persistent";
  if (/Soft Reserved|dax\d/i.test(label)) return "soft-reserved";
  return /System RAM \((virtio_mem|kmem|hv_balloon|.*)\)/.test(label) ? "hotplug" : undefined;
}

function joinSplitPages(banks: readonly Bank[]): Bank[] {
  const joined: Bank[] = [];
  for (const bank of banks) {
    const before = joined.at(-1);
    const split = before && before.last + 1n === bank.base && bank.base % PAGE !== 0n && before.type === bank.type;
    if (split) joined[joined.length - 1] = { ...before, last: bank.last, notes: ["the kernel shows it in pieces"] };
    else joined.push(bank);
  }
  return joined;
}

function trim(bank: Bank): Bank | undefined {
  const base = ((bank.base + PAGE - 1n) / PAGE) * PAGE;
  const last = ((bank.last + 1n) / PAGE) * PAGE - 1n;
  if (base === bank.base && last === bank.last) return bank;
  return last < base
    ? undefined
    : { ...bank, base, last, notes: [...bank.notes, `trimmed to whole pages from ${inclusive(bank)}`] };
}

/** With one node there is nothing to say. */
function splitByNode(bank: Bank, nodes: readonly LoggedNode[]): Bank[] {
  const cold = nodes.filter((node) => !node.hotplug);
  if (new Set(cold.map((node) => node.node)).size < 2) return [bank];
  const parts = cold.filter((node) => meets(node, bank)).sort((a, b) => (a.base < b.base ? -1 : 1));
  if (
    parts.length < 2 ||
    !parts.every((part, index) => index === 0 || part.base === (parts[index - 1]?.last ?? 0n) + 1n)
  ) {
    return [{ ...bank, ...(parts.length === 1 && parts[0] && { node: parts[0].node }) }];
  }
  return parts.map((part, index) => ({
    ...bank,
    base: index === 0 ? bank.base : part.base,
    last: index === parts.length - 1 ? bank.last : part.last,
    node: part.node,
  }));
}

/** Memory that the firmware's map does not have, or that lies where its tables announce hot-plug, came after boot. */
function markAdded(bank: Bank, nodes: readonly LoggedNode[], map: readonly FirmwareRange[]): Bank {
  if (bank.type) return bank;
  const usable = map.filter((range) => range.source === "e820" && isUsable(range));
  const unknownToFirmware = usable.length > 0 && !usable.some((range) => meets(range, bank));
  const announced = nodes.some((node) => node.hotplug && holds(node, bank));
  return unknownToFirmware || announced
    ? { ...bank, type: "hotplug", notes: [...bank.notes, "added after boot"] }
    : bank;
}
