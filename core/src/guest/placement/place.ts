// Places a guest: what has its place is checked, the rest is placed in the first of some orders in which everything fits. The same input gives the same
// places. Knows nothing of hosts, nor of words.
import type { AddressRange } from "../../address";
import { intersection, overlaps, sizeOf } from "../../address";
import type { GuestMemory } from "../../guest";
import { RangeIndex } from "../../plan/rangeIndex";
import type { Attempt, Order, Start } from "./attempt";
import { attempt, startOf } from "./attempt";
import { firstObstacle, fixedDoorbell } from "./doorbellChoice";
import type { Conflict, Obstacle, Occupied, PlacedMemory, Placement, PlacementInput } from "./placement";
import { fixedMemory } from "./requests";
import { searchCombinations } from "./search";

/** The usual order first. In the others what has fewest places goes before the rest. */
const ORDERS: readonly Order[] = [
  { steps: ["memory", "doorbell", "windows"] },
  { steps: ["memory", "windows", "doorbell"], largestWindowsFirst: true },
  { steps: ["memory", "windows", "doorbell"], largestWindowsFirst: true, coarsestMemoryFirst: true },
  { steps: ["windows", "doorbell", "memory"], largestWindowsFirst: true },
  { steps: ["windows", "doorbell", "memory"], largestWindowsFirst: true, coarsestMemoryFirst: true },
  { steps: ["doorbell", "windows", "memory"], largestWindowsFirst: true, coarsestMemoryFirst: true },
];

export function place(input: PlacementInput): Placement {
  const start = startOf(input);
  const { best, isExact } = bestAttempt(start);
  const fixed = fixedMemory(input);
  const around = new RangeIndex(occupiedWith(start, best));
  const conflicts = [...fixed.flatMap((one) => conflictsOfFixed(start, around, one)), ...conflictsOfDoorbell(start, best), ...best.conflicts];
  return {
    feasible: conflicts.length === 0,
    memory: (input.guest.memory ?? []).map((entry) => fixed.find((one) => one.entry === entry) ?? { entry, origin: "placed", banks: best.memory.get(entry) ?? [] }),
    windows: best.windows,
    doorbell: best.doorbell,
    layout: best.layout,
    conflicts,
    isExact,
  };
}

/** Where nothing fits everything, what the usual order gives is told. */
function bestAttempt(start: Start): { readonly best: Attempt; readonly isExact: boolean } {
  let first: Attempt | undefined;
  for (const order of ORDERS) {
    const made = attempt(start, order);
    if (made.conflicts.length === 0) return { best: made, isExact: true };
    first ??= made;
  }
  const { found, isComplete } = searchCombinations(start, start.input.mostCombinations ?? 2000);
  return found ? { best: found, isExact: true } : { best: first as Attempt, isExact: isComplete };
}

type Fixed = ReturnType<typeof fixedMemory>[number];

/** What is written down is checked: it may meet what came later. */
function conflictsOfFixed({ input, free }: Start, around: RangeIndex<"ipa", Occupied>, { entry, origin, banks }: Fixed): Conflict[] {
  const of = { kind: "memory", entry } as const;
  const conflicts: Conflict[] = [];
  const sum = banks.reduce((total, bank) => total + sizeOf(bank), 0n);
  if (origin === "written" && sum !== entry.size) conflicts.push({ kind: "wrong-sum", of, size: entry.size, sum });
  const { top, hostPage } = input.forbidden;
  for (const [index, bank] of banks.entries()) {
    if (bank.base % hostPage !== 0n || bank.end % hostPage !== 0n) conflicts.push({ kind: "misaligned", of, range: bank, page: hostPage });
    if (bank.end > top.end) conflicts.push({ kind: "clash", of, range: bank, obstacle: { kind: "top", top } });
    for (const other of banks.slice(0, index)) if (overlaps(other, bank)) conflicts.push(clash(entry, bank, other, { kind: "memory", entry }));
    for (const { range, by } of around.overlapping(bank)) {
      if (!blocks(by, entry, (size) => free.highest(size, size) !== undefined)) continue;
      conflicts.push(clash(entry, bank, range, by));
    }
  }
  return conflicts;
}

/** Of two entries of memory at one place the later one is to blame; where the doorbell is in memory, the doorbell is. A window for doorbells that can move does, where there is another place. */
function blocks(by: Obstacle, entry: GuestMemory, hasRoomFor: (size: bigint) => boolean): boolean {
  if (by.kind === "doorbell") return false;
  if (by.kind === "memory") return by.entry !== entry && isBefore(by.entry, entry);
  if (by.kind === "machine") return by.region.role !== "device-memory" || entry.type !== "hotplug";
  if (by.kind === "forbidden" && by.region.isMovable) return !hasRoomFor(sizeOf(by.region.exact));
  return true;
}

function isBefore(a: GuestMemory, b: GuestMemory): boolean {
  return Number(a.anchor.path.at(-1)) < Number(b.anchor.path.at(-1));
}

/** What is occupied with the layout that was found, which repeats what is fixed. */
function occupiedWith({ occupied }: Start, { layout }: Attempt): Occupied[] {
  const floating = (layout?.regions ?? []).map((region): Occupied => ({ range: region.range, by: { kind: "machine", region } }));
  const seen = new Set<string>();
  return [...occupied, ...floating].filter(({ range, by }) => {
    if (by.kind !== "machine") return true;
    const key = `${range.base} ${range.end} ${by.region.name}`;
    return !seen.has(key) && Boolean(seen.add(key));
  });
}

function clash(entry: GuestMemory, bank: AddressRange<"ipa">, range: AddressRange<"ipa">, obstacle: Obstacle): Conflict {
  return { kind: "clash", of: { kind: "memory", entry }, range: intersection(bank, range) ?? bank, obstacle };
}

/** A doorbell with a base is the author's choice: what of the guest itself it meets is a conflict. Regions of hosts are not looked at here. */
function conflictsOfDoorbell({ input, occupied }: Start, { layout, memory }: Attempt): Conflict[] {
  const range = fixedDoorbell(input);
  if (!range) return [];
  const placed: Occupied[] = [...memory].flatMap(([entry, banks]) => banks.map((bank): Occupied => ({ range: bank, by: { kind: "memory", entry } })));
  const floating: Occupied[] = (layout?.regions ?? []).map((region) => ({ range: region.range, by: { kind: "machine", region } }));
  const own = occupied.filter(({ by }) => by.kind !== "forbidden" && by.kind !== "doorbell");
  const obstacle = firstObstacle(input, "fixed", range, [...own, ...floating, ...placed]);
  if (!obstacle) return [];
  return [{ kind: "clash", of: { kind: "doorbell" }, range, obstacle }];
}

/** The banks of all memory that the guest has at boot, upward; those that touch are one. */
export function banksOf(placement: { readonly memory: readonly PlacedMemory[] }): AddressRange<"ipa">[] {
  const all = placement.memory.filter((one) => one.entry.type !== "hotplug").flatMap((one) => one.banks);
  const joined: AddressRange<"ipa">[] = [];
  for (const bank of [...all].sort((a, b) => (a.base < b.base ? -1 : a.base > b.base ? 1 : 0))) {
    const before = joined.at(-1);
    if (before && bank.base <= before.end) joined[joined.length - 1] = { base: before.base, end: bank.end > before.end ? bank.end : before.end };
    else joined.push(bank);
  }
  return joined;
}
