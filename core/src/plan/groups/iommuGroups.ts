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
import { bridgeAlias, byDiscovery, topologyOf } from "./topology";

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
  const topology = topologyOf(plan);
  const membership = membershipOf(plan, topology, kernel);
  const isolationOf = isolationTest(plan, topology, kernel);
  const make = (unknownIsolates: boolean): Assignment => {
    const decisions = decide(isolationOf, unknownIsolates);
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
  const reach = (node: PciNode): readonly PciNode[] =>
    [node, ...links.flatMap((link) => (link.has(node) ? [...link] : []))].flatMap(
      (one) => most.groupOf(one)?.members ?? [],
    );
  return {
    algorithm,
    kernel,
    topology,
    membership,
    groups,
    undetermined: undetermined(doubtful, reach, topology, isolationOf),
    isolationOf,
  };
}

/** The kernel whose groups are meant when nobody says: the captured one. */
export function kernelOf(plan: Plan): KernelVersion {
  const captured = plan.platform.captured?.kernel;
  return (captured === undefined ? undefined : parseKernelVersion(captured)) ?? NEWEST_KNOWN_KERNEL;
}

/** The ACS test and the other questions, with what is unknown answered as told. */
export function decide(isolationOf: (node: PciNode) => Isolation, unknownIsolates: boolean): BusDecisions {
  const orDoubt = (known: boolean | undefined): boolean => known ?? unknownIsolates;
  const isKnownToIsolate = (node: PciNode): boolean | undefined => {
    const { kind } = isolationOf(node).verdict;
    if (isOrphan(node) && kind === "isolates") return undefined;
    return kind === "unknown" ? undefined : kind === "isolates";
  };
  return {
    isolates: (node) => orDoubt(isKnownToIsolate(node)),
    aliases: (bridge) => {
      const alias = bridgeAlias(bridge);
      return alias === "unknown" ? !unknownIsolates : alias !== "none";
    },
    hasAcs: ({ function: { acs } }) => (acs === "unknown" ? !unknownIsolates : acs !== undefined && acs !== "none"),
    lacksAcs: ({ function: { acs } }) => (acs === "unknown" ? !unknownIsolates : acs === undefined || acs === "none"),
    hasMemoryBar: ({ function: { bars } }) =>
      bars === "unknown" ? !unknownIsolates : (bars ?? []).some((bar) => bar.type !== "io" && bar.bar !== 6),
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
 * The doubtful groups of the optimistic answer, put together as far as the pessimistic one does: `mayJoin` gives what a
 * function may be together with.
 */
function undetermined(
  doubtful: readonly Group[],
  mayJoin: (node: PciNode) => readonly PciNode[],
  topology: Topology,
  isolationOf: (node: PciNode) => Isolation,
): UndeterminedGroups[] {
  const clusters: { nodes: Set<PciNode>; groups: Group[] }[] = [];
  for (const group of doubtful) {
    const reach = new Set(group.members.flatMap((node) => [node, ...mayJoin(node)]));
    const touched = clusters.filter((cluster) => [...reach].some((node) => cluster.nodes.has(node)));
    const merged = {
      nodes: new Set([...reach, ...touched.flatMap((one) => [...one.nodes])]),
      groups: [...touched.flatMap((one) => one.groups), group],
    };
    clusters.splice(0, clusters.length, ...clusters.filter((one) => !touched.includes(one)), merged);
  }
  return clusters.map(({ nodes, groups }) => {
    const sorted = [...nodes].sort(byDiscovery);
    return {
      nodes: sorted,
      atLeast: groups.map((group) => group.members),
      because: doubtsAbout(sorted, topology, isolationOf),
    };
  });
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
