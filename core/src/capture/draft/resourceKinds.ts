// What the kernel's resource names stand for. Knows nothing of where the resources lie.

export type ResourceKind = "memory" | "cxl" | "ecam" | "bus" | "function" | "iommu" | "device" | "reserved" | "kernel";

/** In the order of precedence: where one range has several names, the first kind that one of them has. */
const KINDS: readonly (readonly [kind: ResourceKind, names: RegExp])[] = [
  ["memory", /^(System RAM|Persistent Memory|Soft Reserved|dax\d)/i],
  ["cxl", /^CXL Window/],
  ["ecam", /^PCI (ECAM|MMCONFIG)/],
  ["bus", /^PCI Bus [0-9a-f]{4,8}:[0-9a-f]{2}$/],
  ["function", /^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/],
  ["iommu", /^(?!.*pmcg)(dmar\d+|amd_iommu|arm-smmu.*|[0-9a-f]+\.(smmu|iommu).*)$/],
  ["kernel", /^(Kernel (code|data|rodata|bss)|Crash kernel|RAM buffer|APEI |PCI (Bus|CardBus) #)/],
];
/** Names of firmware's ranges; `pnp` are motherboard resources that no driver owns. Everything else is a device. */
const RESERVED = new RegExp(
  "^(reserved|unusable memory|unknown e820 type|ACPI (tables|Non-volatile Storage)|Video RAM area|Graphics Stolen Memory|" +
    "(Video|System|Adapter|Option|Extension) ROM|pnp [0-9a-f]{2}:[0-9a-f]{2})",
  "i",
);
/** The kind of a range, and the name that tells it. `nodeNames` are device tree nodes that are host bridges. */
export function bestKind(
  labels: readonly string[],
  nodeNames: ReadonlySet<string>,
): { kind: ResourceKind; label: string } {
  for (const [kind, names] of KINDS) {
    const label = labels.find((one) => names.test(one) || (kind === "bus" && nodeNames.has(one)));
    if (label !== undefined) return { kind, label };
  }
  const device = labels.find((label) => !RESERVED.test(label));
  return device === undefined ? { kind: "reserved", label: labels[0] ?? "" } : { kind: "device", label: device };
}

/** Segment and bus of `PCI Bus 0000:40`. */
export function rootBusOf(label: string): { segment: number; bus: number } | undefined {
  const parts = /^PCI Bus ([0-9a-f]{4,8}):([0-9a-f]{2})$/.exec(label);
  return parts ? { segment: parseInt(parts[1] ?? "", 16), bus: parseInt(parts[2] ?? "", 16) } : undefined;
}

/** Segment and buses of `PCI ECAM 0000 [bus 00-ff]`; nothing for a bare `PCI ECAM`. */
export function ecamOf(label: string): { segment: number; firstBus: number; lastBus: number } | undefined {
  const parts = /^PCI (?:ECAM|MMCONFIG) ([0-9a-f]{4,8}) \[bus ([0-9a-f]{2})-([0-9a-f]{2})\]/.exec(label);
  if (!parts) return undefined;
  return {
    segment: parseInt(parts[1] ?? "", 16),
    firstBus: parseInt(parts[2] ?? "", 16),
    lastBus: parseInt(parts[3] ?? "", 16),
  };
}
