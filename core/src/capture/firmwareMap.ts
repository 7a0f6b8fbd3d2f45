// Reads sys/firmware/memmap (the E820 map as the firmware gave it) and sys/firmware/efi/runtime-map.
// Knows nothing of the kernel's log, which prints the same maps.
import type { CaptureFiles } from "./captureFiles";
import type { CapturedRange, Reading, Unread } from "./reading";
import { parseHex, parseHexRange } from "./reading";

/** A range of the firmware's memory map, physical, inclusive. */
export interface FirmwareRange extends CapturedRange {
  /** The firmware's word for it: `System RAM`, `Reserved`, `usable`, `Runtime Code`. */
  readonly type: string;
  readonly source: "e820" | "efi";
}

/** UEFI specification, memory types by number; the words of the kernel's log (domain.md 7.1). */
const EFI_TYPES: readonly string[] = [
  "Reserved",
  "Loader Code",
  "Loader Data",
  "Boot Code",
  "Boot Data",
  "Runtime Code",
  "Runtime Data",
  "Conventional",
  "Unusable",
  "ACPI Reclaim",
  "ACPI Mem NVS",
  "MMIO",
  "MMIO Port",
  "PAL Code",
  "Persistent",
  "Unaccepted",
];
const PAGE = 4096n;

/** The entries in the order of their addresses. */
export function readFirmwareMap(files: CaptureFiles): Reading<FirmwareRange[]> {
  const unread: Unread[] = [];
  const ranges = [...readMemmap(files, unread), ...readRuntimeMap(files, unread)];
  return { facts: inOrder(ranges), unread };
}

/** Upward: firmware need not sort its map, and every kernel does. */
export function inOrder(ranges: readonly FirmwareRange[]): FirmwareRange[] {
  return [...ranges].sort((a, b) => (a.base < b.base ? -1 : a.base > b.base ? 1 : 0));
}

function readMemmap(files: CaptureFiles, unread: Unread[]): FirmwareRange[] {
  return files.names("sys/firmware/memmap").flatMap((name) => {
    const folder = `sys/firmware/memmap/${name}`;
    const range = parseHexRange(files.text(`${folder}/start`), files.text(`${folder}/end`));
    if (range) return [{ ...range, type: files.text(`${folder}/type`)?.trim() ?? "unknown", source: "e820" as const }];
    unread.push({ where: folder, because: "start and end are not two addresses" });
    return [];
  });
}

function readRuntimeMap(files: CaptureFiles, unread: Unread[]): FirmwareRange[] {
  return files.names("sys/firmware/efi/runtime-map").flatMap((name) => {
    const folder = `sys/firmware/efi/runtime-map/${name}`;
    const base = parseHex(files.text(`${folder}/phys_addr`) ?? "");
    const pages = parseHex(files.text(`${folder}/num_pages`) ?? "");
    const type = parseHex(files.text(`${folder}/type`) ?? "");
    if (base !== undefined && pages !== undefined && pages > 0n && base + pages * PAGE <= 1n << 64n) {
      return [
        {
          base,
          last: base + pages * PAGE - 1n,
          type: EFI_TYPES[Number(type ?? 16n)] ?? `type ${type ?? "?"}`,
          source: "efi" as const,
        },
      ];
    }
    unread.push({ where: folder, because: "phys_addr and num_pages are not an address and a number of pages" });
    return [];
  });
}

/** True for memory that the operating system may use from boot on (domain.md 7.1, 7.2). */
export function isUsable(range: FirmwareRange): boolean {
  if (range.source === "e820") return /^(usable|System RAM)$/i.test(range.type);
  return /^(Conventional|Loader|Boot)/.test(range.type);
}
