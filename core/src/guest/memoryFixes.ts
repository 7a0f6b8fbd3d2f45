// Fixes for memory whose place is written down and does not hold: let it be placed around what is in the way, move it as a whole, or ask for less.
// Knows nothing of the rule that asks: whether a fix makes a new finding is tried by whoever offers it.
import type { AddressRange } from "../address";
import { ADDRESS_LIMIT, address, alignDown, alignUp, overlaps, sizeOf } from "../address";
import type { Fix } from "../finding";
import { under } from "../anchor";
import type { Guest, GuestMemory } from "../guest";
import { printAddress, printRange, printSizeLiteral } from "../print";
import { listedBanks } from "../describe/guestPlacement";
import { forbiddenOf, placementInput } from "./guestPlacement";
import type { GuestPlan } from "./guestPlan";
import { place } from "./placement/place";
import { startOf } from "./placement/attempt";

/** The best first. None for memory that has no place of its own. */
export function memoryFixes(plan: GuestPlan, entry: GuestMemory): Fix[] {
  if (entry.extent) return [...splitFix(plan, entry), ...moveFix(plan, entry), ...capFix(plan, entry)];
  return entry.banks === undefined ? [] : replanFix(plan, entry);
}

/** The base becomes the lowest address: the plan does the rest. */
function splitFix(plan: GuestPlan, entry: GuestMemory): Fix[] {
  const banks = banksWhenFree(plan, entry);
  if (banks.length < 2) return [];
  return [{ title: `Let ${entry.name} be placed around it: ${listedBanks(banks)}`, edits: [{ op: "rename", at: under(entry.anchor, "base"), key: "from" }] }];
}

function replanFix(plan: GuestPlan, entry: GuestMemory): Fix[] {
  const banks = banksWhenFree(plan, entry);
  if (banks.length === 0) return [];
  return [{ title: `Place ${entry.name} anew: ${listedBanks(banks)}`, edits: [{ op: "replace", at: under(entry.anchor, "banks"), value: { json: banks.map(printRange) } }] }];
}

/** To the lowest place above, else the highest below, where all of it is free. */
function moveFix(plan: GuestPlan, entry: GuestMemory): Fix[] {
  const size = entry.size;
  const align = entry.align !== undefined && entry.align > 0n ? entry.align : 2n << 20n;
  const { free } = startOf({ ...placementInput(plan), guest: without(plan.guest, entry) });
  const range = entry.extent?.ranges[0];
  if (!range) return [];
  const bases = free.ranges.flatMap((one) => {
    const base = alignUp(one.base > range.base ? one.base : range.base, align);
    return base + size <= one.end ? [base] : [];
  });
  const base = bases[0] ?? free.within({ base: address<"ipa">(0n), end: range.end }).highest(size, align);
  if (base === undefined || base === range.base) return [];
  return [{ title: `Move ${entry.name} to ${printAddress(base)}`, edits: [{ op: "replace", at: under(entry.anchor, "base"), value: { address: base } }] }];
}

/** What lies below the first thing in the way. */
function capFix(plan: GuestPlan, entry: GuestMemory): Fix[] {
  const range = entry.extent?.ranges[0];
  if (!range) return [];
  const { ranges, top, hostPage } = forbiddenOf(plan);
  const others = (plan.guest.memory ?? []).flatMap((one) => (one === entry ? [] : (one.extent?.ranges ?? [])));
  const inTheWay = [...ranges.map((one) => one.range), ...others, { base: top.end, end: address<"ipa">(ADDRESS_LIMIT) }].filter((one) => overlaps(one, range));
  const first = inTheWay.reduce((least, one) => (one.base < least ? one.base : least), range.end);
  const page = entry.align !== undefined && entry.align > hostPage ? entry.align : hostPage < 2n << 20n ? 2n << 20n : hostPage;
  const end = alignDown(first, page);
  if (end <= range.base || end === range.end) return [];
  const size = sizeOf({ base: range.base, end });
  return [{ title: `Cap ${entry.name} at ${printSizeLiteral(size)}, below it`, edits: [{ op: "replace", at: under(entry.anchor, "size"), value: { size } }] }];
}

/** Empty where it does not fit then either. */
function banksWhenFree(plan: GuestPlan, entry: GuestMemory): readonly AddressRange<"ipa">[] {
  const { base, extent, banks, ...rest } = entry;
  const from = base ?? entry.from;
  const freed: GuestMemory = { ...rest, ...(from === undefined ? {} : { from }) };
  const guest = { ...plan.guest, memory: (plan.guest.memory ?? []).map((one) => (one === entry ? freed : one)) };
  const placed = place({ ...placementInput(plan), guest }).memory.find((one) => one.entry === freed);
  const sum = placed?.banks.reduce((total, bank) => total + sizeOf(bank), 0n);
  return placed && sum === entry.size && (extent ?? banks) ? placed.banks : [];
}

function without(guest: Guest, entry: GuestMemory): Guest {
  return { ...guest, memory: (guest.memory ?? []).filter((one) => one !== entry) };
}
