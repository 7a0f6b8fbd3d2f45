// The numbers that a passed-through device emits are guest physical addresses: VFIO maps a guest's memory one to one into the I/O address space, and a
// device behind a host bridge puts the same numbers on its bus. A guest that has an IOMMU of its own starts like this too, until its driver takes over.
// This is the only place where addresses of the three spaces are taken for one another (domain.md section 0, trap 1).
import type { AddressRange } from "../address";
import { address } from "../address";

/** The guest physical addresses at which a device emits these I/O virtual or bus addresses. */
export function asEmittedByGuest(range: AddressRange<"iova" | "bus">): AddressRange<"ipa"> {
  return { base: address(range.base), end: address(range.end) };
}

/** The I/O virtual addresses that a device emits for these guest physical addresses. */
export function asEmitted(range: AddressRange<"ipa">): AddressRange<"iova"> {
  return { base: address(range.base), end: address(range.end) };
}
