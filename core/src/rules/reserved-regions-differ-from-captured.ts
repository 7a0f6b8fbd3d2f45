// The reserved regions that follow from the description are not those that the captured kernel lists.
import type { AddressRange } from "../address";
import type { Anchor } from "../anchor";
import { under } from "../anchor";
import type { Related } from "../finding";
import { areGroupsMisread, groupsOf, regionsByGroup } from "../plan/assignedGroups";
import { capturedFunction, isInWindows } from "../plan/capturedFunctions";
import { iommusOf, regionEntries } from "../plan/describedRegions";
import type { Group } from "../plan/groups/assignment";
import { isAtLeast, parseKernelVersion } from "../plan/groups/kernel";
import { isMisread } from "../plan/misread";
import { entryAnchor } from "../plan/occupants";
import { perPlan } from "../plan/perPlan";
import type { PciNode } from "../plan/pciTree";
import type { Plan } from "../plan/plan";
import { regionWord } from "../plan/reserved/index";
import type { Captured, IommuReservedRegion } from "../platform";
import { printRange } from "../print";
import { defineRule, notChecked } from "../rule";

type CapturedGroup = NonNullable<Captured["groups"]>[number];
type Word = IommuReservedRegion["type"];

interface Region {
  readonly range: AddressRange<"iova">;
  readonly word: Word;
}

interface Drift {
  /** The kernel's numbers of the groups that differ in this way; at least one. */
  readonly ids: number[];
  readonly at: Anchor;
  readonly related: readonly Related[];
  /** Listed by the kernel, and not in the description. */
  readonly listed: readonly Region[];
  /** In the description, and not listed by the kernel. */
  readonly described: readonly Region[];
}

export const reservedRegionsDifferFromCaptured = defineRule<Drift>({
  id: "reserved-regions-differ-from-captured",
  severity: "warning",
  since: "0.1.0",
  summary: "The reserved regions that follow from the description are not those that the captured kernel lists.",
  why: `Platmap derives the reserved regions of each IOMMU group from the description as the kernel derives them from firmware's tables. A region that only the
kernel lists is missing from the description, and guests would be planned over it. A region that only the description gives costs guests memory for
nothing, or has come with a newer firmware.

Groups that differ in the same way are one finding. Not compared: groups whose members differ (another rule says so), groups with members that the
description does not have, and windows of host bridges, which old kernels list.`,
  sources: ["domain.md 1.1 to 1.4", "Linux, Documentation/ABI/testing/sysfs-kernel-iommu_groups"],
  bad: [
    {
      text: `{
  "platform": "board",
  "iommus": [{
    "name": "dmar0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K",
    //      ~~~~~~~ dmar0 is in front of the group
    "reserved": [{ "name": "rmrr0", "range": "0xbf00_0000-0xbf0f_ffff", "type": "direct", "devices": ["00:02.0"] }],
    //                     ~~~~~~~ described here
  }],
  "reserved": [{ "name": "firmware", "range": "0xbf00_0000-0xbf0f_ffff", "type": "firmware" }],
  "pci": [{
    "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "dmar0" }],
    "devices": [{ "at": "00:02.0", "type": "endpoint" }, { "at": "00:03.0", "type": "endpoint" }],
  }],
  "captured": { "groups": [
    { "id": 0, "devices": ["0000:00:02.0"], "reserved": [{ "range": "0xfee0_0000-0xfeef_ffff", "type": "msi" }] },
    //                                                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: for group 0 the captured kernel does not list 0xbf00_0000-0xbf0f_ffff direct, which follows from the description
    {
      "id": 1, "devices": ["0000:00:03.0"],
      "reserved": [{ "range": "0xbe00_0000-0xbe0f_ffff", "type": "direct" }, { "range": "0xfee0_0000-0xfeef_ffff", "type": "msi" }],
      //                      ^^^^^^^^^^^^^^^^^^^^^^^^^ warning: for group 1 the captured kernel lists 0xbe00_0000-0xbe0f_ffff direct, which does not follow from the description
    },
  ] },
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "iommus": [{ "name": "dmar0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K" }, { "name": "unit1", "type": "riscv-iommu", "base": "0x1000_0000", "size": "4K" }],
  "pci": [{
    "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-001f", "to": "dmar0" }, { "ids": "0020-ffff", "to": "unit1" }],
    "devices": [{ "at": "00:02.0", "type": "endpoint" }, { "at": "00:03.0", "type": "endpoint" }, { "at": "00:05.0", "type": "endpoint" }],
  }],
  "captured": { "groups": [
    { "id": 0, "devices": ["0000:00:02.0"], "reserved": [{ "range": "0xfee0_0000-0xfeef_ffff", "type": "msi" }] },
    // What is not told is not compared, and what this kind of IOMMU lists is not known.
    { "id": 1, "devices": ["0000:00:03.0"] },
    { "id": 2, "devices": ["0000:00:05.0"], "reserved": [] },
  ] },
}`,
  ],
  *check(plan) {
    const groups = (plan.platform.captured?.groups ?? []).filter((group) => group.reserved !== undefined);
    if (groups.length === 0) return;
    const found = new Map<string, Drift>();
    for (const captured of groups) {
      const compared = compare(plan, captured);
      if ("notChecked" in compared) yield compared;
      else if (compared.listed.length + compared.described.length > 0) addTo(found, compared);
    }
    for (const drift of found.values()) yield { at: drift.at, data: drift, related: drift.related };
  },
  message({ ids, listed, described }) {
    const missing = listed.length === 0 ? [] : [`lists ${regionsText(listed)}, which ${listed.length === 1 ? "does" : "do"} not follow from the description`];
    const extra = described.length === 0 ? [] : [`does not list ${regionsText(described)}, which ${described.length === 1 ? "follows" : "follow"} from the description`];
    const group = ids.length === 1 ? `group ${ids[0]}` : `group ${ids[0]} and ${ids.length - 1} more`;
    return `for ${group} the captured kernel ${[...missing, ...extra].join(", and ")}`;
  },
});

const NOTHING = { listed: [], described: [] } as const;

function compare(plan: Plan, captured: CapturedGroup): Drift | { readonly notChecked: string } {
  const nodes = captured.devices.map((device) => capturedFunction(plan, device));
  const known = nodes.filter((node) => node !== undefined);
  const empty: Drift = { ids: [captured.id], at: captured.anchor, related: [], ...NOTHING };
  const strange = captured.devices[nodes.indexOf(undefined)];
  if (known.length === 0 || isMisread(plan, captured.anchor) || isMisread(plan, under(plan.platform.anchor, "iommus"))) return empty;
  if (strange !== undefined) return notChecked(`${strange} of captured group ${captured.id} is no PCI function of the description`);
  const group = sameGroup(plan, known);
  if (!group || areGroupsMisread(plan, known)) return empty;
  const { regions, unknown } = regionsByGroup(plan).get(group) ?? { regions: [], unknown: [] };
  if (unknown[0] !== undefined) return notChecked(unknown[0]);
  return driftOf(plan, captured, known, regions.map((one) => ({ range: one.range, word: regionWord(one.kind) as Word })));
}

/** Ours with exactly these functions, as far as the captured kernel knows its members. */
function sameGroup(plan: Plan, nodes: readonly PciNode[]): Group | undefined {
  const [first] = nodes;
  const group = first && groupByFunction(plan).get(first);
  const members = group?.members.filter((node) => capturedAddresses(plan).has(node));
  return members?.length === nodes.length && nodes.every((node) => members.includes(node)) ? group : undefined;
}

const groupByFunction = perPlan((plan) => new Map(groupsOf(plan).groups.flatMap((group) => group.members.map((node) => [node, group] as const))));

const capturedAddresses = perPlan((plan) => new Set((plan.platform.captured?.groups ?? []).flatMap((group) => group.devices.flatMap((device) => capturedFunction(plan, device) ?? []))));

function driftOf(plan: Plan, captured: CapturedGroup, nodes: readonly PciNode[], derived: readonly Region[]): Drift {
  const bridges = [...new Set(nodes.map((node) => node.hostBridge))];
  const lines = (captured.reserved ?? []).filter((one) => !(one.type === "reserved" && isInWindows(bridges, one.range)));
  const key = keyFor(plan);
  const ours = new Set(derived.map(key));
  const theirs = new Set(lines.map((one) => key({ range: one.range, word: one.type })));
  const onlyTheirs = lines.filter((one) => !ours.has(key({ range: one.range, word: one.type })));
  const onlyOurs = derived.filter((one) => !theirs.has(key(one)));
  const [first] = onlyTheirs;
  return {
    ids: [captured.id],
    at: first ? under(first.anchor, "range") : under(captured.anchor, "reserved"),
    related: onlyTheirs.length + onlyOurs.length === 0 ? [] : describedPlaces(plan, nodes, onlyOurs),
    listed: onlyTheirs.map((one) => ({ range: one.range, word: one.type })),
    described: onlyOurs,
  };
}

function describedPlaces(plan: Plan, nodes: readonly PciNode[], regions: readonly Region[]): Related[] {
  const iommus = iommusOf(plan, nodes);
  const entries = regions.flatMap((region) => regionEntries(iommus, region.range, region.word)).map((at) => ({ at, message: "described here" }));
  return [...entries, ...iommus.map((iommu) => ({ at: entryAnchor(iommu), message: `${iommu.name} is in front of the group` }))];
}

/** Before 5.3 the kernel had no word for relaxable regions (domain.md 1.1). */
function keyFor(plan: Plan): (region: Region) => string {
  const kernel = plan.platform.captured?.kernel === undefined ? undefined : parseKernelVersion(plan.platform.captured.kernel);
  const isOld = kernel !== undefined && !isAtLeast(kernel, { major: 5, minor: 3 });
  return ({ range, word }) => `${range.base}-${range.end} ${isOld && word === "direct-relaxable" ? "direct" : word}`;
}

function addTo(found: Map<string, Drift>, drift: Drift): void {
  const key = `${regionsKey(drift.listed)} / ${regionsKey(drift.described)}`;
  const same = found.get(key);
  if (same) same.ids.push(...drift.ids);
  else found.set(key, drift);
}

function regionsKey(regions: readonly Region[]): string {
  return regions.map(({ range, word }) => `${range.base}-${range.end} ${word}`).join(", ");
}

function regionsText(regions: readonly Region[]): string {
  const [first] = regions;
  const more = regions.length > 1 ? ` and ${regions.length - 1} more` : "";
  return first ? `${printRange(first.range)} ${first.word}${more}` : "";
}
