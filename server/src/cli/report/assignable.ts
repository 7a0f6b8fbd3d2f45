// Assignability as a table, as the page of one function, and as JSON. The names in JSON are fixed: other programs read
// them. Knows nothing of how verdicts come about.
import type { Assignability, IommuGroups, Plan } from "../../../../core/src/index";
import {
  describeDoorbellPath,
  describeVerdictOf,
  doorbellPath,
  groupNotes,
  printKernelVersion,
  printRange,
  regionsOfNodes,
  regionWord,
} from "../../../../core/src/index";
import { plainJson, plainLines } from "../terminal";

export function printJsonAssignable(plan: Plan, groups: IommuGroups, all: readonly Assignability[]): string {
  const report = {
    platform: plan.platform.platform,
    kernel: printKernelVersion(groups.kernel),
    functions: all.map(({ node, verdict, group, together, reasons, protections, cautions }) => ({
      device: node.address,
      name: node.function.name,
      type: node.function.type,
      verdict,
      group: group.map((one) => one.address),
      together: together.map((one) => one.address),
      reasons,
      protections,
      cautions,
      doorbell: describeDoorbellPath(doorbellPath(plan, groups.topology, node)),
    })),
    notes: groupNotes(groups, plan.platform.captured?.commandLine),
  };
  return plainJson(JSON.stringify(report, undefined, 2)) + "\n";
}

/** A line a function: where, what it is called, the verdict; below it why, as far as no line before says so. */
export function printTextAssignable(plan: Plan, groups: IommuGroups, all: readonly Assignability[]): string {
  const widths = [widest(all, ({ node }) => node.address), widest(all, nameOf)] as const;
  const said = new Set<string>();
  const lines = all.flatMap((one) => rows(one, widths, said));
  const notes = groupNotes(groups, plan.platform.captured?.commandLine).map((note) => `note: ${note}`);
  return plainLines(
    [heading(plan, groups, all), "", ...lines, ...(notes.length > 0 ? ["", ...notes] : [])].join("\n") + "\n",
  );
}

/** Everything about one function. */
export function printTextFunction(plan: Plan, groups: IommuGroups, one: Assignability): string {
  const { regions, unknown } = regionsOfNodes(plan, one.group.length > 0 ? one.group : [one.node]);
  const reserved = [
    ...regions.map(({ range, kind, because }) => `${printRange(range)} ${regionWord(kind)}: ${because.join("; ")}`),
    ...unknown.map((because) => `not known: ${because}`),
  ];
  const parts = [
    [
      `${one.node.label}: ${describeVerdictOf(one)}`,
      ...[...new Set([...reasonsBesides(one), ...one.protections])].map((clause) => `  ${clause}`),
    ],
    titled("note:", one.cautions),
    titled(
      "its IOMMU group:",
      one.group.map((node) => node.label),
    ),
    titled("reserved for its group:", reserved),
    titled("the path of its MSIs:", describeDoorbellPath(doorbellPath(plan, groups.topology, one.node))),
  ];
  return plainLines(
    parts
      .filter((lines) => lines.length > 0)
      .map((lines) => lines.join("\n") + "\n")
      .join("\n"),
  );
}

function heading(plan: Plan, groups: IommuGroups, all: readonly Assignability[]): string {
  const usable = all.filter((one) => one.verdict === "assignable").length;
  const shared = all.filter((one) => one.verdict === "together").length;
  const count = `of ${all.length} PCI ${all.length === 1 ? "function" : "functions"} ${usable} assignable`;
  const kernel = printKernelVersion(groups.kernel);
  return `${plan.platform.platform}: ${count}, ${shared} only together with others, as Linux ${kernel} groups them`;
}

/** Why something is assignable is the ordinary case, which `--device` tells. */
function rows(one: Assignability, [address, name]: readonly [number, number], said: Set<string>): string[] {
  const first = `${one.node.address.padEnd(address)}  ${nameOf(one).padEnd(name)}  ${describeVerdictOf(one)}`;
  const reasons = one.verdict === "assignable" ? [] : reasonsBesides(one);
  const lines = [...new Set([...reasons, ...one.cautions.map((caution) => `note: ${caution}`)])].filter(
    (line) => !said.has(line),
  );
  for (const line of lines) said.add(line);
  return [first.trimEnd(), ...lines.map((line) => `    ${line}`)];
}

/** The verdict in one line gives the first reason of a refusal. */
function reasonsBesides({ verdict, reasons }: Assignability): readonly string[] {
  return verdict === "assignable" || verdict === "together" ? reasons : reasons.slice(1);
}

function nameOf({ node }: Assignability): string {
  return node.function.name ?? node.function.type ?? "";
}

function widest(all: readonly Assignability[], text: (one: Assignability) => string): number {
  return Math.max(0, ...all.map((one) => text(one).length));
}

function titled(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
}
