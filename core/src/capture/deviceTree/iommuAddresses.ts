// `iommu-addresses` of reserved memory: I/O virtual addresses that a device's IOMMU must keep free or map one to one
// (domain.md 1.4, 2.7b). Knows nothing of drafts.
import type { CapturedRange } from "../reading";
import { same } from "../reading";
import { busCells, rangeFrom } from "./cells";
import { cellsOf, numberOf } from "./properties";
import { reachableRegisters } from "./translate";
import type { TreeContext } from "./treeContext";
import type { TreeNode } from "./treeNode";

export interface TreeReservedRegion extends CapturedRange {
  /** The kernel's word. */
  readonly type: "direct" | "reserved";
  /** Whose DMA it is about. */
  readonly device: TreeNode;
  readonly reservation: TreeNode;
}

/** A hundred times what real trees have. */
const REGIONS_LIMIT = 1024;

/**
 * The regions of all reservations that a device names in `memory-region`, as the kernel reads them: the cells are those
 * of the device's parent, one to one where `reg` is the same range, else reserved.
 */
export function reservedRegionsOf(context: TreeContext): TreeReservedRegion[] {
  const parent = context.tree.root.children.find((node) => node.name === "reserved-memory");
  const found: TreeReservedRegion[] = [];
  const references = new BackReferences(context);
  for (const reservation of parent?.children ?? []) {
    for (const region of regionsOf(reservation, references, context)) {
      if (found.length < REGIONS_LIMIT) found.push(region);
      else context.note(reservation, `more than ${REGIONS_LIMIT} regions of iommu-addresses: it is left out`);
    }
  }
  return found;
}

function regionsOf(reservation: TreeNode, references: BackReferences, context: TreeContext): TreeReservedRegion[] {
  const cells = cellsOf(reservation, "iommu-addresses") ?? [];
  const own = reachableRegisters(reservation);
  const found: TreeReservedRegion[] = [];
  for (let at = 0; at < cells.length;) {
    const device = context.node(cells[at]);
    const bus = device?.parent && busCells(device.parent);
    if (!device || !bus) {
      context.note(reservation, `iommu-addresses names phandle ${cells[at]}, which no device has`);
      return found;
    }
    const next = at + 1 + bus.address + bus.size;
    if (next > cells.length) {
      const has = cells.length - at - 1;
      context.note(
        reservation,
        `iommu-addresses has ${has} cells for ${device.path}, whose bus takes ${bus.address} + ${bus.size}: ` +
          "the kernel reads past the property",
      );
      return found;
    }
    const range = rangeFrom(
      addressOf(cells.slice(at + 1, at + 1 + bus.address)),
      numberOf(cells.slice(at + 1 + bus.address, next)),
    );
    at = next;
    if (!range) context.note(reservation, `iommu-addresses has an impossible range for ${device.path}`);
    else if (!references.has(device, reservation))
      context.note(
        reservation,
        `iommu-addresses names ${device.path}, which does not name it in memory-region: the kernel ignores that`,
      );
    else
      found.push({ ...range, type: own.some((one) => same(one, range)) ? "direct" : "reserved", device, reservation });
  }
  return found;
}

/** What devices name in `memory-region`, each device looked at once. */
class BackReferences {
  private readonly known = new Map<TreeNode, ReadonlySet<TreeNode | undefined>>();

  constructor(private readonly context: TreeContext) {}

  has(device: TreeNode, reservation: TreeNode): boolean {
    const named =
      this.known.get(device) ??
      new Set((cellsOf(device, "memory-region") ?? []).map((phandle) => this.context.node(phandle)));
    this.known.set(device, named);
    return named.has(reservation);
  }
}

/** Below PCI the first of three cells is flags. */
function addressOf(cells: readonly number[]): bigint {
  return numberOf(cells.length === 3 ? cells.slice(1) : cells);
}
