// The words for the way of a function's MSIs: one clause a step, from the function to the doorbell. Knows nothing of
// how the way is found.
import type { AddressRange, Space } from "../address";
import type { Iommu } from "../platform";
import { nameOfWritten, writtenBytes } from "../plan/doorbells";
import type { DoorbellPath, DoorbellPathAnswer, MapEntry, MsiObstacle } from "../plan/doorbellPath";
import { printIdRange } from "../pciAddress";
import { printAddress, printRange, printSize } from "../print";
import { describeOccupant } from "./overlap";

/** Occupants of one page beyond this many are counted. */
const LISTED = 3;

/** The steps in their order, then what is in the way, a clause each. Never empty. */
export function describeDoorbellPath(answer: DoorbellPathAnswer): string[] {
  if ("none" in answer) return [answer.none];
  if ("unknown" in answer) return answer.unknown.map((because) => `not known: ${because}`);
  const emitted = answer.route.emitted;
  const where = emitted.ranges.length === 0 ? "" : ` ${emitted.ranges.map((range) => printRange(range)).join(", ")}`;
  return [
    requester(answer),
    ...mapStep(answer),
    `it writes to${where} (${emitted.name})`,
    treatmentStep(answer),
    ...pageStep(answer),
    ...answer.obstacles.map((obstacle) => describeMsiObstacle(answer, obstacle)),
  ];
}

/** Why the write cannot arrive, as a clause. */
export function describeMsiObstacle({ route }: DoorbellPath, obstacle: MsiObstacle): string {
  switch (obstacle.kind) {
    case "not-forwarded":
      return `no inbound window of ${route.hostBridge.name} lets the write through`;
    case "beyond-32-bit-msi":
      return `its MSI capability holds 32 bits, and ${printRange(obstacle.range)} is above 4 GiB`;
    case "beyond-input":
      return beyond(obstacle.range, "input", obstacle);
    case "beyond-output":
      return `the doorbell cannot be mapped: ${beyond(obstacle.range, "output", obstacle)}`;
  }
}

function requester({ ids }: DoorbellPath): string {
  const [own = 0, ...others] = ids;
  return `requester id ${printId(own)}${others.length === 0 ? "" : `, also seen as ${others.map(printId).join(", ")}`}`;
}

function mapStep({ msiEntry, route: { doorbell, hostBridge } }: DoorbellPath): string[] {
  if (!doorbell) return [];
  if (!msiEntry) return [`all MSIs of ${hostBridge.name} go to ${doorbell.name}`];
  const as = msiEntry.becomes === undefined ? "" : ` as device id 0x${msiEntry.becomes.toString(16)}`;
  return [`${entryName("MSI", msiEntry)} of ${hostBridge.name} leads to ${doorbell.name}${as}`];
}

function treatmentStep({ treatment, iommuEntry, route: { doorbell, iommu, hostBridge } }: DoorbellPath): string {
  const name = iommu?.name ?? "";
  switch (treatment) {
    case "root-complex":
      return `${hostBridge.name} takes the write itself: no IOMMU sees it, and nothing needs to be mapped`;
    case "bypassed":
      return `no IOMMU is in front: the write reaches ${doorbell?.name ?? "the doorbell"} as it is`;
    case "hardware-window":
      return `${name} does not translate the write: hardware takes its address as an interrupt`;
    case "translated": {
      const by = iommuEntry === undefined ? "" : ` (${entryName("IOMMU", iommuEntry)} of ${hostBridge.name})`;
      const stream =
        iommuEntry?.becomes === undefined || !iommu?.type.startsWith("smmu")
          ? ""
          : ` as stream 0x${iommuEntry.becomes.toString(16)}`;
      const target = doorbell
        ? `${nameOfWritten(doorbell)} ${writtenBytes(doorbell)
            .map((range) => printRange(range))
            .join(", ")}`
        : "the doorbell";
      return `${name} translates the write${stream}${by} to ${target}`;
    }
  }
}

function pageStep({ page }: DoorbellPath): string[] {
  if (!page) return [];
  const ranges = page.ranges.map((range) => printRange(range)).join(", ");
  const where = `mapped in pages of ${printSize(page.size)}: ${ranges}`;
  if (page.others.length === 0) return [`${where}, which hold nothing else`];
  const shown = page.others.slice(0, LISTED).map(describeOccupant).join(", ");
  const more = page.others.length > LISTED ? ` and ${page.others.length - LISTED} more` : "";
  return [`${where}, which also hold ${shown}${more}: who is given the doorbell reaches that too`];
}

function entryName(of: string, { index, ids }: MapEntry): string {
  const number = index === undefined ? "" : ` ${index + 1}`;
  return `${of} map entry${number}${ids === undefined ? "" : ` (ids ${printIdRange(ids)})`}`;
}

function printId(id: number): string {
  return `0x${id.toString(16).padStart(4, "0")}`;
}

type Width = { readonly bits: number; readonly iommu: Iommu };

function beyond(range: AddressRange<Space>, side: "input" | "output", { bits, iommu }: Width): string {
  const last = printAddress((1n << BigInt(bits)) - 1n);
  return `${printRange(range)} is beyond the ${bits}-bit ${side} of ${iommu.name}, which ends at ${last}`;
}
