// The host bridges of a capture: which root buses there are, which buses each owns, its windows and its part of ECAM.
// Knows nothing of names, functions' details and JSON.
import type { Capture } from "../capture";
import type { LoggedHostBridge } from "../kernelLogPci";
import type { WindowType } from "../pciFunctionFacts";
import type { CapturedRange, Known } from "../reading";
import { meets } from "../reading";
import { parsePciAddress } from "../../pciAddress";
import type { EcamPlace, HostWindowPlace, Layout } from "./layout";
import { ecamOf, rootBusOf } from "./resourceKinds";

/** A window; for I/O there may be no CPU address. Inclusive on the bus side. */
export interface HostWindow {
  readonly type: WindowType;
  readonly cpu: bigint | undefined;
  readonly bus: bigint;
  readonly size: bigint;
  /** Of I/O: the number under which the kernel keeps the first port, where the log tells. */
  readonly kernelPorts?: bigint;
}

export interface HostBridge {
  readonly segment: number;
  readonly firstBus: number;
  readonly lastBus: number;
  /** The last bus is a guess: up to the next host bridge. */
  readonly guessed: boolean;
  /** The last bus that firmware gives it, where its configuration space ends before that. */
  readonly unreachedBus: number | undefined;
  readonly windows: Known<readonly HostWindow[]>;
  readonly inbound: readonly { readonly bus: bigint; readonly cpu: bigint; readonly size: bigint }[];
  readonly config: Known<CapturedRange | "io-ports">;
  /** The whole ECAM of which `config` is this bridge's part. */
  readonly ecam: CapturedRange | undefined;
  readonly places: readonly HostWindowPlace[];
}

/** Far above what a machine has; functions of further ones are said to be left out. */
const BRIDGES_LIMIT = 1024;
const MEBIBYTE = 1n << 20n;
const FOUR_GIBIBYTES = 1n << 32n;

/** Root buses that the log, the kernel's links or the functions themselves name. Keys are `0000:40`. */
export function rootBuses(capture: Capture): Set<string> {
  const keys = new Set((capture.log?.hostBridges ?? []).map((bridge) => keyOf(bridge.segment, bridge.bus)));
  for (const parent of capture.parents.values()) if (parent.startsWith("pci")) keys.add(parent.slice(3));
  if (keys.size > 0) return keys;
  return capture.functions.size > 0 ? rootsByTopology(capture) : rootsOfTables(capture);
}

/** The host bridges in the order of segment and bus. `layout` was made with the root buses of `rootBuses`. */
export function hostBridges(capture: Capture, layout: Layout): HostBridge[] {
  const keys = new Set(rootBuses(capture));
  for (const window of layout.windows) if (window.bus !== undefined) keys.add(keyOf(window.segment ?? 0, window.bus));
  if (keys.size === 0 && layout.windows.length > 0) keys.add(keyOf(0, 0));
  const roots = [...keys]
    .sort()
    .slice(0, BRIDGES_LIMIT)
    .map((key) => rootBusOf(`PCI Bus ${key}`) ?? { segment: 0, bus: 0 });
  return roots.map((root, index) => {
    const next = roots[index + 1];
    return describe(root, next?.segment === root.segment ? next.bus - 1 : 0xff, roots.length === 1, capture, layout);
  });
}

/** First buses of MCFG entries, and those from which the DMAR's scopes start (VT-d specification 4.1, 8.3.1). */
function rootsOfTables({ acpi }: Capture): Set<string> {
  const scopes = (acpi?.dmar?.units ?? []).flatMap((unit) =>
    unit.scopes
      .filter(({ kind }) => kind === "endpoint" || kind === "bridge")
      .map((scope) => keyOf(unit.segment, scope.startBus)),
  );
  const mapped = (acpi?.mcfg ?? []).map((entry) => keyOf(entry.segment, entry.firstBus));
  return new Set([...mapped, ...scopes].sort());
}

/**
 * Without a log or links: buses on which functions sit and that no bridge has below it. Where a bridge's buses are
 * unknown, such a bus may be behind that bridge: then only the segment's first bus is a root.
 */
function rootsByTopology(capture: Capture): Set<string> {
  const [used, below, uncertain] = [new Set<string>(), new Set<string>(), new Set<number>()];
  for (const [address, facts] of capture.functions) {
    const at = parsePciAddress(address);
    const segment = at?.segment ?? 0;
    if (at) used.add(keyOf(segment, at.bus));
    if (facts.buses === "unknown" && facts.bridge !== false) uncertain.add(segment);
    if (typeof facts.buses !== "object") continue;
    for (let bus = facts.buses.secondary; bus <= facts.buses.subordinate; bus++) below.add(keyOf(segment, bus));
  }
  const roots = [...used].sort().filter((key) => !below.has(key));
  return new Set(
    roots.filter(
      (key, index) =>
        index === 0 || key.slice(0, -3) !== roots[index - 1]?.slice(0, -3) || !uncertain.has(parseInt(key, 16)),
    ),
  );
}

function describe(
  root: { segment: number; bus: number },
  limit: number,
  only: boolean,
  capture: Capture,
  layout: Layout,
): HostBridge {
  const log = capture.log?.hostBridges.find((bridge) => bridge.segment === root.segment && bridge.bus === root.bus);
  const places = layout.windows.filter((window) => belongs(window, root, log, only));
  const ecam = ecamFor(root, log, only, layout.ecams) ?? ecamOfTable(root, capture);
  const given = log?.lastBus ?? Math.min(limit, ecam?.lastBus ?? 0xff);
  const reached = reachedBus(root, given, ecam, capture);
  const lastBus = reached ?? given;
  return {
    segment: root.segment,
    firstBus: root.bus,
    lastBus: Math.max(lastBus, root.bus),
    guessed: log?.lastBus === undefined && (ecam === undefined || limit < ecam.lastBus),
    unreachedBus: reached === undefined ? undefined : given,
    windows: windowsFor(root, only, log, places, capture),
    inbound: (log?.inbound ?? []).map((range) => ({
      bus: range.bus,
      cpu: range.base,
      size: range.last - range.base + 1n,
    })),
    ecam,
    config: ecam ? slice(ecam, root.bus, Math.max(lastBus, root.bus)) : portConfig(capture),
    places,
  };
}

/** The last bus of a configuration space that ends before the bridge's buses do, where nothing was found past it. */
function reachedBus(
  root: { segment: number; bus: number },
  given: number,
  ecam: Ecam | undefined,
  capture: Capture,
): number | undefined {
  if (ecam === undefined || ecam.lastBus < root.bus || ecam.lastBus >= given) return undefined;
  const past = [...capture.functions.keys()]
    .map(parsePciAddress)
    .some((at) => (at?.segment ?? 0) === root.segment && at && ecam.lastBus < at.bus && at.bus <= given);
  return past ? undefined : ecam.lastBus;
}

function belongs(
  window: HostWindowPlace,
  root: { segment: number; bus: number },
  log: LoggedHostBridge | undefined,
  only: boolean,
): boolean {
  if (window.bus !== undefined) return window.segment === root.segment && window.bus === root.bus;
  return only || (log?.nodeName !== undefined && log.nodeName === window.nodeName);
}

/** The log gives bus addresses and prefetchability; /proc/iomem gives what the log has lost. */
function windowsFor(
  root: { segment: number; bus: number },
  only: boolean,
  log: LoggedHostBridge | undefined,
  places: readonly HostWindowPlace[],
  capture: Capture,
): Known<HostWindow[]> {
  const logged = (log?.windows ?? []).map((window) => ({
    type: typeOf(window.io, window.bus + window.last - window.base, window.prefetchable),
    cpu: window.cpu,
    bus: window.bus,
    size: window.last - window.base + 1n,
    ...(window.io && { kernelPorts: window.base }),
  }));
  const memory = places
    .filter((place) => !(log?.windows ?? []).some((window) => !window.io && meets(window, place)))
    .map((place) => ({
      type: typeOf(false, place.last, false),
      cpu: place.base,
      bus: place.base,
      size: place.last - place.base + 1n,
    }));
  const ports = logged.some((window) => window.type === "io") ? [] : portWindows(root, only, capture);
  const windows = withoutInner([...ports, ...logged, ...memory]).sort(ioFirstThenBus);
  return windows.length === 0 ? "unknown" : windows;
}

/** Firmware may tell a part of a window again; the kernel calls it expanded, and lists both. */
function withoutInner(windows: readonly HostWindow[]): HostWindow[] {
  return windows.filter(
    (one, index) =>
      !windows.some((other, at) => at !== index && isAround(other, one) && !(isAround(one, other) && at > index)),
  );
}

function isAround(outer: HostWindow, inner: HostWindow): boolean {
  const sameWay = (outer.cpu ?? outer.bus) - outer.bus === (inner.cpu ?? inner.bus) - inner.bus;
  return (
    (outer.type === "io") === (inner.type === "io") &&
    sameWay &&
    outer.bus <= inner.bus &&
    inner.bus + inner.size <= outer.bus + outer.size
  );
}

/** x86 alone has I/O ports with the bus's own numbers in /proc/ioports; elsewhere they are the kernel's. */
function portWindows(root: { segment: number; bus: number }, only: boolean, capture: Capture): HostWindow[] {
  if (capture.system.arch !== "x86_64") return [];
  const ports = (capture.ioports ?? []).filter((resource) => {
    const named = rootBusOf(resource.name);
    return named !== undefined && (only || (named.segment === root.segment && named.bus === root.bus));
  });
  return ports.map((resource) => ({
    type: "io",
    cpu: undefined,
    bus: resource.base,
    size: resource.last - resource.base + 1n,
  }));
}

function typeOf(io: boolean, last: bigint, prefetchable: boolean): WindowType {
  if (io) return "io";
  return `mem${last < FOUR_GIBIBYTES ? "32" : "64"}${prefetchable ? "-prefetchable" : ""}`;
}

interface Ecam extends CapturedRange {
  readonly firstBus: number;
  readonly lastBus: number;
}

/** A bare "PCI ECAM" of /proc/iomem says no buses: it can be told only for a machine with one host bridge. */
function ecamFor(
  root: { segment: number; bus: number },
  log: LoggedHostBridge | undefined,
  only: boolean,
  places: readonly EcamPlace[],
): Ecam | undefined {
  if (log?.ecam) return { ...log.ecam, lastBus: log.ecam.lastBus ?? 0xff };
  const named = places.flatMap((place) => {
    const said = ecamOf(place.label);
    return said && said.segment === root.segment && said.firstBus <= root.bus && root.bus <= said.lastBus
      ? [{ ...place, ...said }]
      : [];
  });
  const [bare, ...more] = places;
  if (named[0] || !only || !bare || more.length > 0 || ecamOf(bare.label)) return named[0];
  const buses = Number((bare.last - bare.base + 1n) / MEBIBYTE);
  return buses === 0 || buses > 256
    ? undefined
    : { ...bare, firstBus: root.bus, lastBus: Math.min(root.bus + buses - 1, 0xff) };
}

/** The MCFG's, where the kernel's own words are not in the capture. */
function ecamOfTable(root: { segment: number; bus: number }, capture: Capture): Ecam | undefined {
  const entry = (capture.acpi?.mcfg ?? []).find(
    (one) => one.segment === root.segment && one.firstBus <= root.bus && root.bus <= one.lastBus,
  );
  if (!entry) return undefined;
  return { ...entry, last: entry.base + BigInt(entry.lastBus - entry.firstBus + 1) * MEBIBYTE - 1n };
}

/** The part of the ECAM that the bridge's buses decode; the base is that of its first bus. */
function slice(ecam: Ecam, firstBus: number, lastBus: number): CapturedRange {
  const base = ecam.base + BigInt(firstBus - ecam.firstBus) * MEBIBYTE;
  const last = base + BigInt(lastBus - firstBus + 1) * MEBIBYTE - 1n;
  return { base, last: last < ecam.last ? last : ecam.last };
}

function portConfig(capture: Capture): Known<"io-ports"> {
  return (capture.ioports ?? []).some((resource) => resource.name === "PCI conf1") ? "io-ports" : "unknown";
}

function ioFirstThenBus(a: HostWindow, b: HostWindow): number {
  if ((a.type === "io") !== (b.type === "io")) return a.type === "io" ? -1 : 1;
  return a.bus < b.bus ? -1 : a.bus > b.bus ? 1 : 0;
}

function keyOf(segment: number, bus: number): string {
  return `${segment.toString(16).padStart(4, "0")}:${bus.toString(16).padStart(2, "0")}`;
}
