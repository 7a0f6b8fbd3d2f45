// Where the MSIs of a PCI host bridge's functions go, in a device tree (domain.md 3.1). Knows nothing of IOMMUs.
import { has, isCompatible, textsOf } from "./properties";
import type { TreeInbound } from "./pciWindows";
import type { IdMap } from "./references";
import { idMapOf, referencesOf } from "./references";
import type { TreeContext } from "./treeContext";
import type { TreeNode } from "./treeNode";
import { ancestorsOf } from "./treeNode";

export type TreeMsi =
  | { readonly kind: "map"; readonly map: IdMap }
  | { readonly kind: "doorbell"; readonly target: TreeNode }
  /** Taken in the root complex; the bus address, where the driver's choice is known. */
  | { readonly kind: "root-complex"; readonly bus: bigint | undefined }
  | "none"
  | "unknown";

/** A host bridge without an MSI controller of its own: what stands in `msi-map` and `msi-parent` is all there is. */
const WITHOUT_CONTROLLER = ["pci-host-ecam-generic", "pci-host-cam-generic"] as const;
const BRCMSTB = /^brcm,bcm(2711|2712|4908|7\d{3})-pcie$/;
const FOUR_GIBIBYTES = 1n << 32n;

/** The kernel's order: the map, the parent, then what the controller has itself. `doorbells` are the known ones. */
export function msiOf(
  node: TreeNode,
  inbound: readonly TreeInbound[],
  doorbells: ReadonlySet<TreeNode>,
  context: TreeContext,
): TreeMsi {
  const map = idMapOf(node, "msi-map", context);
  if (map && map.entries.length > 0) {
    const known = map.entries.filter(({ target }) => doorbells.has(target));
    return known.length === map.entries.length
      ? { kind: "map", map }
      : notADoorbell(node, map.entries[0]?.target, inbound, context);
  }
  const [parent] = referencesOf(node, "msi-parent", "#msi-cells", context);
  if (!parent) return ownController(node, inbound);
  return doorbells.has(parent.target)
    ? { kind: "doorbell", target: parent.target }
    : notADoorbell(node, parent.target, inbound, context);
}

function notADoorbell(
  node: TreeNode,
  target: TreeNode | undefined,
  inbound: readonly TreeInbound[],
  context: TreeContext,
): TreeMsi {
  if (target && (target === node || [...ancestorsOf(target)].includes(node))) return inRootComplex(node, inbound);
  context.note(node, `its MSIs go to ${target?.path ?? "nowhere"}, which is no doorbell that is known`);
  return "unknown";
}

/** Synopsys' controllers have registers called `dbi`; others say so by their interrupts. */
function ownController(node: TreeNode, inbound: readonly TreeInbound[]): TreeMsi {
  const names = [...textsOf(node, "reg-names"), ...textsOf(node, "interrupt-names")];
  if (has(node, "msi-controller") || names.some((name) => name === "dbi" || /^msi/.test(name)))
    return inRootComplex(node, inbound);
  return isCompatible(node, ...WITHOUT_CONTROLLER) ? "none" : "unknown";
}

/**
 * Broadcom's driver takes the last word below 4 GiB where DMA cannot reach it, else the last one below 64 GiB; the
 * window for DMA is rounded up to a power of two. Others choose at run time.
 */
function inRootComplex(node: TreeNode, inbound: readonly TreeInbound[]): TreeMsi {
  if (!textsOf(node, "compatible").some((text) => BRCMSTB.test(text))) return { kind: "root-complex", bus: undefined };
  const memory = inbound.find(({ cpu }) => cpu === 0n) ?? inbound[0];
  const low =
    memory === undefined || memory.bus >= FOUR_GIBIBYTES || memory.bus + powerOfTwoFrom(memory.size) < FOUR_GIBIBYTES;
  return { kind: "root-complex", bus: low ? 0xffff_fffcn : 0xf_ffff_fffcn };
}

function powerOfTwoFrom(size: bigint): bigint {
  return 1n << BigInt((size - 1n).toString(2).length);
}
