// Turns the kernel's addresses of BARs and bridge windows into bus addresses: lspci and sysfs print BARs where the CPU
// finds them, registers hold bus addresses. Knows nothing of where a function's facts were read.
import type { BarFact, FunctionFacts, WindowFact, WindowType } from "../pciFunctionFacts";
import type { HostBridge, HostWindow } from "./bridges";

/**
 * The facts with bus addresses. An address in a host window's bus range is one already; one in the window's range of
 * CPU addresses (for I/O: of the kernel's own numbers) is translated; any other is left as it was read.
 */
export function inBusAddresses(facts: FunctionFacts, bridge: HostBridge | undefined): FunctionFacts {
  const windows = bridge === undefined || bridge.windows === "unknown" ? [] : bridge.windows;
  if (windows.every((window) => (kernelBaseOf(window) ?? window.bus) === window.bus)) return facts;
  return {
    ...facts,
    bars: facts.bars === "unknown" ? "unknown" : facts.bars.map((bar) => movedBar(bar, windows)),
    windows: facts.windows === "unknown" ? "unknown" : facts.windows.map((window) => movedWindow(window, windows)),
  };
}

function movedBar(bar: BarFact, windows: readonly HostWindow[]): BarFact {
  if (bar.base === undefined) return bar;
  const translation = translationAt(bar.base, bar.type, windows);
  return translation === 0n ? bar : { ...bar, base: bar.base - translation, kernelBase: bar.base };
}

function movedWindow(window: WindowFact, windows: readonly HostWindow[]): WindowFact {
  const translation = translationAt(window.base, window.type, windows);
  return { ...window, base: window.base - translation, last: window.last - translation };
}

/** The kernel's address less the bus address. */
function translationAt(at: bigint, type: WindowType, windows: readonly HostWindow[]): bigint {
  const same = windows.filter((window) => (window.type === "io") === (type === "io"));
  const isIn = (base: bigint | undefined, { size }: HostWindow): boolean =>
    base !== undefined && base <= at && at < base + size;
  if (same.some((window) => isIn(window.bus, window))) return 0n;
  const window = same.find((one) => isIn(kernelBaseOf(one), one));
  return window === undefined ? 0n : (kernelBaseOf(window) ?? window.bus) - window.bus;
}

function kernelBaseOf(window: HostWindow): bigint | undefined {
  return window.type === "io" ? window.kernelPorts : window.cpu;
}
