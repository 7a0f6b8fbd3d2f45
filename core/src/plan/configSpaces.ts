// The memory mapped configuration space (ECAM) of each host bridge, held against the buses that the bridge owns.
// Knows nothing of what is wrong with either.
//
// A bus takes 1 MiB: 32 devices of 8 functions of 4 KiB (PCI Express base specification, 7.2.2; domain.md 7.4). What a
// description gives is the part that the bridge decodes: its base is that of the bridge's first bus, whatever its number.
import { sizeOf } from "../address";
import type { Anchor } from "../anchor";
import { under } from "../anchor";
import type { Edit } from "../finding";
import type { BusRange } from "../pciAddress";
import { printBusRange } from "../pciAddress";
import type { HostBridge } from "../platform";
import type { NotChecked } from "../rule";
import { notChecked } from "../rule";
import type { Occupant } from "./addressMap";
import { isMisread } from "./misread";
import type { Plan } from "./plan";

/** Bytes of configuration space of one bus. */
export const BYTES_A_BUS = 1n << 20n;

export interface ConfigSpace {
  readonly bridge: HostBridge;
  readonly buses: BusRange;
  readonly occupant: Occupant<"pa">;
  /** How many whole buses the range has room for. */
  readonly room: bigint;
  /** How many buses the bridge owns. */
  readonly needed: bigint;
}

/** Those of the host bridges whose configuration space is one range of memory addresses. */
export function* configSpaces(plan: Plan): Generator<ConfigSpace | NotChecked> {
  let occupants: ReadonlyMap<Anchor, Occupant<"pa">> | undefined;
  for (const bridge of plan.platform.pci ?? []) {
    const { config, name, buses = { first: 0, last: 0xff } } = bridge;
    if (config === "unknown") yield notChecked(`the configuration space of ${name} is unknown`);
    if (!config || typeof config === "string" || (config.type ?? "ecam") !== "ecam" || !config.extent) continue;
    if (isMisread(plan, under(bridge.anchor, "buses")) || isMisread(plan, under(config.anchor, "type"))) continue;
    if (config.extent.ranges.length > 1) {
      yield notChecked(`the configuration space of ${name} lies in several ranges`);
      continue;
    }
    occupants ??= occupantsByEntry(plan);
    const occupant = occupants.get(config.anchor);
    if (!occupant) continue;
    const needed = BigInt(buses.last - buses.first + 1);
    yield { bridge, buses, occupant, room: sizeOf(occupant.range) / BYTES_A_BUS, needed };
  }
}

function occupantsByEntry(plan: Plan): ReadonlyMap<Anchor, Occupant<"pa">> {
  const configs = plan.physical.occupants.filter((one) => one.role === "config");
  return new Map(configs.map((one) => [one.entry, one]));
}

/** Writes other bus numbers into a bridge, which may have had none. */
export function busesEdit(bridge: HostBridge, buses: BusRange): Edit {
  const value = { json: printBusRange(buses) };
  return bridge.buses === undefined
    ? { op: "add", to: bridge.anchor, key: "buses", value, after: bridge.segment === undefined ? "name" : "segment" }
    : { op: "replace", at: under(bridge.anchor, "buses"), value };
}
