// Reads sys/kernel/iommu_groups: the kernel's groups with their members, default domains and reserved regions.
// Knows nothing of how the kernel makes them.
import type { CaptureFiles } from "./captureFiles";
import type { CapturedRange, Reading, Unread } from "./reading";
import { linesOf, parseHex, parseHexRange } from "./reading";

/** The kernel's words, domain.md 1.1. */
export type ReservedRegionType = "direct" | "direct-relaxable" | "reserved" | "msi";

export interface CapturedGroup {
  readonly id: number;
  /** `DMA`, `DMA-FQ`, `identity`, … */
  readonly type: string | undefined;
  readonly devices: readonly string[];
  /** I/O virtual addresses, inclusive; undefined when the file is not in the capture. */
  readonly reserved: readonly (CapturedRange & { readonly type: ReservedRegionType })[] | undefined;
}

const FOLDER = "sys/kernel/iommu_groups";
const TYPES: readonly string[] = ["direct", "direct-relaxable", "reserved", "msi"];

/** The groups in the order of their numbers. */
export function readIommuGroups(files: CaptureFiles): Reading<CapturedGroup[]> {
  const unread: Unread[] = [];
  const groups: CapturedGroup[] = [];
  for (const name of files.names(FOLDER)) {
    const folder = `${FOLDER}/${name}`;
    if (!/^\d{1,9}$/.test(name)) unread.push({ where: folder, because: "not the number of a group" });
    else groups.push(readGroup(files, folder, Number(name), unread));
  }
  return { facts: groups, unread };
}

/** Reads a `reserved_regions` file (domain.md 1.2): first and last byte, both inclusive, and the type. */
export function readReservedRegions(text: string, where: string): Reading<NonNullable<CapturedGroup["reserved"]>> {
  const unread: Unread[] = [];
  const regions: (CapturedRange & { type: ReservedRegionType })[] = [];
  linesOf(text).forEach((line, index) => {
    if (line.trim() === "") return;
    const fields = line.trim().split(/\s+/);
    const fault = faultOf(fields);
    const range = parseHexRange(fields[0], fields[1]);
    if (range && fault === undefined) regions.push({ ...range, type: fields[2] as ReservedRegionType });
    else
      unread.push({
        where: `${where}:${index + 1}`,
        because: `not a reserved region: ${JSON.stringify(line.slice(0, 80))}: ${fault ?? "these are not two addresses"}`,
      });
  });
  return { facts: regions, unread };
}

/** What keeps the fields of a line from being first byte, last byte and type (RSV009). */
function faultOf([first = "", last = "", type = "", ...more]: readonly string[]): string | undefined {
  if (type === "" || more.length > 0) return "a line has three fields: first byte, last byte, type";
  const [base, end] = [parseHex(first), parseHex(last)];
  if (base === undefined || end === undefined) return `the ${base === undefined ? "first" : "last"} byte is not a hexadecimal address`;
  if (end < base) return "it ends before it begins";
  return TYPES.includes(type) ? undefined : `the type is one of ${TYPES.join(", ")}`;
}

function readGroup(files: CaptureFiles, folder: string, id: number, unread: Unread[]): CapturedGroup {
  const text = files.text(`${folder}/reserved_regions`);
  const regions = text === undefined ? undefined : readReservedRegions(text, `${folder}/reserved_regions`);
  unread.push(...(regions?.unread ?? []));
  return {
    id,
    type: files.text(`${folder}/type`)?.trim() || undefined,
    devices: files.names(`${folder}/devices`),
    reserved: regions?.facts,
  };
}
