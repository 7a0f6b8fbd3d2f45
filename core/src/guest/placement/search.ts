// The last resort when no usual order finds a place for everything: all combinations of corners in which windows and the doorbell can lie. A block whose
// size is a power of two costs memory least in a corner of a free range, so that with such sizes, and one alignment of memory, nothing is missed.
// Knows nothing of how memory is placed.
import type { AddressRange } from "../../address";
import { address } from "../../address";
import type { GuestWindow } from "../../guest";
import type { FreeSpace } from "../../plan/freeSpace";
import type { Attempt, Start } from "./attempt";
import { attempt } from "./attempt";
import { fixedDoorbell } from "./doorbellChoice";
import { naturalAlignment, reachOf } from "./requests";

interface Block {
  readonly window: GuestWindow | undefined;
  readonly size: bigint;
  readonly align: bigint;
  readonly reach: AddressRange<"ipa">;
}

export interface SearchResult {
  /** One in which everything has its place. */
  readonly found: Attempt | undefined;
  /** False when the search was cut short. */
  readonly isComplete: boolean;
}

/** @param most combinations that are tried before the search gives up */
export function searchCombinations(start: Start, most: number): SearchResult {
  const blocks = blocksOf(start);
  if (blocks.length === 0) return { found: undefined, isComplete: true };
  let left = most;
  const from = start.memory.reduce((least, one) => (one.from < least ? one.from : least), start.input.forbidden.top.end);
  const tryFrom = (index: number, free: FreeSpace<"ipa">, placed: ReadonlyMap<GuestWindow | undefined, AddressRange<"ipa">>): Attempt | undefined => {
    const block = blocks[index];
    if (!block) return attemptAt(start, placed);
    for (const base of cornersOf(free, block, from)) {
      if (left-- <= 0) return undefined;
      const range = { base: address<"ipa">(base), end: address<"ipa">(base + block.size) };
      const found = tryFrom(index + 1, free.without(range), new Map([...placed, [block.window, range]]));
      if (found) return found;
    }
    return undefined;
  };
  const found = tryFrom(0, start.free, new Map());
  return { found, isComplete: left > 0 && blocks.every((one) => one.size === one.align) && new Set(start.memory.map((one) => one.align)).size <= 1 };
}

/** The largest first. */
function blocksOf({ input, windows }: Start): Block[] {
  const top = input.forbidden.top.end;
  const blocks = windows.map((window): Block => ({ window, size: window.size, align: naturalAlignment(window.size), reach: reachOf(window.type, top) }));
  const { doorbell } = input.guest;
  if (doorbell && !fixedDoorbell(input)) {
    const size = doorbell.size ?? 1n << 20n;
    blocks.push({ window: undefined, size, align: naturalAlignment(size), reach: { base: address(0n), end: top } });
  }
  return blocks.sort((a, b) => (a.size > b.size ? -1 : a.size < b.size ? 1 : 0));
}

/** Also where memory begins, a free range has a corner: what lies below costs memory nothing. */
function cornersOf(free: FreeSpace<"ipa">, { size, align, reach }: Block, from: bigint): bigint[] {
  const reachable = free.within(reach);
  const below = reachable.within({ base: address<"ipa">(0n), end: address<"ipa">(from) });
  const above = reachable.within({ base: address<"ipa">(from), end: reach.end });
  return [...new Set<bigint>([...reachable.corners(size, align), ...above.corners(size, align), ...below.corners(size, align)])];
}

function attemptAt(start: Start, placed: ReadonlyMap<GuestWindow | undefined, AddressRange<"ipa">>): Attempt | undefined {
  const doorbellAt = placed.get(undefined);
  const windowsAt = new Map([...placed].flatMap(([window, range]) => (window ? [[window, range] as const] : [])));
  const made = attempt(start, { steps: ["memory", "doorbell", "windows"], windowsAt, ...(doorbellAt ? { doorbellAt } : {}), coarsestMemoryFirst: true });
  return made.conflicts.length === 0 ? made : undefined;
}
