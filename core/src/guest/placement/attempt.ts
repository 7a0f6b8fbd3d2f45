// One way to place what a guest asks for: in a given order, each thing at the first place that its own rule names. Memory goes upward in banks, windows
// downward from the top, the doorbell by its strategy; what the machine lets float follows the memory.
// Knows nothing of which order is tried when one fails.
import type { Address, AddressRange } from "../../address";
import { address, overlaps } from "../../address";
import type { GuestWindow } from "../../guest";
import { FreeSpace } from "../../plan/freeSpace";
import { machineRequest } from "../guestMachine";
import type { MachineLayout, MachineRegion } from "../machines/machine";
import { chooseDoorbell, fixedDoorbell, strategyOf } from "./doorbellChoice";
import type { Conflict, Occupied, PlacedDoorbell, PlacedMemory, PlacedWindow, PlacementInput } from "./placement";
import type { MemoryRequest } from "./requests";
import { fixedMemory, fixedWindows, freeMemory, freeWindows, naturalAlignment, occupiedBefore, reachOf } from "./requests";

export type Step = "memory" | "doorbell" | "windows";

/** The order of the steps, and within them. */
export interface Order {
  readonly steps: readonly Step[];
  /** Largest first, instead of the file's order: what is large has fewer places. */
  readonly largestWindowsFirst?: boolean;
  /** Coarsest alignment first, instead of the file's order. */
  readonly coarsestMemoryFirst?: boolean;
  /** Places of windows that are given. */
  readonly windowsAt?: ReadonlyMap<GuestWindow, AddressRange<"ipa">>;
  /** The place of the doorbell that is given. */
  readonly doorbellAt?: AddressRange<"ipa">;
}

/** What every order starts from. */
export interface Start {
  readonly input: PlacementInput;
  readonly occupied: readonly Occupied[];
  /** What nothing holds that has its place: hosts, machine, devices, memory and windows with a base, a doorbell with a base. */
  readonly free: FreeSpace<"ipa">;
  readonly memory: readonly MemoryRequest[];
  readonly windows: readonly GuestWindow[];
}

export function startOf(input: PlacementInput): Start {
  const fixed = fixedMemory(input).flatMap(({ entry, banks }) => banks.map((range): Occupied => ({ range, by: { kind: "memory", entry } })));
  const doorbell = fixedDoorbell(input);
  const occupied: Occupied[] = [...occupiedBefore(input), ...fixed, ...(doorbell ? [{ range: doorbell, by: { kind: "doorbell" } } as const] : [])];
  const whole = { base: address<"ipa">(0n), end: input.forbidden.top.end };
  return { input, occupied, free: FreeSpace.around(whole, occupied.map((one) => one.range)), memory: freeMemory(input), windows: freeWindows(input.guest) };
}

export interface Attempt {
  readonly memory: ReadonlyMap<PlacedMemory["entry"], readonly AddressRange<"ipa">[]>;
  readonly windows: readonly PlacedWindow[];
  readonly doorbell: PlacedDoorbell;
  readonly layout: MachineLayout | undefined;
  /** What has no place. */
  readonly conflicts: readonly Conflict[];
}

/** Places everything in one order. Deterministic. */
export function attempt(start: Start, order: Order): Attempt {
  const run = new Run(start, order);
  for (const step of order.steps) run[step]();
  return run.result();
}

class Run {
  private free: FreeSpace<"ipa">;
  private readonly occupied: Occupied[];
  private readonly banks = new Map<PlacedMemory["entry"], readonly AddressRange<"ipa">[]>();
  private readonly placedWindows = new Map<GuestWindow, AddressRange<"ipa">>();
  private chosen: PlacedDoorbell | undefined;
  private layout: MachineLayout | undefined;
  private readonly conflicts: Conflict[] = [];

  constructor(
    private readonly start: Start,
    private readonly order: Order,
  ) {
    this.free = start.free;
    this.occupied = [...start.occupied];
    const { windowsAt = [], doorbellAt } = order;
    for (const [window, range] of windowsAt) this.takeWindow(window, range);
    if (doorbellAt) this.takeDoorbell({ strategy: strategyOf(start.input), isFixed: false, choice: "hole", range: doorbellAt, rejected: [] });
  }

  /** Memory at boot, then what the machine puts above it, then room for memory that is added. */
  memory(): void {
    const all = this.order.coarsestMemoryFirst === true ? [...this.start.memory].sort((a, b) => (a.align > b.align ? -1 : a.align < b.align ? 1 : 0)) : this.start.memory;
    for (const request of all.filter((one) => one.entry.type !== "hotplug")) this.takeMemory(request, request.from);
    const deviceMemory = this.float();
    for (const request of all.filter((one) => one.entry.type === "hotplug")) this.takeMemory(request, request.entry.from ?? deviceMemory?.range.base ?? request.from);
    if (deviceMemory) this.take(deviceMemory.range, { kind: "machine", region: deviceMemory });
  }

  doorbell(): void {
    if (this.chosen) return;
    const { input } = this.start;
    const fixed = fixedDoorbell(input);
    if (fixed) this.chosen = { strategy: strategyOf(input), isFixed: true, choice: "fixed", range: fixed, rejected: [] };
    else this.takeDoorbell(chooseDoorbell(input, this.occupied, this.free));
  }

  windows(): void {
    const { windows } = this.start;
    const all = this.order.largestWindowsFirst === true ? [...windows].sort((a, b) => (a.size > b.size ? -1 : a.size < b.size ? 1 : 0)) : windows;
    for (const window of all) {
      if (this.placedWindows.has(window)) continue;
      const reach = reachOf(window.type, this.start.input.forbidden.top.end);
      const base = this.free.within(reach).highest(window.size, naturalAlignment(window.size));
      if (base === undefined) this.conflicts.push({ kind: "no-room", of: { kind: "window", entry: window }, size: window.size, missing: window.size });
      else this.takeWindow(window, { base, end: address(base + window.size) });
    }
  }

  result(): Attempt {
    const doorbell = this.chosen ?? { strategy: strategyOf(this.start.input), isFixed: false, choice: undefined, range: undefined, rejected: [] };
    const { guest } = this.start.input;
    const windows = (guest.windows ?? []).map((entry): PlacedWindow => {
      const fixed = fixedWindows(guest).includes(entry);
      return { entry, origin: fixed ? "fixed" : "placed", range: fixed ? entry.extent?.ranges[0] : this.placedWindows.get(entry) };
    });
    return { memory: this.banks, windows, doorbell, layout: this.layout, conflicts: this.conflicts };
  }

  private takeMemory(request: MemoryRequest, from: Address<"ipa">): void {
    const reach = { base: from, end: this.start.input.forbidden.top.end };
    const { pieces, missing } = this.free.within(reach).takeUpward(request.size, request.align);
    this.banks.set(request.entry, pieces);
    for (const range of pieces) this.occupied.push({ range, by: { kind: "memory", entry: request.entry } });
    this.free = this.free.without(...pieces);
    if (missing > 0n) this.conflicts.push({ kind: "no-room", of: { kind: "memory", entry: request.entry }, size: request.size, missing });
  }

  /** Takes what floats above the memory, but for room that added memory may have, which it returns. Where something has that place already, the order fails. */
  private float(): MachineRegion | undefined {
    const { machine, guest, forbidden } = this.start.input;
    if (!machine) return undefined;
    const request = machineRequest(guest, forbidden.guestBits);
    this.layout = machine.layout(request, this.ramEnd(machine.ramBase));
    const before = new Set(machine.fixedRegions(request).map((one) => `${one.range.base} ${one.range.end}`));
    const floating = this.layout.regions.filter((one) => !before.has(`${one.range.base} ${one.range.end}`));
    for (const [entry, range] of this.placedWindows) {
      if (floating.some((one) => overlaps(one.range, range))) this.conflicts.push({ kind: "no-room", of: { kind: "window", entry }, size: entry.size, missing: entry.size });
    }
    const doorbell = this.chosen?.range;
    if (doorbell && floating.some((one) => overlaps(one.range, doorbell))) this.conflicts.push({ kind: "no-room", of: { kind: "doorbell" }, size: doorbell.end - doorbell.base, missing: doorbell.end - doorbell.base });
    for (const region of floating) if (region.role !== "device-memory") this.take(region.range, { kind: "machine", region });
    return floating.find((one) => one.role === "device-memory");
  }

  private ramEnd(ramBase: Address<"ipa">): Address<"ipa"> {
    let end = ramBase;
    for (const { entry, banks } of fixedMemory(this.start.input)) if (entry.type !== "hotplug") for (const bank of banks) if (bank.end > end) end = bank.end;
    for (const banks of this.banks.values()) for (const bank of banks) if (bank.end > end) end = bank.end;
    return end;
  }

  private takeWindow(entry: GuestWindow, range: AddressRange<"ipa">): void {
    this.placedWindows.set(entry, range);
    this.take(range, { kind: "window", entry });
  }

  private takeDoorbell(doorbell: PlacedDoorbell): void {
    this.chosen = doorbell;
    const { range } = doorbell;
    if (range) this.take(range, { kind: "doorbell" });
    else if (this.start.input.guest.doorbell) this.conflicts.push({ kind: "no-room", of: { kind: "doorbell" }, size: 1n << 20n, missing: 1n << 20n });
  }

  private take(range: AddressRange<"ipa">, by: Occupied["by"]): void {
    this.occupied.push({ range, by });
    this.free = this.free.without(range);
  }
}
