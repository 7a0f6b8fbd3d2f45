// Where something of a guest could lie on all its hosts: what nothing else of the guest holds, nor its machine, nor any of its hosts keeps.
// Knows nothing of editors, nor of how a place is put into words.
import type { Address, AddressRange } from "../address";
import { address, intersection } from "../address";
import type { Path } from "../anchor";
import type { Guest } from "../guest";
import { windowTypes } from "../language/vocabulary";
import { FreeStretches } from "../plan/freeStretches";
import { RangeSet } from "../plan/rangeSet";
import { placementInput } from "./guestPlacement";
import type { GuestPlan } from "./guestPlan";
import { startOf } from "./placement/attempt";
import { place } from "./placement/place";
import type { DoorbellChoice, Occupied, Placement, PlacementInput } from "./placement/placement";
import { firstObstacle, strategyRange } from "./placement/doorbellChoice";
import { boundsOf, naturalAlignment, reachOf } from "./placement/requests";

/** The guest's addresses, as far as they are free for one of its entries. */
export interface FreeGuestSpace {
  readonly plan: GuestPlan;
  readonly free: FreeStretches<"ipa">;
  /** What holds the rest. */
  readonly occupied: readonly Occupied[];
  /** What the base of something of that size should be a multiple of. */
  alignment(size: bigint | undefined): bigint;
  /** The places where the plan itself would put it, the best first. */
  chosen(size: bigint | undefined): readonly ChosenPlace[];
}

/** A place by the planner's own rules. */
export interface ChosenPlace {
  readonly base: Address<"ipa">;
  /** How a doorbell's place is chosen; undefined for what goes to the lowest address that is free. */
  readonly doorbell: DoorbellChoice | undefined;
}

const PAGE = 4096n;
const MIB = 1n << 20n;
const DOORBELLS = ["host-window", "fixed", "top", "sign-extended"] as const;

/**
 * The free space for the value at a path, which says where an entry of the guest begins; undefined for any other value. What the plan places by itself
 * counts as taken, so that it need not move; but not for memory, since the doorbell, windows and what floats in the machine are placed around that.
 * @param path of the value, such as `/memory/0/base`
 * @param type what the entry's own `type` says, since an entry that is being written may not be in the plan yet
 */
export function freeGuestSpaceFor(plan: GuestPlan, path: Path, type?: string): FreeGuestSpace | undefined {
  const [list, index] = path;
  if (path.at(-1) !== "base") return undefined;
  if (list === "doorbell" && path.length === 2) return forDoorbell(plan);
  if (path.length !== 3 || typeof index !== "number") return undefined;
  if (list === "memory") return forMemory(plan, index);
  if (list === "devices") return around(plan, without(plan.guest, "devices", index), { alignment: (size) => (size === undefined || size < PAGE ? PAGE : naturalAlignment(size)) });
  return list === "windows" ? forWindow(plan, index, type) : undefined;
}

/** Memory is made of whole pages of all hosts, and goes to the lowest place from where the machine's memory begins. */
function forMemory(plan: GuestPlan, index: number): FreeGuestSpace {
  const input = placementInput(plan);
  const { from, align } = boundsOf(input, (plan.guest.memory ?? []).find(({ anchor }) => anchor.path[1] === index) ?? {});
  const space = around(plan, without(plan.guest, "memory", index), { ignores: "all but memory", alignment: () => align });
  const lowest = (size: bigint): Address<"ipa"> | undefined => {
    const above = { base: from, end: input.forbidden.top.end };
    return space.free.ranges.flatMap((one) => intersection(one, above) ?? []).map(({ base, end }) => ({ base: up(base, align), end })).find(({ base, end }) => base + size <= end)?.base;
  };
  return { ...space, chosen: (size) => [size === undefined ? undefined : lowest(size)].flatMap((base) => (base === undefined ? [] : [{ base, doorbell: undefined }])) };
}

/** Below 4 GiB unless its type takes more, aligned to its size. */
function forWindow(plan: GuestPlan, index: number, type: string | undefined): FreeGuestSpace {
  const known = windowTypes.map(({ word }) => word).find((word) => word === type) ?? "mem32";
  const within = reachOf(known, placementInput(plan).forbidden.top.end);
  return around(plan, without(plan.guest, "windows", index), { within, alignment: (size) => (size === undefined || size === 0n ? MIB : naturalAlignment(size)) });
}

/** By the strategies in their order; then whatever is free. */
function forDoorbell(plan: GuestPlan): FreeGuestSpace {
  const { doorbell, ...guest } = plan.guest;
  const input: PlacementInput = { ...placementInput(plan), guest };
  // Devices that only know 32-bit addresses must reach it too.
  const within = reachOf("mem32", input.forbidden.top.end);
  const space = around(plan, guest, { within, ignores: "doorbell", alignment: (size) => (size === undefined || size < MIB ? MIB : naturalAlignment(size)) });
  const sized: PlacementInput = doorbell?.size === undefined ? input : { ...input, guest: { ...guest, doorbell: { anchor: doorbell.anchor, size: doorbell.size } } };
  const chosen = DOORBELLS.flatMap((choice): ChosenPlace[] => {
    const range = strategyRange(sized, choice);
    return range && !firstObstacle(input, choice, range, space.occupied) ? [{ base: range.base, doorbell: choice }] : [];
  });
  return { ...space, chosen: () => chosen };
}

interface Shape {
  readonly within?: AddressRange<"ipa">;
  /** What the plan places by itself that is not in the way. */
  readonly ignores?: "doorbell" | "all but memory";
  alignment(size: bigint | undefined): bigint;
}

/** @param guest without the entry itself */
function around(plan: GuestPlan, guest: Guest, { within, ignores, alignment }: Shape): FreeGuestSpace {
  const input: PlacementInput = { ...placementInput(plan), guest };
  const occupied: Occupied[] = [...startOf(input).occupied, ...placedIn(place(input), ignores)];
  const whole = within ?? { base: address<"ipa">(0n), end: input.forbidden.top.end };
  return { plan, occupied, free: FreeStretches.of(new RangeSet(occupied.map((one) => one.range)).missingIn(whole)), alignment, chosen: () => [] };
}

function placedIn({ memory, windows, layout, doorbell }: Placement, ignores: Shape["ignores"]): Occupied[] {
  const banks = memory.flatMap(({ entry, banks: all }) => all.map((range): Occupied => ({ range, by: { kind: "memory", entry } })));
  if (ignores === "all but memory") return banks;
  return [
    ...banks,
    ...windows.flatMap(({ entry, range }): Occupied[] => (range ? [{ range, by: { kind: "window", entry } }] : [])),
    ...(layout?.regions ?? []).map((region): Occupied => ({ range: region.range, by: { kind: "machine", region } })),
    ...(ignores !== "doorbell" && doorbell.range ? [{ range: doorbell.range, by: { kind: "doorbell" } } as const] : []),
  ];
}

function without(guest: Guest, list: "memory" | "devices" | "windows", index: number): Guest {
  return { ...guest, [list]: (guest[list] ?? []).filter(({ anchor }) => anchor.path[1] !== index) };
}

function up(value: bigint, alignment: bigint): Address<"ipa"> {
  return address(((value + alignment - 1n) / alignment) * alignment);
}
