// The façade of IOMMU groups: what commands and editors use. Knows nothing of formats.
export type { Because, Group, Join } from "./assignment";
export {
  describeFounder,
  describeJoin,
  describeReach,
  describeRemedy,
  groupNotes,
  missingBits,
} from "./describeGroups";
export type { GroupingAlgorithm, GroupingOptions, IommuGroups, UndeterminedGroups } from "./iommuGroups";
export { iommuGroups, kernelOf } from "./iommuGroups";
export type { KernelVersion } from "./kernel";
export { parseKernelVersion, printKernelVersion } from "./kernel";
export type { DeviceGroup } from "./deviceGroups";
export { deviceGroups } from "./deviceGroups";
export { capturedDifferences } from "./capturedGroups";
export type { Reach } from "./reach";
export { reachAcross } from "./reach";
export type { Remedy } from "./remedies";
export { remedyFor } from "./remedies";
