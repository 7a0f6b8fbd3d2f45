// The IOMMU groups of devices that are not PCI: each its own, but for those that an SMMU sees under one stream. Knows
// nothing of PCI.
import type { Device, Iommu } from "../../platform";
import { iommuInFrontOfDevice } from "../iommuInFront";
import type { Plan } from "../plan";

/** Devices of one group, the first of the description first. */
export interface DeviceGroup {
  readonly iommu: Iommu;
  readonly devices: readonly Device[];
}

/**
 * Linux, generic_device_group and arm_smmu_device_group: an SMMUv1 or v2 puts devices that share a stream into one
 * group, an SMMUv3 refuses the later one. Devices without an IOMMU in front, or with one that is not known, have none.
 * That a PCI function has the same stream is not looked at.
 */
export function deviceGroups(plan: Plan): DeviceGroup[] {
  const groups: {
    readonly iommu: Iommu;
    readonly devices: Device[];
    readonly streams: [first: number, last: number][];
  }[] = [];
  for (const device of plan.platform.devices ?? []) {
    const front = device.disabled === true ? undefined : iommuInFrontOfDevice(plan, device);
    if (front?.kind !== "iommu") continue;
    const streams = streamsOn(device, front.iommu);
    const shared = groups.find(
      (group) =>
        group.iommu === front.iommu &&
        group.streams.some(([first, last]) => streams.some((one) => one[0] <= last && first <= one[1])),
    );
    if (shared && front.iommu.type === "smmuv3") continue;
    if (shared) shared.devices.push(device);
    if (shared) shared.streams.push(...streams);
    else groups.push({ iommu: front.iommu, devices: [device], streams });
  }
  return groups;
}

function streamsOn(device: Device, iommu: Iommu): [first: number, last: number][] {
  if (!iommu.type.startsWith("smmu") || device.iommu === "unknown") return [];
  return (device.iommu ?? []).flatMap(({ to, streams }) =>
    to === iommu.name && streams ? [[streams.first, streams.last] as [number, number]] : [],
  );
}
