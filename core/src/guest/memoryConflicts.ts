// Which guest memory lies where a host lets none be, told apart by who notices: the kernel refuses to map over a region that it lists, while an address that
// a bridge takes, or that no inbound window passes, is lost without a word. Knows nothing of how the memory came to be there.
import type { AddressRange } from "../address";
import { overlaps } from "../address";
import { printRange } from "../print";
import { kindWord, outward } from "./forbidden";
import type { BlockingKind, HostRegion } from "./hostRegions";

/** A stretch of a guest's memory. */
export interface MemoryBank {
  /** The name of the entry of the guest's file. */
  readonly name: string;
  readonly range: AddressRange<"ipa">;
}

/** A range that is closed to guest memory, and the memory that lies in it. */
export interface MemoryConflict<Bank extends MemoryBank = MemoryBank> {
  readonly range: AddressRange<"ipa">;
  readonly kind: BlockingKind;
  /** Why it is closed, in clauses. */
  readonly because: readonly string[];
  readonly memory: Bank;
}

export interface ConflictsByWitness<Bank extends MemoryBank = MemoryBank> {
  /** The kernel lists the region. */
  readonly listed: readonly MemoryConflict<Bank>[];
  /** The kernel's own window for doorbells, which the VMM can have moved. */
  readonly movable: readonly MemoryConflict<Bank>[];
  /** Windows of bridges, and what no inbound window holds. */
  readonly unseen: readonly MemoryConflict<Bank>[];
}

/** @param page the page with which the host maps memory, in bytes: regions count in whole pages */
export function memoryConflicts<Bank extends MemoryBank>(memory: readonly Bank[], regions: readonly HostRegion[], page: bigint): ConflictsByWitness<Bank> {
  const listed: MemoryConflict<Bank>[] = [];
  const movable: MemoryConflict<Bank>[] = [];
  const unseen: MemoryConflict<Bank>[] = [];
  for (const { range, kind, because, isMovable } of regions) {
    const whole = outward(range, page);
    for (const one of memory) {
      if (!overlaps(one.range, whole)) continue;
      const list = kind === "window" || kind === "inbound" ? unseen : isMovable === true ? movable : listed;
      list.push({ range, kind, because, memory: one });
    }
  }
  return { listed, movable, unseen };
}

/** `0xc601_0000-0xc601_ffff (msi) lies in ram (…)`, and how many more. */
export function describeConflicts(conflicts: readonly MemoryConflict[]): string {
  const [first] = conflicts;
  if (!first) return "";
  const more = conflicts.length - 1;
  const { range, kind, memory } = first;
  return `${printRange(range)} (${kindWord(kind)}) lies in ${memory.name} (${printRange(memory.range)})${more > 0 ? `, and ${more} more ${more === 1 ? "conflict" : "conflicts"}` : ""}`;
}
