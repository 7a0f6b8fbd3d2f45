// Reads the kernel's log (dmesg): what it says of the firmware's map, host bridges, doorbells, IOMMUs and reserved
// memory. Lines that it does not know are none of its business. Knows nothing of other sources.
import { HYPERTRANSPORT_IGNORED } from "./acpi/ivrs";
import type { FirmwareRange } from "./firmwareMap";
import type { CapturedGroup } from "./iommuGroups";
import { IommuGroupLog } from "./kernelLogGroups";
import type { LoggedBridgeBuses, LoggedHostBridge } from "./kernelLogPci";
import { HostBridgeLog } from "./kernelLogPci";
import { readEfiLine, readE820Line } from "./kernelLogFirmware";
import type { CapturedRange, Reading } from "./reading";
import { linesOf, parseHex, parseHexRange } from "./reading";

export interface LoggedDoorbell extends CapturedRange {
  readonly type: "its" | "gicv2m";
}

/** A unit's registers and widths, by the name that the log gives it. */
export interface LoggedIommu {
  readonly name: string;
  readonly base?: bigint;
  readonly inputBits?: number;
  readonly outputBits?: number;
}

/** A child of the device tree's /reserved-memory as the kernel set it aside. Physical, inclusive. */
export interface LoggedReservation extends CapturedRange {
  readonly name: string;
  readonly noMap: boolean;
  readonly reusable: boolean;
  /** `shared-dma-pool` and the like. */
  readonly compatible?: string;
}

export interface LoggedNode extends CapturedRange {
  readonly node: number;
  readonly hotplug: boolean;
}

export interface KernelLog {
  readonly release?: string;
  readonly commandLine?: string;
  readonly machine?: "x86_64" | "arm64" | "riscv64" | "loongarch64";
  readonly efi: boolean;
  /** Booted with a device tree and without UEFI. */
  readonly deviceTree: boolean;
  readonly pageSize?: bigint;
  readonly firmwareMap: readonly FirmwareRange[];
  readonly hostBridges: readonly LoggedHostBridge[];
  readonly doorbells: readonly LoggedDoorbell[];
  readonly iommus: readonly LoggedIommu[];
  readonly interruptRemapping?: true;
  /** AMD's IOMMUs translate the HyperTransport range too. */
  readonly translatesHyperTransport?: true;
  readonly reservations: readonly LoggedReservation[];
  readonly nodes: readonly LoggedNode[];
  /** Memory by NUMA node as the kernel took it over: what firmware keeps is left out or not, as firmware said. */
  readonly memory: readonly LoggedNode[];
  readonly groups: readonly CapturedGroup[];
  /** Configuration spaces that the kernel found kept free, by the firmware's map or as motherboard resources. */
  readonly reservedConfig: readonly CapturedRange[];
  /** The buses below PCI-to-PCI bridges, by full address: what a bridge that sleeps does not tell itself. */
  readonly bridgeBuses: ReadonlyMap<string, LoggedBridgeBuses>;
}

type Draft = { -readonly [K in keyof KernelLog]: KernelLog[K] extends readonly (infer T)[] ? T[] : KernelLog[K] };
/** Far above what a kernel has; they bound the work on a text that is no log. */
const RESERVATIONS_LIMIT = 1024;
const NODES_LIMIT = 4096;

/** A line with the kernel's time in front. */
const STAMPED = /^\[ *\d+\.\d{6}\]/m;

type LineReader = (line: string, log: Draft) => void;

const READERS: readonly LineReader[] = [
  readFirstCpu,
  readVersion,
  readCommandLine,
  readPageSize,
  readFirmware,
  readDoorbell,
  readDmar,
  readSmmu,
  readReservation,
  readNode,
  readMemory,
];

/**
 * Reads the text of dmesg, with or without times in front of the lines. A log that lacks a line says nothing about it.
 */
export function readKernelLog(text: string): Reading<KernelLog> {
  const log: Draft = {
    efi: false,
    deviceTree: false,
    firmwareMap: [],
    hostBridges: [],
    doorbells: [],
    iommus: [],
    reservations: [],
    nodes: [],
    memory: [],
    groups: [],
    reservedConfig: [],
    bridgeBuses: new Map(),
  };
  const groups = new IommuGroupLog();
  const bridges = new HostBridgeLog();
  const compatibles = new Map<string, string>();
  for (const raw of linesOf(text)) {
    const line = raw.slice(0, 1000);
    for (const read of READERS) read(line, log);
    bridges.readLine(line);
    groups.readLine(line);
    const pool = /OF: reserved mem: initialized node ([^\s,]+), compatible id (\S+)/.exec(line);
    if (pool) compatibles.set(pool[1] ?? "", pool[2] ?? "");
  }
  const reservations = log.reservations.map((one) => ({
    ...one,
    ...(compatibles.has(one.name) && { compatible: compatibles.get(one.name) ?? "" }),
  }));
  return {
    facts: {
      ...log,
      reservations,
      hostBridges: bridges.bridges(),
      groups: groups.groups(),
      reservedConfig: bridges.reservedConfig(),
      bridgeBuses: bridges.bridgeBuses(),
    },
    unread: [],
  };
}

/** True when a text has lines that only a kernel's log has. */
export function looksLikeKernelLog(text: string): boolean {
  const start = text.slice(0, 1 << 20);
  return (
    /BIOS-e820: \[mem |efi: +(mem\d|0x)[^\n]*\[|Linux version \d+\.\d|PCI host bridge to bus /.test(start) ||
    STAMPED.test(start) ||
    /\bkernel: .*\b(?:pci|PCI|DMAR|AMD-Vi|iommu|ACPI|mem)\b|: Adding to iommu group \d/.test(start)
  );
}

function readVersion(line: string, log: Draft): void {
  const version = /Linux version (\d+\.\d+[^\s]*)/.exec(line);
  if (!version || log.release !== undefined) return;
  log.release = version[1] ?? "";
  const machine = /\((x86_64|aarch64|riscv64|loongarch64)[-\w]*-gcc/.exec(line)?.[1];
  if (machine) log.machine = machine === "aarch64" ? "arm64" : (machine as "x86_64");
}

/** The first line of arm64; 32-bit Arm prints a short number of the CPU. */
function readFirstCpu(line: string, log: Draft): void {
  if (/Booting Linux on physical CPU 0x[0-9a-f]{10} \[/.test(line)) log.machine ??= "arm64";
}

function readCommandLine(line: string, log: Draft): void {
  const text = /(?:Kernel command line|(?:^|[\]:>] )Command line): (.*)$/.exec(line)?.[1];
  if (text !== undefined) log.commandLine ??= text.trim();
}

/** The log gives the size of a table as a power of two of pages and in bytes: their ratio is the page. */
function readPageSize(line: string, log: Draft): void {
  const parts = /Dentry cache hash table entries: \d+ \(order: (\d{1,2}), (\d{1,15}) bytes/.exec(line);
  if (!parts || log.pageSize !== undefined) return;
  const size = BigInt(parts[2] ?? "0") >> BigInt(parts[1] ?? "0");
  if ([4096n, 16384n, 65536n].includes(size)) log.pageSize = size;
}

function readFirmware(line: string, log: Draft): void {
  if (/efi: EFI v\d/.test(line)) log.efi = true;
  if (/efi: UEFI not found|OF: fdt: Machine model:/.test(line)) log.deviceTree = true;
  const range = readE820Line(line) ?? readEfiLine(line);
  if (range) log.firmwareMap.push(range);
  if (range?.source === "efi") log.efi = true;
  if (range?.source === "e820") log.machine ??= "x86_64";
}

function readDoorbell(line: string, log: Draft): void {
  const parts = /(ITS|GICv2m: range) ?\[mem (0x[0-9a-f]+)-(0x[0-9a-f]+)\]/i.exec(line);
  const range = parts && parseHexRange(parts[2], parts[3]);
  if (range && log.doorbells.every((one) => one.base !== range.base) && log.doorbells.length < RESERVATIONS_LIMIT)
    log.doorbells.push({ ...range, type: (parts[1] ?? "").startsWith("ITS") ? "its" : "gicv2m" });
}

function readDmar(line: string, log: Draft): void {
  const unit = /DMAR: (dmar\d+): reg_base_addr ([0-9a-f]+) ver \S+ cap ([0-9a-f]+)/i.exec(line);
  const [base, capability] = [parseHex(unit?.[2] ?? ""), parseHex(unit?.[3] ?? "")];
  if (unit && base !== undefined && capability !== undefined) {
    log.iommus.push({ name: unit[1] ?? "", base, inputBits: widthOf(capability) });
  }
  if (/DMAR-IR: Enabled IRQ remapping|AMD-Vi: Interrupt remapping enabled/.test(line)) log.interruptRemapping = true;
  const features = parseHex(/AMD-Vi: Extended features \(0x[0-9a-f]+, (0x[0-9a-f]+)\)/i.exec(line)?.[1] ?? "");
  if (features !== undefined && (features & HYPERTRANSPORT_IGNORED) !== 0n) log.translatesHyperTransport = true;
}

/**
 * VT-d capability register (VT-d specification 10.4.2): bits 21 to 16 are the maximum guest address width less one, bits 12 to 8 tell the page tables
 * that there are, of 39, 48 and 57 bits from bit 9 on. Linux takes the largest of them, and of the two widths the lesser (iommu_calculate_agaw).
 */
function widthOf(capability: bigint): number {
  const most = Number((capability >> 16n) & 0x3fn) + 1;
  const tables = [57, 48, 39].find((_, index) => ((capability >> BigInt(11 - index)) & 1n) === 1n);
  return tables === undefined ? most : Math.min(most, tables);
}

function readSmmu(line: string, log: Draft): void {
  const parts = /arm-smmu-v3 (\S+): ias (\d{1,2})-bit, oas (\d{1,2})-bit/.exec(line);
  if (parts) log.iommus.push({ name: parts[1] ?? "", inputBits: Number(parts[2]), outputBits: Number(parts[3]) });
}

function readReservation(line: string, log: Draft): void {
  const parts =
    /OF: reserved mem: (0x[0-9a-f]+)\.\.(0x[0-9a-f]+) \(\d+ KiB\) (nomap|map) (reusable|non-reusable) (\S+)/i.exec(
      line,
    );
  const range = parts && parseHexRange(parts[1], parts[2]);
  if (range && log.reservations.length < RESERVATIONS_LIMIT)
    log.reservations.push({
      ...range,
      name: parts[5] ?? "",
      noMap: parts[3] === "nomap",
      reusable: parts[4] === "reusable",
    });
}

function readNode(line: string, log: Draft): void {
  const parts = /SRAT: Node (\d{1,4}) PXM \d+ \[mem (0x[0-9a-f]+)-(0x[0-9a-f]+)\](.*)$/i.exec(line);
  const range = parts && parseHexRange(parts[2], parts[3]);
  if (range && log.nodes.length < NODES_LIMIT)
    log.nodes.push({ ...range, node: Number(parts[1]), hotplug: (parts[4] ?? "").includes("hotplug") });
}

/** `  node   0: [mem 0x0000004000000000-0x00000040001fffff]`, under "Early memory node ranges". */
function readMemory(line: string, log: Draft): void {
  const parts = /(?:^|\s)node +(\d{1,4}): \[mem (0x[0-9a-f]+)-(0x[0-9a-f]+)\]/i.exec(line);
  const range = parts && parseHexRange(parts[2], parts[3]);
  if (range && log.memory.length < NODES_LIMIT) log.memory.push({ ...range, node: Number(parts[1]), hotplug: false });
}
