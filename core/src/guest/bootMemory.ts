// Where the memory of a guest lies when it starts. A known machine lays its memory out itself: where the file gives no base, and the machine can not do what
// the plan says, the machine's way counts, since that is what will run. Knows nothing of devices.
import type { AddressRange } from "../address";
import { sameRange } from "../address";
import { machineBanks } from "./expressible";
import { machineOf, ramSizeOf } from "./guestMachine";
import type { GuestPlan } from "./guestPlan";
import { placementOf } from "./guestPlacement";
import { banksOf } from "./placement/place";
import { perPlan } from "../plan/perPlan";
import { printSize } from "../print";
import type { MemoryBank } from "./memoryConflicts";

export interface BootMemory {
  /** Upward. */
  readonly memory: readonly MemoryBank[];
  /** Memory that has no place, as a clause; undefined when all has. */
  readonly homeless: string | undefined;
  /** The machine's own layout stands in for the plan's, which it cannot express. */
  readonly isMachinesOwn: boolean;
}

export const bootMemoryOf: (plan: GuestPlan) => BootMemory = perPlan((plan: GuestPlan) => {
  const placement = placementOf(plan);
  const machine = machineOf(plan);
  const atBoot = placement.memory.filter((one) => one.entry.type !== "hotplug");
  const own = machine && atBoot.every((one) => one.origin === "placed") ? machineBanks(plan, machine, ramSizeOf(plan.guest)) : undefined;
  if (own && !sameBanks(own, banksOf(placement))) return { memory: own.map((range) => ({ name: nameOf(plan), range })), homeless: undefined, isMachinesOwn: true };
  const memory = atBoot.flatMap(({ entry, banks }) => banks.map((range): MemoryBank => ({ name: entry.name, range })));
  const short = placement.conflicts.find((one) => one.kind === "no-room" && one.of.kind === "memory" && one.of.entry.type !== "hotplug");
  const homeless = short?.kind === "no-room" && short.of.kind === "memory" ? `${printSize(short.missing)} of ${short.of.entry.name} fit nowhere on its hosts` : undefined;
  return { memory: upward(memory), homeless, isMachinesOwn: false };
});

function sameBanks(a: readonly AddressRange<"ipa">[], b: readonly AddressRange<"ipa">[]): boolean {
  return a.length === b.length && a.every((one, index) => sameRange(one, b[index] as AddressRange<"ipa">));
}

/** The machine makes one memory of all that is asked for. */
function nameOf({ guest }: GuestPlan): string {
  const atBoot = (guest.memory ?? []).filter((one) => one.type !== "hotplug");
  return atBoot.length === 1 ? (atBoot[0]?.name ?? "ram") : "its memory";
}

/** By address. */
export function upward(memory: readonly MemoryBank[]): MemoryBank[] {
  return [...memory].sort((a, b) => (a.range.base < b.range.base ? -1 : a.range.base > b.range.base ? 1 : 0));
}
