// IOMMU groups as text for a terminal. Knows nothing of how groups are made.
import type { Group, IommuGroups, Plan } from "../../../../core/src/index";
import {
  capturedDifferences,
  describeFounder,
  describeJoin,
  describeReach,
  describeRemedy,
  deviceGroups,
  groupNotes,
  printKernelVersion,
  reachAcross,
} from "../../../../core/src/index";
import { plainLines } from "../terminal";

export function printTextGroups(plan: Plan, groups: IommuGroups): string {
  const parts = [
    [heading(plan, groups)],
    ...groups.groups.map((group) => groupLines(groups, group)),
    ...groups.undetermined.map(({ nodes, atLeast, because }) => [
      `not known: ${nodes.map((node) => node.label).join(", ")}`,
      ...atLeast
        .filter((members) => members.length > 1)
        .map((members) => `  together in any case: ${members.map((node) => node.label).join(", ")}`),
      ...because.map((clause) => `  ${clause}`),
    ]),
    titled(
      "devices that are not PCI:",
      deviceGroups(plan).map(
        ({ iommu, devices }) =>
          `${devices.map((device) => device.name).join(", ")}: ${devices.length === 1 ? "alone" : "under one stream id"} behind ${iommu.name}`,
      ),
    ),
    titled(
      "without a group:",
      groups.membership.without.map(({ node, because }) => `${node.label}: ${because}`),
    ),
    titled(
      "apart, yet within reach:",
      reachAcross(groups).map((reach) => describeReach(groups, reach)),
    ),
    titled(
      `the captured kernel${plan.platform.captured?.kernel === undefined ? "" : ` (${plan.platform.captured.kernel})`} grouped otherwise:`,
      capturedDifferences(plan, groups).map(
        ({ id, kernel, computed }) =>
          `its group ${id}: ${kernel.join(", ")}; here ${computed.map((one) => `[${one.join(", ")}]`).join(" ")}`,
      ),
    ),
    groupNotes(groups, plan.platform.captured?.commandLine).map((note) => `note: ${note}`),
  ];
  return plainLines(
    parts
      .filter((lines) => lines.length > 0)
      .map((lines) => lines.join("\n") + "\n")
      .join("\n"),
  );
}

function heading(plan: Plan, { groups, undetermined, algorithm, kernel }: IommuGroups): string {
  const count = `${groups.length} IOMMU ${groups.length === 1 ? "group" : "groups"}`;
  const doubtful = undetermined.flatMap(({ nodes }) => nodes).length;
  const unknown = doubtful === 0 ? "" : `; the groups of ${doubtful} functions are not known`;
  if (plan.functions.length === 0) return `${plan.platform.platform}: no PCI function is described`;
  return `${plan.platform.platform}: ${count}, ${algorithm === "linux-mode-a" ? `as Linux ${printKernelVersion(kernel)} makes them` : "with isolation per bus"}${unknown}`;
}

function groupLines(groups: IommuGroups, group: Group): string[] {
  const [first] = group.members;
  return [
    group.members.map((node) => node.label).join(", "),
    `  ${group.members.length === 1 ? "alone" : `${first?.label ?? ""} is the first`}: ${describeFounder(groups, group)}`,
    ...[...group.joins].flatMap(([node, join]) => [
      `  ${describeJoin(groups, node, join)}`,
      `    ${describeRemedy(groups, node, join)}`,
    ]),
  ];
}

function titled(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
}
