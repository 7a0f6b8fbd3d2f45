// crosvm's layouts. Source: crosvm, aarch64/src/lib.rs (get_system_allocator_config) and x86_64/src/lib.rs; domain.md 5.3.
// Knows nothing of other machines.
import { address } from "../../address";
import type { Address } from "../../address";
import type { Architecture, Machine, MachineRegion, MachineRequest } from "./machine";
import { FOUR_GIB, KIB, MIB, region, upToGib, upward, window } from "./machine";

const ARM64: readonly MachineRegion[] = [
  region("RTC", "registers", 0x2000n, 4n * KIB),
  region("watchdog", "registers", 0x3000n, 4n * KIB),
  region("configuration space", "config", 0x1_0000n, 16n * MIB),
  region("processor frequency", "registers", 0x0104_0000n, 64n * KIB),
  window("PCI memory window", "mem32", 0x0200_0000n, 32n * MIB),
  region("GIC CPU interface", "interrupt-controller", 0x3ffd_0000n, 128n * KIB),
  region("GIC distributor", "interrupt-controller", 0x3fff_0000n, 64n * KIB),
  region("ITS control page", "interrupt-controller", 0x4000_0000n, 64n * KIB),
  region("ITS doorbell page", "doorbell", 0x4001_0000n, 64n * KIB),
  region("firmware of protected machines", "flash", 0x7fc0_0000n, 4n * MIB),
];

const X86: readonly MachineRegion[] = [
  window("32-bit PCI window", "mem32", 0xd000_0000n, 576n * MIB),
  region("ECAM", "config", 0xf400_0000n, 64n * MIB),
  region("hole below 4 GiB", "hole", 0xf800_0000n, FOUR_GIB - 0xf800_0000n),
  region("I/O APIC", "interrupt-controller", 0xfec0_0000n, 4n * KIB),
  region("local APIC", "doorbell", 0xfee0_0000n, 1n * MIB),
];

/** AARCH64_PLATFORM_MMIO_SIZE. */
const PLATFORM_SIZE = 8n * MIB;

export function crosvm(arch: Architecture): Machine {
  const isX86 = arch === "x86_64";
  const low = upward(isX86 ? X86 : ARM64);
  return {
    name: `crosvm-${arch}`,
    title: `crosvm (${arch})`,
    arch,
    ramBase: address(isX86 ? 0n : 0x8000_0000n),
    cannot: isX86 ? "its memory is laid out around the hole below 4 GiB and nothing else" : "its memory is one bank from 0x8000_0000 without holes",
    fixedRegions: () => low,
    layout: (request, ramEnd) => ({ regions: upward([...low, ...highRegions(isX86, request, ramEnd)]), dropped: [], refusal: undefined }),
  };
}

/** On arm64 room for platform devices follows the memory at once; the PCI window takes the rest. */
function highRegions(isX86: boolean, { addressBits }: MachineRequest, ramEnd: Address<"ipa">): MachineRegion[] {
  const end = 1n << BigInt(addressBits);
  const after = isX86 && ramEnd < FOUR_GIB ? FOUR_GIB : upToGib(ramEnd);
  const platform = isX86 ? [] : [region("platform devices", "registers", ramEnd, PLATFORM_SIZE)];
  const base = isX86 ? after : ramEnd + PLATFORM_SIZE;
  return [...platform, ...(base < end ? [window("64-bit PCI window", "mem64", base, end - base)] : [])];
}
