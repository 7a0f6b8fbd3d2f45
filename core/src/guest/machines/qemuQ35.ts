// QEMU's x86 machine `q35`: memory from 0 to the 32-bit hole, the rest from 4 GiB, or from 1 TiB where AMD's HyperTransport range would be met.
// Source: QEMU, hw/i386/pc_q35.c (pc_q35_init), pc.c (pc_memory_init, pc_pci_hole64_start); domain.md 5.2. Knows nothing of other machines.
import type { Address } from "../../address";
import { address } from "../../address";
import type { Machine, MachineLayout, MachineRegion, MachineRequest, Refusal } from "./machine";
import { bitsFor, FOUR_GIB, GIB, isAtLeast, KIB, MIB, region, upToGib, upward, window } from "./machine";

/** From this size on the memory below 4 GiB ends at 2 GiB, so that what is above begins at a round address. */
const LARGE = 0xb000_0000n;
const LARGE_LOW_END = 0x8000_0000n;
const ABOVE_1_TIB = address<"ipa">(1n << 40n);
const HYPERTRANSPORT = 0xfd_0000_0000n;
const HYPERTRANSPORT_SIZE = 0x3_0000_0000n;
const HOLE64_SIZE = 32n * GIB;

const CHIPSET: readonly MachineRegion[] = [
  region("I/O APIC", "interrupt-controller", 0xfec0_0000n, 4n * KIB),
  region("HPET", "registers", 0xfed0_0000n, 1n * KIB),
  region("root complex registers", "registers", 0xfed1_c000n, 16n * KIB),
  region("TPM", "registers", 0xfed4_0000n, 20n * KIB),
  region("local APIC", "doorbell", 0xfee0_0000n, 1n * MIB),
  region("flash", "flash", 0xffc0_0000n, 4n * MIB),
];

/** @param version undefined: the newest that is known */
export function qemuQ35(version: readonly number[] | undefined): Machine {
  const isRelocating = isAtLeast(version, [7, 1]);
  return {
    name: version ? `qemu-q35-${version.join(".")}` : "qemu-q35",
    title: version ? `QEMU q35 ${version.join(".")}` : "QEMU q35",
    arch: "x86_64",
    ramBase: address(0n),
    cannot: "its memory is laid out around the 32-bit PCI hole and nothing else",
    ignoresHyperTransport: !isRelocating,
    fixedRegions: (request) => fixedRegions(isRelocating, request),
    layout: (request, ramEnd) => layout(isRelocating, request, ramEnd),
  };
}

function lowEnd({ ramSize }: MachineRequest): bigint {
  return ramSize >= LARGE ? LARGE_LOW_END : LARGE;
}

/** The hole below 4 GiB belongs to PCI and the chipset; ECAM lies inside it. */
function fixedRegions(isRelocating: boolean, request: MachineRequest): readonly MachineRegion[] {
  const low = lowEnd(request);
  const high = highStart(isRelocating, request);
  const relocated = high > FOUR_GIB ? [region("hole below 1 TiB", "hole", FOUR_GIB, high - FOUR_GIB)] : [];
  return upward([
    window("32-bit PCI hole", "mem32", low, 0xfec0_0000n - low),
    region("ECAM", "config", 0xb000_0000n, 256n * MIB),
    region("chipset hole", "hole", 0xfec0_0000n, FOUR_GIB - 0xfec0_0000n),
    ...CHIPSET,
    ...relocated,
  ]);
}

/** Where memory above the hole begins. With an AMD processor it moves to 1 TiB when anything of the machine would reach the HyperTransport range. */
function highStart(isRelocating: boolean, request: MachineRequest): Address<"ipa"> {
  if (!isRelocating || request.processor !== "amd") return FOUR_GIB;
  const low = lowEnd(request);
  const highEnd = address<"ipa">(FOUR_GIB + (request.ramSize > low ? request.ramSize - low : 0n));
  return hole64Start(request, highEnd) + HOLE64_SIZE > HYPERTRANSPORT ? ABOVE_1_TIB : FOUR_GIB;
}

function hole64Start(request: MachineRequest, highEnd: Address<"ipa">): Address<"ipa"> {
  return upToGib(deviceMemoryOf(request, highEnd)?.range.end ?? highEnd);
}

/** Room for memory that is added: what it may grow by, and 1 GiB a slot for alignment. */
function deviceMemoryOf({ ramSize, maxMemory, slots }: MachineRequest, highEnd: Address<"ipa">): MachineRegion | undefined {
  const growth = (maxMemory ?? ramSize) - ramSize;
  return growth <= 0n ? undefined : region("device memory", "device-memory", upToGib(highEnd), growth + BigInt(slots ?? 0) * GIB);
}

function layout(isRelocating: boolean, request: MachineRequest, ramEnd: Address<"ipa">): MachineLayout {
  const high = highStart(isRelocating, request);
  const highEnd = ramEnd > high ? ramEnd : high;
  const deviceMemory = deviceMemoryOf(request, highEnd);
  const hole64 = window("64-bit PCI hole", "mem64-prefetchable", hole64Start(request, highEnd), HOLE64_SIZE);
  const isAmdWide = request.processor === "amd" && isRelocating && request.addressBits >= 40;
  const regions = [...fixedRegions(isRelocating, request), ...(deviceMemory ? [deviceMemory] : []), hole64];
  const hasHole = regions.some((one) => one.role === "hole" && one.range.end > HYPERTRANSPORT);
  if (isAmdWide && !hasHole) regions.push(region("HyperTransport range", "hole", HYPERTRANSPORT, HYPERTRANSPORT_SIZE));
  return { regions: upward(regions), dropped: [], refusal: refusalOf(request, hole64.range.end) };
}

function refusalOf({ addressBits }: MachineRequest, end: bigint): Refusal | undefined {
  const limit = (1n << BigInt(addressBits)) - 1n;
  const last = end - 1n;
  if (last <= limit) return undefined;
  return {
    kind: "beyond-address-width",
    message: `Address space limit 0x${limit.toString(16)} < 0x${last.toString(16)} phys-bits too low (${addressBits})`,
    bitsNeeded: bitsFor(end),
  };
}
