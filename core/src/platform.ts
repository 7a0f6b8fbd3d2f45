// What a platform file says, as types. Derived from the language, so that model and language cannot part.
// Knows nothing of text, nor of what follows from the facts.
import type { Entry, ModelOf, RecordModel } from "./language/valueType";
import type { captured } from "./language/capturedFacts";
import type * as file from "./language/platformFile";

export type Platform = ModelOf<typeof file.platformFile>;
export type Memory = ModelOf<typeof file.memory>;
export type Device = ModelOf<typeof file.device>;
export type Reservation = ModelOf<typeof file.reservation>;
export type Doorbell = ModelOf<typeof file.doorbell>;
export type Iommu = ModelOf<typeof file.iommu>;
export type MsiWindow = ModelOf<typeof file.msiWindow>;
export type IommuReservedRegion = ModelOf<typeof file.iommuReserved>;
export type HostBridge = ModelOf<typeof file.hostBridge>;
export type HostWindow = ModelOf<typeof file.hostWindow>;
export type InboundWindow = ModelOf<typeof file.inboundWindow>;
export type IommuMapping = ModelOf<typeof file.bridgeIommu>;
export type MsiMapping = ModelOf<typeof file.bridgeMsi>;
export type CapturedMsi = ModelOf<typeof file.capturedMsi>;
export type ConfigSpace = ModelOf<typeof file.config>;
export type BridgeWindow = ModelOf<typeof file.bridgeWindow>;
export type Bar = ModelOf<typeof file.bar>;
export type Acs = ModelOf<typeof file.acs>;
export type FunctionMsi = ModelOf<typeof file.functionMsi>;
export type CxlWindow = ModelOf<typeof file.cxlWindow>;
export type Captured = ModelOf<typeof captured>;

/** A PCI function, with what is behind it. */
export interface PciFunction extends RecordModel<file.PciFunctionFields, {}> {
  readonly devices?: readonly PciFunction[];
}

/** An entry of the document that has, or may have, a name. */
export interface NamedEntry extends Entry {
  readonly name?: string;
}
