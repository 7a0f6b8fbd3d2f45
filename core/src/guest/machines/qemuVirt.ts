// QEMU's arm64 `virt` machine: fixed registers below 1 GiB, memory from there in one bank, and regions that float above the memory.
// Source: QEMU, hw/arm/virt.c (base_memmap, virt_set_memmap, virt_set_high_memmap; read: 7.2 and 11.1 in the making); domain.md 5.1.
// Knows nothing of other machines.
import type { Address } from "../../address";
import { address, alignUp } from "../../address";
import type { DroppedRegion, Machine, MachineLayout, MachineRegion, MachineRequest, Refusal } from "./machine";
import { bitsFor, GIB, isAtLeast, KIB, MIB, region, upToGib, upward, window } from "./machine";

const RAM_BASE = address<"ipa">(0x4000_0000n);
/** Below it nothing floats: the layout of machines that were made for at most 255 GiB. */
const LOWEST_FLOATING = address<"ipa">(256n * GIB);

const LOW_REGIONS: readonly MachineRegion[] = [
  region("flash", "flash", 0x0n, 0x0800_0000n),
  region("GIC distributor", "interrupt-controller", 0x0800_0000n, 64n * KIB),
  region("GIC CPU interface", "interrupt-controller", 0x0801_0000n, 64n * KIB),
  region("GICv2m frame", "doorbell", 0x0802_0000n, 4n * KIB),
  region("GIC hypervisor interface", "interrupt-controller", 0x0803_0000n, 64n * KIB),
  region("GIC virtual CPU interface", "interrupt-controller", 0x0804_0000n, 64n * KIB),
  region("ITS control page", "interrupt-controller", 0x0808_0000n, 64n * KIB),
  region("ITS doorbell page", "doorbell", 0x0809_0000n, 64n * KIB),
  region("GIC redistributors", "interrupt-controller", 0x080a_0000n, 0x00f6_0000n),
  region("UART", "registers", 0x0900_0000n, 4n * KIB),
  region("RTC", "registers", 0x0901_0000n, 4n * KIB),
  region("fw_cfg", "registers", 0x0902_0000n, 0x18n),
  region("GPIO", "registers", 0x0903_0000n, 4n * KIB),
  region("second UART", "registers", 0x0904_0000n, 4n * KIB),
  region("SMMU", "registers", 0x0905_0000n, 128n * KIB),
  region("memory hot-plug registers", "registers", 0x0907_0000n, 0x18n),
  region("ACPI event device", "registers", 0x0908_0000n, 4n),
  region("NVDIMM registers", "registers", 0x0909_0000n, 4n),
  region("stolen time", "registers", 0x090a_0000n, 64n * KIB),
  region("secure GPIO", "registers", 0x090b_0000n, 4n * KIB),
  region("virtio transports", "registers", 0x0a00_0000n, 32n * 0x200n),
  region("platform bus", "registers", 0x0c00_0000n, 32n * MIB),
  region("secure memory", "hole", 0x0e00_0000n, 16n * MIB),
  window("PCI memory window", "mem32", 0x1000_0000n, 0x2eff_0000n),
  window("PCI I/O window", "io", 0x3eff_0000n, 64n * KIB),
  region("ECAM", "config", 0x3f00_0000n, 16n * MIB),
];

const HOTPLUG_REGISTERS = region("PCI hot-plug registers", "registers", 0x090c_0000n, 0x18n);

/** What floats, lowest first; each is aligned to its own size. */
const HIGH_REGIONS = [
  { name: "high GIC redistributors", role: "interrupt-controller", size: 64n * MIB },
  { name: "high ECAM", role: "config", size: 256n * MIB },
  { name: "high PCI memory window", role: "window", size: 512n * GIB, windowType: "mem64" },
] as const;

/** @param version undefined: the newest that is known */
export function qemuVirt(version: readonly number[] | undefined): Machine {
  const low = upward(isAtLeast(version, [10, 1]) ? [...LOW_REGIONS, HOTPLUG_REGISTERS] : LOW_REGIONS);
  // virt_machine_7_1_options: no_highmem_compact.
  const isCompact = isAtLeast(version, [7, 2]);
  return {
    name: version ? `qemu-virt-${version.join(".")}` : "qemu-virt",
    title: version ? `QEMU virt ${version.join(".")}` : "QEMU virt",
    arch: "arm64",
    ramBase: RAM_BASE,
    cannot: "its memory is one bank from 0x4000_0000 without holes",
    fixedRegions: () => low,
    layout: (request, ramEnd) => layout(low, isCompact, request, ramEnd),
  };
}

function layout(low: readonly MachineRegion[], isCompact: boolean, request: MachineRequest, ramEnd: Address<"ipa">): MachineLayout {
  const regions = [...low];
  const dropped: DroppedRegion[] = [];
  const deviceMemory = deviceMemoryOf(request, ramEnd);
  if (deviceMemory) regions.push(deviceMemory);
  const memoryEnd = upToGib(deviceMemory?.range.end ?? ramEnd);
  const limit = 1n << BigInt(request.addressBits);
  let free = memoryEnd > LOWEST_FLOATING ? memoryEnd : LOWEST_FLOATING;
  for (const { name, role, size, ...rest } of HIGH_REGIONS) {
    const base = alignUp(free, size);
    const isThere = base + size <= limit;
    const one = region(name, role, base, size, "windowType" in rest ? rest.windowType : undefined);
    if (isThere) regions.push(one);
    else dropped.push({ name, range: one.range });
    if (isThere || !isCompact) free = one.range.end;
  }
  return { regions: upward(regions), dropped, refusal: refusalOf(request, memoryEnd) };
}

/** Room for memory that is added: what it may grow by, and 1 GiB a slot for alignment. */
function deviceMemoryOf({ ramSize, maxMemory, slots }: MachineRequest, ramEnd: Address<"ipa">): MachineRegion | undefined {
  const growth = (maxMemory ?? ramSize) - ramSize;
  const size = (growth > 0n ? growth : 0n) + BigInt(slots ?? 0) * GIB;
  return size === 0n ? undefined : region("device memory", "device-memory", upToGib(ramEnd), size);
}

function refusalOf({ addressBits }: MachineRequest, memoryEnd: bigint): Refusal | undefined {
  const beyond = memoryEnd - (1n << BigInt(addressBits));
  if (beyond <= 0n) return undefined;
  return { kind: "beyond-address-width", message: `Addressing limited to ${addressBits} bits, but memory exceeds it by ${beyond} bytes`, bitsNeeded: bitsFor(memoryEnd) };
}
