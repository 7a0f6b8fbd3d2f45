// `captured`: what a running machine said of itself. Knows nothing of what the author of the file claims.
import { integer, listOf, mapOf, optional, range, record, required, text, word } from "./valueType";
import { firmwareMapSources, reservedRegionTypes } from "./vocabulary";

const capturedRegion = record("captured reserved region", "A line of the kernel's `reserved_regions`.", {
  range: required(range("iova"), "First and last byte, both inclusive."),
  type: required(word(reservedRegionTypes), "The kernel's word."),
});

const capturedGroup = record("captured IOMMU group", "An IOMMU group as the kernel made it.", {
  id: required(integer(0, 0x7fff_ffff), "The kernel's number."),
  type: optional(text(), "The kernel's word for the default domain: `DMA`, `DMA-FQ`, `identity`."),
  devices: required(listOf(text()), "Its members: PCI addresses, and names of platform devices."),
  reserved: optional(listOf(capturedRegion), "Its reserved regions."),
});

const capturedFirmwareRange = record("captured firmware range", "An entry of the firmware's memory map.", {
  range: required(range("pa"), "First and last byte, both inclusive."),
  type: required(text(), "The firmware's word for it."),
  source: required(word(firmwareMapSources), "Which map."),
});

/** `captured`, apart from what the author claims. */
export const captured = record("captured facts", "What a running machine said, apart from what the author claims.", {
  kernel: optional(text(), "The kernel's release: `6.12.107`."),
  commandLine: optional(text(), "The kernel's command line."),
  source: optional(text(), "What was read."),
  groups: optional(listOf(capturedGroup), "The kernel's IOMMU groups; they may be partial."),
  iommus: optional(mapOf(listOf(text()), "the kernel's name of an IOMMU"), "Which devices the kernel put behind which IOMMU."),
  firmwareMap: optional(listOf(capturedFirmwareRange), "The firmware's memory map."),
});
