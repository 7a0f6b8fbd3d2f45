// The memory map of a guest: where its memory, windows and doorbell lie by its plan, and beside it what each host forbids, and why.
// Knows nothing of how places are found, nor of coordinates.
import type { AddressRange, Space } from "../address";
import { compareRanges, intersection } from "../address";
import type { Anchor } from "../anchor";
import { jsonPointer, under } from "../anchor";
import type { Finding } from "../finding";
import type { ForbiddenRange } from "../guest/forbidden";
import { kindWord } from "../guest/forbidden";
import { machineOf } from "../guest/guestMachine";
import { forbiddenOf, placementInput, placementOf } from "../guest/guestPlacement";
import type { GuestPlan } from "../guest/guestPlan";
import type { MachineRegion } from "../guest/machines/machine";
import { boundsOf } from "../guest/placement/requests";
import type { DoorbellChoice, Placement } from "../guest/placement/placement";
import { mapFindings } from "./mapFindings";
import type { MapConflict, MapLane, MapModel, MapRegion, RegionShape } from "./mapModel";
import { printMapAddress, printMapSize } from "./mapText";

const GUEST_LANE = "ipa";

/** The guest's own lane, then one for each host. One scale for all: what a host forbids stands beside the place that is left out for it. */
export function guestMap(plan: GuestPlan, findings: readonly Finding[]): MapModel {
  const { guest, hosts } = plan;
  const placement = placementOf(plan);
  const own = guestLane(plan, placement);
  const lanes = [own, ...hosts.map(({ name }) => hostLane(plan, name))];
  const machine = machineOf(plan)?.title ?? guest.machine;
  const asked = (guest.memory ?? []).reduce((sum, { size }) => sum + (size ?? 0n), 0n);
  const parts = [machine, `${printMapSize(asked)} of memory`, `${hosts.length} ${hosts.length === 1 ? "host" : "hosts"}`, placement.feasible ? "fits all of them" : "does not fit all of them"];
  return { title: guest.guest, subtitle: guest.description ?? parts.filter((part) => part !== undefined).join(" · "), lanes, links: [], findings: mapFindings(findings, lanes) };
}

function guestLane(plan: GuestPlan, placement: Placement): MapLane {
  const { top, unknown, ranges } = forbiddenOf(plan);
  const regions = [...memoryRegions(placement), ...windowRegions(placement), ...deviceRegions(plan), ...doorbellRegion(plan, placement), ...(placement.layout?.regions ?? []).map(machineRegion)];
  const sorted = withoutRepeats(regions).sort((a, b) => compareRanges(a.range, b.range));
  return {
    id: GUEST_LANE,
    space: "ipa",
    owner: plan.guest.guest,
    title: "Guest physical",
    subtitle: placement.feasible ? "as planned" : "as far as it can be planned",
    bits: top.bits,
    gap: "free",
    closed: ranges.map(({ range }) => range as AddressRange<Space>),
    grain: grainOf(plan),
    regions: sorted,
    conflicts: clashes(sorted, placement),
    unknown,
  };
}

/** The coarsest step in which banks of its memory lie. */
function grainOf(plan: GuestPlan): bigint {
  const input = placementInput(plan);
  return (plan.guest.memory ?? []).map((entry) => boundsOf(input, entry).align).reduce((most, one) => (one > most ? one : most), 1n);
}

function memoryRegions({ memory }: Placement): MapRegion[] {
  return memory.flatMap(({ entry, banks }) =>
    banks.map((range, index): MapRegion => {
      const name = banks.length === 1 ? entry.name : `${entry.name} bank ${index + 1}`;
      return region(`${jsonPointer(entry.anchor.path)}/${index}`, name, entry.type ?? "ram", "ram", range, entry.anchor);
    }),
  );
}

function windowRegions({ windows }: Placement): MapRegion[] {
  return windows.flatMap(({ entry, range }) => (range ? [region(jsonPointer(entry.anchor.path), entry.name, entry.type, "window", range, entry.anchor)] : []));
}

function deviceRegions({ guest }: GuestPlan): MapRegion[] {
  return (guest.devices ?? []).flatMap(({ name, anchor, extent }) => (extent?.ranges ?? []).map((range, index) => region(`${jsonPointer(anchor.path)}/${index}`, name, "device", "device", range, anchor)));
}

function doorbellRegion({ guest }: GuestPlan, { doorbell: { range, choice } }: Placement): MapRegion[] {
  if (!range) return [];
  return [{ ...region("/doorbell", "MSI doorbell", choice ?? "doorbell", "msi-window", range, guest.doorbell?.anchor), ...(choice !== undefined && { note: CHOICES[choice] }) }];
}

/** How the place came about, as a newcomer understands it. */
const CHOICES: Readonly<Record<DoorbellChoice, string>> = {
  fixed: "where it was asked for",
  "host-window": "the hosts' own window",
  top: "at the top",
  "sign-extended": "sign-extended",
  hole: "in a hole",
};

function machineRegion({ name, range, role }: MachineRegion): MapRegion {
  return region(`#${name}`, name, role, MACHINE_SHAPES[role], range, undefined);
}

const MACHINE_SHAPES: Readonly<Record<MachineRegion["role"], RegionShape>> = {
  flash: "device",
  registers: "device",
  "interrupt-controller": "device",
  doorbell: "doorbell",
  config: "window",
  window: "window",
  "device-memory": "inbound",
  hole: "outside",
};

function region(id: string, name: string, type: string, shape: RegionShape, range: AddressRange<"ipa">, entry: Anchor | undefined): MapRegion {
  const source = entry && { entry, at: under(entry, "name") };
  return { id: `${GUEST_LANE}${id}`, name, title: name, type, shape, range: range as AddressRange<Space>, ...(source && { source }) };
}

/** What the file says of the machine's own devices is told once, by the file. */
function withoutRepeats(regions: readonly MapRegion[]): MapRegion[] {
  const written = new Set(regions.filter(({ source }) => source).map(({ range }) => `${range.base} ${range.end}`));
  return regions.filter(({ source, range }) => source !== undefined || !written.has(`${range.base} ${range.end}`));
}

function clashes(regions: readonly MapRegion[], { conflicts }: Placement): MapConflict[] {
  return conflicts.flatMap((conflict): MapConflict[] => {
    if (conflict.kind !== "clash" || conflict.obstacle.kind === "forbidden" || conflict.obstacle.kind === "top") return [];
    const range = conflict.range as AddressRange<Space>;
    const [a, b] = regions.filter((one) => intersection(one.range, range));
    return a && b ? [{ range, regions: [a.id, b.id] }] : [];
  });
}

/** What one host forbids; ranges that are no host's alone stand in the lane of each. */
function hostLane(plan: GuestPlan, host: string): MapLane {
  const { ranges, top } = forbiddenOf(plan);
  const own = ranges.filter(({ hosts }) => hosts.includes(host));
  const id = `host:${host}`;
  const bits = top.hosts.includes(host) ? top.bits : undefined;
  return {
    id,
    space: "ipa",
    owner: host,
    title: host,
    subtitle: `${own.length} ${own.length === 1 ? "range" : "ranges"} closed`,
    bits,
    gap: undefined,
    isNarrow: true,
    regions: own.map((one, index) => forbiddenRegion(id, one, index, top.end)).filter((one) => one !== undefined),
    conflicts: [],
    unknown: [],
  };
}

function forbiddenRegion(lane: string, { exact, kind, because, isMovable }: ForbiddenRange, index: number, limit: bigint): MapRegion | undefined {
  const range = intersection(exact, { base: 0n, end: limit } as AddressRange<"ipa">);
  if (!range) return undefined;
  const word = kindWord(kind);
  const shape: RegionShape = kind === "window" ? "peer" : kind === "inbound" ? "outside" : isMovable ? "msi-window" : "reserved";
  return { id: `${lane}#${index}`, name: word, title: because.join("; "), type: word, shape, range: range as AddressRange<Space>, note: printMapAddress(range.base, "ipa"), because: because.join("; ") };
}
