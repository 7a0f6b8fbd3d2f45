// Descriptions and their groups in short forms, for the tests of groups. Knows nothing of what is expected.
import assert from "node:assert/strict";
import type { Plan } from "../../core/src/index";
import type { Group } from "../../core/src/plan/groups/assignment";
import type { GroupingOptions, IommuGroups } from "../../core/src/plan/groups/iommuGroups";
import { iommuGroups } from "../../core/src/plan/groups/iommuGroups";
import { checkText } from "../../server/src/workspace/check";

/** The plan of a text that has nothing wrong in its form. */
export function planOf(text: string, file = "a.platform.jsonc"): Plan {
  const { plan } = checkText(file, text);
  assert.ok(plan, "the text is a platform file");
  assert.deepEqual(plan.problems, []);
  return plan;
}

/** A partition as text, in one order: `[01:00.0 02:00.0]`, without the segment where all have segment 0. */
export function partition(groups: readonly (readonly string[])[]): string[] {
  return groups.map((members) => [...members].sort().map(short).join(" ")).sort();
}

export function membersOf(groups: readonly Pick<Group, "members">[]): string[][] {
  return groups.map((group) => group.members.map((node) => node.address));
}

/** The certain groups of a text. */
export function groupsOf(text: string, options: GroupingOptions = {}): string[] {
  return partition(membersOf(iommuGroups(planOf(text), options).groups));
}

/** Every function's join: `01:00.0 joins 00:01.0, acs-path, blame 00:01.0`. */
export function joinsOf({ groups }: IommuGroups): string[] {
  return groups.flatMap((group) =>
    [...group.joins].map(([node, { joins, because, blame }]) =>
      [
        `${short(node.address)} joins ${short(joins.address)}`,
        because,
        ...(blame.length > 0 ? [`blame ${blame.map((one) => short(one.address)).join(" ")}`] : []),
      ].join(", "),
    ),
  );
}

/** A platform behind one IOMMU, with these functions (the JSON of `devices`). */
export function platform(
  devices: string,
  more: { readonly iommu?: string; readonly bridge?: string; readonly top?: string } = {},
): string {
  return `{
  "platform": "machine",
  "iommus": [${more.iommu ?? `{ "name": "iommu0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K" }`}],
  "pci": [{ "name": "pci0", "msi": "none", ${more.bridge ?? `"iommu": [{ "ids": "0000-ffff", "to": "iommu0" }]`}, "devices": [${devices}] }]${more.top ?? ""}
}`;
}

export function short(address: string): string {
  return address.replace(/^0000:/, "");
}
