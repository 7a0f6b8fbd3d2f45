// The IOMMU groups of a platform: made twice, with everything that is unknown isolating and with nothing of it
// isolating. What both agree on is certain. Looks at nothing that a running kernel said of groups. Knows nothing of
// words, nor of formats.
import type { PciNode } from "../pciTree";
import { ancestors } from "../pciTree";
import type { Plan } from "../plan";
import type { Assignment, Group } from "./assignment";
import type { Isolation } from "./isolation";
import { isolationTest } from "./isolation";
import type { KernelVersion } from "./kernel";
import { NEWEST_KNOWN_KERNEL, parseKernelVersion } from "./kernel";
import type { Membership } from "./membership";
import { membershipOf } from "./membership";
import { groupAsLinux } from "./modeA";
import type { BusDecisions } from "./modeB";
import { groupByBus } from "./modeB";
import { isOrphan, orphanages } from "./orphans";
import type { Topology } from "./topology";
import { topologyOf } from "./topology";

/** `linux-mode-a`: as the kernels group. `linux-mode-b`: domain.md's Mode B, which no observed kernel does. */
export type GroupingAlgorithm = "linux-mode-a" | "linux-mode-b";

export interface GroupingOptions {
  readonly algorithm?: GroupingAlgorithm;
  /** Absent: the captured kernel, else the newest known. */
  readonly kernel?: KernelVersion;
}

/** Functions whose groups the description does not settle. */
export interface UndeterminedGroups {
  /** All of them; at most these are one group. In the order of discovery. */
  readonly nodes: readonly PciNode[];
  /** What belongs together in any case. */
  readonly atLeast: readonly (readonly PciNode[])[];
  /** What would have to be known, in clauses. */
  readonly because: readonly string[];
}

export interface IommuGroups {
  readonly algorithm: GroupingAlgorithm;
  readonly kernel: KernelVersion;
  readonly topology: Topology;
  readonly membership: Membership;
  /** Those that are certain, in the order in which their first members are found. */
  readonly groups: readonly Group[];
  readonly undetermined: readonly UndeterminedGroups[];
  isolationOf(node: PciNode): Isolation;
}

/** The groups of all functions of a platform. The order of the description changes nothing. */
export function iommuGroups(plan: Plan, options: GroupingOptions = {}): IommuGroups {
  const algorithm = options.algorithm ?? "linux-mode-a";
  const kernel = options.kernel ?? kernelOf(plan);
  const topology = topologyOf(plan, kernel);
  const membership = membershipOf(plan, topology, kernel);
  const isolationOf = isolationTest(plan, topology, kernel);
  const make = (unknownIsolates: boolean): Assignment => {
    const decisions = decide({ topology, isolationOf }, unknownIsolates);
    return algorithm === "linux-mode-b"
      ? groupByBus(topology, membership, decisions)
      : groupAsLinux(topology, membership, decisions);
  };
  const least = make(true);
  const most = make(false);
  const links = orphanages(topology).map((nodes) => new Set(nodes));
  const isCertain = (group: Group): boolean =>
    isSameIn(most, group) && !links.some((link) => group.members.some((node) => link.has(node)));
  const groups = least.groups.filter(isCertain);
  const doubtful = least.groups.filter((group) => !isCertain(group));
  return {
    algorithm,
    kernel,
    topology,
    membership,
    groups,
    undetermined: undetermined(doubtful, most, links, topology, isolationOf),
    isolationOf,
  };
}

/** The kernel whose groups are meant when nobody says: the captured one. */
export function kernelOf(plan: Plan): KernelVersion {
  const captured = plan.platform.captured?.kernel;
  return (captured === undefined ? undefined : parseKernelVersion(captured)) ?? NEWEST_KNOWN_KERNEL;
}

/** The ACS test and the other questions, with what is unknown answered as told. */
export function decide(
  { topology, isolationOf }: Pick<IommuGroups, "topology" | "isolationOf">,
  unknownIsolates: boolean,
): BusDecisions {
  const orDoubt = (known: boolean | undefined): boolean => known ?? unknownIsolates;
  const isKnownToIsolate = (node: PciNode): boolean | undefined => {
    const { kind } = isolationOf(node).verdict;
    if (isOrphan(node) && kind === "isolates") return undefined;
    return kind === "unknown" ? undefined : kind === "isolates";
  };
  return {
    isolates: (node) => orDoubt(isKnownToIsolate(node)),
    aliases: (bridge) => {
      const alias = topology.bridgeAlias(bridge);
      return alias === "unknown" ? !unknownIsolates : alias !== "none";
    },
    hasAcs: ({ function: { acs } }) => (acs === "unknown" ? !unknownIsolates : acs !== undefined && acs !== "none"),
    lacksAcs: ({ function: { acs } }) => (acs === "unknown" ? !unknownIsolates : acs === undefined || acs === "none"),
    hasMemoryBar: ({ function: { bars } }) =>
      bars === "unknown" ? !unknownIsolates : (bars ?? []).some((bar) => bar.type !== "io"),
  };
}

function isSameIn(other: Assignment, group: Group): boolean {
  const [first] = group.members;
  const there = first && other.groupOf(first);
  return (
    there !== undefined &&
    there.members.length === group.members.length &&
    group.members.every((node) => other.groupOf(node) === there)
  );
}

/**
 * The doubtful groups of the optimistic answer, put together as far as the pessimistic one does, and as far as functions may be below one another without
 * anybody knowing it (`links`).
 */
function undetermined(
  doubtful: readonly Group[],
  most: Assignment,
  links: readonly ReadonlySet<PciNode>[],
  topology: Topology,
  isolationOf: (node: PciNode) => Isolation,
): UndeterminedGroups[] {
  const clusters = new Clusters();
  for (const link of links) for (const node of link) clusters.unite(link, node);
  for (const group of most.groups) for (const node of group.members) clusters.unite(group, node);
  for (const group of doubtful) for (const node of group.members) clusters.unite(group, node);
  const groupsOf = new Map<object, Group[]>();
  for (const group of doubtful) {
    const cluster = clusters.of(group);
    const known = groupsOf.get(cluster);
    if (known) known.push(group);
    else groupsOf.set(cluster, [group]);
  }
  const nodesOf = new Map<object, PciNode[]>([...groupsOf.keys()].map((cluster) => [cluster, []]));
  for (const node of topology.functions) if (most.groupOf(node)) nodesOf.get(clusters.of(node))?.push(node);
  return [...groupsOf].map(([cluster, groups]) => {
    const nodes = nodesOf.get(cluster) ?? [];
    return {
      nodes,
      atLeast: groups.map((group) => group.members),
      because: doubtsAbout(nodes, topology, isolationOf),
    };
  });
}

/** Things that belong together, through whatever is between them. */
class Clusters {
  private readonly above = new Map<object, object>();

  unite(one: object, other: object): void {
    const [a, b] = [this.of(one), this.of(other)];
    if (a !== b) this.above.set(b, a);
  }

  /** One of the things of a cluster, the same for all of them until it grows. */
  of(one: object): object {
    let root = one;
    for (let up = this.above.get(root); up; up = this.above.get(root)) root = up;
    for (let at = one; at !== root; ) {
      const up = this.above.get(at) as object;
      this.above.set(at, root);
      at = up;
    }
    return root;
  }
}

function doubtsAbout(
  nodes: readonly PciNode[],
  topology: Topology,
  isolationOf: (node: PciNode) => Isolation,
): string[] {
  const asked = new Set(nodes.flatMap((node) => [...topology.ofSameSlot(node), ...ancestors(node)]));
  const doubts = [...asked].flatMap((node) => {
    const { verdict } = isolationOf(node);
    return [
      ...(verdict.kind === "unknown" ? [verdict.because] : []),
      ...(isOrphan(node) ? [`which bridge is above ${node.label} is not known`] : []),
    ];
  });
  return [...new Set(doubts)].sort();
}
