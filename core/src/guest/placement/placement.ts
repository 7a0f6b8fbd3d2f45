// What a placement of a guest is: where its memory, its windows and its doorbell lie, and what stands against it. Data only: knows nothing of how places
// are found, nor of words.
import type { AddressRange } from "../../address";
import type { Guest, GuestDevice, GuestMemory, GuestWindow } from "../../guest";
import type { Forbidden, ForbiddenRange, Top } from "../forbidden";
import type { Architecture, Machine, MachineLayout, MachineRegion } from "../machines/machine";

/** The version of the rules by which everything is placed. A changed default would move a guest, so it is a new version. */
export const POLICY_VERSION = 1;

export interface PlacementInput {
  readonly guest: Guest;
  readonly forbidden: Forbidden;
  readonly machine: Machine | undefined;
  readonly arch: Architecture | undefined;
  /** Places anew what a plan has written. */
  readonly ignoresBanks?: boolean;
  /** Combinations that are tried before the search gives up; absent: 2000. */
  readonly mostCombinations?: number;
}

export type DoorbellStrategy = NonNullable<NonNullable<Guest["doorbell"]>["strategy"]>;
/** A way to choose the doorbell's address; `hole` is the last resort of all. */
export type DoorbellChoice = Exclude<DoorbellStrategy, "auto"> | "hole";

/** What holds addresses. */
export type Obstacle =
  | { readonly kind: "forbidden"; readonly region: ForbiddenRange }
  | { readonly kind: "machine"; readonly region: MachineRegion }
  | { readonly kind: "device"; readonly entry: GuestDevice }
  | { readonly kind: "memory"; readonly entry: GuestMemory }
  | { readonly kind: "window"; readonly entry: GuestWindow }
  | { readonly kind: "doorbell" }
  | { readonly kind: "top"; readonly top: Top };

/** Something that holds addresses, where it does. */
export interface Occupied {
  readonly range: AddressRange<"ipa">;
  readonly by: Obstacle;
}

/** `fixed`: the file gives its base. `written`: a plan has written its banks. `placed`: chosen here. */
export type Origin = "fixed" | "written" | "placed";

export interface PlacedMemory {
  readonly entry: GuestMemory;
  readonly origin: Origin;
  /** Upward; together fewer bytes than asked for when there is no room. */
  readonly banks: readonly AddressRange<"ipa">[];
}

export interface PlacedWindow {
  readonly entry: GuestWindow;
  readonly origin: Origin;
  /** Undefined where there is no room. */
  readonly range: AddressRange<"ipa"> | undefined;
}

/** A place that was not taken for the doorbell, and why. */
export interface RejectedDoorbell {
  readonly choice: DoorbellChoice;
  /** Undefined where there is no such place. */
  readonly range: AddressRange<"ipa"> | undefined;
  /** What is there; undefined where the hosts agree on no window, or where no place is free. */
  readonly obstacle: Obstacle | undefined;
}

export interface PlacedDoorbell {
  /** What the file asks for. */
  readonly strategy: DoorbellStrategy;
  /** The file gives its base. */
  readonly isFixed: boolean;
  /** How the place was chosen in the end; undefined where there is none. */
  readonly choice: DoorbellChoice | undefined;
  readonly range: AddressRange<"ipa"> | undefined;
  /** In the order in which they were tried. */
  readonly rejected: readonly RejectedDoorbell[];
}

/** What the file asks a place for. */
export type Requested =
  | { readonly kind: "memory"; readonly entry: GuestMemory }
  | { readonly kind: "window"; readonly entry: GuestWindow }
  | { readonly kind: "doorbell" };

/** Why the placement does not hold. */
export type Conflict =
  /** Both hold the same bytes, and neither can move. */
  | { readonly kind: "clash"; readonly of: Requested; readonly range: AddressRange<"ipa">; readonly obstacle: Obstacle }
  /** It fits nowhere: so many of its bytes have no place. */
  | { readonly kind: "no-room"; readonly of: Requested; readonly size: bigint; readonly missing: bigint }
  /** A bank that is written down does not begin or end on a page of the hosts. */
  | { readonly kind: "misaligned"; readonly of: Requested; readonly range: AddressRange<"ipa">; readonly page: bigint }
  /** The banks that are written down do not have the size that is asked for. */
  | { readonly kind: "wrong-sum"; readonly of: Requested; readonly size: bigint; readonly sum: bigint };

export interface Placement {
  /** True when everything that the file asks for has its place. */
  readonly feasible: boolean;
  /** In the order of the file. */
  readonly memory: readonly PlacedMemory[];
  /** In the order of the file. */
  readonly windows: readonly PlacedWindow[];
  readonly doorbell: PlacedDoorbell;
  /** What the machine puts where; undefined without a known machine. */
  readonly layout: MachineLayout | undefined;
  readonly conflicts: readonly Conflict[];
  /** False when the search was cut short, so that there may be a placement although none was found. */
  readonly isExact: boolean;
}
