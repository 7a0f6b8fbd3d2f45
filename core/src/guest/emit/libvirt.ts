// The parts of a libvirt domain that say where a guest lies. Source: libvirt's domain XML (memory, maxMemory, maxphysaddr, pcihole64, hostdev, iommu);
// domain.md 6. libvirt has no element for reserved regions. Knows nothing of how places are found.
import type { GuestPlan } from "../guestPlan";
import type { Emitted, Launch } from "./launch";
import { launchOf } from "./launch";

const ARCHITECTURES: Readonly<Partial<Record<Launch["arch"], string>>> = { arm64: "aarch64", x86_64: "x86_64" };

/** A `<domain>` to be completed with disks and networks. Devices differ from host to host: a comment says where each belongs. */
export function emitLibvirt(plan: GuestPlan): Emitted {
  const launch = launchOf(plan, ["qemu-"]);
  if ("cannot" in launch) return launch;
  const { name, arch, version, ramSize, maxMemory, slots, addressBits, hasVirtioIommu, devices } = launch;
  const machine = `${arch === "arm64" ? "virt" : "pc-q35"}${version === undefined ? "" : `-${version}`}`;
  const lines = [
    `<domain type="kvm">`,
    `  <name>${escaped(name)}</name>`,
    ...(maxMemory === undefined || maxMemory <= ramSize ? [] : [`  <maxMemory slots="${Math.max(slots, 1)}" unit="bytes">${maxMemory}</maxMemory>`]),
    `  <memory unit="bytes">${ramSize}</memory>`,
    `  <os>`,
    `    <type arch="${ARCHITECTURES[arch] ?? arch}" machine="${machine}">hvm</type>`,
    `  </os>`,
    ...(addressBits === undefined || arch !== "x86_64" ? [] : [`  <cpu mode="host-passthrough">`, `    <maxphysaddr mode="emulate" bits="${addressBits}"/>`, `  </cpu>`]),
    `  <devices>`,
    ...(hasVirtioIommu ? [`    <iommu model="virtio"/>`] : []),
    ...devices.flatMap(({ host, addresses }) => [`    <!-- on ${escaped(host).replace(/-(?=-)/g, "- ")} -->`, ...addresses.flatMap(hostDevice)]),
    `  </devices>`,
    `</domain>`,
  ];
  return { text: lines.join("\n") + "\n" };
}

/** @param address `0000:01:00.0` */
function hostDevice(address: string): string[] {
  const [domain, bus, slot, fn] = address.split(/[:.]/);
  return [
    `    <hostdev mode="subsystem" type="pci" managed="yes">`,
    `      <source>`,
    `        <address domain="0x${domain}" bus="0x${bus}" slot="0x${slot}" function="0x${fn}"/>`,
    `      </source>`,
    `    </hostdev>`,
  ];
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
