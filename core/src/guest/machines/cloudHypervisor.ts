// cloud-hypervisor's layouts. Source: cloud-hypervisor, arch/src/{aarch64,x86_64}/layout.rs; domain.md 5.3. Knows nothing of other machines.
import type { Address } from "../../address";
import { address } from "../../address";
import type { Architecture, Machine, MachineRegion, MachineRequest } from "./machine";
import { FOUR_GIB, GIB, KIB, MIB, region, upToGib, upward, window } from "./machine";

const ARM64: readonly MachineRegion[] = [
  region("UEFI", "flash", 0x0n, 4n * MIB),
  // The distributor is at its end; redistributors, 128 KiB a processor, and the ITS below them go down from there.
  region("GIC", "interrupt-controller", 0x0040_0000n, 0x0900_0000n - 0x0040_0000n),
  region("serial", "registers", 0x0900_0000n, 4n * KIB),
  region("RTC", "registers", 0x0901_0000n, 4n * KIB),
  region("GPIO", "registers", 0x0902_0000n, 4n * KIB),
  window("PCI I/O window", "io", 0x0905_0000n, 64n * KIB),
  window("32-bit PCI window", "mem32", 0x1000_0000n, 512n * MIB),
  region("ECAM", "config", 0x3000_0000n, 256n * MIB),
  region("hole below 4 GiB", "hole", 0xfc00_0000n, 64n * MIB),
  region("TPM", "registers", 0xfed4_0000n, 20n * KIB),
];

const X86: readonly MachineRegion[] = [
  window("32-bit PCI window", "mem32", 0xc000_0000n, 640n * MIB),
  region("ECAM", "config", 0xe800_0000n, 256n * MIB),
  region("hole below 4 GiB", "hole", 0xf800_0000n, FOUR_GIB - 0xf800_0000n),
  region("I/O APIC", "interrupt-controller", 0xfec0_0000n, 4n * KIB),
  region("local APIC", "doorbell", 0xfee0_0000n, 1n * MIB),
];

const RISCV64: readonly MachineRegion[] = [
  region("APLIC", "interrupt-controller", 0x0040_0000n, 0x8000n),
  region("IMSIC", "doorbell", 0x0400_0000n, 64n * MIB),
  window("32-bit PCI window", "mem32", 0x1000_0000n, 512n * MIB),
  region("ECAM", "config", 0x3000_0000n, 256n * MIB),
];

/** The high PCI window of arm64 begins no lower. */
const LOWEST_HIGH_WINDOW = 8n * GIB;

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
    layout: (request, ramEnd) => ({ regions: upward([...low, ...highWindow(request, ramEnd)]), dropped: [], refusal: undefined }),
  };
}

/** All that is left above the memory. */
function highWindow({ addressBits }: MachineRequest, ramEnd: Address<"ipa">): MachineRegion[] {
  const end = 1n << BigInt(addressBits);
  const after = upToGib(ramEnd);
  const base = after > LOWEST_HIGH_WINDOW ? after : LOWEST_HIGH_WINDOW;
  return base < end ? [window("64-bit PCI window", "mem64", base, end - base)] : [];
}
