// Puts PCI functions into the tree of their bridges. Knows nothing of what a function is made of, nor of JSON.
import type { Capture } from "../capture";
import type { FunctionFacts } from "../pciFunctionFacts";
import type { PciAddress } from "../../pciAddress";
import { parsePciAddress } from "../../pciAddress";
import { virtualFunctionsOf } from "../virtualFunctions";
import type { HostBridge } from "./bridges";
import { inBusAddresses } from "./busAddresses";

export interface FunctionNode {
  readonly address: string;
  readonly at: PciAddress;
  readonly facts: FunctionFacts;
  readonly children: FunctionNode[];
  /** The bridge above could not be told: the function stands on the host bridge's list instead. */
  readonly orphan: boolean;
}

/** Deeper than any machine; a document nests two levels for each. */
const DEPTH_LIMIT = 48;

/**
 * The functions of each host bridge, nested; and the addresses of those that belong to none. A function's bridge comes
 * from the kernel's links, else from the bridges' bus numbers. A bridge's buses are above its own, so no circle can
 * arise.
 */
export function functionTrees(
  capture: Capture,
  bridges: readonly HostBridge[],
): { trees: Map<HostBridge, FunctionNode[]>; lost: string[] } {
  const virtual = virtualFunctions(capture);
  const trees = new Map<HostBridge, FunctionNode[]>(bridges.map((bridge) => [bridge, []]));
  const placed: Placed = { nodes: new Map(), bridgeOfBus: new Map() };
  const lost: string[] = [];
  for (const [address, facts] of capture.functions) {
    const at = parsePciAddress(address);
    if (!at) continue;
    const root = bridges.find(
      (one) => one.segment === (at.segment ?? 0) && one.firstBus <= at.bus && at.bus <= one.lastBus,
    );
    const { above, sure } = parentOf(at, capture.parents.get(address), placed, root && {
      bus: root.firstBus,
      nodes: trees.get(root) ?? [],
    });
    const node: FunctionNode = {
      address,
      at,
      facts: { ...inBusAddresses(facts, root), ...(virtual.has(address) && { virtual: true }) },
      children: [],
      orphan: !sure,
    };
    const siblings = above && above.depth < DEPTH_LIMIT ? above.node.children : root && trees.get(root);
    if (!siblings) lost.push(address);
    siblings?.push(node);
    place({ node, depth: (above?.depth ?? 0) + 1 }, placed);
  }
  return { trees, lost };
}

interface PlacedNode {
  readonly node: FunctionNode;
  readonly depth: number;
}

interface Placed {
  readonly nodes: Map<string, PlacedNode>;
  /** By segment and bus: the bridge with the narrowest range of buses that holds it. */
  readonly bridgeOfBus: Map<string, { readonly placed: PlacedNode; readonly width: number }>;
}

interface RootBus {
  readonly bus: number;
  readonly nodes: readonly FunctionNode[];
}

/** The bridge above, and whether that is all: a function of unknown place may be further below it. */
interface Above {
  readonly above: PlacedNode | undefined;
  readonly sure: boolean;
}

function parentOf(at: PciAddress, linked: string | undefined, placed: Placed, root: RootBus | undefined): Above {
  const parent = linked === undefined ? undefined : placed.nodes.get(linked);
  if (parent && parent.node.at.segment === at.segment && parent.node.at.bus < at.bus) return { above: parent, sure: true };
  if (linked?.startsWith("pci")) return { above: undefined, sure: root?.bus === at.bus };
  return belowSleepers(at, placed.bridgeOfBus.get(`${at.segment}:${at.bus}`)?.placed, placed, root);
}

/**
 * A bridge that sleeps does not tell its buses. What is not on the bus of the last bridge that is awake is below one of
 * those that sleep there: certain where there is one, and then on its way down again.
 */
function belowSleepers(at: PciAddress, awake: PlacedNode | undefined, placed: Placed, root: RootBus | undefined): Above {
  for (let above = awake; ;) {
    const buses = above?.node.facts.buses;
    const own = above === undefined ? root?.bus : typeof buses === "object" ? buses.secondary : undefined;
    const siblings = above === undefined ? (root?.nodes ?? []) : above.node.children;
    const sleepers = own === at.bus ? [] : siblings.filter((node) => sleeps(node) && node.at.bus < at.bus);
    const [only, ...more] = sleepers;
    const next = only && more.length === 0 ? placed.nodes.get(only.address) : undefined;
    if (!next) return { above, sure: sleepers.length === 0 && (above !== undefined || own === at.bus) };
    above = next;
  }
}

function sleeps({ facts }: FunctionNode): boolean {
  return facts.bridge === true && facts.buses === "unknown";
}

/** Enters a function, and a bridge for each bus below it. Only buses above the bridge's own count. */
function place(one: PlacedNode, placed: Placed): void {
  const { address, at, facts } = one.node;
  placed.nodes.set(address, one);
  if (typeof facts.buses !== "object" || facts.buses.secondary <= at.bus) return;
  const { secondary, subordinate } = facts.buses;
  for (let bus = secondary; bus <= subordinate; bus++) {
    const key = `${at.segment}:${bus}`;
    const before = placed.bridgeOfBus.get(key);
    if (!before || subordinate - secondary < before.width)
      placed.bridgeOfBus.set(key, { placed: one, width: subordinate - secondary });
  }
}

/** Virtual functions by the places that their physical function's SR-IOV capability gives. */
function virtualFunctions(capture: Capture): Set<string> {
  const found = [...capture.functions].flatMap(([address, { sriov }]) => {
    const at = parsePciAddress(address);
    return at ? virtualFunctionsOf(at, sriov) : [];
  });
  return new Set(found);
}
