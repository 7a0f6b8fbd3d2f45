// The words for fleets: how hosts differ in their I/O, what they cost, how much room guests have. Knows nothing of how that is found out, nor of layouts of text.
import type { IoDifference } from "../fleet/ioFacets";
import type { Headroom } from "../guest/headroom";
import { printSize } from "../print";
import { nameObstacle } from "./guestPlacement";

/** `bridge windows (only on a: …) and PCI functions`: the first respect in detail. */
export function describeIoDifferences(first: string, second: string, differences: readonly IoDifference[]): string {
  const words = differences.map((one, index) => (index === 0 ? `${one.noun} (${detail(first, second, one)})` : one.noun));
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

function detail(first: string, second: string, { onlyFirst, onlySecond }: IoDifference): string {
  const [host, items] = onlyFirst.length > 0 ? [first, onlyFirst] : [second, onlySecond];
  const rest = onlyFirst.length + onlySecond.length - 1;
  return `only on ${host}: ${items[0] ?? ""}${rest > 0 ? ` and ${rest} more` : ""}`;
}

/** `96 MiB more before msi region … of d05`. */
export function describeHeadroom({ bytes, until }: Headroom): string {
  return bytes === 0n ? `nothing more: ${nameObstacle(until)} follows at once` : `${printSize(bytes)} more before ${nameObstacle(until)}`;
}
