// Which guest physical addresses are closed to a guest's memory, joined over its hosts: each range with the hosts that are to blame, how far addresses
// reach at all, and the page to which everything is rounded. Knows nothing of where memory goes, nor of the guest's own devices.
import type { Address, AddressRange } from "../address";
import { ADDRESS_LIMIT, address, alignDown, alignUp, sameRange } from "../address";
import type { Guest } from "../guest";
import { regionWord } from "../plan/reserved/regionList";
import type { Contribution } from "./contributions";
import type { BlockingKind } from "./hostRegions";

/** A range that guest memory must keep off, on at least one host. */
export interface ForbiddenRange {
  /** Whole pages of the coarsest page size that is involved. */
  readonly range: AddressRange<"ipa">;
  /** As the hosts have it. */
  readonly exact: AddressRange<"ipa">;
  readonly kind: BlockingKind;
  /** Names, in the order of the hosts. */
  readonly hosts: readonly string[];
  /** A clause each. */
  readonly because: readonly string[];
  /** A window for doorbells that software may put elsewhere, on each of the hosts. */
  readonly isMovable: boolean;
}

/** Where usable addresses end. */
export interface Top {
  /** The first address that is not usable. */
  readonly end: Address<"ipa">;
  readonly bits: number;
  /** Names of the hosts that set it; none when it is the guest's own width. */
  readonly hosts: readonly string[];
  /** A clause. */
  readonly because: string;
}

export interface Forbidden {
  /** Upward. Ranges of different kinds may overlap. */
  readonly ranges: readonly ForbiddenRange[];
  readonly top: Top;
  /** Width of the guest's own addresses in bits. */
  readonly guestBits: number;
  /** The guest's file does not give the width. */
  readonly isWidthAssumed: boolean;
  /** The coarsest page of the guest, the kernels of the hosts and their IOMMUs, in bytes. */
  readonly page: bigint;
  /** The coarsest page of the hosts alone: what is mapped for devices must be made of such pages. */
  readonly hostPage: bigint;
  /** The window at which devices find doorbells on all hosts; undefined where they do not agree on one. */
  readonly commonWindow: AddressRange<"ipa"> | undefined;
  /** Why ranges may be missing, in clauses with the host in front. */
  readonly unknown: readonly string[];
}

/** KVM on arm64 gives a guest 40 bits when nobody asks for more, and so does QEMU on x86. */
const USUAL_BITS = 40;

/** The word of a kind in the kernel's list; `window` and `inbound` are not in it. */
export function kindWord(kind: BlockingKind): string {
  return kind === "window" || kind === "inbound" ? kind : regionWord(kind);
}

export function joinContributions(guest: Guest, contributions: readonly Contribution[]): Forbidden {
  const hostPage = contributions.reduce((most, one) => (one.page > most ? one.page : most), 4096n);
  const page = guest.pageSize !== undefined && guest.pageSize > hostPage ? guest.pageSize : hostPage;
  const guestBits = guest.physicalAddressBits ?? USUAL_BITS;
  return {
    ranges: joinRegions(contributions, page),
    top: lowestTop(guestBits, contributions),
    guestBits,
    isWidthAssumed: guest.physicalAddressBits === undefined,
    page,
    hostPage,
    commonWindow: commonWindowOf(contributions),
    unknown: contributions.flatMap(({ host, unknown }) => unknown.map((because) => `${host}: ${because}`)),
  };
}

/** Equal ranges of one kind are one, with all hosts that have them. */
function joinRegions(contributions: readonly Contribution[], page: bigint): ForbiddenRange[] {
  const found = new Map<string, { exact: AddressRange<"ipa">; kind: BlockingKind; hosts: Set<string>; because: Set<string>; isMovable: boolean }>();
  for (const { host, regions } of contributions) {
    for (const { range, kind, because, isMovable } of regions) {
      const key = `${range.base.toString(36)} ${range.end.toString(36)} ${kind}`;
      const one = found.get(key) ?? { exact: range, kind, hosts: new Set(), because: new Set(), isMovable: true };
      one.hosts.add(host);
      one.isMovable &&= isMovable === true;
      for (const reason of because) one.because.add(reason);
      found.set(key, one);
    }
  }
  return [...found.values()]
    .map(({ exact, kind, hosts, because, isMovable }) => ({ range: outward(exact, page), exact, kind, hosts: [...hosts], because: [...because], isMovable }))
    .sort((a, b) => compare(a.exact.base, b.exact.base) || compare(a.exact.end, b.exact.end) || compare(a.kind, b.kind));
}

/** A host that takes interrupts and has no such window agrees with nobody; one that keeps nothing for interrupts has no say. */
function commonWindowOf(contributions: readonly Contribution[]): AddressRange<"ipa"> | undefined {
  let common: AddressRange<"ipa"> | undefined;
  for (const { regions, msiWindows } of contributions) {
    if (msiWindows.length === 0 && !regions.some((one) => one.kind === "msi")) continue;
    const [window] = msiWindows;
    if (!window || msiWindows.length > 1 || (common && !sameRange(common, window))) return undefined;
    common = window;
  }
  return common;
}

/** The whole pages that hold the range. */
export function outward(range: AddressRange<"ipa">, page: bigint): AddressRange<"ipa"> {
  const end = alignUp(range.end, page);
  return { base: alignDown(range.base, page), end: end > ADDRESS_LIMIT ? address(ADDRESS_LIMIT) : end };
}

function lowestTop(guestBits: number, contributions: readonly Contribution[]): Top {
  const bits = contributions.reduce((least, { inputWidth }) => (inputWidth && inputWidth.bits < least ? inputWidth.bits : least), guestBits);
  const narrow = bits < guestBits ? contributions.filter((one) => one.inputWidth?.bits === bits) : [];
  const because = narrow.length === 0
    ? `the guest has ${bits} bits of address`
    : `${narrow.slice(0, 3).map((one) => `${one.inputWidth?.iommu} of ${one.host}`).join(", ")}${narrow.length > 3 ? ` and ${narrow.length - 3} more` : ""} ${narrow.length === 1 ? "takes" : "take"} ${bits} bits of address`;
  return { end: address(1n << BigInt(bits)), bits, hosts: narrow.map((one) => one.host), because };
}

function compare(a: bigint | string, b: bigint | string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
