// How far the addresses of a guest may reach on a host: what its IOMMUs take, and on Arm what the second stage of its processors does.
// Knows nothing of guests.
import type { Anchor } from "../anchor";
import { under } from "../anchor";
import { perPlan } from "../plan/perPlan";
import type { Plan } from "../plan/plan";

export interface AddressLimit {
  readonly bits: number;
  /** The IOMMU's name; undefined for the processors. */
  readonly iommu: string | undefined;
  /** The value that says so. */
  readonly at: Anchor;
}

/** The narrowest first. KVM on arm64 gives a guest no more address bits than the processors have (domain.md 4.1). */
export const addressLimitsOf: (plan: Plan) => readonly AddressLimit[] = perPlan(({ platform }) => {
  const { arch, physicalAddressBits, iommus, anchor } = platform;
  const ofIommus = (iommus ?? []).flatMap(({ name, inputBits, disabled, anchor: entry }): AddressLimit[] =>
    inputBits === undefined || disabled === true ? [] : [{ bits: inputBits, iommu: name, at: under(entry, "inputBits") }],
  );
  const own: AddressLimit[] = arch === "arm64" && typeof physicalAddressBits === "number" ? [{ bits: physicalAddressBits, iommu: undefined, at: under(anchor, "physicalAddressBits") }] : [];
  return [...ofIommus, ...own].sort((a, b) => a.bits - b.bits);
});

/** A clause: "smmu takes 40 bits of address". */
export function describeBits({ bits, iommu }: AddressLimit): string {
  return iommu === undefined ? `a guest has at most ${bits} bits of address` : `${iommu} takes ${bits} bits of address`;
}
