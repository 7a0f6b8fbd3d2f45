// QEMU's arguments for a guest that lies as it is placed. Sources: QEMU, hw/arm/virt.c and hw/i386/pc.c (properties), hw/virtio/virtio-iommu-pci.c;
// domain.md 4.5 and 5.1. What 7.2 does was seen by starting it. Knows nothing of how places are found.
import { printPlainAddress } from "../../print";
import type { GuestPlan } from "../guestPlan";
import { isAtLeast } from "../machines/machine";
import type { DeclaredRegion, Emitted, Launch } from "./launch";
import { launchOf } from "./launch";

const GIB = 1n << 30n;
/** The high PCI window of `virt` unless more is asked for. */
const USUAL_HIGH_WINDOW = 512n * GIB;

/** A command line to be completed with disks and networks; comments say what QEMU cannot be told. */
export function emitQemu(plan: GuestPlan): Emitted {
  const launch = launchOf(plan, ["qemu-"]);
  if ("cannot" in launch) return launch;
  const size = highWindowOf(launch);
  if (typeof size !== "bigint") return size;
  const lines = [...commentsOf(launch, plan), [program(launch), ...argumentsOf(launch, size)].join(" \\\n  ")];
  return { text: lines.join("\n") + "\n" };
}

/** The arguments, one an option with its value. */
function argumentsOf(launch: Launch, highWindow: bigint): string[] {
  const { arch, version, ramSize, maxMemory, slots, addressBits } = launch;
  const type = `${arch === "arm64" ? "virt" : "pc-q35"}${version === undefined ? "" : `-${version}`}`;
  const window = highWindow > USUAL_HIGH_WINDOW ? `,highmem-mmio-size=${highWindow / GIB}G` : "";
  const growth = maxMemory === undefined || maxMemory <= ramSize ? "" : `,slots=${Math.max(slots, 1)},maxmem=${mebibytes(maxMemory)}`;
  return [
    `-machine ${version === undefined && arch === "x86_64" ? "q35" : type}${window}`,
    ...(arch === "x86_64" && addressBits !== undefined ? [`-cpu max,phys-bits=${addressBits}`] : []),
    `-m size=${mebibytes(ramSize)}${growth}`,
    ...(launch.hasVirtioIommu ? ["-device virtio-iommu-pci"] : []),
  ];
}

function commentsOf(launch: Launch, { hosts }: GuestPlan): string[] {
  const regions = launch.hasVirtioIommu && launch.regions.length > 0 ? regionComments(launch) : [];
  return [
    `# ${launch.name}, placed for ${hosts.length === 0 ? "no host" : hosts.map((host) => host.name).join(", ")}`,
    ...launch.devices.flatMap(({ host, addresses }) => addresses.map((address) => `# on ${host}: -device vfio-pci,host=${address}`)),
    ...regions,
  ];
}

/** Both boards declare their own doorbell when the IOMMU is plugged, and an array property can be set once: with a list of the user's QEMU ends. */
function regionComments({ regions, version }: Launch): string[] {
  return [
    "# the machine declares its own doorbell to virtio-iommu and takes no list beside it; where a machine declares none, this one holds on every host:",
    `# ${reservedRegionsDevice(regions, version)}`,
  ];
}

/** The device with its list; from 8.2 on array properties are written as JSON. */
export function reservedRegionsDevice(regions: readonly DeclaredRegion[], version: string | undefined): string {
  const texts = regions.map(({ range, type }) => `${printPlainAddress(range.base)}:${printPlainAddress(range.end - 1n)}:${type === "msi" ? 1 : 0}`);
  if (isAtLeast(version?.split(".").map(Number), [8, 2])) return `-device '${JSON.stringify({ driver: "virtio-iommu-pci", "reserved-regions": texts })}'`;
  return `-device '${["virtio-iommu-pci", `len-reserved-regions=${texts.length}`, ...texts.map((text, index) => `reserved-regions[${index}]=${text}`)].join(",")}'`;
}

/** A power of two, since 10.0; before, the window has its usual size. */
function highWindowOf({ arch, highBars, version }: Launch): bigint | { readonly cannot: string } {
  if (arch !== "arm64" || highBars <= USUAL_HIGH_WINDOW) return USUAL_HIGH_WINDOW;
  if (!isAtLeast(version?.split(".").map(Number), [10, 0])) return { cannot: `its 64-bit BARs need more than the 512 GiB that virt ${version} has for them` };
  return 1n << BigInt((highBars - 1n).toString(2).length);
}

function program({ arch }: Launch): string {
  return arch === "arm64" ? "qemu-system-aarch64" : "qemu-system-x86_64";
}

function mebibytes(bytes: bigint): string {
  return bytes % (1n << 20n) === 0n ? `${bytes >> 20n}M` : `${bytes}B`;
}
