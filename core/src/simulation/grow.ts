// Where memory goes that a running guest gets, and whether it can be there. A machine that is known has a place for it; memory with a base grows at its end;
// memory that Platmap has placed grows around what the hosts reserve. Sources: QEMU, hw/mem; domain.md 5.1, 5.2 and 5.4. Knows nothing of the other steps.
import type { AddressRange } from "../address";
import { address, lastOf, overlaps, sizeOf } from "../address";
import { pageOf } from "../guest/contributions";
import { machineOf, machineRequest, ramSizeOf } from "../guest/guestMachine";
import type { GuestPlan } from "../guest/guestPlan";
import { forbiddenOf, placementOf } from "../guest/guestPlacement";
import { allRegionsOf } from "../guest/hostRegions";
import { occupiedBefore } from "../guest/placement/requests";
import { placementInput } from "../guest/guestPlacement";
import { FreeSpace } from "../plan/freeSpace";
import { iommuInFront } from "../plan/iommuInFront";
import { printAddress, printSize } from "../print";
import { bootMemoryOf } from "../guest/bootMemory";
import { describeConflicts, memoryConflicts } from "../guest/memoryConflicts";
import { isDescribed, regionsOfDevices } from "./devices";
import type { Judgement, MappedMemory, Objection, RunningGuest } from "./state";
import { NO_OBJECTION } from "./state";
import { MAPPING_FAILED_LATER, NO_FREE_SLOT, NO_MEMORY_DEVICES, notEnoughSpace } from "./vmmWords";

export interface Growth {
  readonly judgement: Judgement;
  /** What is there after it; empty where it has no place. */
  readonly added: readonly MappedMemory[];
}

const ADDED = "added memory";
/** QEMU aligns what it adds to the huge pages of the host. */
const ALIGNMENT = 2n << 20n;

export function grow(guest: GuestPlan, running: RunningGuest, size: bigint): Growth {
  const place = placeOf(guest, running, size);
  if ("because" in place) return { judgement: { ...NO_OBJECTION, objections: [place] }, added: [] };
  const added = place.map((range): MappedMemory => ({ name: ADDED, range }));
  return { judgement: judgePlace(guest, running, added), added };
}

type Place = readonly AddressRange<"ipa">[] | Objection;

function placeOf(guest: GuestPlan, running: RunningGuest, size: bigint): Place {
  const most = guest.guest.maxMemory;
  const used = running.memory.reduce((sum, { range }) => sum + sizeOf(range), 0n);
  const atBoot = ramSizeOf(guest.guest);
  if (most !== undefined && used + size > most) {
    return { verdict: "refused", because: `the guest would have ${printSize(used + size)}, and maxMemory is ${printSize(most)}`, message: notEnoughSpace(used - atBoot, most > atBoot ? most - atBoot : 0n) };
  }
  const slots = guest.guest.memorySlots;
  if (slots !== undefined && running.growths >= slots) return { verdict: "refused", because: slots === 0 ? "the guest has no memory slots" : `all ${slots} memory slots are taken`, message: NO_FREE_SLOT };
  const room = machineRoom(guest) ?? writtenRoom(guest);
  if (room) return "because" in room ? room : takeFrom(room, running, size);
  return hasBase(guest) ? atTheEnd(guest, running, size) : aroundHosts(guest, running, size);
}

/** The part of its addresses that a known machine keeps for memory that is added. */
function machineRoom(plan: GuestPlan): readonly AddressRange<"ipa">[] | Objection | undefined {
  const machine = machineOf(plan);
  const end = bootMemoryOf(plan).memory.at(-1)?.range.end;
  if (!machine || end === undefined) return undefined;
  const { regions } = machine.layout(machineRequest(plan.guest, forbiddenOf(plan).guestBits), end);
  const room = regions.filter((one) => one.role === "device-memory").map((one) => one.range);
  if (room.length > 0) return room;
  return { verdict: "refused", because: `${machine.title} keeps no addresses for memory that is added: the file has no maxMemory above what it starts with`, message: NO_MEMORY_DEVICES };
}

/** Where the file has room for memory that is added. */
function writtenRoom(plan: GuestPlan): readonly AddressRange<"ipa">[] | undefined {
  const banks = placementOf(plan).memory.filter((one) => one.entry.type === "hotplug").flatMap((one) => one.banks);
  return banks.length > 0 ? banks : undefined;
}

function takeFrom(room: readonly AddressRange<"ipa">[], { memory }: RunningGuest, size: bigint): Place {
  const total = room.reduce((sum, one) => sum + sizeOf(one), 0n);
  const free = room.flatMap((one) => FreeSpace.around(one, memory.map((bank) => bank.range)).ranges);
  for (const one of free) {
    const { pieces, missing } = FreeSpace.around(one, []).takeUpward(size, ALIGNMENT);
    if (missing === 0n && pieces.length === 1) return pieces;
  }
  const used = memory.filter((bank) => room.some((one) => overlaps(one, bank.range))).reduce((sum, { range }) => sum + sizeOf(range), 0n);
  return { verdict: "refused", because: `no ${printSize(size)} in one piece are left of the ${printSize(total)} for memory that is added`, message: notEnoughSpace(used, total) };
}

function hasBase({ guest }: GuestPlan): boolean {
  return (guest.memory ?? []).some((one) => one.base !== undefined);
}

/** In one piece behind what is there. */
function atTheEnd(guest: GuestPlan, { memory }: RunningGuest, size: bigint): Place {
  const base = memory.at(-1)?.range.end ?? address<"ipa">(0n);
  const range = { base, end: address<"ipa">(base + size) };
  const { guestBits } = forbiddenOf(guest);
  if (range.end > 1n << BigInt(guestBits)) return { verdict: "refused", because: `it would reach ${printAddress(lastOf(range))}, and the guest has ${guestBits} bits of address` };
  const taken = occupiedBefore(placementInput(guest)).find((one) => one.by.kind !== "forbidden" && overlaps(one.range, range));
  return taken ? { verdict: "refused", because: `from ${printAddress(base)} on there is no room for ${printSize(size)}: ${printAddress(taken.range.base)} is taken` } : [range];
}

/** As memory is placed at boot: upward, in whole pages, around what any host keeps. */
function aroundHosts(guest: GuestPlan, { memory }: RunningGuest, size: bigint): Place {
  const placement = placementOf(guest);
  const { top, page } = forbiddenOf(guest);
  const base = memory.at(-1)?.range.end ?? address<"ipa">(0n);
  const taken = [
    ...occupiedBefore(placementInput(guest)).map((one) => one.range),
    ...placement.windows.flatMap((one) => one.range ?? []),
    ...(placement.doorbell.range ? [placement.doorbell.range] : []),
  ];
  if (base >= top.end) return { verdict: "refused", because: `no address is left below ${printAddress(top.end)}` };
  const { pieces, missing } = FreeSpace.around({ base, end: top.end }, taken).takeUpward(size, page > ALIGNMENT ? page : ALIGNMENT);
  return missing === 0n ? pieces : { verdict: "refused", because: `${printSize(missing)} of it fit nowhere below ${printAddress(top.end)}` };
}

/** What is added is mapped for every device that the guest has; where that fails QEMU gives up altogether. */
function judgePlace({ hosts }: GuestPlan, { host, devices }: RunningGuest, added: readonly MappedMemory[]): Judgement {
  const objections: Objection[] = [];
  const { regions, unknown } = regionsOfDevices(host, devices);
  const { listed, unseen } = memoryConflicts(added, regions, pageOf(host.plan));
  const loses = "QEMU aborts, and the guest is lost";
  if (listed.length > 0) objections.push({ verdict: "refused", because: `${describeConflicts(listed)}: it cannot be mapped for ${devices.map((one) => one.label).join(", ")}; ${loses}`, message: MAPPING_FAILED_LATER, conflicts: listed });
  for (const node of devices.filter(isDescribed)) {
    const front = iommuInFront(host.plan, node);
    const bits = front.kind === "iommu" ? front.iommu.inputBits : undefined;
    const beyond = bits === undefined ? undefined : added.find((one) => one.range.end > 1n << BigInt(bits));
    if (beyond) objections.push({ verdict: "refused", because: `it reaches beyond the ${bits} bits of address that the IOMMU of ${node.label} takes; ${loses}`, message: MAPPING_FAILED_LATER });
  }
  if (unseen.length > 0) objections.push({ verdict: "unsafe", because: `${describeConflicts(unseen)}: what a device writes there never reaches the guest's memory, and nobody reports it`, conflicts: unseen });
  const notes = hosts.flatMap((one) => laterConflict(one === host && devices.length > 0 ? undefined : one, added));
  return { objections, notes, unknown };
}

function laterConflict(host: GuestPlan["hosts"][number] | undefined, added: readonly MappedMemory[]): string[] {
  if (!host) return [];
  const { listed } = memoryConflicts(added, allRegionsOf(host.plan).regions, pageOf(host.plan));
  return listed.length === 0 ? [] : [`${describeConflicts(listed)}: no device of ${host.name} can be added any more`];
}
