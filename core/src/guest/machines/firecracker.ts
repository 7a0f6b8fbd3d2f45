// Firecracker's layouts. Source: firecracker, src/vmm/src/arch/{aarch64,x86_64}/layout.rs and mod.rs (arch_memory_regions); domain.md 5.3.
// Knows nothing of other machines.
import { address } from "../../address";
import type { Architecture, Machine, MachineRegion, MachineRequest, Refusal } from "./machine";
import { GIB, KIB, MIB, region, upward, window } from "./machine";

const HIGH_WINDOW = window("64-bit PCI window", "mem64", 256n * GIB, 256n * GIB);

const ARM64: readonly MachineRegion[] = [
  region("interrupt controller and registers", "interrupt-controller", 0x0n, 0x4000_0000n),
  // A page each, in front of the window: boot device, RTC, serial.
  region("registers", "registers", 0x4000_0000n, 12n * KIB),
  window("32-bit window", "mem32", 0x4000_3000n, 0x2fff_d000n),
  region("ECAM", "config", 0x7000_0000n, 256n * MIB),
  HIGH_WINDOW,
];

const X86: readonly MachineRegion[] = [
  window("32-bit window", "mem32", 0xc000_0000n, 0x2ec0_0000n),
  region("ECAM", "config", 0xeec0_0000n, 256n * MIB),
  region("hole below 4 GiB", "hole", 0xfec0_0000n, 0x0140_0000n),
  region("I/O APIC", "interrupt-controller", 0xfec0_0000n, 4n * KIB),
  region("local APIC", "doorbell", 0xfee0_0000n, 1n * MIB),
  HIGH_WINDOW,
];

const MOST_ARM64 = 1022n * GIB;

export function firecracker(arch: Architecture): Machine {
  const isX86 = arch === "x86_64";
  const regions = upward(isX86 ? X86 : ARM64);
  return {
    name: `firecracker-${arch}`,
    title: `Firecracker (${arch})`,
    arch,
    ramBase: address(isX86 ? 0n : 0x8000_0000n),
    cannot: "its memory is laid out around its own windows and nothing else",
    fixedRegions: () => regions,
    layout: (request) => ({ regions, dropped: [], refusal: isX86 ? undefined : refusalOf(request) }),
  };
}

/** It starts all the same, with a warning and without the rest. */
function refusalOf({ ramSize }: MachineRequest): Refusal | undefined {
  if (ramSize <= MOST_ARM64) return undefined;
  return { kind: "memory-too-large", message: `Requested memory size ${ramSize} exceeds architectural maximum (${MOST_ARM64 / GIB}GiB). Size has been truncated to ${MOST_ARM64}` };
}
