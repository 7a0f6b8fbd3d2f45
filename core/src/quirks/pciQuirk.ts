// What a row about certain PCI functions looks like, and how a function is found in a table. Knows no single row.
import type { PciFunction } from "../platform";

/** Device ids of one vendor: single ones, and inclusive ranges. */
export type DeviceIds = "any" | readonly (number | readonly [first: number, last: number])[];

export type FunctionType = Exclude<PciFunction["type"], undefined>;

/** Which functions a row is about, and where the fact comes from. */
export interface PciQuirk {
  /** What people call the devices. */
  readonly name: string;
  readonly vendor: number;
  readonly devices: DeviceIds;
  /** What the function must be on its link; absent: anything. */
  readonly types?: readonly FunctionType[];
  /** The first kernel that has the row; absent: every kernel that is maintained today, stable ones included. */
  readonly since?: string;
  /** The kernel's function that says so. */
  readonly source: string;
  /** True when the groups of a running kernel have confirmed the row. */
  readonly tested: boolean;
}

/** Vendor and device of a function, where they are known. */
export function idsOf(one: PciFunction): { readonly vendor: number; readonly device: number } | undefined {
  if (one.id === undefined) return undefined;
  return { vendor: parseInt(one.id.slice(0, 4), 16), device: parseInt(one.id.slice(5), 16) };
}

/**
 * True when the row is about functions of this vendor, device and type. A type that is not known matches no row that
 * asks for one.
 */
export function isAbout(quirk: PciQuirk, one: PciFunction): boolean {
  const ids = idsOf(one);
  if (ids === undefined || ids.vendor !== quirk.vendor || !holds(quirk.devices, ids.device)) return false;
  return quirk.types === undefined || (one.type !== undefined && quirk.types.includes(one.type));
}

/** True when the list has the device id. */
export function holds(devices: DeviceIds, device: number): boolean {
  if (devices === "any") return true;
  return devices.some((one) => (typeof one === "number" ? one === device : one[0] <= device && device <= one[1]));
}
