// The façade of guests: what is closed to their memory, the known machines, where everything lies, and what would make a guest fit that does not.
// Knows nothing of formats, nor of words.
export * from "./guestPlan";
export type { BlockingKind, HostRegion, HostRegions } from "./hostRegions";
export { allRegionsOf, redirectsRequests, regionsFor, regionsForPassed } from "./hostRegions";
export type { PassedThrough } from "./passedThrough";
export { functionAt, functionsOn, passedThrough, undescribedOn } from "./passedThrough";
export type { Contribution, InputWidth, PlacementPolicy } from "./contributions";
export { contributionOf, contributionsOf, inputWidthOf, pageOf, policyOf } from "./contributions";
export type { Forbidden, ForbiddenRange, Top } from "./forbidden";
export { joinContributions, kindWord, outward } from "./forbidden";
export { asEmitted, asEmittedByGuest } from "./dmaAddresses";
export type { DroppedRegion, Machine, MachineLayout, MachineRegion, MachineRequest, MachineRole, Refusal } from "./machines/machine";
export type { MachineLookup } from "./machines/index";
export { findMachine, machineFamilies } from "./machines/index";
export { architectureOf, machineLookup, machineOf, machineRequest, ramSizeOf } from "./guestMachine";
export type {
  Conflict, DoorbellChoice, DoorbellStrategy, Obstacle, Origin, PlacedDoorbell, PlacedMemory, PlacedWindow, Placement, PlacementInput, RejectedDoorbell, Requested,
} from "./placement/placement";
export { POLICY_VERSION } from "./placement/placement";
export { banksOf, place } from "./placement/place";
export { forbiddenOf, freshPlacementOf, placementInput, placementOf, placementWith } from "./guestPlacement";
export type { Relaxation } from "./placement/relaxations";
export { relaxationsFor } from "./placement/relaxations";
export type { OtherBanks } from "./expressible";
export { inexpressible, machineBanks, mostMachineMemory } from "./expressible";
export type { Emitted } from "./emit/launch";
export { emitQemu } from "./emit/qemu";
export { emitLibvirt } from "./emit/libvirt";
export { emitDeviceTree } from "./emit/deviceTree";
export { emitBridgePackage } from "./emit/bridgePackage";
export type { BootMemory } from "./bootMemory";
export { bootMemoryOf } from "./bootMemory";
export type { HostFit } from "./hostFit";
export { blockedBytes, hostFit, hostFitsOf } from "./hostFit";
export type { Headroom } from "./headroom";
export { headroomOf } from "./headroom";
export { bankEdits } from "./bankEdits";
