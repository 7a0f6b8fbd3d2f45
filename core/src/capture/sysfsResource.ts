// Reads the `resource` file of a PCI function in sysfs: the kernel's ranges for BARs, expansion ROM, virtual functions
// and bridge windows. Their addresses are the CPU's; those of the registers are the bus's. Knows nothing of other
// files.
import type { BarFact, FunctionFacts, WindowFact, WindowType } from "./pciFunctionFacts";
import type { CapturedRange, Reading, Unread } from "./reading";
import { linesOf, parseHex } from "./reading";

/** A line of the file. Undefined range: the kernel has given this resource no place. */
export interface SysfsResource {
  readonly range: CapturedRange | undefined;
  readonly size: bigint;
  readonly flags: bigint;
}

/** include/linux/ioport.h. */
const IO = 0x100n;
const MEMORY = 0x200n;
const PREFETCHABLE = 0x2000n;
const WIDE = 0x10_0000n;
const UNSET = 0x2000_0000n;
const ROM = 6;
const VIRTUAL_BARS = 6;
/** With virtual functions (CONFIG_PCI_IOV) the windows come after their six BARs. */
const BRIDGE_LINES: readonly number[] = [17, 11];

/** One resource a line: first byte, last byte, flags. */
export function readResource(text: string, where: string): Reading<SysfsResource[]> {
  const unread: Unread[] = [];
  const resources: SysfsResource[] = [];
  linesOf(text).forEach((line, index) => {
    if (line.trim() === "") return;
    const [first, last, flags] = line.trim().split(/\s+/).map(parseHex);
    if (first === undefined || last === undefined || flags === undefined || last < first) {
      unread.push({
        where: `${where}:${index + 1}`,
        because: `not three hexadecimal numbers: ${JSON.stringify(line.slice(0, 60))}`,
      });
      resources.push({ range: undefined, size: 0n, flags: 0n });
      return;
    }
    const used = (flags & (IO | MEMORY)) !== 0n;
    const placed = used && (flags & UNSET) === 0n && last > first;
    resources.push({ range: placed ? { base: first, last } : undefined, size: used ? last - first + 1n : 0n, flags });
  });
  return { facts: resources, unread };
}

/**
 * BARs with the kernel's sizes, at the bus addresses of the registers where these are known; else at the kernel's
 * addresses, less the translation that other BARs of the function show. Legacy I/O ports that stand in no register are
 * not BARs. The register of the expansion ROM has no prefetchable bit; the kernel's flag for it is its own.
 */
export function barsOf(
  resources: readonly SysfsResource[],
  registers: FunctionFacts["bars"],
  sriov: FunctionFacts["sriov"],
): BarFact[] {
  const known = registers === "unknown" ? undefined : new Map(registers.map((bar) => [bar.number, bar]));
  const bars: BarFact[] = [];
  for (let number = 0; number < ROM; number++) {
    const resource = resources[number];
    if (!resource || resource.size === 0n) continue;
    const register = known?.get(number);
    if (known && !register) continue;
    const base = resource.range && (register?.base ?? resource.range.base);
    bars.push({ number, type: typeOf(resource.flags), base, size: resource.size });
  }
  const translation = translationOf(bars, resources);
  const rom = resources[ROM];
  if (rom && rom.size > 0n)
    bars.push({ number: ROM, type: "mem32", base: rom.range && rom.range.base - translation, size: rom.size });
  return [...bars, ...virtualBarsOf(resources, sriov, translation)];
}

/** The bridge's windows as the kernel keeps them, for a bridge whose registers cannot be read. */
export function windowsOf(resources: readonly SysfsResource[]): WindowFact[] {
  if (!BRIDGE_LINES.includes(resources.length)) return [];
  return resources
    .slice(-4, -1)
    .flatMap((resource) => (resource.range ? [{ type: typeOf(resource.flags), ...resource.range }] : []));
}

function typeOf(flags: bigint): WindowType {
  if ((flags & IO) !== 0n) return "io";
  return `mem${(flags & WIDE) !== 0n ? "64" : "32"}${(flags & PREFETCHABLE) !== 0n ? "-prefetchable" : ""}`;
}

/** CPU address less bus address. Only memory: I/O numbers in the file are the kernel's own. */
function translationOf(bars: readonly BarFact[], resources: readonly SysfsResource[]): bigint {
  const shown = bars.find((bar) => bar.type !== "io" && bar.base !== undefined);
  return shown?.base === undefined ? 0n : (resources[shown.number]?.range?.base ?? shown.base) - shown.base;
}

/** The kernel's range holds the BARs of all virtual functions; the language wants the first one's. */
function virtualBarsOf(
  resources: readonly SysfsResource[],
  sriov: FunctionFacts["sriov"],
  translation: bigint,
): BarFact[] {
  if (sriov === "unknown" || sriov === "none" || sriov.total === 0) return [];
  const total = BigInt(sriov.total);
  return resources.slice(ROM + 1, ROM + 1 + VIRTUAL_BARS).flatMap((resource, number) =>
    resource.size === 0n || resource.size % total !== 0n
      ? []
      : [
          {
            number,
            type: typeOf(resource.flags),
            base: resource.range && resource.range.base - translation,
            size: resource.size / total,
            virtual: true,
          },
        ],
  );
}
