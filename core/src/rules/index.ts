// Every rule, one line each, in the order of the catalogue (domain.md section 9). Knows nothing of what they do.
import type { Rule } from "../rule";
import { addedMemoryInReservedRegion } from "./added-memory-in-reserved-region";
import { addressWidthTooLow } from "./address-width-too-low";
import { banksBreakHugePages } from "./banks-break-huge-pages";
import { banksUnlikeSize } from "./banks-unlike-size";
import { barsExceedGuestWindows } from "./bars-exceed-guest-windows";
import { doorbellFallback } from "./doorbell-fallback";
import { doorbellInGuestDevice } from "./doorbell-in-guest-device";
import { doorbellInGuestMemory } from "./doorbell-in-guest-memory";
import { doorbellUnlikeStrategy } from "./doorbell-unlike-strategy";
import { droppedMachineRegion } from "./dropped-machine-region";
import { floatingMachineRegions } from "./floating-machine-regions";
import { guestDoesNotFit } from "./guest-does-not-fit";
import { guestMemoryBeyondAperture } from "./guest-memory-beyond-aperture";
import { guestMemoryInBridgeWindow } from "./guest-memory-in-bridge-window";
import { guestMemoryInMsiWindow } from "./guest-memory-in-msi-window";
import { guestMemoryInRelaxableRegion } from "./guest-memory-in-relaxable-region";
import { guestMemoryInReservedRegion } from "./guest-memory-in-reserved-region";
import { inexpressiblePlacement } from "./inexpressible-placement";
import { memoryBeyondGuestWidth } from "./memory-beyond-guest-width";
import { memoryOnHypertransport } from "./memory-on-hypertransport";
import { overlappingDeclaredRegions } from "./overlapping-declared-regions";
import { overlappingGuestRanges } from "./overlapping-guest-ranges";
import { overlappingRegions } from "./overlapping-regions";
import { duplicateRange } from "./duplicate-range";
import { partOutsideWhole } from "./part-outside-whole";
import { beyondPhysicalAddressBits } from "./beyond-physical-address-bits";
import { memoryOverMmio } from "./memory-over-mmio";
import { relativeDoorbellNotFree } from "./relative-doorbell-not-free";
import { unalignedMemory } from "./unaligned-memory";
import { not64kAligned } from "./not-64k-aligned";
import { past4Gib } from "./past-4-gib";
import { mappedSecureMemory } from "./mapped-secure-memory";
import { overlappingReservations } from "./overlapping-reservations";
import { undescribedPassthrough } from "./undescribed-passthrough";
import { unknownMachine } from "./unknown-machine";
import { unplaceableReservation } from "./unplaceable-reservation";
import { configSpaceTooSmall } from "./config-space-too-small";
import { configSpaceTooLarge } from "./config-space-too-large";
import { unalignedConfigSpace } from "./unaligned-config-space";
import { unknownKey } from "./unknown-key";
import { ambiguousUnit } from "./ambiguous-unit";
import { beyondLimit } from "./beyond-limit";
import { contradictingComment } from "./contradicting-comment";
import { circularExpression } from "./circular-expression";
import { entryWithoutSource } from "./entry-without-source";
import { expressionOutOfRange } from "./expression-out-of-range";
import { malformedExpression } from "./malformed-expression";
import { unplacedReference } from "./unplaced-reference";
import { unusedWaiver } from "./unused-waiver";
import { waiverOfUnknownRule } from "./waiver-of-unknown-rule";
import { waiverWithoutReason } from "./waiver-without-reason";
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
import { unreadableFile } from "./unreadable-file";
import { unknownReference } from "./unknown-reference";
import { unknownWord } from "./unknown-word";
import { unprefixedAddress } from "./unprefixed-address";
import { unsafeNumber } from "./unsafe-number";
import { untidyAddress } from "./untidy-address";
import { untranslatedFramebuffer } from "./untranslated-framebuffer";
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
import { groupSharedWithHost } from "./group-shared-with-host";
import { unisolatedGroups } from "./unisolated-groups";
import { isolationByQuirk } from "./isolation-by-quirk";
import { acsOutOfReach } from "./acs-out-of-reach";
import { unalignedReservedRegion } from "./unaligned-reserved-region";
import { mixedMsiRegions } from "./mixed-msi-regions";
import { assignedWithDirectRegion } from "./assigned-with-direct-region";
import { capturedBridgeWindows } from "./captured-bridge-windows";
import { differingReservedRegions } from "./differing-reserved-regions";
import { msiWindowOutsideInboundWindows } from "./msi-window-outside-inbound-windows";
import { groupsDifferFromCaptured } from "./groups-differ-from-captured";
import { reservedRegionsDifferFromCaptured } from "./reserved-regions-differ-from-captured";
import { iommusDifferFromCaptured } from "./iommus-differ-from-captured";
import { acsDiffersFromCommandLine } from "./acs-differs-from-command-line";
import { memoryNot2mAligned } from "./memory-not-2m-aligned";
import { undeclaredHole } from "./undeclared-hole";
import { overlappingMemreserve } from "./overlapping-memreserve";
import { overlappingFirmwareRanges } from "./overlapping-firmware-ranges";
import { rmrrNotReserved } from "./rmrr-not-reserved";
import { rmrNot64kAligned } from "./rmr-not-64k-aligned";
import { misalignedCma } from "./misaligned-cma";
import { nonPrefetchableBarInPrefetchableWindow } from "./non-prefetchable-bar-in-prefetchable-window";
import { barsExceedWindows } from "./bars-exceed-windows";
import { largeBarBelow4Gib } from "./large-bar-below-4-gib";
import { iommuMappingsSharingOneId } from "./iommu-mappings-sharing-one-id";
import { msiIdsUnlikeIommuIds } from "./msi-ids-unlike-iommu-ids";
import { atsBehindExternalPort } from "./ats-behind-external-port";
import { identityDomain } from "./identity-domain";
import { assignedBehindPciBridge } from "./assigned-behind-pci-bridge";
import { unequalAcs } from "./unequal-acs";
import { acsOverride } from "./acs-override";
import { disabledAcsRedirect } from "./disabled-acs-redirect";
import { assignedWithoutInterruptIsolation } from "./assigned-without-interrupt-isolation";
import { collidingDeviceIds } from "./colliding-device-ids";
import { msiWindowTooSmall } from "./msi-window-too-small";
import { unsortedFirmwareRanges } from "./unsorted-firmware-ranges";
import { reservationUnlikeFirmwareMap } from "./reservation-unlike-firmware-map";
import { configSpaceNotReserved } from "./config-space-not-reserved";
import { segmentOnSomeBridges } from "./segment-on-some-bridges";
import { iommuPageLargerThanKernelPage } from "./iommu-page-larger-than-kernel-page";
import { smmuTranslatingHisiliconMsis } from "./smmu-translating-hisilicon-msis";
import { dmaWithoutStream } from "./dma-without-stream";
import { overlappingRmrs } from "./overlapping-rmrs";
import { hotplugRegionInGuestMemory } from "./hotplug-region-in-guest-memory";
import { hotplugRegionUnknownToGuestIommu } from "./hotplug-region-unknown-to-guest-iommu";
import { hotplugOnSomeHostsOnly } from "./hotplug-on-some-hosts-only";
import { hotplugNeedsHostBridge } from "./hotplug-needs-host-bridge";
import { hostRegionInGuestMemory } from "./host-region-in-guest-memory";
import { hostsDifferAroundMemory } from "./hosts-differ-around-memory";
import { differingGuestConfigurations } from "./differing-guest-configurations";
import { memoryFinerThanHostPage } from "./memory-finer-than-host-page";
import { noRoomOnAllHosts } from "./no-room-on-all-hosts";
import { differingMsiWindows } from "./differing-msi-windows";
import { memoryBeyondHostAperture } from "./memory-beyond-host-aperture";
import { differingPassthroughDevices } from "./differing-passthrough-devices";
import { hostsDifferInMemoryOnly } from "./hosts-differ-in-memory-only";
import { mixedMsiRegionsWithIommufd } from "./mixed-msi-regions-with-iommufd";
import { passthroughWithoutIommu } from "./passthrough-without-iommu";
import { passthroughWithDirectRegion } from "./passthrough-with-direct-region";
import { unlikeHostsInMigrationGroup } from "./unlike-hosts-in-migration-group";

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
  memoryNot2mAligned,
  undeclaredHole,
  past4Gib,
  contradictingComment,
  mappedSecureMemory,
  overlappingReservations,
  noMapAndReusable,
  reservationWithoutSize,
  ignoredWithin,
  unplaceableReservation,
  overlappingMemreserve,
  overlappingFirmwareRanges,
  unsortedFirmwareRanges,
  reservationUnlikeFirmwareMap,
  configSpaceTooSmall,
  configSpaceTooLarge,
  unalignedConfigSpace,
  configSpaceNotReserved,
  rmrrNotReserved,
  rmrNot64kAligned,
  overlappingRmrs,
  untranslatedFramebuffer,
  misalignedCma,
  // PCI
  overlappingHostBridgeWindows,
  bridgeWindowOutsideParent,
  busNumbersNotNested,
  duplicatePciAddress,
  misalignedBridgeWindow,
  windowBeyond32Bits,
  misalignedBar,
  barOutsideWindows,
  nonPrefetchableBarInPrefetchableWindow,
  overlappingInboundWindows,
  memoryOutsideInboundWindows,
  windowHidesMemoryFromDma,
  overlappingBusRanges,
  segmentOnSomeBridges,
  barsExceedWindows,
  largeBarBelow4Gib,
  // Reserved regions
  unalignedReservedRegion,
  mixedMsiRegions,
  assignedWithDirectRegion,
  capturedBridgeWindows,
  differingReservedRegions,
  msiWindowOutsideInboundWindows,
  // Doorbells
  doorbellInBridgeWindow,
  doorbellOutsideInboundWindows,
  unmappableDoorbell,
  doorbellBeyond32BitMsi,
  doorbellsSharingPage,
  doorbellSharingPageWithRegisters,
  assignedWithoutInterruptIsolation,
  msiBypassingIommu,
  missingMsi,
  collidingDeviceIds,
  itsSize,
  smmuTranslatingHisiliconMsis,
  msiWindowTooSmall,
  // IOMMUs and ACS
  assignedWithoutIommu,
  conflictingIommuMappings,
  maskSharingStream,
  iommuMappingsSharingOneId,
  incompleteIommuMapping,
  msiIdsUnlikeIommuIds,
  iommuPageLargerThanKernelPage,
  atsBehindExternalPort,
  dmaWithoutStream,
  identityDomain,
  missingAcs,
  disabledAcs,
  groupSharedWithHost,
  assignedBehindPciBridge,
  unequalAcs,
  acsOverride,
  disabledAcsRedirect,
  unisolatedGroups,
  isolationByQuirk,
  acsOutOfReach,
  // The description against the captured machine
  groupsDifferFromCaptured,
  reservedRegionsDifferFromCaptured,
  iommusDifferFromCaptured,
  acsDiffersFromCommandLine,
  // Guests
  guestMemoryInReservedRegion,
  guestMemoryInMsiWindow,
  guestMemoryInRelaxableRegion,
  guestMemoryInBridgeWindow,
  guestDoesNotFit,
  overlappingDeclaredRegions,
  guestMemoryBeyondAperture,
  doorbellInGuestMemory,
  doorbellInGuestDevice,
  doorbellFallback,
  relativeDoorbellNotFree,
  doorbellUnlikeStrategy,
  memoryBeyondGuestWidth,
  droppedMachineRegion,
  memoryOnHypertransport,
  addressWidthTooLow,
  addedMemoryInReservedRegion,
  barsExceedGuestWindows,
  banksBreakHugePages,
  inexpressiblePlacement,
  floatingMachineRegions,
  overlappingGuestRanges,
  banksUnlikeSize,
  // Hot-plug
  hotplugRegionInGuestMemory,
  hotplugRegionUnknownToGuestIommu,
  hotplugOnSomeHostsOnly,
  hotplugNeedsHostBridge,
  // Migration
  hostRegionInGuestMemory,
  hostsDifferAroundMemory,
  differingGuestConfigurations,
  memoryFinerThanHostPage,
  noRoomOnAllHosts,
  differingMsiWindows,
  memoryBeyondHostAperture,
  differingPassthroughDevices,
  hostsDifferInMemoryOnly,
  unlikeHostsInMigrationGroup,
  // The text
  syntaxError,
  duplicateKey,
  unknownKey,
  unknownWord,
  unknownReference,
  unknownMachine,
  undescribedPassthrough,
  passthroughWithoutIommu,
  mixedMsiRegionsWithIommufd,
  passthroughWithDirectRegion,
  unreadableFile,
  ambiguousUnit,
  unprefixedAddress,
  untidyAddress,
  duplicateName,
  wrongType,
  malformedValue,
  malformedExpression,
  unplacedReference,
  circularExpression,
  expressionOutOfRange,
  unusedWaiver,
  waiverWithoutReason,
  waiverOfUnknownRule,
  missingKey,
  unsafeNumber,
  numberForAddress,
  severalRangeForms,
  beyondLimit,
  entryWithoutSource,
];
