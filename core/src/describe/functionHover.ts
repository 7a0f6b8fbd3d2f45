// What a PCI function is to whoever assigns it, as Markdown: the verdict, its group with why, its reserved regions, the
// way of its MSIs; and of a port, what its ACS does to what is below it. Knows nothing of editors.
import type { Anchor } from "../anchor";
import { jsonPointer } from "../anchor";
import { assignabilityOf } from "../plan/assignability";
import { isBridge } from "../plan/assignmentObstacles";
import { doorbellPath } from "../plan/doorbellPath";
import { describeFounder } from "../plan/groups/describeGroups";
import { printKernelVersion } from "../plan/groups/kernel";
import { groupsOf } from "../plan/assignedGroups";
import { blamedOn, groupOf } from "../plan/groupOfFunction";
import { perPlan } from "../plan/perPlan";
import type { PciNode } from "../plan/pciTree";
import type { Plan } from "../plan/plan";
import { regionsOfNodes } from "../plan/reserved/regionsOfNodes";
import { regionWord } from "../plan/reserved/regionList";
import { printRange } from "../print";
import { describeVerdict } from "./acs";
import { describeVerdictOf, listedLabels } from "./assignability";
import { describeDoorbellPath } from "./doorbellPath";
import type { WayIn } from "./joins";
import { describeWays, waysAbout } from "./joins";
import { escapeMarkdown, inlineCode } from "./markdown";

/** Lines of one list beyond this many are counted, not listed. */
const LISTED = 10;
/** Members of a group beyond this many likewise. */
const NAMED = 6;

/**
 * What the hover of `at`, `name`, `type`, `assign` or `acs` of a PCI function adds; undefined for every other place.
 */
export function describeFunctionAt(plan: Plan, anchor: Anchor): string | undefined {
  const acs = anchor.path.lastIndexOf("acs");
  const [depth, key] = acs > 0 ? [acs, "acs"] : [anchor.path.length - 1, anchor.path.at(-1)];
  if (key !== "acs" && (anchor.part === "key" || !IDENTIFYING.has(key))) return undefined;
  const node = nodesByPointer(plan).get(jsonPointer(anchor.path.slice(0, depth)));
  if (!node) return undefined;
  return key === "acs" ? describeIsolation(plan, node) : describeFunction(plan, node);
}

const IDENTIFYING: ReadonlySet<string | number | undefined> = new Set(["at", "name", "type", "assign"]);

const nodesByPointer = perPlan((plan) => new Map(plan.functions.map((node) => [jsonPointer(node.anchor.path), node])));

function describeFunction(plan: Plan, node: PciNode): string {
  if (isBridge(node))
    return [groupSection(plan, node), describeIsolation(plan, node)].filter((part) => part !== "").join("\n\n");
  const verdict = assignabilityOf(plan, node);
  const parts = [
    `**${escapeMarkdown(describeVerdictOf(verdict))}**`,
    section("", [...(isSaidInGroup(verdict.verdict) ? [] : verdict.reasons.slice(1)), ...verdict.protections]),
    section("Note", verdict.cautions),
    groupSection(plan, node),
    reservedSection(plan, groupOf(plan, node)?.members ?? [node]),
    section("Its MSIs", describeDoorbellPath(doorbellPath(plan, groupsOf(plan).topology, node))),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

/** The section of the group gives the same reasons. */
function isSaidInGroup(verdict: string): boolean {
  return verdict === "together" || verdict === "assignable";
}

function groupSection(plan: Plan, node: PciNode): string {
  const groups = groupsOf(plan);
  const group = groupOf(plan, node);
  const kernel = `Linux ${printKernelVersion(groups.kernel)}`;
  if (!group) {
    // The verdict on what is no bridge has said why.
    const without = isBridge(node) ? groups.membership.without.find((one) => one.node === node) : undefined;
    return without ? `No IOMMU group: ${escapeMarkdown(without.because)}` : "";
  }
  if (group.members.length === 1)
    return section(`Alone in its IOMMU group (${kernel})`, [describeFounder(groups, group)]);
  const title = `IOMMU group of ${group.members.length} (${kernel}): ${listedLabels(
    group.members.map((one) => one.label),
    NAMED,
  )}`;
  return section(title, describeWays(groups, [...new Map([...waysAbout(group, node), ...group.joins])]));
}

function reservedSection(plan: Plan, members: readonly PciNode[]): string {
  const { regions, unknown } = regionsOfNodes(plan, members);
  const lines = regions.map(
    ({ range, kind, because }) =>
      `${inlineCode(printRange(range))} ${regionWord(kind)}: ${escapeMarkdown(because.join("; "))}`,
  );
  return list("Reserved", [...lines, ...unknown.map((because) => escapeMarkdown(`not known: ${because}`))]);
}

/** What the ACS of a function means for what is below it or beside it. */
function describeIsolation(plan: Plan, node: PciNode): string {
  const groups = groupsOf(plan);
  const { verdict, quirk } = groups.isolationOf(node);
  const outcome =
    verdict.kind === "isolates"
      ? `${node.label} isolates${quirk === undefined ? "" : ` (the kernel's quirk "${quirk}")`}`
      : `${node.label} does not isolate: ${describeVerdict(verdict)}`;
  const words =
    verdict.kind === "unknown" ? `Whether ${node.label} isolates is not known: ${verdict.because}` : outcome;
  const ways = blamedOn(plan, node).map(({ node: one, join }): WayIn => [one, join]);
  return [escapeMarkdown(words), section("To blame for", describeWays(groups, ways))]
    .filter((part) => part !== "")
    .join("\n\n");
}

function section(title: string, lines: readonly string[]): string {
  return list(escapeMarkdown(title), lines.map(escapeMarkdown));
}

/** `lines` are Markdown already. */
function list(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return "";
  const each = [...new Set(lines)];
  const more = each.length > LISTED ? [`and ${each.length - LISTED} more`] : [];
  return [
    ...(title === "" ? [] : [`${title}:`, ""]),
    ...[...each.slice(0, LISTED), ...more].map((line) => `- ${line}`),
  ].join("\n");
}
