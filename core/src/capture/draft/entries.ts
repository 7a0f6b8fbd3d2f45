// The named entries of a draft's physical map besides memory: reservations, devices, doorbells; each with its name and
// what it lies in. Knows nothing of IOMMUs' properties, PCI and JSON.
import type { FirmwareRange } from "../firmwareMap";
import { isUsable } from "../firmwareMap";
import type { LoggedDoorbell, LoggedReservation } from "../kernelLog";
import type { CapturedRange } from "../reading";
import { holds, meets, same } from "../reading";
import type { SystemFacts } from "../systemFacts";
import type { HostBridge } from "./bridges";
import type { HostWindowPlace, Occupant } from "./layout";
import { stemOf } from "./names";
import { without } from "./places";

/** x86: a write to this mebibyte is an interrupt (domain.md 3.1). */
export const LOCAL_APIC: CapturedRange = { base: 0xfee0_0000n, last: 0xfeef_ffffn };

export interface ReservedEntry {
  readonly kind: "reserved";
  /** The entry's bytes, in order; more than one where other entries take parts out of it. */
  readonly ranges: readonly [CapturedRange, ...CapturedRange[]];
  readonly stem: string;
  readonly type: "firmware" | "dma-pool" | "crash-log" | "framebuffer";
  readonly origin: "reserved-memory" | "efi" | "e820" | "board" | undefined;
  readonly noMap: boolean;
  readonly reusable: boolean;
  readonly inside: Occupant | HostWindowPlace | HostBridge | undefined;
  readonly source: Occupant | undefined;
  readonly note: string;
}

export interface DoorbellEntry extends CapturedRange {
  readonly type: "local-apic" | "its" | "gicv2m";
}

/** Doorbells: architectural on x86; on Arm from the kernel's log, and from the firmware's tables what that lacks. */
export function doorbellsOf(
  system: SystemFacts,
  logged: readonly LoggedDoorbell[],
  tables: readonly LoggedDoorbell[] = [],
): DoorbellEntry[] {
  if (system.arch === "x86_64") return [{ ...LOCAL_APIC, type: "local-apic" }];
  return [...logged, ...tables.filter((one) => !logged.some((other) => meets(one, other)))];
}

/**
 * Devices and reservations that a doorbell describes already are dropped; reservations that cross its edge give way.
 */
export function withoutDoorbells(occupants: readonly Occupant[], doorbells: readonly CapturedRange[]): Occupant[] {
  const kept = occupants.filter((one) => !doorbells.some((doorbell) => one.kind !== "memory" && holds(doorbell, one)));
  for (const one of kept) {
    if (one.kind === "reserved")
      one.holes.push(...doorbells.filter((doorbell) => meets(doorbell, one) && !holds(one, doorbell)));
  }
  return kept;
}

/**
 * Reservations of the kernel's resources, with what the log knows of the device tree's, in the order of their
 * addresses.
 */
export function reservationsOf(
  occupants: readonly Occupant[],
  logged: readonly LoggedReservation[],
  system: SystemFacts,
): ReservedEntry[] {
  const placed = occupants.filter((one) => one.kind === "reserved");
  const named = new Map(logged.map((one) => [placed.find((occupant) => same(occupant, one)), one]));
  const fromResources = placed.flatMap((one) => reservationOf(one, named.get(one), system));
  const others = logged.filter((one) => !placed.some((occupant) => same(occupant, one)));
  const fromLog = others.filter((one) => !placed.some((occupant) => meets(occupant, one) && !holds(occupant, one)));
  return [...fromResources, ...fromLog.map((one) => fromTree(one, placed))].sort((a, b) =>
    a.ranges[0].base < b.ranges[0].base ? -1 : 1,
  );
}

/** Reservations of the firmware's map, for captures whose resources are hidden. */
export function reservationsOfFirmware(map: readonly FirmwareRange[]): ReservedEntry[] {
  return map
    .filter((range) => !isUsable(range) && !/^persistent/i.test(range.type) && !/^MMIO|Memory Mapped/.test(range.type))
    .map(({ base, last, type, source }) => ({
      kind: "reserved" as const,
      ranges: [{ base, last }] as const,
      stem: reservedStem(type, base),
      type: "firmware" as const,
      origin: source,
      noMap: false,
      reusable: false,
      inside: undefined,
      source: undefined,
      note: "",
    }));
}

/**
 * Reservations without what host bridges describe: ECAM has no entry of its own that could name a reservation around
 * it. One that lies in a window is a part of the bridge.
 */
export function withoutBridges(reserved: readonly ReservedEntry[], bridges: readonly HostBridge[]): ReservedEntry[] {
  return reserved.flatMap((one) => {
    if (one.inside !== undefined) return [one];
    const around = bridges.find((bridge) =>
      memoryWindows(bridge).some((window) => one.ranges.every((range) => holds(window, range))),
    );
    const taken = around
      ? []
      : bridges.flatMap((bridge) => [...(bridge.ecam ? [bridge.ecam] : []), ...memoryWindows(bridge)]);
    const [first, ...rest] = one.ranges.flatMap((range) =>
      without(
        range,
        taken.filter((other) => meets(other, range)),
      ),
    );
    return first ? [{ ...one, ranges: [first, ...rest] as const, inside: around }] : [];
  });
}

/**
 * What a PC's firmware keeps for configuration space as a motherboard resource: the kernel uses that space, and the
 * firmware's map does not reserve it (domain.md 7.4). `used`: the configuration spaces that the kernel lists.
 */
export function motherboardResources(
  bridges: readonly HostBridge[],
  used: readonly CapturedRange[],
  map: readonly FirmwareRange[],
): ReservedEntry[] {
  const e820 = map.filter((one) => one.source === "e820");
  if (e820.length === 0) return [];
  const isReserved = (range: CapturedRange): boolean =>
    without(
      range,
      e820.filter((one) => /^reserved$/i.test(one.type) && meets(one, range)),
    ).length === 0;
  return bridges.flatMap((bridge) => {
    const { config } = bridge;
    if (typeof config === "string" || !used.some((one) => holds(one, config)) || isReserved(config)) return [];
    return [
      {
        kind: "reserved" as const,
        ranges: [{ base: config.base, last: config.last }] as const,
        stem: "motherboard",
        type: "firmware" as const,
        origin: "board" as const,
        noMap: false,
        reusable: false,
        inside: bridge,
        source: undefined,
        note: "no firmware map has it, but the kernel uses it: a motherboard resource",
      },
    ];
  });
}

function memoryWindows(bridge: HostBridge): CapturedRange[] {
  if (bridge.windows === "unknown") return [];
  return bridge.windows.flatMap(({ type, cpu, size }) =>
    type === "io" || cpu === undefined ? [] : [{ base: cpu, last: cpu + size - 1n }],
  );
}

function reservationOf(one: Occupant, tree: LoggedReservation | undefined, system: SystemFacts): ReservedEntry[] {
  const [first, ...rest] = without(one, one.holes);
  if (!first) return [];
  const label =
    one.labels.find((text) => !/^reserved$/i.test(text) && !/^pnp /.test(text)) ?? one.labels[0] ?? "reserved";
  const board = one.labels.every((text) => /^pnp /.test(text));
  return [
    {
      kind: "reserved",
      ranges: [first, ...rest],
      stem: tree ? stemOf([tree.name]) : reservedStem(label, one.base),
      type: tree ? typeOfTree(tree) : "firmware",
      origin: tree ? "reserved-memory" : board ? "board" : originOf(system),
      // On Arm the kernel prints "reserved" at the top level for what it was told not to map.
      noMap: tree?.noMap ?? (system.arch === "arm64" && one.inside === undefined && one.labels[0] === "reserved"),
      reusable: tree?.reusable ?? false,
      inside: one.inside,
      source: one,
      note:
        one.holes.length > 0
          ? "the kernel's range is larger: what other entries describe is taken out"
          : noteOf(one, tree, label),
    },
  ];
}

function fromTree(one: LoggedReservation, placed: readonly Occupant[]): ReservedEntry {
  return {
    kind: "reserved",
    ranges: [{ base: one.base, last: one.last }],
    stem: stemOf([one.name]),
    type: typeOfTree(one),
    origin: "reserved-memory",
    noMap: one.noMap,
    reusable: one.reusable,
    inside: placed.find((occupant) => holds(occupant, one)),
    source: undefined,
    note: "",
  };
}

function originOf({ firmware }: SystemFacts): ReservedEntry["origin"] {
  return firmware === "device-tree" ? "reserved-memory" : firmware;
}

function typeOfTree(one: LoggedReservation): ReservedEntry["type"] {
  if (one.reusable || one.compatible === "shared-dma-pool") return "dma-pool";
  if (/ramoops|pstore/i.test(`${one.name} ${one.compatible ?? ""}`)) return "crash-log";
  return /framebuffer|splash|simplefb/i.test(one.name) ? "framebuffer" : "firmware";
}

/** What the kernel calls it besides what its name is made of. */
function noteOf(one: Occupant, tree: LoggedReservation | undefined, label: string): string {
  return [...new Set(one.labels)]
    .filter((text) => !/^(reserved$|pnp )/i.test(text) && (tree || text !== label))
    .join(", ");
}

/** Plain reservations are told apart by their addresses, the others by what they are. */
function reservedStem(label: string, base: bigint): string {
  const plain = label.toLowerCase().replace("non-volatile storage", "nvs").replaceAll(" ", "-");
  return /^reserved$/.test(plain) ? `reserved-${base.toString(16)}` : plain;
}
