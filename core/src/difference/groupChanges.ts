// Which IOMMU groups fell apart or grew together. Functions that came or went change a group, but split and merge nothing. Knows nothing of why groups are
// as they are.
import { iommuGroups } from "../plan/groups/index";
import type { PciNode } from "../plan/pciTree";
import type { Plan } from "../plan/plan";
import type { DescribedEntry } from "./entries";
import { entryKey } from "./entries";
import type { Matching } from "./matching";

/** `split`: one became several. `merged`: several became one. `regrouped`: several became several others. */
export interface GroupChange {
  readonly change: "split" | "merged" | "regrouped";
  readonly before: readonly (readonly PciNode[])[];
  readonly after: readonly (readonly PciNode[])[];
}

export interface GroupChanges {
  readonly changes: readonly GroupChange[];
  /** Functions whose groups one of the sides does not settle, by their addresses. */
  readonly undetermined: readonly string[];
}

/** Compares the groups that both sides settle. */
export function groupChanges(before: Plan, after: Plan, entries: { readonly before: readonly DescribedEntry[]; readonly after: readonly DescribedEntry[] }, matching: Matching): GroupChanges {
  const [old, now] = [iommuGroups(before), iommuGroups(after)];
  const oldIndex = groupIndex(old.groups.map((group) => group.members));
  const newIndex = groupIndex(now.groups.map((group) => group.members));
  const partners = partnersOf(before, after, entries, matching);
  const links = [...partners].flatMap(([one, other]) => {
    const [from, to] = [oldIndex.get(one), newIndex.get(other)];
    return from === undefined || to === undefined ? [] : [{ from, to }];
  });
  const changes = components(links).filter(({ from, to }) => from.length > 1 || to.length > 1).map(({ from, to }) => ({
    change: from.length === 1 ? ("split" as const) : to.length === 1 ? ("merged" as const) : ("regrouped" as const),
    before: from.map((index) => old.groups[index]?.members ?? []),
    after: to.map((index) => now.groups[index]?.members ?? []),
  }));
  const undetermined = new Set([...old.undetermined, ...now.undetermined].flatMap(({ nodes }) => nodes.map((node) => node.address)));
  return { changes, undetermined: [...undetermined].sort() };
}

function groupIndex(groups: readonly (readonly PciNode[])[]): ReadonlyMap<PciNode, number> {
  return new Map(groups.flatMap((members, index) => members.map((node) => [node, index] as const)));
}

/** Functions of the old description with what they are in the new one. */
function partnersOf(before: Plan, after: Plan, entries: { readonly before: readonly DescribedEntry[]; readonly after: readonly DescribedEntry[] }, matching: Matching): ReadonlyMap<PciNode, PciNode> {
  const newNodes = new Map(after.functions.map((node) => [entryKey(node.anchor), node]));
  const oldEntries = new Map(entries.before.map((one) => [one.key, one]));
  return new Map(
    before.functions.flatMap((node) => {
      const entry = oldEntries.get(entryKey(node.anchor));
      const partner = entry && matching.after.get(entry);
      const found = partner && newNodes.get(partner.key);
      return found ? [[node, found] as const] : [];
    }),
  );
}

/** Old and new groups that share functions, directly or over others, in the order of the old ones. */
function components(links: readonly { readonly from: number; readonly to: number }[]): { readonly from: readonly number[]; readonly to: readonly number[] }[] {
  const found: { from: Set<number>; to: Set<number> }[] = [];
  for (const { from, to } of links) {
    const touched = found.filter((one) => one.from.has(from) || one.to.has(to));
    const merged = { from: new Set([from, ...touched.flatMap((one) => [...one.from])]), to: new Set([to, ...touched.flatMap((one) => [...one.to])]) };
    found.splice(0, found.length, ...found.filter((one) => !touched.includes(one)), merged);
  }
  const sorted = (numbers: ReadonlySet<number>): number[] => [...numbers].sort((a, b) => a - b);
  return found.map(({ from, to }) => ({ from: sorted(from), to: sorted(to) })).sort((a, b) => (a.from[0] ?? 0) - (b.from[0] ?? 0));
}
