// Reads a whole capture: every reader over its files, and what they say of the same thing put together.
// Knows nothing of archives and disks (captureFiles.ts is its only input), nor of how a description is written.
import type { AcpiTables } from "./acpi/acpiTables";
import { ACPI_TABLES_FOLDER, readAcpiTables } from "./acpi/acpiTables";
import type { TableFacts } from "./acpi/tableFacts";
import { tableFacts } from "./acpi/tableFacts";
import type { CaptureFiles } from "./captureFiles";
import type { FirmwareRange } from "./firmwareMap";
import { inOrder, readFirmwareMap } from "./firmwareMap";
import { GROUP_LISTING_FILE, readGroupListing } from "./groupListing";
import type { Resource } from "./iomem";
import { readIomem } from "./iomem";
import type { CapturedGroup } from "./iommuGroups";
import { readIommuGroups } from "./iommuGroups";
import type { KernelLog } from "./kernelLog";
import { readKernelLog } from "./kernelLog";
import { readLspci } from "./lspci";
import type { FunctionFacts } from "./pciFunctionFacts";
import { UNKNOWN_FUNCTION, completeFunction } from "./pciFunctionFacts";
import type { Reading, Unread } from "./reading";
import { addTo } from "./reading";
import type { CapturedIommu } from "./sysClassIommu";
import { readSysClassIommu } from "./sysClassIommu";
import { readParents, readSysfsPci } from "./sysfsPci";
import type { SystemFacts } from "./systemFacts";
import { readSystemFacts } from "./systemFacts";

/** Everything that a capture says of one machine. */
export interface Capture {
  readonly system: SystemFacts;
  /** Undefined: not in the capture, or hidden from readers without root. */
  readonly iomem: readonly Resource[] | undefined;
  readonly ioports: readonly Resource[] | undefined;
  readonly log: KernelLog | undefined;
  /** By full address, in the order of segment, bus, device, function. */
  readonly functions: ReadonlyMap<string, FunctionFacts>;
  /** The bridge, or the root bus, above each function, where the kernel's links tell. */
  readonly parents: ReadonlyMap<string, string>;
  readonly groups: readonly CapturedGroup[];
  readonly iommus: readonly CapturedIommu[];
  readonly firmwareMap: readonly FirmwareRange[];
  /** Undefined: no ACPI table is in the capture. */
  readonly acpi: AcpiTables | undefined;
  /** What the tables mean for these functions. */
  readonly tables: TableFacts | undefined;
  /** What was read: `/proc/iomem`, `lspci`, … */
  readonly sources: readonly string[];
}

/**
 * Reads what is there; what is not there, or cannot be read, is left unknown. Files that no reader knows are not looked
 * at.
 */
export function readCapture(files: CaptureFiles): Reading<Capture> {
  const unread: Unread[] = [];
  const take = <T>(reading: Reading<T>): T => {
    unread.push(...reading.unread);
    return reading.facts;
  };
  const logText = files.firstText("dmesg.txt", "dmesg", "var/log/dmesg");
  const log = logText && take(readKernelLog(logText.text));
  const functions = readFunctions(files, log || undefined, take);
  const firmwareMap = take(readFirmwareMap(files));
  const acpi = take(readAcpiTables(files));
  const iomem = readResources(files, "proc/iomem", take);
  const ioports = readResources(files, "proc/ioports", take);
  const capture: Capture = {
    system: readSystemFacts(files, log || undefined, [...(iomem ?? []), ...(ioports ?? [])], acpi?.madt?.arch, functions.values()),
    iomem,
    ioports,
    log,
    functions,
    parents: readParents(files),
    groups: readGroups(files, functions, log || undefined, take),
    iommus: take(readSysClassIommu(files)),
    firmwareMap: firmwareMap.some((range) => range.source === "e820")
      ? firmwareMap
      : inOrder([...(log?.firmwareMap ?? []), ...firmwareMap]),
    acpi,
    tables: acpi && take(tableFacts(acpi, functions)),
    sources: sourcesOf(files),
  };
  return { facts: capture, unread };
}

type Take = <T>(reading: Reading<T>) => T;

function readResources(files: CaptureFiles, path: string, take: Take): readonly Resource[] | undefined {
  const text = files.text(path);
  if (text === undefined || text.trim() === "") return undefined;
  const { resources, hidden } = take(readIomem(text, path));
  return hidden ? undefined : resources;
}

/**
 * Registers from sysfs are believed first, then lspci's text, then what the log says of a bridge that sleeps. What lspci
 * lacks is no loss where sysfs has it.
 */
function readFunctions(files: CaptureFiles, log: KernelLog | undefined, take: Take): Map<string, FunctionFacts> {
  const sysfs = take(readSysfsPci(files));
  const text = files.firstText("lspci.txt", "lspci");
  const listed = text && readLspci(text.text, text.path);
  if (listed && sysfs.size === 0) take(listed);
  const addresses = [...new Set([...sysfs.keys(), ...(listed?.facts.keys() ?? [])])].sort();
  return new Map(
    addresses.map((address) => {
      const fromText = listed?.facts.get(address) ?? UNKNOWN_FUNCTION;
      const fromSysfs = sysfs.get(address);
      const facts = fromSysfs ? completeFunction(fromSysfs, fromText) : fromText;
      const buses = log?.bridgeBuses.get(address);
      return [address, buses && facts.buses === "unknown" ? { ...facts, bridge: true, buses } : facts];
    }),
  );
}

/**
 * Without the groups' own folder, or a listing of it, the functions' links and lspci's "IOMMU group" still name the members; without these
 * the log tells who was put where.
 */
function readGroups(
  files: CaptureFiles,
  functions: ReadonlyMap<string, FunctionFacts>,
  log: KernelLog | undefined,
  take: Take,
): readonly CapturedGroup[] {
  const groups = take(readIommuGroups(files));
  if (groups.length > 0) return groups;
  const listing = files.text(GROUP_LISTING_FILE);
  if (listing !== undefined) return take(readGroupListing(listing, GROUP_LISTING_FILE));
  const members = new Map<number, string[]>();
  for (const [address, facts] of functions) {
    if (facts.group !== undefined) addTo(members, facts.group, address);
  }
  if (members.size === 0) return log?.groups ?? [];
  return [...members]
    .sort(([a], [b]) => a - b)
    .map(([id, devices]) => ({ id, type: undefined, devices, reserved: undefined }));
}

const SOURCES: readonly (readonly [name: string, ...paths: string[]])[] = [
  ["/proc/iomem", "proc/iomem"],
  ["/proc/ioports", "proc/ioports"],
  ["the kernel's log", "dmesg.txt", "dmesg", "var/log/dmesg"],
  ["PCI configuration space", "sys/bus/pci/devices"],
  ["lspci", "lspci.txt", "lspci"],
  ["IOMMU groups", "sys/kernel/iommu_groups", GROUP_LISTING_FILE],
  ["IOMMUs of sysfs", "sys/class/iommu", "sys/devices/virtual/iommu"],
  ["ACPI tables", ACPI_TABLES_FOLDER],
  ["the firmware's memory map", "sys/firmware/memmap", "sys/firmware/efi/runtime-map"],
];

function sourcesOf(files: CaptureFiles): string[] {
  return SOURCES.filter(([, ...paths]) => paths.some((path) => files.has(path))).map(([name]) => name);
}
