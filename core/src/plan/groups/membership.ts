// Which functions get an IOMMU group at all, and why the others do not. Knows nothing of how groups are made.
import type { Iommu } from "../../platform";
import type { InFront } from "../iommuInFront";
import { iommuInFront } from "../iommuInFront";
import type { PciNode } from "../pciTree";
import type { Plan } from "../plan";
import { isAmdIommu } from "./isolation";
import type { KernelVersion } from "./kernel";
import { isAtLeast, KERNEL_CHANGES, printKernelVersion } from "./kernel";
import { streamsOf } from "./streams";
import type { Topology } from "./topology";

/** A function without a group, and why, as a clause. */
export interface WithoutGroup {
  readonly node: PciNode;
  readonly because: string;
}

export interface Membership {
  readonly members: ReadonlySet<PciNode>;
  /** In the order of discovery. */
  readonly without: readonly WithoutGroup[];
  /** A member that an SMMU sees under the same stream as an earlier one, with that one. */
  readonly sharers: ReadonlyMap<PciNode, PciNode>;
  /** Why the IOMMU in front of some members is not known, in clauses. */
  readonly unknown: readonly string[];
  /** The kernel gives groups only to what a driver holds, and nothing tells the drivers: some members may have none. */
  readonly areDriversMissing: boolean;
}

/**
 * The functions that the kernel puts into groups (domain.md 2.7b). What is in front of a function may be unknown: then
 * it counts as a member, for its group is the same behind every IOMMU; that is said in `unknown`.
 */
export function membershipOf(plan: Plan, topology: Topology, kernel: KernelVersion): Membership {
  const without: WithoutGroup[] = [];
  const members = new Set<PciNode>();
  const sharers = new Map<PciNode, PciNode>();
  const unknown = new Set<string>();
  const owners = new Map<Iommu, Map<number, PciNode>>();
  const context = {
    plan,
    kernel,
    driversKnown: driversKnown(plan),
    iommuAddresses: addressesOfIommus(plan),
    off: switchedOff(plan),
  };
  let areDriversMissing = false;
  for (const node of topology.functions) {
    const front = iommuInFront(plan, node);
    areDriversMissing ||= !context.driversKnown && needsDriver(possibleIommus(front, plan), kernel);
    const because = whyNone(node, front, context) ?? takeStreams(plan, topology, node, front, owners, sharers);
    if (because !== undefined) without.push({ node, because });
    else members.add(node);
    if (because === undefined && front.kind === "unknown") unknown.add(front.because);
  }
  return { members, without, sharers, unknown: [...unknown], areDriversMissing };
}

/** IOMMUs whose devices firmware names to the kernel one by one, when a driver takes them. */
const FWSPEC: readonly Iommu["type"][] = ["smmuv1", "smmuv2", "smmuv3", "virtio-iommu", "dart", "riscv-iommu"];

interface Context {
  readonly plan: Plan;
  readonly kernel: KernelVersion;
  readonly driversKnown: boolean;
  readonly iommuAddresses: ReadonlySet<string>;
  /** The types of IOMMU that the captured command line switches off, with the word that does it. */
  readonly off: ReadonlyMap<Iommu["type"], string>;
}

function whyNone(node: PciNode, front: InFront, context: Context): string | undefined {
  if (context.iommuAddresses.has(node.address) || isAmdIommu(node)) return "it is an IOMMU itself";
  if (front.kind === "none") return "no IOMMU is in front of it";
  if (front.kind === "disabled") return `${front.iommu.name} in front of it is disabled`;
  const possible = possibleIommus(front, context.plan);
  const off = possible.map((iommu) => context.off.get(iommu.type));
  if (off.length > 0 && off.every((word) => word !== undefined)) return `the kernel ran with ${off[0]}`;
  const isWithout = context.driversKnown && node.function.driver === undefined && needsDriver(possible, context.kernel);
  const first = printKernelVersion(KERNEL_CHANGES.groupsWithoutDriver);
  return isWithout
    ? `no driver holds it, and before Linux ${first} ${possible[0]?.type} gives a group only to what a driver holds`
    : undefined;
}

/** The IOMMU in front; all that are described, where it is not known which. */
function possibleIommus(front: InFront, plan: Plan): readonly Iommu[] {
  if (front.kind === "iommu") return [front.iommu];
  return front.kind === "unknown" ? (plan.platform.iommus ?? []).filter((iommu) => iommu.disabled !== true) : [];
}

function needsDriver(possible: readonly Iommu[], kernel: KernelVersion): boolean {
  const isFwspec = possible.length > 0 && possible.every((iommu) => FWSPEC.includes(iommu.type));
  return isFwspec && !isAtLeast(kernel, KERNEL_CHANGES.groupsWithoutDriver);
}

/** An SMMUv3 refuses a function one of whose streams an earlier one owns; an SMMUv1 or v2 puts both into one group. */
function takeStreams(
  plan: Plan,
  topology: Topology,
  node: PciNode,
  front: InFront,
  owners: Map<Iommu, Map<number, PciNode>>,
  sharers: Map<PciNode, PciNode>,
): string | undefined {
  if (front.kind !== "iommu" || !front.iommu.type.startsWith("smmu")) return undefined;
  const streams = streamsOf(plan, topology, node) ?? new Set<number>();
  const owned = owners.get(front.iommu) ?? new Map<number, PciNode>();
  owners.set(front.iommu, owned);
  const shared = [...streams].find((stream) => owned.has(stream));
  const owner = shared === undefined ? undefined : owned.get(shared);
  if (owner && front.iommu.type === "smmuv3") {
    const stream = `0x${(shared ?? 0).toString(16)}`;
    return `its stream ${stream} on ${front.iommu.name} already belongs to ${owner.label}, which an SMMUv3 refuses`;
  }
  if (owner) sharers.set(node, owner);
  for (const stream of streams) if (!owned.has(stream)) owned.set(stream, node);
  return undefined;
}

/** Drivers are facts of a capture: where one is told, the others that have one are told too. */
function driversKnown(plan: Plan): boolean {
  return plan.platform.captured !== undefined && plan.functions.some((node) => node.function.driver !== undefined);
}

function addressesOfIommus(plan: Plan): ReadonlySet<string> {
  const places = (plan.platform.iommus ?? []).flatMap((iommu) => (iommu.at === undefined ? [] : [iommu.at]));
  const isAt = (node: PciNode): boolean =>
    places.some(
      (at) =>
        (at.segment ?? 0) === node.segment &&
        at.bus === node.function.at.bus &&
        at.device === node.function.at.device &&
        at.function === node.function.at.function,
    );
  return new Set(plan.functions.filter(isAt).map((node) => node.address));
}

function switchedOff(plan: Plan): ReadonlyMap<Iommu["type"], string> {
  const words = (plan.platform.captured?.commandLine ?? "").split(/\s+/);
  const off = new Map<Iommu["type"], string>();
  for (const word of words) {
    if (word === "intel_iommu=off" || word === "iommu=off") off.set("vt-d", word);
    if (word === "amd_iommu=off" || word === "iommu=off") off.set("amd-vi", word);
  }
  return off;
}
