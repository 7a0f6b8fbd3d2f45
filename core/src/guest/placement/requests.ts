// What a guest's file asks places for, told apart by who chooses the place, and what holds addresses before anything is placed.
// Knows nothing of how places are found.
import type { Address, AddressRange } from "../../address";
import { address, isPowerOfTwo } from "../../address";
import type { Guest, GuestMemory, GuestWindow } from "../../guest";
import { machineRequest } from "../guestMachine";
import type { Occupied, Origin, PlacementInput } from "./placement";

const USUAL_FROM = address<"ipa">(0x4000_0000n);
const USUAL_ALIGNMENT = 2n << 20n;

/** Memory that is to be placed. */
export interface MemoryRequest {
  readonly entry: GuestMemory;
  readonly size: bigint;
  /** The lowest address that it may have. */
  readonly from: Address<"ipa">;
  /** Of each bank; whole pages. */
  readonly align: bigint;
}

/** Memory whose place is given. */
export interface FixedMemory {
  readonly entry: GuestMemory;
  readonly origin: Exclude<Origin, "placed">;
  readonly banks: readonly AddressRange<"ipa">[];
}

/** In the order of the file. */
export function fixedMemory({ guest, ignoresBanks }: Pick<PlacementInput, "guest" | "ignoresBanks">): FixedMemory[] {
  return (guest.memory ?? []).flatMap((entry): FixedMemory[] => {
    if (entry.extent) return [{ entry, origin: "fixed", banks: entry.extent.ranges }];
    if (ignoresBanks === true || entry.banks === undefined || entry.banks.length === 0) return [];
    return [{ entry, origin: "written", banks: [...entry.banks].sort((a, b) => (a.base < b.base ? -1 : a.base > b.base ? 1 : 0)) }];
  });
}

/** In the order of the file. */
export function freeMemory(input: PlacementInput): MemoryRequest[] {
  const { guest } = input;
  const fixed = new Set(fixedMemory(input).map((one) => one.entry));
  return (guest.memory ?? [])
    .filter((entry) => !fixed.has(entry) && entry.base === undefined && entry.size > 0n)
    .map((entry) => ({ entry, size: entry.size, ...boundsOf(input, entry) }));
}

/** From where on memory is placed, and the alignment of each of its banks; of an entry that says neither, the usual ones. */
export function boundsOf({ machine, forbidden }: Pick<PlacementInput, "machine" | "forbidden">, { from, align }: Partial<Pick<GuestMemory, "from" | "align">>): Pick<MemoryRequest, "from" | "align"> {
  return { from: from ?? machine?.ramBase ?? USUAL_FROM, align: wholePages(align ?? USUAL_ALIGNMENT, forbidden.page) };
}

/** Windows whose place is given. */
export function fixedWindows(guest: Guest): GuestWindow[] {
  return (guest.windows ?? []).filter((window) => window.extent !== undefined);
}

/** Windows that are to be placed. */
export function freeWindows(guest: Guest): GuestWindow[] {
  return (guest.windows ?? []).filter((window) => window.base === undefined && window.size > 0n);
}

/** What holds addresses whatever is placed: regions of the hosts, of the machine, and what the file puts at a place, but for memory and the doorbell. */
export function occupiedBefore({ guest, forbidden, machine }: PlacementInput): Occupied[] {
  const request = machineRequest(guest, forbidden.guestBits);
  return [
    ...forbidden.ranges.map((region): Occupied => ({ range: region.range, by: { kind: "forbidden", region } })),
    ...(machine?.fixedRegions(request) ?? []).map((region): Occupied => ({ range: region.range, by: { kind: "machine", region } })),
    ...(guest.devices ?? []).flatMap((entry) => (entry.extent?.ranges ?? []).map((range): Occupied => ({ range, by: { kind: "device", entry } }))),
    ...fixedWindows(guest).flatMap((entry) => (entry.extent?.ranges ?? []).map((range): Occupied => ({ range, by: { kind: "window", entry } }))),
  ];
}

/** What a window is aligned to: its size, and for one whose size is no power of two the largest that fits into it. */
export function naturalAlignment(size: bigint): bigint {
  return isPowerOfTwo(size) ? size : 1n << BigInt(size.toString(2).length - 1);
}

/** The addresses that a window of this type can have. */
export function reachOf(type: GuestWindow["type"], top: Address<"ipa">): AddressRange<"ipa"> {
  const is64 = type === "mem64" || type === "mem64-prefetchable";
  const end = is64 || top < 1n << 32n ? top : address<"ipa">(1n << 32n);
  return { base: address<"ipa">(0n), end };
}

/** The least multiple of both. */
function wholePages(align: bigint, page: bigint): bigint {
  return align <= 0n ? page : (align / gcd(align, page)) * page;
}

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b);
}
