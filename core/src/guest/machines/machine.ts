// What a known virtual machine is: which guest physical addresses it takes for itself, where its memory begins, and what it says when something does not
// fit. Knows no single machine.
import type { Address, AddressRange } from "../../address";
import { address, alignUp } from "../../address";
import type { Guest, GuestWindow } from "../../guest";

export type Architecture = NonNullable<Guest["arch"]>;

/** `hole`: the machine leaves it empty. `doorbell`: writes there raise interrupts of the guest. `device-memory`: memory that is added later goes there. */
export type MachineRole = "flash" | "registers" | "interrupt-controller" | "doorbell" | "config" | "window" | "device-memory" | "hole";

/** A range that the machine takes. */
export interface MachineRegion {
  readonly name: string;
  readonly range: AddressRange<"ipa">;
  readonly role: MachineRole;
  /** For a window: what it carries. */
  readonly windowType?: GuestWindow["type"];
}

/** What a machine is asked to hold. Sizes are in bytes. */
export interface MachineRequest {
  /** Memory at boot. */
  readonly ramSize: bigint;
  /** Most memory in its life; absent: what it has at boot. */
  readonly maxMemory?: bigint;
  /** How many memory modules can be added. */
  readonly slots?: number;
  readonly addressBits: number;
  readonly processor?: Guest["processor"];
}

/** A region that the machine leaves out because it does not fit. */
export interface DroppedRegion {
  readonly name: string;
  /** Where it would lie. */
  readonly range: AddressRange<"ipa">;
}

export interface MachineLayout {
  /** Upward. */
  readonly regions: readonly MachineRegion[];
  readonly dropped: readonly DroppedRegion[];
  /** Why the machine does not start like this, in its own words; undefined when it does. */
  readonly refusal: Refusal | undefined;
}

export interface Refusal {
  readonly kind: "beyond-address-width" | "memory-too-large";
  /** As the machine prints it. */
  readonly message: string;
  /** The least width in bits with which it would start; undefined where no width helps. */
  readonly bitsNeeded?: number;
}

export interface Machine {
  /** `qemu-virt-10.1`: family and version; the architecture where the family has several. */
  readonly name: string;
  /** For messages: "QEMU virt 10.1". */
  readonly title: string;
  readonly arch: Architecture;
  /** First byte of its memory. */
  readonly ramBase: Address<"ipa">;
  /** What it cannot express: a clause. All known machines lay their memory out themselves. */
  readonly cannot: string;
  /** The regions around which memory lies, whatever its end. Upward. */
  fixedRegions(request: MachineRequest): readonly MachineRegion[];
  /**
   * All regions, with those that float above the memory.
   * @param ramEnd the first byte after the memory at boot, as it is laid out
   */
  layout(request: MachineRequest, ramEnd: Address<"ipa">): MachineLayout;
  /** True for a processor and version for which the machine puts memory at AMD's HyperTransport range. */
  readonly ignoresHyperTransport?: boolean;
}

export const KIB = 1n << 10n;
export const MIB = 1n << 20n;
export const GIB = 1n << 30n;
export const FOUR_GIB: Address<"ipa"> = address(1n << 32n);

/** A region by its first byte and its size. */
export function region(name: string, role: MachineRole, base: bigint, size: bigint, windowType?: GuestWindow["type"]): MachineRegion {
  const range = { base: address<"ipa">(base), end: address<"ipa">(base + size) };
  return windowType === undefined ? { name, role, range } : { name, role, range, windowType };
}

/** A window of the machine's PCI host bridge. */
export function window(name: string, type: GuestWindow["type"], base: bigint, size: bigint): MachineRegion {
  return region(name, "window", base, size, type);
}

export function upToGib(value: bigint): Address<"ipa"> {
  return alignUp(address<"ipa">(value), GIB);
}

/** Sorted upward. Windows hold what is inside them, so the longer comes first. */
export function upward(regions: readonly MachineRegion[]): MachineRegion[] {
  return [...regions].sort((a, b) => (a.range.base < b.range.base ? -1 : a.range.base > b.range.base ? 1 : a.range.end > b.range.end ? -1 : a.range.end < b.range.end ? 1 : 0));
}

/** The least number of bits that reach an end. */
export function bitsFor(end: bigint): number {
  return end <= 1n ? 1 : (end - 1n).toString(2).length;
}

/** True when version `a` is `b` or later; versions are compared number by number. A version that is not given is the newest. */
export function isAtLeast(a: readonly number[] | undefined, b: readonly number[]): boolean {
  if (a === undefined) return true;
  for (let i = 0; i < Math.max(a.length, b.length); i++) if ((a[i] ?? 0) !== (b[i] ?? 0)) return (a[i] ?? 0) > (b[i] ?? 0);
  return true;
}
