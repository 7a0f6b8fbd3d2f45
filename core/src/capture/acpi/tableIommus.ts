// What ACPI tables say of IOMMUs, whatever the kind: the units, who is behind which, what must not be mapped freely.
// Knows nothing of any one table, nor of names in a description.
import type { CapturedRange, Unread } from "../reading";
import type { FunctionFacts } from "../pciFunctionFacts";
import type { IommuType } from "../sysClassIommu";

/**
 * Which functions of a segment: requester ids (inclusive), functions by address with or without what is below, or all.
 */
export type TableScope =
  | { readonly kind: "ids"; readonly first: number; readonly last: number }
  | { readonly kind: "devices"; readonly devices: readonly string[]; readonly below: boolean }
  | { readonly kind: "streams"; readonly first: number; readonly last: number }
  | { readonly kind: "all" };

/** I/O virtual addresses, inclusive. */
export interface TableReserved extends CapturedRange {
  readonly type: "direct" | "direct-relaxable" | "msi";
  readonly scope: TableScope;
  /** Where it comes from, and what is not sure of it. */
  readonly note: string;
}

export interface TableIommu {
  /** Names the unit in mappings. */
  readonly key: string;
  readonly type: IommuType;
  /** Registers, physical; undefined: it is a PCI function. */
  readonly registers: CapturedRange | undefined;
  /** Where it is a PCI function itself: `0000:00:01.0`. */
  readonly at: string | undefined;
  /** The name that Linux gives it, where that follows from the table. */
  readonly kernelName: string | undefined;
  readonly interruptRemapping: boolean | undefined;
  /** It translates the HyperTransport range too. */
  readonly translatesHyperTransport?: true;
  readonly reserved: readonly TableReserved[];
  /** What a person should know of it, a sentence each. */
  readonly notes: readonly string[];
}

export interface TableMapping {
  readonly segment: number;
  readonly scope: TableScope;
  /** Key of the unit. */
  readonly to: string;
  /** Stream of the first id. */
  readonly stream?: number;
  /** Every id is that stream. */
  readonly same?: boolean;
}

/** Requester ids (inclusive) of a segment that reach a doorbell as device ids from `deviceIds` on. */
export interface TableMsiMapping {
  readonly segment: number;
  readonly first: number;
  readonly last: number;
  /** Physical address of the ITS. */
  readonly doorbell: bigint;
  readonly deviceIds: number;
  readonly same: boolean;
}

export interface TableIommus {
  readonly units: readonly TableIommu[];
  readonly mappings: readonly TableMapping[];
  /** Nothing that the table says of who is behind whom had to be left out. */
  readonly complete: boolean;
  readonly unread: readonly Unread[];
}

/** The functions of the capture, by full address. */
export type Functions = ReadonlyMap<string, FunctionFacts>;
