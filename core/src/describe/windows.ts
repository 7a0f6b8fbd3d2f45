// The words for the windows above something. Knows nothing of what is wrong with it.
import type { Related } from "../finding";
import type { BusAccess, WindowType } from "../plan/pciWindows";
import { isIo } from "../plan/pciWindows";
import { printRangeAndSize } from "../print";

/** Real bridges have three windows and real hosts a dozen; a list that is longer helps nobody. */
const MOST = 16;

/** The windows above of the same space, as related places; the bridge itself where it has none. */
export function relatedWindows(access: BusAccess, type: WindowType): readonly Related[] {
  const windows = access.ofSpace(type);
  if (windows.length === 0) return [{ at: access.at, message: `${access.bridge} has no ${isIo(type) ? "I/O" : "memory"} window` }];
  return windows.slice(0, MOST).map(({ window, range, bridge }) => ({
    at: window.busExtent?.at ?? window.anchor,
    message: `${window.type} window of ${bridge} ${printRangeAndSize(range)}`,
  }));
}
