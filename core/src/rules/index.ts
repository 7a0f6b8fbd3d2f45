// Every rule, one line each, in the order of the catalogue (domain.md section 9). Knows nothing of what they do.
import type { Rule } from "../rule";
import { overlappingRegions } from "./overlapping-regions";
import { duplicateRange } from "./duplicate-range";
import { partOutsideWhole } from "./part-outside-whole";
import { beyondPhysicalAddressBits } from "./beyond-physical-address-bits";
import { memoryOverMmio } from "./memory-over-mmio";
import { unalignedMemory } from "./unaligned-memory";
import { not64kAligned } from "./not-64k-aligned";
import { past4Gib } from "./past-4-gib";
import { mappedSecureMemory } from "./mapped-secure-memory";
import { overlappingReservations } from "./overlapping-reservations";
import { unplaceableReservation } from "./unplaceable-reservation";
import { configSpaceTooSmall } from "./config-space-too-small";
import { configSpaceTooLarge } from "./config-space-too-large";
import { unalignedConfigSpace } from "./unaligned-config-space";
import { unknownKey } from "./unknown-key";
import { ambiguousUnit } from "./ambiguous-unit";
import { beyondLimit } from "./beyond-limit";
import { contradictingComment } from "./contradicting-comment";
import { duplicateKey } from "./duplicate-key";
import { duplicateName } from "./duplicate-name";
import { ignoredWithin } from "./ignored-within";
import { impossibleRange } from "./impossible-range";
import { malformedValue } from "./malformed-value";
import { missingKey } from "./missing-key";
import { noMapAndReusable } from "./no-map-and-reusable";
import { numberForAddress } from "./number-for-address";
import { offByOneEnd } from "./off-by-one-end";
import { reservationWithoutSize } from "./reservation-without-size";
import { severalRangeForms } from "./several-range-forms";
import { syntaxError } from "./syntax-error";
import { unknownReference } from "./unknown-reference";
import { unknownWord } from "./unknown-word";
import { unprefixedAddress } from "./unprefixed-address";
import { unsafeNumber } from "./unsafe-number";
import { untidyAddress } from "./untidy-address";
import { wrongType } from "./wrong-type";
import { overlappingHostBridgeWindows } from "./overlapping-host-bridge-windows";
import { bridgeWindowOutsideParent } from "./bridge-window-outside-parent";
import { busNumbersNotNested } from "./bus-numbers-not-nested";
import { duplicatePciAddress } from "./duplicate-pci-address";
import { misalignedBridgeWindow } from "./misaligned-bridge-window";
import { windowBeyond32Bits } from "./window-beyond-32-bits";
import { misalignedBar } from "./misaligned-bar";
import { barOutsideWindows } from "./bar-outside-windows";
import { overlappingInboundWindows } from "./overlapping-inbound-windows";
import { memoryOutsideInboundWindows } from "./memory-outside-inbound-windows";
import { windowHidesMemoryFromDma } from "./window-hides-memory-from-dma";
import { overlappingBusRanges } from "./overlapping-bus-ranges";
import { doorbellInBridgeWindow } from "./doorbell-in-bridge-window";
import { doorbellOutsideInboundWindows } from "./doorbell-outside-inbound-windows";
import { unmappableDoorbell } from "./unmappable-doorbell";
import { doorbellBeyond32BitMsi } from "./doorbell-beyond-32-bit-msi";
import { doorbellsSharingPage } from "./doorbells-sharing-page";
import { doorbellSharingPageWithRegisters } from "./doorbell-sharing-page-with-registers";
import { msiBypassingIommu } from "./msi-bypassing-iommu";
import { missingMsi } from "./missing-msi";
import { itsSize } from "./its-size";
import { assignedWithoutIommu } from "./assigned-without-iommu";
import { conflictingIommuMappings } from "./conflicting-iommu-mappings";
import { maskSharingStream } from "./mask-sharing-stream";
import { incompleteIommuMapping } from "./incomplete-iommu-mapping";
import { missingAcs } from "./missing-acs";
import { disabledAcs } from "./disabled-acs";

export const rules: readonly Rule[] = [
  // The physical map
  overlappingRegions,
  duplicateRange,
  partOutsideWhole,
  impossibleRange,
  offByOneEnd,
  beyondPhysicalAddressBits,
  memoryOverMmio,
  unalignedMemory,
  not64kAligned,
  past4Gib,
  contradictingComment,
  mappedSecureMemory,
  overlappingReservations,
  noMapAndReusable,
  reservationWithoutSize,
  ignoredWithin,
  unplaceableReservation,
  configSpaceTooSmall,
  configSpaceTooLarge,
  unalignedConfigSpace,
  // PCI
  overlappingHostBridgeWindows,
  bridgeWindowOutsideParent,
  busNumbersNotNested,
  duplicatePciAddress,
  misalignedBridgeWindow,
  windowBeyond32Bits,
  misalignedBar,
  barOutsideWindows,
  overlappingInboundWindows,
  memoryOutsideInboundWindows,
  windowHidesMemoryFromDma,
  overlappingBusRanges,
  // Doorbells
  doorbellInBridgeWindow,
  doorbellOutsideInboundWindows,
  unmappableDoorbell,
  doorbellBeyond32BitMsi,
  doorbellsSharingPage,
  doorbellSharingPageWithRegisters,
  msiBypassingIommu,
  missingMsi,
  itsSize,
  // IOMMUs and ACS
  assignedWithoutIommu,
  conflictingIommuMappings,
  maskSharingStream,
  incompleteIommuMapping,
  missingAcs,
  disabledAcs,
  // The text
  syntaxError,
  duplicateKey,
  unknownKey,
  unknownWord,
  unknownReference,
  ambiguousUnit,
  unprefixedAddress,
  untidyAddress,
  duplicateName,
  wrongType,
  malformedValue,
  missingKey,
  unsafeNumber,
  numberForAddress,
  severalRangeForms,
  beyondLimit,
];
