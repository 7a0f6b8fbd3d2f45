// The groups that a captured kernel made, beside those that follow from the description. Nothing here takes part in
// making groups.
import type { Plan } from "../plan";
import type { IommuGroups } from "./iommuGroups";

/**
 * A group of the captured kernel that is not one of ours, and where its members are with us. Reduced to functions that
 * both know.
 */
export interface GroupDifference {
  readonly id: number;
  readonly kernel: readonly string[];
  /** Our groups that hold any of them, each reduced likewise. */
  readonly computed: readonly (readonly string[])[];
}

/** In the order of the captured groups. Functions whose group is not certain are not compared. */
export function capturedDifferences(plan: Plan, { groups }: IommuGroups): GroupDifference[] {
  const captured = plan.platform.captured?.groups ?? [];
  const theirs = new Set(captured.flatMap((group) => group.devices));
  const ours = groups.map((group) =>
    group.members.map((node) => node.address).filter((address) => theirs.has(address)),
  );
  const indexOf = new Map(ours.flatMap((group, index) => group.map((address) => [address, index] as const)));
  return captured.flatMap(({ id, devices }) => {
    const kernel = devices.filter((device) => indexOf.has(device)).sort();
    const indices = [...new Set(kernel.map((device) => indexOf.get(device) ?? 0))].sort((a, b) => a - b);
    const computed = indices.flatMap((index) => [ours[index] ?? []]);
    const isSame = computed.length === 1 && computed[0]?.length === kernel.length;
    return kernel.length === 0 || isSame ? [] : [{ id, kernel, computed }];
  });
}
