// What a virtual machine monitor must be told so that a guest lies as it is placed, whatever its language: machine, sizes, widths, devices; or why it
// cannot be told. Knows nothing of any monitor's words.
import { describeConflict, listedBanks } from "../../describe/guestPlacement";
import { asEmitted } from "../dmaAddresses";
import type { AddressRange } from "../../address";
import { RangeSet } from "../../plan/rangeSet";
import { barDemandOf } from "../barRoom";
import { inexpressible } from "../expressible";
import { architectureOf, machineOf, ramSizeOf } from "../guestMachine";
import { forbiddenOf, placementOf } from "../guestPlacement";
import type { GuestPlan } from "../guestPlan";
import type { Architecture } from "../machines/machine";
import { passedThrough } from "../passedThrough";

/** A fragment, or why there is none, as a clause. */
export type Emitted = { readonly text: string } | { readonly cannot: string };

/** A region that no device of the guest may use for memory. */
export interface DeclaredRegion {
  readonly range: AddressRange<"iova">;
  readonly type: "msi" | "reserved";
}

export interface Launch {
  readonly name: string;
  readonly arch: Architecture;
  /** The machine's version: `10.1`; undefined where the guest names none. */
  readonly version: string | undefined;
  readonly ramSize: bigint;
  /** Bytes; undefined where nothing can be added. */
  readonly maxMemory: bigint | undefined;
  readonly slots: number;
  /** Undefined where the guest's file gives none. */
  readonly addressBits: number | undefined;
  /** Bytes that 64-bit BARs of passed-through devices need together. */
  readonly highBars: bigint;
  readonly hasVirtioIommu: boolean;
  /** What is closed to devices on any host, upward and without overlap. */
  readonly regions: readonly DeclaredRegion[];
  /** Devices at boot, host by host: full PCI addresses. */
  readonly devices: readonly { readonly host: string; readonly addresses: readonly string[] }[];
}

/** @param families the machines for which the monitor is one, by the beginnings of their names */
export function launchOf(plan: GuestPlan, families: readonly string[]): Launch | { readonly cannot: string } {
  const placement = placementOf(plan);
  const [conflict] = placement.conflicts;
  if (conflict) return { cannot: `the guest does not fit: ${describeConflict(conflict)}` };
  const machine = machineOf(plan);
  if (machine && !families.some((family) => machine.name.startsWith(family))) return { cannot: `the guest's machine is ${machine.title}` };
  const other = inexpressible(plan, placement);
  if (other) return { cannot: `${other.machine.title} cannot put memory at ${listedBanks(other.placed)}: ${other.machine.cannot}` };
  if (!machine) return { cannot: "the guest names no machine, so where its memory would lie is not known" };
  if (placement.layout?.refusal) return { cannot: `${machine.title} does not start: ${placement.layout.refusal.message}` };
  const { guest } = plan;
  return {
    name: guest.guest,
    arch: architectureOf(plan) ?? machine.arch,
    version: /-(\d+(\.\d+)*)/.exec(machine.name)?.[1],
    ramSize: ramSizeOf(guest),
    maxMemory: guest.maxMemory,
    slots: guest.memorySlots ?? 0,
    addressBits: guest.physicalAddressBits,
    highBars: barDemandOf(plan),
    hasVirtioIommu: guest.iommu?.type === "virtio-iommu",
    regions: declaredRegions(plan),
    devices: bootDevicesByHost(plan),
  };
}

/** Where an MSI region and another one overlap, the addresses are the MSI region's: QEMU takes the last word, so nothing is left to it. */
export function declaredRegions(plan: GuestPlan): DeclaredRegion[] {
  const { ranges, top } = forbiddenOf(plan);
  const reachable = ranges.filter((one) => one.range.base < top.end).map((one) => ({ range: asEmitted(one.range), isMsi: one.kind === "msi" || one.kind === "software-msi" }));
  const msi = new RangeSet(reachable.filter((one) => one.isMsi).map((one) => one.range));
  const others = new RangeSet(reachable.filter((one) => !one.isMsi).map((one) => one.range)).ranges.flatMap((range) => msi.missingIn(range));
  const regions: DeclaredRegion[] = [...msi.ranges.map((range) => ({ range, type: "msi" as const })), ...others.map((range) => ({ range, type: "reserved" as const }))];
  return regions.sort((a, b) => (a.range.base < b.range.base ? -1 : a.range.base > b.range.base ? 1 : 0));
}

function bootDevicesByHost(plan: GuestPlan): Launch["devices"] {
  return plan.hosts.flatMap((host) => {
    const addresses = passedThrough(plan).flatMap((one) => (one.host === host && one.node && one.entry.when !== "hotplug" ? [one.node.address] : []));
    return addresses.length === 0 ? [] : [{ host: host.name, addresses }];
  });
}
