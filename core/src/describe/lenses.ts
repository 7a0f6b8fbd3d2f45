// The lines above a PCI function, a port or an IOMMU in an editor: where they are, and, asked for one by one, what they
// say. Knows nothing of editors.
import type { Anchor, Path } from "../anchor";
import { jsonPointer, under } from "../anchor";
import { assignabilityOf } from "../plan/assignability";
import { isBridge } from "../plan/assignmentObstacles";
import type { Group, Join } from "../plan/groups/assignment";
import type { IommuGroups } from "../plan/groups/iommuGroups";
import { groupsOf } from "../plan/assignedGroups";
import { blamedOn, groupOf } from "../plan/groupOfFunction";
import { iommuInFront, iommuInFrontOfDevice } from "../plan/iommuInFront";
import { perPlan } from "../plan/perPlan";
import type { PciNode } from "../plan/pciTree";
import type { Plan } from "../plan/plan";
import { regionsOfNodes } from "../plan/reserved/regionsOfNodes";
import type { Iommu } from "../platform";
import { describeVerdictOf } from "./assignability";

/**
 * Where lenses are: each function that is meant for assignment or shares its group, each port that is to blame, each
 * IOMMU. The values that carry them are `at` and `name`. None for a platform without PCI functions.
 */
export function lensPlaces(plan: Plan): readonly Anchor[] {
  if (plan.functions.length === 0) return [];
  const iommus = (plan.platform.iommus ?? []).map((iommu) => under(iommu.anchor, "name"));
  return [...iommus, ...plan.functions.filter((node) => hasLens(plan, node)).map((node) => under(node.anchor, "at"))];
}

/** What the lens at a place says; undefined where there is none. */
export function lensTitle(plan: Plan, path: Path): string | undefined {
  const subject = subjects(plan).get(jsonPointer(path));
  if (subject === undefined) return undefined;
  return "function" in subject ? functionTitle(plan, subject) : iommuTitle(plan, subject);
}

const subjects = perPlan((plan): ReadonlyMap<string, PciNode | Iommu> => {
  const functions = plan.functions.map((node) => [jsonPointer([...node.anchor.path, "at"]), node] as const);
  return new Map<string, PciNode | Iommu>([
    ...functions,
    ...(plan.platform.iommus ?? []).map((iommu) => [jsonPointer([...iommu.anchor.path, "name"]), iommu] as const),
  ]);
});

function hasLens(plan: Plan, node: PciNode): boolean {
  if (isBridge(node)) return blamedOn(plan, node).length > 0;
  const group = groupOf(plan, node);
  return node.function.assign === true || (group !== undefined && sharedGroups(plan).has(group));
}

/** The groups with more than one function that is no bridge. */
const sharedGroups = perPlan(
  (plan): ReadonlySet<Group> =>
    new Set(groupsOf(plan).groups.filter(({ members }) => members.filter((one) => !isBridge(one)).length > 1)),
);

function functionTitle(plan: Plan, node: PciNode): string {
  if (isBridge(node)) return portTitle(plan, node);
  const group = groupOf(plan, node);
  const others = partners(group, node);
  const judged = assignabilityOf(plan, node);
  const note = judged.cautions.length > 0 ? "; its hover has a note" : "";
  if (judged.verdict === "assignable") return `assignable, ${aloneWith(group)}${note}`;
  if (!group || others.length === 0) return `${describeVerdictOf(judged)}${note}`;
  const shared = `group of ${others.length + 1} with ${names(others)}${because(groupsOf(plan), group, node)}${note}`;
  return judged.verdict === "together" ? shared : `${describeVerdictOf(judged)}; ${shared}`;
}

function aloneWith(group: Group | undefined): string {
  return (group?.members.length ?? 1) > 1 ? "with only ports in its group" : "alone in its group";
}

function portTitle(plan: Plan, port: PciNode): string {
  const blamed = blamedOn(plan, port);
  const grouped = [...new Set(blamed.map((one) => one.node))].filter((node) => node !== port);
  const first = blamed[0];
  const what = first ? shortCause(groupsOf(plan), first.join, port) : "";
  return grouped.length === 0 ? what : `${what}: keeps ${names(grouped)} in its group`;
}

function iommuTitle(plan: Plan, iommu: Iommu): string {
  const functions = plan.functions.filter((node) => isBehind(iommuInFront(plan, node), iommu));
  const devices = (plan.platform.devices ?? []).filter((device) =>
    isBehind(iommuInFrontOfDevice(plan, device), iommu),
  ).length;
  const { regions } = regionsOfNodes(plan, functions);
  const parts = [counted(functions.length, "function"), ...(devices > 0 ? [counted(devices, "device")] : [])];
  const off = iommu.disabled === true ? "; disabled" : "";
  return `serves ${parts.join(" and ")}; ${counted(regions.length, "reserved region")}${off}`;
}

function isBehind(front: ReturnType<typeof iommuInFront>, iommu: Iommu): boolean {
  return (front.kind === "iommu" || front.kind === "disabled") && front.iommu === iommu;
}

/** The others of its group that would have to go to the same guest. */
function partners(group: Group | undefined, node: PciNode): PciNode[] {
  return (group?.members ?? []).filter((one) => one !== node && !isBridge(one));
}

/** The way in of the function itself, else the first into its group. */
function because(groups: IommuGroups, { joins }: Group, node: PciNode): string {
  const join = joins.get(node) ?? [...joins.values()].find((one) => one.joins === node) ?? [...joins.values()][0];
  const culprit = join?.blame[0];
  if (!join) return "";
  const where = culprit && SAYS_WHERE.has(join.because) ? ` on ${shortName(culprit)}` : "";
  return `: ${shortCause(groups, join, culprit)}${where}`;
}

/** A few words: "no ACS", "RR and CR off", "one requester id". */
function shortCause(groups: IommuGroups, { because: kind }: Join, culprit: PciNode | undefined): string {
  if (kind === "same-stream") return "one stream id";
  if (kind === "dma-alias" || kind === "dma-alias-quirk")
    return culprit && isBridge(culprit) ? `one requester id behind ${shortName(culprit)}` : "one requester id";
  const verdict = culprit && groups.isolationOf(culprit).verdict;
  if (verdict?.kind === "disabled-bits") return `ACS ${verdict.missing.join(", ")} off`;
  return verdict?.kind === "no-capability" ? "no ACS" : "no isolation";
}

const SAYS_WHERE: ReadonlySet<Join["because"]> = new Set<Join["because"]>([
  "acs-path",
  "multifunction",
  "bus-not-isolated",
]);

/** One name and how many more: lenses are short. */
function names(nodes: readonly PciNode[]): string {
  const shown = nodes.slice(0, 2).map(shortName).join(", ");
  return nodes.length > 2 ? `${shown}, …` : shown;
}

function shortName({ function: { name }, address }: PciNode): string {
  return name ?? address;
}

function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
