// Reads what lspci -vvv says of one function in words. Knows nothing of dumps, nor of other functions.
import { parseAcsBits, ACS_BITS } from "../acs";
import type { BarFact, FunctionFacts, FunctionType, WindowFact, WindowType } from "./pciFunctionFacts";
import { UNKNOWN_FUNCTION } from "./pciFunctionFacts";
import type { Reading, Unread } from "./reading";
import { parseHex, parseHexRange } from "./reading";

/** lspci's words for PCI Express device/port types (domain.md 10). The longer ones first. */
const PORT_WORDS: readonly (readonly [words: RegExp, type: FunctionType])[] = [
  [/Root Complex Integrated Endpoint/, "integrated-endpoint"],
  [/Root Complex Event Collector/, "event-collector"],
  [/Root Port/, "root-port"],
  [/Upstream Port/, "upstream-port"],
  [/Downstream Port/, "downstream-port"],
  [/PCI-Express to PCI/, "pcie-to-pci-bridge"],
  [/PCI\/PCI-X to PCI-Express/, "pci-to-pcie-bridge"],
  [/Legacy Endpoint/, "legacy-endpoint"],
  [/Endpoint/, "endpoint"],
];

/**
 * Reads the heading and the indented lines of one function. What lspci could not see (`<access denied>`, header type
 * 7f, a run without -vvv) is unknown, and said.
 */
export function readLspciDetails(
  title: string,
  body: readonly string[],
  functionNumber: number,
  where: string,
): Reading<FunctionFacts> {
  const heading = readHeading(title);
  const facts: FunctionFacts = {
    ...UNKNOWN_FUNCTION,
    ...heading,
    ...(/^(PCI bridge\b|0604: )/.test(title) && { bridge: true }),
    ...(functionNumber > 0 && { multifunction: true }),
    ...readPlainLines(body),
  };
  if (body.some((line) => /!!! Unknown header type/.test(line))) {
    return { facts, unread: [{ where, because: "lspci could not read the header: the function sleeps, or is gone" }] };
  }
  if (!body.some((line) => /^\s+Control: /.test(line))) {
    return { facts, unread: [{ where, because: "lspci was run without -vvv: registers and capabilities unknown" }] };
  }
  return readVerbose(facts, body, where);
}

function readVerbose(heading: FunctionFacts, body: readonly string[], where: string): Reading<FunctionFacts> {
  const bridge = body.some((line) => /^\tBus: primary=/.test(line));
  const unread: Unread[] = [];
  const registers: FunctionFacts = {
    ...heading,
    bridge,
    buses: bridge ? readBuses(body) : "none",
    windows: bridge ? body.map(readWindow).filter((window) => window !== undefined) : [],
    bars: body.map(readRegion).filter((bar) => bar !== undefined),
  };
  if (body.some((line) => /Capabilities: <(access denied|chain broken|chain looped)>/.test(line))) {
    unread.push({ where, because: "lspci was not allowed to read the capabilities (run it as root)" });
    return { facts: registers, unread };
  }
  return { facts: { ...registers, ...readCapabilities(body, bridge) }, unread };
}

/** `Ethernet controller [0200]: Intel Corporation 82574L … [8086:10d3] (rev 02)`, or `0200: 8086:10d3` with -n. */
function readHeading(title: string): Pick<FunctionFacts, "id" | "class"> & { description?: string } {
  const numeric = /^([0-9a-f]{4}): ([0-9a-f]{4}:[0-9a-f]{4})/i.exec(title);
  if (numeric) return { id: (numeric[2] ?? "").toLowerCase(), class: (numeric[1] ?? "").toLowerCase() };
  const ids = [...title.matchAll(/\[([0-9a-f]{4}:[0-9a-f]{4})\]/gi)].at(-1);
  const code = /\[([0-9a-f]{4})\]:/i.exec(title);
  const description = title
    .replace(/^[^:]*: /, "")
    .replace(/ \[[0-9a-f]{4}:[0-9a-f]{4}\].*$/i, "")
    .replace(/ \((rev|prog-if) .*$/, "");
  return {
    id: ids?.[1]?.toLowerCase() ?? "unknown",
    class: code?.[1]?.toLowerCase() ?? "unknown",
    ...(description !== "" && { description }),
  };
}

function readPlainLines(body: readonly string[]): Partial<FunctionFacts> {
  const driver = firstMatch(body, /^\s+Kernel driver in use: (\S+)/);
  const node = firstMatch(body, /NUMA node:? (\d+)/);
  const group = firstMatch(body, /IOMMU group:? (\d+)/);
  return { ...(driver && { driver }), ...(node && { node: Number(node) }), ...(group && { group: Number(group) }) };
}

function readBuses(body: readonly string[]): FunctionFacts["buses"] {
  const parts = body
    .map((line) => /secondary=([0-9a-f]{2}), subordinate=([0-9a-f]{2})/i.exec(line))
    .find((one) => one !== null);
  const [secondary, subordinate] = [parseInt(parts?.[1] ?? "0", 16), parseInt(parts?.[2] ?? "0", 16)];
  return secondary === 0 || subordinate < secondary ? "none" : { secondary, subordinate };
}

/**
 * `Memory behind bridge: fe400000-fe5fffff [size=2M] [32-bit]`; older versions say `None`, or print the closed
 * registers.
 */
function readWindow(line: string): WindowFact | undefined {
  const parts = /^\t(I\/O|Memory|Prefetchable memory) behind bridge: ([0-9a-f]+)-([0-9a-f]+)(.*)$/i.exec(line);
  if (!parts || (parts[4] ?? "").includes("[disabled]")) return undefined;
  const range = parseHexRange(parts[2], parts[3]);
  if (!range || (range.base === 0n && !(parts[1] ?? "").startsWith("I/O"))) return undefined;
  return { type: windowType(parts[1] ?? "", parts[2] ?? "", parts[4] ?? ""), ...range };
}

function windowType(kind: string, base: string, rest: string): WindowType {
  if (kind === "I/O") return "io";
  if (kind === "Memory") return "mem32";
  return rest.includes("[64-bit]") || base.length > 8 ? "mem64-prefetchable" : "mem32-prefetchable";
}

/**
 * `Region 0: Memory at fe440000 (32-bit, non-prefetchable) [size=128K]`, `Expansion ROM at c0280000 [disabled]
 * [size=256K]`.
 */
function readRegion(line: string): BarFact | undefined {
  const rom = /^\t(?:\[virtual\] )?Expansion ROM at (\S+)(.*)$/.exec(line);
  if (rom) return bar(6, "mem32", rom[1] ?? "", rom[2] ?? "");
  const parts = /^\tRegion ([0-5]): (?:\[virtual\] )?(Memory|I\/O ports) at (\S+)(.*)$/.exec(line);
  if (!parts) return undefined;
  const rest = parts[4] ?? "";
  if (line.includes("[virtual]") && isLegacyPorts(parts[3] ?? "")) return undefined;
  const width = rest.includes("64-bit") ? "64" : "32";
  const type: WindowType =
    parts[2] !== "Memory" ? "io" : rest.includes(", prefetchable") ? `mem${width}-prefetchable` : `mem${width}`;
  return bar(Number(parts[1]), type, parts[3] ?? "", rest);
}

/** Ports of an IDE controller in compatibility mode: they stand in no register, and are not memory. */
function isLegacyPorts(place: string): boolean {
  const base = parseHex(place);
  return base !== undefined && base < 0x1_0000n;
}

function bar(number: number, type: WindowType, place: string, rest: string): BarFact {
  return { number, type, base: parseHex(place), size: parseLspciSize(/\[size=(\d+[KMGT]?)\]/.exec(rest)?.[1]) };
}

function parseLspciSize(text: string | undefined): bigint | undefined {
  const parts = /^(\d{1,15})([KMGT]?)$/.exec(text ?? "");
  return parts ? BigInt(parts[1] ?? "0") << BigInt(" KMGT".indexOf(parts[2] || " ") * 10) : undefined;
}

function readCapabilities(
  body: readonly string[],
  bridge: boolean,
): Pick<FunctionFacts, "type" | "acs" | "msi" | "ats" | "sriov"> {
  const express = body.find((line) => /^\tCapabilities: \[[0-9a-f]+\] Express /.test(line));
  const extended = body.some((line) => /^\tCapabilities: \[[1-9a-f][0-9a-f]{2}( v\d+)?\]/.test(line));
  const type =
    express === undefined
      ? bridge
        ? "pci-bridge"
        : "pci-device"
      : PORT_WORDS.find(([words]) => words.test(express))?.[1];
  // Without one extended capability in sight, lspci does not tell "none" from "not reachable".
  const absent = express === undefined || extended ? "none" : "unknown";
  return {
    type: type ?? "unknown",
    msi: readMsi(body),
    acs: readAcs(body) ?? absent,
    ats: readAts(body) ?? absent,
    sriov: readSriov(body) ?? absent,
  };
}

/** Before pciutils 3.1.3 the counts had other names: MSI-X `TabSize=64`, MSI `Queue=0/3`, both powers of two. */
function readMsi(body: readonly string[]): FunctionFacts["msi"] {
  const msix = firstMatch(body, /^\tCapabilities: \[[0-9a-f]+\] MSI-X: .*(?:Count|TabSize)=(\d+)/);
  if (msix) return { address64: true, vectors: Number(msix), msix: true };
  const msi = body.find((line) => /^\tCapabilities: \[[0-9a-f]+\] (?:MSI|Message Signalled Interrupts): /.test(line));
  if (msi === undefined) return "none";
  const vectors = /Count=\d+\/(\d+)/.exec(msi)?.[1];
  const power = /Queue=\d+\/([0-5])\b/.exec(msi)?.[1];
  if (vectors === undefined && power === undefined) return "unknown";
  return { address64: msi.includes("64bit+"), vectors: vectors ? Number(vectors) : 1 << Number(power), msix: false };
}

function readAcs(body: readonly string[]): FunctionFacts["acs"] | undefined {
  const capable = firstMatch(body, /^\s+ACSCap:\s+(.*)$/);
  const enabled = firstMatch(body, /^\s+ACSCtl:\s+(.*)$/);
  if (capable === undefined || enabled === undefined) return undefined;
  return { capable: maskOf(capable), enabled: maskOf(enabled) };
}

function maskOf(words: string): number {
  const { bits } = parseAcsBits(words);
  return ACS_BITS.filter((facts) => bits.includes(facts.bit)).reduce((mask, facts) => mask | facts.mask, 0);
}

function readAts(body: readonly string[]): boolean | undefined {
  const control = firstMatch(body, /^\s+ATSCtl:\s+(.*)$/);
  return control === undefined ? undefined : control.includes("Enable+");
}

function readSriov(body: readonly string[]): FunctionFacts["sriov"] | undefined {
  const counts = body.map((line) => /Total VFs: (\d+), Number of VFs: (\d+)/.exec(line)).find((one) => one !== null);
  if (!counts) return undefined;
  const places = body.map((line) => /VF offset: (\d+), stride: (\d+)/.exec(line)).find((one) => one !== null);
  return {
    total: Number(counts[1]),
    enabled: Number(counts[2]),
    offset: places ? Number(places[1]) : undefined,
    stride: places ? Number(places[2]) : undefined,
  };
}

function firstMatch(body: readonly string[], expression: RegExp): string | undefined {
  for (const line of body) {
    const value = expression.exec(line)?.[1];
    if (value !== undefined) return value;
  }
  return undefined;
}
