// What of a doorbell devices write to, and what that is called. Knows nothing of the way there.
import type { AddressRange } from "../address";
import { address, sizeOf } from "../address";
import type { Doorbell } from "../platform";

/** Registers of an ITS come in frames of 64 KiB; GITS_TRANSLATER is in the second one (GIC architecture, ITS register map). */
const ITS_FRAME = 0x1_0000n;

const NOWHERE: readonly AddressRange<"pa">[] = [];

/** The bytes of a doorbell that devices write to: of an ITS its translation page, of others the whole frame. Empty when its place could not be read. */
export function writtenBytes(doorbell: Doorbell): readonly AddressRange<"pa">[] {
  const ranges = doorbell.extent?.ranges ?? NOWHERE;
  const [whole] = ranges;
  if (doorbell.type !== "its" || !whole || ranges.length > 1 || sizeOf(whole) < 2n * ITS_FRAME) return ranges;
  return [{ base: address(whole.base + ITS_FRAME), end: address(whole.base + 2n * ITS_FRAME) }];
}

/** "doorbell v2m0", "translation page of its0": what `writtenBytes` is called. */
export function nameOfWritten(doorbell: Doorbell): string {
  const isWhole = writtenBytes(doorbell)[0] === doorbell.extent?.ranges[0];
  return isWhole ? `doorbell ${doorbell.name}` : `translation page of ${doorbell.name}`;
}
