// Which findings have a place in the map, and at which regions. Knows nothing of what the findings are about.
import type { Anchor } from "../anchor";
import { jsonPointer } from "../anchor";
import type { Finding } from "../finding";
import type { Place } from "../problem";
import { isTextSpan } from "../problem";
import type { MapFinding, MapLane } from "./mapModel";

/** The findings of the text that touch a region, numbered in the order of the text. Hints are style, and have no place in a picture. */
export function mapFindings(findings: readonly Finding[], lanes: readonly MapLane[]): MapFinding[] {
  const regions = regionsByEntry(lanes);
  const placed: MapFinding[] = [];
  for (const { rule, severity, message, at, related } of findings) {
    if (severity === "hint") continue;
    const touched = [...new Set([at, ...related.map((one) => one.at)].flatMap((place) => regionsAt(regions, place)))];
    if (touched.length > 0 && regionsAt(regions, at).length > 0) placed.push({ number: placed.length + 1, rule, severity, message, at, regions: touched });
  }
  return placed;
}

function regionsByEntry(lanes: readonly MapLane[]): ReadonlyMap<string, readonly string[]> {
  const regions = new Map<string, string[]>();
  for (const { id, source } of lanes.flatMap((lane) => lane.regions)) {
    if (!source) continue;
    for (const pointer of new Set([jsonPointer(source.entry.path), jsonPointer(source.at.path)])) {
      const known = regions.get(pointer);
      if (known) known.push(id);
      else regions.set(pointer, [id]);
    }
  }
  return regions;
}

/** The regions of the innermost entry that the place is in. A place between entries, such as a whole list, is nobody's. */
function regionsAt(regions: ReadonlyMap<string, readonly string[]>, place: Place): readonly string[] {
  if (isTextSpan(place)) return [];
  return regionsAround(regions, place);
}

function regionsAround(regions: ReadonlyMap<string, readonly string[]>, { path }: Anchor): readonly string[] {
  for (let depth = path.length; depth > 0; depth--) {
    const found = regions.get(jsonPointer(path.slice(0, depth)));
    if (found) return found;
  }
  return [];
}
