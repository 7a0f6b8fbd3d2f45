// The words for bus numbers. Knows nothing of what is wrong with them.
import type { BusRange } from "../pciAddress";
import { printBusRange } from "../pciAddress";

/** "bus 01", "buses 01-05". */
export function describeBuses(buses: BusRange): string {
  return buses.first === buses.last ? `bus ${printBus(buses.first)}` : `buses ${printBusRange(buses)}`;
}

/** `0a`: a bus number as people read it. */
export function printBus(bus: number): string {
  return bus.toString(16).padStart(2, "0");
}
