// kvmtool's layouts. Source: kvmtool, arm64/include/kvm/kvm-arch.h (before 2025 arm/include/arm-common/kvm-arch.h) and
// x86/include/kvm/kvm-arch.h; domain.md 5.3. Knows nothing of other machines.
import { address } from "../../address";
import type { Architecture, Machine, MachineRegion } from "./machine";
import { FOUR_GIB, KIB, MIB, region, upward, window } from "./machine";

const ARM64: readonly MachineRegion[] = [
  window("I/O window", "io", 0x0n, 64n * KIB),
  region("UART, RTC and stolen time", "registers", 16n * MIB, 16n * MIB),
  region("flash", "flash", 32n * MIB, 16n * MIB),
  region("virtio registers and GIC", "interrupt-controller", 48n * MIB, 0x4000_0000n - 48n * MIB),
  region("ECAM", "config", 0x4000_0000n, 256n * MIB),
  window("PCI memory window", "mem32", 0x5000_0000n, 0x3000_0000n),
];

const X86: readonly MachineRegion[] = [
  window("32-bit PCI hole", "mem32", 0xd000_0000n, FOUR_GIB - 0xd000_0000n),
  region("I/O APIC", "interrupt-controller", 0xfec0_0000n, 4n * KIB),
  region("local APIC", "doorbell", 0xfee0_0000n, 1n * MIB),
];

export function kvmtool(arch: Architecture): Machine {
  const isX86 = arch === "x86_64";
  const regions = upward(isX86 ? X86 : ARM64);
  return {
    name: `kvmtool-${arch}`,
    title: `kvmtool (${arch})`,
    arch,
    ramBase: address(isX86 ? 0n : 0x8000_0000n),
    cannot: isX86 ? "its memory is laid out around the hole below 4 GiB and nothing else" : "its memory is one bank from 0x8000_0000 without holes",
    fixedRegions: () => regions,
    layout: () => ({ regions, dropped: [], refusal: undefined }),
  };
}
