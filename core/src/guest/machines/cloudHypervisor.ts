// cloud-hypervisor's layouts. Source: cloud-hypervisor, arch/src/{aarch64,x86_64,riscv64}/layout.rs, and for what is above the memory
// vmm/src/memory_manager.rs (start_addr); domain.md 5.3. Knows nothing of other machines.
import type { Address } from "../../address";
import { address, alignUp } from "../../address";
import type { Architecture, Machine, MachineRegion, MachineRequest } from "./machine";
import { FOUR_GIB, GIB, KIB, MIB, region, upward, window } from "./machine";

const ARM64: readonly MachineRegion[] = [
  region("UEFI", "flash", 0x0n, 4n * MIB),
  // The distributor is at its end; redistributors, 128 KiB a processor, and the ITS below them go down from there, or up from 16 MiB with an
  // emulated SMMUv3, whose MSI window is at 128 MiB.
  region("GIC", "interrupt-controller", 0x0040_0000n, 0x0900_0000n - 0x0040_0000n),
  region("serial", "registers", 0x0900_0000n, 4n * KIB),
  region("RTC", "registers", 0x0901_0000n, 4n * KIB),
  region("GPIO", "registers", 0x0902_0000n, 4n * KIB),
  window("PCI I/O window", "io", 0x0905_0000n, 64n * KIB),
  window("32-bit PCI window", "mem32", 0x1000_0000n, 512n * MIB),
  region("ECAM", "config", 0x3000_0000n, 256n * MIB),
  region("hole below 4 GiB", "hole", 0xfc00_0000n, 64n * MIB),
  region("TPM", "registers", 0xfed4_0000n, 4n * KIB),
];

const X86: readonly MachineRegion[] = [
  window("32-bit PCI window", "mem32", 0xc000_0000n, 640n * MIB),
  region("ECAM", "config", 0xe800_0000n, 256n * MIB),
  region("hole below 4 GiB", "hole", 0xf800_0000n, FOUR_GIB - 0xf800_0000n),
  region("I/O APIC", "interrupt-controller", 0xfec0_0000n, 4n * KIB),
  region("local APIC", "doorbell", 0xfee0_0000n, 1n * MIB),
];

const RISCV64: readonly MachineRegion[] = [
  region("UEFI", "flash", 0x0n, 4n * MIB),
  region("APLIC", "interrupt-controller", 0x0040_0000n, 0x8000n),
  region("IMSIC", "doorbell", 0x0400_0000n, 64n * MIB),
  region("serial", "registers", 0x0800_0000n, 4n * KIB),
  window("PCI I/O window", "io", 0x0905_0000n, 64n * KIB),
  window("32-bit PCI window", "mem32", 0x1000_0000n, 512n * MIB),
  region("ECAM", "config", 0x3000_0000n, 256n * MIB),
];

/** The lowest base of the high PCI window: that of x86 begins behind the hole. */
const LOWEST_HIGH_WINDOW: Readonly<Record<"x86_64" | "others", Address<"ipa">>> = { x86_64: FOUR_GIB, others: address(8n * GIB) };

export function cloudHypervisor(arch: Architecture): Machine {
  const isX86 = arch === "x86_64";
  const low = upward(isX86 ? X86 : arch === "riscv64" ? RISCV64 : ARM64);
  return {
    name: `cloud-hypervisor-${arch}`,
    title: `cloud-hypervisor (${arch})`,
    arch,
    ramBase: address(isX86 ? 0n : 0x4000_0000n),
    cannot: isX86 ? "its memory is laid out around the hole from 3 GiB to 4 GiB and nothing else" : "its memory is laid out around its own hole below 4 GiB and nothing else",
    fixedRegions: () => low,
    layout: (request, ramEnd) => ({
      regions: upward([...low, ...aboveMemory(request, ramEnd, LOWEST_HIGH_WINDOW[isX86 ? "x86_64" : "others"])]),
      dropped: [],
      refusal: undefined,
    }),
  };
}

/** Room for memory that is added, from a multiple of 128 MiB on; then one window with all that is left. */
function aboveMemory({ ramSize, maxMemory, addressBits }: MachineRequest, ramEnd: Address<"ipa">, lowest: Address<"ipa">): MachineRegion[] {
  const growth = (maxMemory ?? ramSize) - ramSize;
  const room = growth > 0n ? [region("device memory", "device-memory", firstAbove(alignUp(ramEnd, 128n * MIB)), growth)] : [];
  const after = room[0]?.range.end ?? ramEnd;
  const base = after > lowest ? after : lowest;
  const end = 1n << BigInt(addressBits);
  return [...room, ...(base < end ? [window("64-bit PCI window", "mem64", base, end - base)] : [])];
}

/** Memory that ends below the hole is followed by what begins behind it. */
function firstAbove(ramEnd: Address<"ipa">): Address<"ipa"> {
  return ramEnd > FOUR_GIB ? ramEnd : FOUR_GIB;
}
