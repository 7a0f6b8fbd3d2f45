// What a capture can say of one PCI function, wherever it was read. Knows nothing of files, nor of the tree.
import type { Known } from "./reading";

/** The language's words (language.md, `pci[].devices[].type`). */
export type FunctionType =
  | "root-port"
  | "upstream-port"
  | "downstream-port"
  | "endpoint"
  | "legacy-endpoint"
  | "integrated-endpoint"
  | "event-collector"
  | "pcie-to-pci-bridge"
  | "pci-to-pcie-bridge"
  | "pci-bridge"
  | "pci-device";

export type WindowType = "io" | "mem32" | "mem32-prefetchable" | "mem64" | "mem64-prefetchable";

/** A base address register. Addresses are bus addresses. */
export interface BarFact {
  /** 0 to 5; 6 is the expansion ROM. */
  readonly number: number;
  readonly type: WindowType;
  /** Undefined: implemented, but no address assigned. */
  readonly base: bigint | undefined;
  /** The kernel's address, where it is another than the bus's and was read. */
  readonly kernelBase?: bigint;
  /** Bytes; undefined where the source does not tell (configuration space alone never does). */
  readonly size: bigint | undefined;
  /** A BAR of the virtual functions: place and size of the first one. */
  readonly virtual?: boolean;
}

/** What a bridge forwards, in bus addresses, inclusive. */
export interface WindowFact {
  readonly type: WindowType;
  readonly base: bigint;
  readonly last: bigint;
}

export interface AcsWords {
  readonly capable: number;
  readonly enabled: number;
}

export interface MsiFact {
  readonly address64: boolean;
  readonly vectors: number;
  readonly msix: boolean;
}

export interface SriovFact {
  readonly total: number;
  readonly enabled: number;
  readonly offset: number | undefined;
  readonly stride: number | undefined;
}

export interface FunctionFacts {
  /** `8086:10fb`. */
  readonly id: Known<string>;
  /** Four or six hexadecimal digits. */
  readonly class: Known<string>;
  readonly type: Known<FunctionType>;
  readonly bridge: Known<boolean>;
  readonly multifunction: Known<boolean>;
  /** Secondary and subordinate bus of a bridge; "none": not a bridge, or not set up. */
  readonly buses: Known<{ readonly secondary: number; readonly subordinate: number } | "none">;
  readonly windows: Known<readonly WindowFact[]>;
  readonly bars: Known<readonly BarFact[]>;
  readonly acs: Known<AcsWords | "none">;
  readonly msi: Known<MsiFact | "none">;
  readonly ats: Known<boolean | "none">;
  readonly sriov: Known<SriovFact | "none">;
  readonly driver?: string;
  readonly description?: string;
  readonly node?: number;
  readonly group?: number;
  readonly virtual?: boolean;
  /** First byte of the registers of an AMD IOMMU that the function is. Physical. */
  readonly iommuBase?: bigint;
}

/** A function of which nothing is known. */
export const UNKNOWN_FUNCTION: FunctionFacts = {
  id: "unknown",
  class: "unknown",
  type: "unknown",
  bridge: "unknown",
  multifunction: "unknown",
  buses: "unknown",
  windows: "unknown",
  bars: "unknown",
  acs: "unknown",
  msi: "unknown",
  ats: "unknown",
  sriov: "unknown",
};

/** The facts of `first`, completed from `second` where `first` could not tell. */
export function completeFunction(first: FunctionFacts, second: FunctionFacts): FunctionFacts {
  const known = Object.entries(first).filter(([, value]) => value !== "unknown" && value !== undefined);
  return { ...second, ...Object.fromEntries(known) };
}
