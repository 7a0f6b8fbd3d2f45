// IOMMU groups as Linux makes them (drivers/iommu/iommu.c, pci_device_group; domain.md 2.6 with the corrections of
// 2.7b), at least up to 7.2. Knows nothing of what is unknown (that is decided before), nor of words.
import type { PciNode } from "../pciTree";
import { ancestors } from "../pciTree";
import type { Decisions, Join } from "./assignment";
import { Assignment } from "./assignment";
import type { Membership } from "./membership";
import type { Topology } from "./topology";

/**
 * Puts the members into groups one after the other, in the order of discovery: each looks for a group among those
 * before it.
 */
export function groupAsLinux(
  topology: Topology,
  { members, sharers }: Pick<Membership, "members" | "sharers">,
  decisions: Decisions,
): Assignment {
  const assignment = new Assignment();
  const context = { topology, decisions, assignment };
  for (const node of topology.functions) {
    if (!members.has(node) || assignment.groupOf(node)) continue;
    const join = sameStream(node, sharers, assignment) ?? findGroup(node, context);
    if (join) assignment.join(node, join);
    else assignment.found(node);
  }
  return assignment;
}

/**
 * The ports from `bridge` up to the root that do not isolate; the nearest first. None: the path isolates
 * (pci_acs_path_enabled).
 */
export function failingOnPath(bridge: PciNode, decisions: Decisions): PciNode[] {
  return [bridge, ...ancestors(bridge)].filter((port) => !decisions.isolates(port));
}

interface Context {
  readonly topology: Topology;
  readonly decisions: Decisions;
  readonly assignment: Assignment;
}

/** The SMMU driver looks at its streams before it asks for the topology (arm_smmu_device_group). */
function sameStream(node: PciNode, sharers: ReadonlyMap<PciNode, PciNode>, assignment: Assignment): Join | undefined {
  const owner = sharers.get(node);
  return owner && assignment.groupOf(owner) && { because: "same-stream", joins: owner, blame: [] };
}

function findGroup(node: PciNode, context: Context): Join | undefined {
  const walked = walkAliases(node, context);
  if ("joins" in walked) return walked;
  const climbed = climb(node, walked.top, context);
  if ("joins" in climbed) return climbed;
  const visited = new Set<PciNode>();
  const found = byAliasQuirk(climbed.top, visited, context) ?? bySlot(climbed.top, visited, context);
  return found && (climbed.top === node ? found : { ...found, through: climbed.top });
}

/** Step 1: the bridges that make the function's DMA look like their own. The topmost one is where the climb begins. */
function walkAliases(node: PciNode, { topology, decisions, assignment }: Context): Join | { readonly top: PciNode } {
  const real = topology.elsewhere(node).find((other) => assignment.groupOf(other));
  if (real) return { because: "dma-alias", joins: real, blame: [real] };
  let top = node;
  for (const bridge of ancestors(node)) {
    if (topology.bridgeAlias(bridge) === "translation-root") break;
    if (!decisions.aliases(bridge)) continue;
    if (assignment.groupOf(bridge)) return { because: "dma-alias", joins: bridge, blame: [bridge] };
    top = bridge;
  }
  return { top };
}

/** Step 2: up to the first bridge from which every port to the root isolates. */
function climb(node: PciNode, from: PciNode, { decisions, assignment }: Context): Join | { readonly top: PciNode } {
  let top = from;
  for (const bridge of ancestors(from)) {
    const failing = failingOnPath(bridge, decisions);
    if (failing.length === 0) break;
    const nearest = from.parent ?? bridge;
    if (assignment.groupOf(bridge))
      return {
        because: "acs-path",
        joins: bridge,
        blame: failingOnPath(nearest, decisions),
        ...(from !== node && { through: from }),
      };
    top = bridge;
  }
  return { top };
}

/** Step 3: those on the same bus that share a requester id with it, and their slots. */
function byAliasQuirk(top: PciNode, visited: Set<PciNode>, context: Context): Join | undefined {
  const { topology } = context;
  visited.add(top);
  for (const other of topology.onSameBus(top)) {
    if (visited.has(other) || !topology.areAliases(top, other)) continue;
    const found = ofFunction(other, visited, context) ?? bySlot(other, visited, context);
    if (found) return { ...found, because: "dma-alias-quirk", blame: [topology.hasAliases(top) ? top : other] };
  }
  return undefined;
}

/** Step 4: the functions of the slot that do not isolate either. */
function bySlot(top: PciNode, visited: Set<PciNode>, context: Context): Join | undefined {
  const { topology, decisions } = context;
  if (!topology.isMultifunction(top) || decisions.isolates(top)) return undefined;
  for (const other of topology.ofSameSlot(top)) {
    if (visited.has(other) || decisions.isolates(other)) continue;
    const found = ofFunction(other, visited, context);
    if (found) return { because: "multifunction", joins: found.joins, blame: [top, other] };
  }
  return undefined;
}

function ofFunction(node: PciNode, visited: Set<PciNode>, context: Context): Join | undefined {
  if (context.assignment.groupOf(node)) return { because: "dma-alias-quirk", joins: node, blame: [node] };
  return byAliasQuirk(node, visited, context);
}
