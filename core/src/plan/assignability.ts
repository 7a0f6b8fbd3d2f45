// Whether a PCI function can be given to a guest: with what, or why not. The answer is VFIO's, where VFIO has one.
// Sources: Linux, drivers/vfio and drivers/iommu/iommu.c; domain.md 1.5, 2.8 and 3.3. Knows nothing of guests, nor of
// where the words go.
import { describeMsiObstacle } from "../describe/doorbellPath";
import { describeWays, waysAbout } from "../describe/joins";
import { groupsOf } from "./assignedGroups";
import type { AssignmentObstacle } from "./assignmentObstacles";
import { bypassing, doubtAboutFront, isBridge, obstaclesOfGroup } from "./assignmentObstacles";
import { doorbellPath } from "./doorbellPath";
import type { Group } from "./groups/assignment";
import { describeFounder, describeReach } from "./groups/describeGroups";
import type { IommuGroups } from "./groups/iommuGroups";
import { iommuGroups } from "./groups/iommuGroups";
import { isAtLeast, KERNEL_CHANGES, NEWEST_KNOWN_KERNEL } from "./groups/kernel";
import { reachAcross } from "./groups/reach";
import { interruptIsolation } from "./interruptIsolation";
import { iommuInFront } from "./iommuInFront";
import type { PciNode } from "./pciTree";
import { ancestors } from "./pciTree";
import { perPlan } from "./perPlan";
import type { Plan } from "./plan";
import { functionRegions } from "./reserved/functionRegions";
import type { RegionKind } from "./reserved/regionList";

/**
 * `assignable`: by itself. `together`: only with other functions of its group. `not-safe`: it would work, and the guest
 * could reach what is not its own. `impossible`: the kernel or the hardware does not let it. `unknown`: the description
 * does not settle it.
 */
export type AssignabilityVerdict = "assignable" | "together" | "not-safe" | "impossible" | "unknown";

export interface Assignability {
  readonly node: PciNode;
  readonly verdict: AssignabilityVerdict;
  /** All of its IOMMU group, itself included; empty when it has none, or when that is not settled. */
  readonly group: readonly PciNode[];
  /** What has to go to the same guest. Bridges do not: they stay with the host. */
  readonly together: readonly PciNode[];
  /** Clauses; never empty. */
  readonly reasons: readonly string[];
  /** What keeps a guest that owns it from the rest of the machine, in clauses; empty where that is not enough. */
  readonly protections: readonly string[];
  /** Sentences without full stop: what else whoever assigns it should know. */
  readonly cautions: readonly string[];
}

/** Every function in the kernel's order of discovery, then those that are disabled. */
export function assignabilities(plan: Plan, groups: IommuGroups): readonly Assignability[] {
  const facts = new Facts(plan, groups);
  const disabled = plan.functions.filter((node) => !groups.topology.functions.includes(node));
  return [...groups.topology.functions.map((node) => judge(facts, node)), ...disabled.map(whenDisabled)];
}

/** The verdict on one function, with the plan's own kernel. */
export function assignabilityOf(plan: Plan, node: PciNode): Assignability {
  const known = judged(plan).get(node) ?? (isDisabled(node) ? whenDisabled(node) : judge(factsOf(plan), node));
  judged(plan).set(node, known);
  return known;
}

/** The worst first. */
const SEVERITY: readonly AssignmentObstacle["verdict"][] = ["impossible", "not-safe", "unknown"];

/** What is asked of many functions, worked out once. */
class Facts {
  private readonly groupByNode = new Map<PciNode, Group>();
  private readonly doubts = new Map<PciNode, readonly string[]>();
  private readonly perGroup = new Map<Group, readonly AssignmentObstacle[]>();
  private reach: ReadonlyMap<PciNode, readonly string[]> | undefined;
  private withDrivers: IommuGroups | undefined;

  constructor(
    readonly plan: Plan,
    readonly groups: IommuGroups,
  ) {
    for (const group of groups.groups) for (const node of group.members) this.groupByNode.set(node, group);
    for (const { nodes, because } of groups.undetermined) for (const node of nodes) this.doubts.set(node, because);
  }

  groupOf(node: PciNode): Group | undefined {
    return this.groupByNode.get(node);
  }

  /** Why the group of a function is not settled; undefined where it is. */
  doubtsAbout(node: PciNode): readonly string[] | undefined {
    return this.doubts.get(node);
  }

  obstaclesOf(group: Group): readonly AssignmentObstacle[] {
    const known = this.perGroup.get(group) ?? obstaclesOfGroup(this.plan, this.groups.kernel, group);
    this.perGroup.set(group, known);
    return known;
  }

  reachOf(node: PciNode): readonly string[] {
    this.reach ??= reachByNode(this.groups);
    return this.reach.get(node) ?? [];
  }

  /** The groups once a driver holds every function, as vfio-pci would. */
  get groupsWithDrivers(): IommuGroups {
    return (this.withDrivers ??= iommuGroups(this.plan, {
      algorithm: this.groups.algorithm,
      kernel: NEWEST_KNOWN_KERNEL,
    }));
  }
}

const factsOf = perPlan((plan) => new Facts(plan, groupsOf(plan)));

const judged = perPlan(() => new Map<PciNode, Assignability>());

function judge(facts: Facts, node: PciNode): Assignability {
  if (isBridge(node)) return refused(node, "bridges stay with the host", facts.groupOf(node));
  const group = facts.groupOf(node);
  if (group) return judgeInGroup(facts, facts.groups, group, node, []);
  const doubts = facts.doubtsAbout(node);
  if (doubts)
    return {
      node,
      verdict: "unknown",
      group: [],
      together: [],
      reasons: ["its IOMMU group is not known", ...doubts],
      protections: [],
      cautions: [],
    };
  return judgeWithout(facts, node);
}

function judgeWithout(facts: Facts, node: PciNode): Assignability {
  const bypass = bypassing(facts.plan, node);
  if (bypass) return { ...refused(node, bypass.because), verdict: bypass.verdict };
  const because = facts.groups.membership.without.find((one) => one.node === node)?.because ?? "it has no IOMMU group";
  if (!isAtLeast(facts.groups.kernel, KERNEL_CHANGES.groupsWithoutDriver)) {
    const group = facts.groupsWithDrivers.groups.find((one) => one.members.includes(node));
    if (group)
      return judgeInGroup(facts, facts.groupsWithDrivers, group, node, [
        `${because}; bound to vfio-pci it gets this one`,
      ]);
  }
  return refused(node, because);
}

function judgeInGroup(
  facts: Facts,
  groups: IommuGroups,
  group: Group,
  node: PciNode,
  first: readonly string[],
): Assignability {
  const obstacles = [...facts.obstaclesOf(group), ...doubtAboutFront(facts.plan, node)];
  const together = group.members.filter((one) => one !== node && !isBridge(one));
  const worst = SEVERITY.find((verdict) => obstacles.some((one) => one.verdict === verdict));
  const sorted = SEVERITY.flatMap((verdict) =>
    obstacles.filter((one) => one.verdict === verdict).map((one) => one.because),
  );
  return {
    node,
    verdict: worst ?? (together.length > 0 ? "together" : "assignable"),
    group: group.members,
    together,
    reasons: [
      ...sorted,
      ...(together.length > 0 ? describeWays(groups, waysAbout(group, node)) : whyAlone(groups, group, node)),
    ],
    protections: worst ? [] : protectionsOf(facts.plan, node),
    cautions: [...first, ...cautionsAbout(facts, groups, group, node)],
  };
}

function whyAlone(groups: IommuGroups, group: Group, node: PciNode): string[] {
  if (group.members.length === 1) return [`alone in its group: ${describeFounder(groups, group)}`];
  const bridges = group.members.filter((one) => one !== node).map((one) => one.label);
  return [`its group holds otherwise only ${bridges.join(", ")}: what is a bridge stays with the host`];
}

function protectionsOf(plan: Plan, node: PciNode): string[] {
  const front = iommuInFront(plan, node);
  return [
    ...(front.kind === "iommu" ? [`${front.iommu.name} translates its DMA`] : []),
    interruptIsolation(plan, node).because,
  ];
}

function cautionsAbout(facts: Facts, groups: IommuGroups, group: Group, node: PciNode): string[] {
  const path = doorbellPath(facts.plan, groups.topology, node);
  const lost =
    "obstacles" in path ? path.obstacles.map((one) => `its MSIs do not arrive: ${describeMsiObstacle(path, one)}`) : [];
  return [...lost, ...facts.reachOf(node), ...insaneMsi(facts.plan, group), ...chipset(node)];
}

/**
 * Linux, iommufd: a group with both kinds of MSI region, or with two software windows, is refused at attach (domain.md
 * 1.7).
 */
function insaneMsi(plan: Plan, group: Group): string[] {
  const kinds = new Set<RegionKind>(
    group.members.flatMap((node) => functionRegions(plan, node).regions.map((region) => region.kind)),
  );
  return kinds.has("msi") && kinds.has("software-msi")
    ? ["iommufd refuses its group, which has both a software and a hardware MSI region; VFIO type 1 takes it"]
    : [];
}

/** Bridges of the chipset that have an ordinary header: VFIO takes them (PCI class codes 0600 and 0601). */
function chipset({ function: { class: code } }: PciNode): string[] {
  const what =
    code?.startsWith("0600") === true
      ? "a host bridge"
      : code?.startsWith("0601") === true
        ? "an ISA bridge"
        : undefined;
  return what === undefined ? [] : [`it is ${what}: the kernel would let it go, but the host needs it`];
}

function reachByNode(groups: IommuGroups): ReadonlyMap<PciNode, readonly string[]> {
  const found = new Map<PciNode, string[]>();
  for (const reach of reachAcross(groups)) {
    const words = describeReach(groups, reach);
    for (const node of reach.groups.flatMap((group) => group.members))
      found.set(node, [...(found.get(node) ?? []), words]);
  }
  return found;
}

function refused(node: PciNode, because: string, group?: Group): Assignability {
  return {
    node,
    verdict: "impossible",
    group: group?.members ?? [],
    together: [],
    reasons: [because],
    protections: [],
    cautions: [],
  };
}

function whenDisabled(node: PciNode): Assignability {
  const above = [...ancestors(node)].find((one) => one.function.disabled === true);
  if (node.function.disabled === true) return refused(node, "it is disabled");
  return refused(node, `${above?.label ?? node.hostBridge.name} above it is disabled`);
}

function isDisabled(node: PciNode): boolean {
  return node.hostBridge.disabled === true || [node, ...ancestors(node)].some((one) => one.function.disabled === true);
}
