// IOMMU groups with isolation as a property of buses (J. Gunthorpe, "Fix incorrect iommu_groups with PCIe ACS", 2025;
// domain.md 2.7): the first bus that does not isolate takes all below it into one group. ACS bits that the language
// cannot say count as on. Knows nothing of words.
import type { PciNode } from "../pciTree";
import type { Decisions } from "./assignment";
import { Assignment } from "./assignment";
import type { Membership } from "./membership";
import type { Topology } from "./topology";

/**
 * How far a bus isolates: not at all with its bridge, not among its functions, or fully. `ports`: those of a switch
 * that let traffic back down.
 */
export type BusIsolation =
  | { readonly kind: "isolated" }
  | { readonly kind: "with-bridge" | "without-bridge"; readonly blame: readonly PciNode[] };

/** What is asked besides whether a function isolates. */
export interface BusDecisions extends Decisions {
  /** A root port without ACS is taken not to turn anything back. */
  hasAcs(node: PciNode): boolean;
  /** A downstream port without ACS does not keep what it turns back from the upstream port. */
  lacksAcs(node: PciNode): boolean;
  /** The expansion ROM counts (pci_has_mmio). */
  hasMemoryBar(node: PciNode): boolean;
}

/**
 * Puts the members into groups, in the order of discovery. A bridge without a group of its own lets nothing through to
 * groups above it.
 */
export function groupByBus(
  topology: Topology,
  { members, sharers }: Pick<Membership, "members" | "sharers">,
  decisions: BusDecisions,
): Assignment {
  const assignment = new Assignment();
  const context = { topology, decisions, assignment };
  for (const node of topology.functions) {
    if (!members.has(node) || assignment.groupOf(node)) continue;
    const owner = sharers.get(node);
    if (owner && assignment.groupOf(owner)) assignment.join(node, { because: "same-stream", joins: owner, blame: [] });
    else place(node, context);
  }
  return assignment;
}

/** The class of the bus below a bridge; the bus of the host bridge itself counts as isolated. */
export function isolationOfBus(bridge: PciNode | undefined, topology: Topology, decisions: BusDecisions): BusIsolation {
  if (!bridge) return { kind: "isolated" };
  switch (bridge.function.type) {
    case "root-port":
      return decisions.hasAcs(bridge) && !decisions.isolates(bridge)
        ? { kind: "with-bridge", blame: [bridge] }
        : { kind: "isolated" };
    case "downstream-port":
      return { kind: "isolated" };
    case "upstream-port":
      return isolationInSwitch(bridge, topology, decisions);
    default:
      return isToConventionalBus(bridge, topology) && !decisions.hasMemoryBar(bridge)
        ? { kind: "without-bridge", blame: [bridge] }
        : { kind: "with-bridge", blame: [bridge] };
  }
}

/** Whichever requester ids it lets through: what is below reaches one another on its bus. */
function isToConventionalBus(bridge: PciNode, topology: Topology): boolean {
  return bridge.function.type === "pcie-to-pci-bridge" || topology.bridgeAlias(bridge) === "secondary-bus";
}

interface Context {
  readonly topology: Topology;
  readonly decisions: BusDecisions;
  readonly assignment: Assignment;
}

/**
 * The first downstream port that lets traffic back down decides. One without ACS does not keep it from the upstream
 * port either.
 */
function isolationInSwitch(bridge: PciNode, topology: Topology, decisions: BusDecisions): BusIsolation {
  const ports = topology.below(bridge);
  const permissive = ports.filter(
    (port) => port.function.type !== "downstream-port" || topology.hasAliases(port) || !decisions.isolates(port),
  );
  const [first] = permissive;
  if (!first) return { kind: "isolated" };
  const isPlain = first.function.type === "downstream-port" && !topology.hasAliases(first);
  return { kind: isPlain && !decisions.lacksAcs(first) ? "without-bridge" : "with-bridge", blame: permissive };
}

function place(node: PciNode, context: Context): void {
  const { topology, assignment, decisions } = context;
  const real = topology.elsewhere(node).find((other) => assignment.groupOf(other));
  const above = node.parent && assignment.groupOf(node.parent);
  const bus = isolationOfBus(node.parent, topology, decisions);
  if (real) assignment.join(node, { because: "dma-alias", joins: real, blame: [real] });
  else if (topology.bridgeAlias(node) === "translation-root") assignment.found(node);
  else if (node.parent && above?.isNonIsolated)
    assignment.join(node, { because: "bus-not-isolated", joins: node.parent, blame: blameAbove(node.parent, context) });
  else if (bus.kind === "isolated") placeOnIsolatedBus(node, context);
  else placeOnSharedBus(node, bus, context);
}

/**
 * What makes a bridge's group reach below it: the buses that do not isolate, from the bridge's own upward, and slots
 * that do not, as far as the group goes. All of it would have to change to split them.
 */
function blameAbove(bridge: PciNode, { topology, decisions, assignment }: Context): PciNode[] {
  const group = assignment.groupOf(bridge);
  const blame = new Set<PciNode>();
  for (let up: PciNode | undefined = bridge; up; up = up.parent) {
    const bus = isolationOfBus(up, topology, decisions);
    for (const one of bus.kind === "isolated" ? [] : bus.blame) blame.add(one);
    if (assignment.groupOf(up) !== group) break;
    for (const one of reachable(up, topology, decisions).flatMap((link) => link.blame)) blame.add(one);
  }
  return [...blame];
}

function placeOnSharedBus(
  node: PciNode,
  bus: Exclude<BusIsolation, { kind: "isolated" }>,
  { topology, assignment }: Context,
): void {
  const first =
    bus.kind === "with-bridge" ? node.parent : siblings(node, topology).find((other) => assignment.groupOf(other));
  const joined = first && assignment.groupOf(first);
  if (joined) joined.isNonIsolated = true;
  if (first && joined) assignment.join(node, { because: "bus-not-isolated", joins: first, blame: bus.blame });
  else assignment.found(node).isNonIsolated = true;
}

/** Functions that reach one another past the bus: aliases, and functions of a slot of which either does not isolate. */
function placeOnIsolatedBus(node: PciNode, { topology, decisions, assignment }: Context): void {
  const reached = reachable(node, topology, decisions);
  const first = reached.find(({ node: other }) => assignment.groupOf(other));
  if (first) assignment.join(node, { because: first.because, joins: first.node, blame: first.blame });
  const group = assignment.groupOf(node) ?? assignment.found(node);
  if (reached.length > 0) group.isNonIsolated = true;
}

interface Reached {
  readonly node: PciNode;
  readonly because: "dma-alias-quirk" | "multifunction";
  readonly blame: readonly PciNode[];
}

function reachable(start: PciNode, topology: Topology, decisions: BusDecisions): Reached[] {
  const seen = new Set([start]);
  const found: Reached[] = [];
  const from = [start];
  for (let node = from.pop(); node; node = from.pop()) {
    for (const other of topology.onSameBus(node)) {
      const link = seen.has(other) ? undefined : linkOf(node, other, topology, decisions);
      if (!link) continue;
      seen.add(other);
      found.push({ node: other, ...link });
      from.push(other);
    }
  }
  return found;
}

function linkOf(
  a: PciNode,
  b: PciNode,
  topology: Topology,
  decisions: BusDecisions,
): Omit<Reached, "node"> | undefined {
  if (topology.areAliases(a, b)) return { because: "dma-alias-quirk", blame: [topology.hasAliases(a) ? a : b] };
  if (
    !topology.isMultifunction(a) ||
    a.function.virtual === true ||
    b.function.virtual === true ||
    !topology.ofSameSlot(a).includes(b)
  )
    return undefined;
  const failing = [a, b].filter((one) => !decisions.isolates(one));
  return failing.length === 0 ? undefined : { because: "multifunction", blame: failing };
}

/** On one bus; virtual functions count as being on their physical function's. */
function siblings(node: PciNode, topology: Topology): readonly PciNode[] {
  return topology.below(node.parent ?? node.hostBridge).filter((other) => other !== node);
}
