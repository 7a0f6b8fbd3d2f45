// Which regions a reader looks for: by words in their names and types, or by an address that they hold. Knows nothing of where the words come from.
import { parseAddress } from "../language/literals";
import type { MapRegion } from "./mapModel";

/** Every word must be in the region's name, title or type; an address must be in its range. Undefined when nothing is looked for. */
export function regionFilter(text: string): ((region: MapRegion) => boolean) | undefined {
  const words = text.toLowerCase().split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return undefined;
  const tests = words.map((word) => {
    const address = /^0x/.test(word) ? parseAddress(word) : undefined;
    return (region: MapRegion): boolean => (typeof address === "bigint" && holds(region, address)) || said(region).includes(word);
  });
  return (region) => tests.every((test) => test(region));
}

function holds({ range }: MapRegion, address: bigint): boolean {
  return range.base <= address && address < range.end;
}

function said({ name, title, type, note }: MapRegion): string {
  return `${name}\n${title}\n${type}\n${note ?? ""}`.toLowerCase();
}
