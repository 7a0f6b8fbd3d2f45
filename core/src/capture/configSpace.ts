// Reads the configuration space of one PCI function: header, BARs, bridge windows, and through capabilities.ts the
// capabilities. Sizes of BARs are not in it (they show only when registers are written). Knows nothing of where the
// function sits.
import { readCapabilities } from "./capabilities";
import type { BarFact, FunctionFacts, WindowFact } from "./pciFunctionFacts";
import { UNKNOWN_FUNCTION } from "./pciFunctionFacts";
import type { Reading } from "./reading";

/** The lengths that Linux gives: without root, conventional, and PCI Express. */
export const CONFIG_LENGTHS: readonly number[] = [64, 256, 4096];

/**
 * Reads 64, 256 or 4096 bytes (PCI local bus specification 3.0, section 6.1; PCI-to-PCI bridge architecture 1.2,
 * section 3.2). Shorter reads give what they hold. All ones is a function that is asleep or gone: nothing is known of
 * it then.
 */
export function readConfigSpace(bytes: Uint8Array, where: string): Reading<FunctionFacts> {
  if (bytes.length < 64) return unreadable(where, `only ${bytes.length} of the 64 bytes of the header are there`);
  if (isAllOnes(bytes)) return unreadable(where, "it reads as all ones: the function sleeps, or is gone");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const layout = view.getUint8(0x0e) & 0x7f;
  if (layout > 2) return unreadable(where, `header type ${layout} is none of 0, 1 and 2`);
  const capabilities = readCapabilities(view, layout === 1, where);
  const vendor = view.getUint16(0, true);
  return {
    facts: {
      ...UNKNOWN_FUNCTION,
      // A virtual function has no vendor and device of its own in its registers; sysfs knows them.
      ...(vendor !== 0xffff && { id: `${hex4(vendor)}:${hex4(view.getUint16(2, true))}` }),
      class: (view.getUint32(8, true) >>> 8).toString(16).padStart(6, "0"),
      bridge: layout === 1,
      multifunction: (view.getUint8(0x0e) & 0x80) !== 0,
      buses: layout === 1 ? readBuses(view) : "none",
      windows: layout === 1 ? readWindows(view) : [],
      bars: readBars(view, layout),
      ...capabilities.facts,
    },
    unread: capabilities.unread,
  };
}

function unreadable(where: string, because: string): Reading<FunctionFacts> {
  return { facts: UNKNOWN_FUNCTION, unread: [{ where, because }] };
}

function isAllOnes(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 64).every((byte) => byte === 0xff);
}

function readBuses(view: DataView): FunctionFacts["buses"] {
  const [secondary, subordinate] = [view.getUint8(0x19), view.getUint8(0x1a)];
  return secondary === 0 || subordinate < secondary ? "none" : { secondary, subordinate };
}

/** A window whose limit lies below its base is closed; one whose registers are all zero is not implemented. */
function readWindows(view: DataView): WindowFact[] {
  return [readIoWindow(view), readMemoryWindow(view), readPrefetchableWindow(view)].filter(
    (window) => window !== undefined,
  );
}

function readIoWindow(view: DataView): WindowFact | undefined {
  const [low, high] = [view.getUint8(0x1c), view.getUint8(0x1d)];
  if (low === 0 && high === 0) return undefined;
  const wide = (low & 0x0f) === 1;
  const base = BigInt(((low & 0xf0) << 8) + (wide ? view.getUint16(0x30, true) * 0x1_0000 : 0));
  const limit = BigInt(((high & 0xf0) << 8) + (wide ? view.getUint16(0x32, true) * 0x1_0000 : 0));
  return open("io", base, limit + 0xfffn);
}

function readMemoryWindow(view: DataView): WindowFact | undefined {
  const [low, high] = [view.getUint16(0x20, true), view.getUint16(0x22, true)];
  if (low === 0 && high === 0) return undefined;
  return open("mem32", BigInt(low & 0xfff0) << 16n, (BigInt(high & 0xfff0) << 16n) + 0xf_ffffn);
}

function readPrefetchableWindow(view: DataView): WindowFact | undefined {
  const [low, high] = [view.getUint16(0x24, true), view.getUint16(0x26, true)];
  const wide = (low & 0x0f) === 1;
  const [upperBase, upperLimit] = wide
    ? [BigInt(view.getUint32(0x28, true)), BigInt(view.getUint32(0x2c, true))]
    : [0n, 0n];
  const base = (upperBase << 32n) + (BigInt(low & 0xfff0) << 16n);
  const limit = (upperLimit << 32n) + (BigInt(high & 0xfff0) << 16n);
  if (base === 0n && limit === 0n) return undefined;
  return open(wide ? "mem64-prefetchable" : "mem32-prefetchable", base, limit + 0xf_ffffn);
}

function open(type: WindowFact["type"], base: bigint, last: bigint): WindowFact | undefined {
  return base <= last ? { type, base, last } : undefined;
}

function readBars(view: DataView, layout: number): BarFact[] {
  const count = layout === 0 ? 6 : layout === 1 ? 2 : 1;
  const bars: BarFact[] = [];
  for (let number = 0; number < count; number++) {
    const bar = readBar(view, 0x10 + number * 4, number);
    if (bar) bars.push(bar);
    if (bar?.type.startsWith("mem64")) number++;
  }
  return bars;
}

/** One register, and the next one where it is 64 bits wide. All zero: not implemented, as far as a read can tell. */
function readBar(view: DataView, offset: number, number: number): BarFact | undefined {
  const low = view.getUint32(offset, true);
  if (low === 0) return undefined;
  if ((low & 1) !== 0) {
    const base = BigInt((low & ~3) >>> 0);
    return { number, type: "io", base: base === 0n ? undefined : base, size: undefined };
  }
  const wide = (low & 6) === 4;
  const high = wide && offset + 8 <= 0x28 ? BigInt(view.getUint32(offset + 4, true)) : 0n;
  const base = (high << 32n) + BigInt((low & ~15) >>> 0);
  const type = `mem${wide ? "64" : "32"}${(low & 8) !== 0 ? "-prefetchable" : ""}` as const;
  return { number, type, base: base === 0n ? undefined : base, size: undefined };
}

function hex4(value: number): string {
  return value.toString(16).padStart(4, "0");
}
