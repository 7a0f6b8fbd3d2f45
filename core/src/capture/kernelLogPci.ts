// Reads the lines of the kernel's log about PCI host bridges: windows with their bus addresses, bus ranges, ECAM,
// device tree ranges. Knows nothing of the rest of the log.
import { parseBusRange } from "../pciAddress";
import type { CapturedRange } from "./reading";
import { parseHex, parseHexRange } from "./reading";

/**
 * A window of a root bus. For I/O, `base` is the kernel's number; `cpu` is where the CPU finds the window, when the log
 * tells.
 */
export interface LoggedWindow extends CapturedRange {
  readonly io: boolean;
  readonly prefetchable: boolean;
  readonly bus: bigint;
  readonly cpu?: bigint;
}

/** From `dma-ranges`: bus addresses that reach memory. */
export interface LoggedInbound extends CapturedRange {
  readonly bus: bigint;
}

/** Configuration space; `base` is the address of the first bus. */
export interface LoggedEcam extends CapturedRange {
  readonly firstBus: number;
  readonly lastBus: number | undefined;
}

export interface LoggedHostBridge {
  readonly segment: number;
  readonly bus: number;
  readonly lastBus: number | undefined;
  readonly windows: readonly LoggedWindow[];
  readonly inbound: readonly LoggedInbound[];
  readonly ecam: LoggedEcam | undefined;
  /** The device tree node (`pcie@10000000`), which names its windows in /proc/iomem. */
  readonly nodeName: string | undefined;
}

interface TreeRange extends CapturedRange {
  readonly kind: "IO" | "MEM" | "IB MEM";
  readonly bus: bigint;
}

/** The buses below a PCI-to-PCI bridge. */
export interface LoggedBridgeBuses {
  readonly secondary: number;
  readonly subordinate: number;
}

/** What a driver says of its bridge before the bridge has a bus number. */
interface Pending {
  nodeName?: string;
  ranges: TreeRange[];
  ecam?: LoggedEcam;
}

/** Far above what a bridge has; it bounds the work on a text that is no log. */
const WINDOWS_LIMIT = 256;
const BRIDGES_LIMIT = 65_536;

type DraftBridge = {
  -readonly [K in keyof LoggedHostBridge]: LoggedHostBridge[K] extends readonly (infer T)[] ? T[] : LoggedHostBridge[K];
};

export class HostBridgeLog {
  private readonly found = new Map<string, DraftBridge>();
  private readonly ecams: (LoggedEcam & { readonly segment: number })[] = [];
  private readonly reserved: CapturedRange[] = [];
  private readonly buses = new Map<string, LoggedBridgeBuses>();
  private readonly pending = new Map<string, Pending>();

  readLine(line: string): void {
    if (!/PCI|pci|ECAM|MMCONFIG|MEM|IO /.test(line)) return;
    this.readSegmentEcam(line);
    this.readReservedEcam(line);
    this.readDriver(line);
    this.readBridge(line);
    this.readRootBus(line);
    this.readBridgeBuses(line);
  }

  bridges(): LoggedHostBridge[] {
    return [...this.found.values()].map((bridge) => ({ ...bridge, ecam: bridge.ecam ?? this.ecamOfSegment(bridge) }));
  }

  /** Configuration spaces that the kernel found kept free, and uses. */
  reservedConfig(): readonly CapturedRange[] {
    return this.reserved;
  }

  /** By the bridge's full address, as the kernel said last. */
  bridgeBuses(): ReadonlyMap<string, LoggedBridgeBuses> {
    return this.buses;
  }

  /** `pci 0000:01:00.0: PCI bridge to [bus 02-39]`. */
  private readBridgeBuses(line: string): void {
    const parts =
      /([0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]): PCI bridge to \[bus ([0-9a-f]{2})(?:-([0-9a-f]{2}))?\]/.exec(line);
    if (!parts || this.buses.size >= BRIDGES_LIMIT) return;
    const secondary = hex(parts[2]);
    this.buses.set(parts[1] ?? "", { secondary, subordinate: parts[3] === undefined ? secondary : hex(parts[3]) });
  }

  /**
   * `PCI: ECAM [mem 0xb0000000-0xbfffffff] (base 0xb0000000) for domain 0000 [bus 00-ff]`, older: `MMCONFIG for domain
   * 0000 [bus 00-ff] at [mem …]`.
   */
  private readSegmentEcam(line: string): void {
    const range = /PCI: (?:ECAM|MMCONFIG) .*\[mem (0x[0-9a-f]+)-(0x[0-9a-f]+)\]/i.exec(line);
    const buses = /domain ([0-9a-f]{4,8}) \[bus ([0-9a-f]{2})-([0-9a-f]{2})\]/i.exec(line);
    const place = parseHexRange(range?.[1], range?.[2]);
    if (place && buses && this.ecams.length < WINDOWS_LIMIT)
      this.ecams.push({ ...place, segment: hex(buses[1]), firstBus: hex(buses[2]), lastBus: hex(buses[3]) });
  }

  /**
   * `PCI: MMCONFIG at [mem …] reserved in ACPI motherboard resources`, newer: `PCI: ECAM [mem …] reserved as E820
   * entry`, `… is EfiMemoryMappedIO; assuming valid` (domain.md 7.4).
   */
  private readReservedEcam(line: string): void {
    const parts =
      /PCI: (?:ECAM|MMCONFIG at) \[mem (0x[0-9a-f]+)-(0x[0-9a-f]+)\] (?:reserved|is EfiMemoryMappedIO)/i.exec(line);
    const place = parseHexRange(parts?.[1], parts?.[2]);
    if (place && this.reserved.length < WINDOWS_LIMIT) this.reserved.push(place);
  }

  /** Lines that begin with the driver's device: `pci-host-generic 4010000000.pcie: …`, `acpi PNP0A08:00: …`. */
  private readDriver(line: string): void {
    const parts = /((?:acpi )?[\w.,-]+ ?[\w.:@,-]*?): +(host bridge|IO|MEM|IB MEM|ECAM)\b(.*)$/.exec(line);
    if (!parts) return;
    const pending = this.pendingOf(parts[1] ?? "");
    const rest = parts[3] ?? "";
    if (parts[2] === "host bridge") pending.nodeName = /([^/\s]+) ranges:/.exec(rest)?.[1] ?? "";
    else if (parts[2] === "ECAM") Object.assign(pending, readEcam(rest));
    else pending.ranges.push(...readTreeRange(parts[2] as TreeRange["kind"], rest));
  }

  /** `PCI host bridge to bus 0000:40`: what was pending belongs to this bridge. */
  private readBridge(line: string): void {
    const parts = /(?:([\w.,-]+ [\w.:@,-]+): )?PCI host bridge to bus ([0-9a-f]{4,8}):([0-9a-f]{2})/.exec(line);
    if (!parts) return;
    const key = parts[1] ?? [...this.pending.keys()].at(-1) ?? "";
    const pending = this.pending.get(key);
    this.pending.delete(key);
    const [segment, bus] = [hex(parts[2]), hex(parts[3])];
    this.found.set(`${segment}:${bus}`, {
      segment,
      bus,
      lastBus: undefined,
      windows: (pending?.ranges ?? []).filter((range) => range.kind !== "IB MEM").map(windowOfTree),
      inbound: (pending?.ranges ?? []).filter((range) => range.kind === "IB MEM"),
      ecam: pending?.ecam,
      nodeName: pending?.nodeName,
    });
  }

  /** `pci_bus 0000:00: root bus resource [mem 0x10000000-0x3efeffff window] (bus address [0x…-0x…])`. */
  private readRootBus(line: string): void {
    const parts = /pci_bus ([0-9a-f]{4,8}):([0-9a-f]{2}): root bus resource \[(mem|io|bus) +([^\]]*)\](.*)$/.exec(line);
    const bridge = parts && this.found.get(`${hex(parts[1])}:${hex(parts[2])}`);
    if (!bridge) return;
    const [first, last] = (parts[4] ?? "").replace(/ (window|pref|64bit).*$/, "").split("-");
    if (parts[3] === "bus") bridge.lastBus = parseBusRange(`${first}-${last ?? first}`)?.last;
    else addWindow(bridge, parseHexRange(first, last), parts[3] === "io", / pref/.test(parts[4] ?? ""), parts[5] ?? "");
  }

  private pendingOf(key: string): Pending {
    const pending = this.pending.get(key) ?? { ranges: [] };
    this.pending.set(key, pending);
    return pending;
  }

  /** The part of the segment's ECAM that covers the bridge's first bus. */
  private ecamOfSegment(bridge: DraftBridge): LoggedEcam | undefined {
    return this.ecams.find(
      (one) => one.segment === bridge.segment && one.firstBus <= bridge.bus && bridge.bus <= (one.lastBus ?? 0xff),
    );
  }
}

/**
 * A window of the device tree is printed before; the root bus repeats it, for I/O under a number of the kernel's own.
 */
function addWindow(
  bridge: DraftBridge,
  range: CapturedRange | undefined,
  io: boolean,
  prefetchable: boolean,
  rest: string,
): void {
  if (!range) return;
  const shown = /bus address \[(0x[0-9a-f]+)-/i.exec(rest);
  const bus = parseHex(shown?.[1] ?? "") ?? range.base;
  const index = bridge.windows.findIndex(
    (window) => window.io === io && window.bus === bus && window.last - window.base === range.last - range.base,
  );
  const before = bridge.windows[index];
  const cpu = before?.cpu ?? (io ? undefined : range.base);
  const window = { ...range, io, prefetchable, bus, ...(cpu !== undefined && { cpu }) };
  if (index >= 0) bridge.windows[index] = window;
  else if (bridge.windows.length < WINDOWS_LIMIT) bridge.windows.push(window);
}

function windowOfTree(range: TreeRange): LoggedWindow {
  return {
    base: range.base,
    last: range.last,
    io: range.kind === "IO",
    prefetchable: false,
    bus: range.bus,
    cpu: range.base,
  };
}

/** ` 0x003eff0000..0x003effffff -> 0x0000000000`. */
function readTreeRange(kind: TreeRange["kind"], text: string): TreeRange[] {
  const parts = /(0x[0-9a-f]+)\.\.(0x[0-9a-f]+) -> (0x[0-9a-f]+)/i.exec(text);
  const [range, bus] = [parseHexRange(parts?.[1], parts?.[2]), parseHex(parts?.[3] ?? "")];
  return range && bus !== undefined ? [{ ...range, kind, bus }] : [];
}

/** ` at [mem 0x4010000000-0x401fffffff] for [bus 00-ff]`. */
function readEcam(text: string): Pick<Pending, "ecam"> {
  const range = /^ at \[mem (0x[0-9a-f]+)-(0x[0-9a-f]+)\]/i.exec(text);
  const buses = /\[bus ([0-9a-f]{2})-([0-9a-f]{2})\]/i.exec(text);
  const place = parseHexRange(range?.[1], range?.[2]);
  return place && buses ? { ecam: { ...place, firstBus: hex(buses[1]), lastBus: hex(buses[2]) } } : {};
}

function hex(text: string | undefined): number {
  return parseInt(text ?? "", 16);
}
