// IOMMU groups as JSON. The names are fixed: other programs read them. Knows nothing of how groups are made.
import type { DeviceGroup, Group, IommuGroups, Join, Plan } from "../../../../core/src/index";
import {
  capturedDifferences,
  describeFounder,
  describeJoin,
  describeReach,
  describeRemedy,
  deviceGroups,
  groupNotes,
  missingBits,
  printKernelVersion,
  reachAcross,
} from "../../../../core/src/index";
import { plainJson } from "../terminal";

type Node = Group["members"][number];

export function printJsonGroups(plan: Plan, groups: IommuGroups): string {
  const report = {
    platform: plan.platform.platform,
    algorithm: groups.algorithm,
    kernel: printKernelVersion(groups.kernel),
    groups: [...groups.groups.map((group) => groupOf(groups, group)), ...deviceGroups(plan).map(groupOfDevices)],
    undetermined: groups.undetermined.map(({ nodes, atLeast, because }) => ({
      devices: nodes.map((node) => node.address),
      atLeast: atLeast.map((members) => members.map((node) => node.address)),
      because,
    })),
    withoutGroup: groups.membership.without.map(({ node, because }) => ({ device: node.address, because })),
    reachAcross: reachAcross(groups).map((reach) => ({
      groups: reach.groups.map((group) => group.members.map((node) => node.address)),
      blame: [...new Set(reach.joins.flatMap((join) => join.blame.map((node) => node.address)))],
      message: describeReach(groups, reach),
    })),
    captured: capturedDifferences(plan, groups),
    notes: groupNotes(groups, plan.platform.captured?.commandLine),
  };
  return plainJson(JSON.stringify(report, undefined, 2)) + "\n";
}

function groupOf(groups: IommuGroups, group: Group): object {
  return {
    devices: group.members.map((node) => node.address),
    reasons: [...group.joins].map(([node, join]) => reasonOf(groups, node, join)),
    founder: describeFounder(groups, group),
  };
}

/** Devices that are not PCI go by their names. */
function groupOfDevices({ iommu, devices: [first, ...others] }: DeviceGroup): object {
  const message = `${iommu.name} sees the DMA of both under one stream id`;
  return {
    devices: [first, ...others].map((device) => device?.name),
    reasons: others.map((device) => ({ device: device.name, joins: first?.name, because: "same-stream", message })),
    founder: `it is behind ${iommu.name}`,
  };
}

/** `blame` is the nearest that is to blame, `blamed` all of them with what each lacks. */
function reasonOf(groups: IommuGroups, node: Node, join: Join): object {
  const [first] = join.blame;
  const blamed = join.blame.map((one) => ({ device: one.address, ...missingBits(groups, one) }));
  return {
    device: node.address,
    joins: join.joins.address,
    because: join.because,
    blame: first?.address,
    ...(first && missingBits(groups, first)),
    blamed,
    through: join.through?.address,
    message: describeJoin(groups, node, join),
    change: describeRemedy(groups, node, join),
  };
}
