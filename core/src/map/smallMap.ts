// A few lines of the physical map around one region, as text: what holds it, what is beside it, what is in it, the holes between.
// Text, since every client shows text in its own colours. Knows nothing of Markdown.
import type { Anchor } from "../anchor";
import { jsonPointer } from "../anchor";
import { sizeOf } from "../address";
import { perPlan } from "../plan/perPlan";
import type { Plan } from "../plan/plan";
import { physicalLane } from "./addressLanes";
import type { MapRegion } from "./mapModel";
import { printMapAddress, printMapSize, shownText } from "./mapText";
import type { NestedRegion } from "./nesting";
import { nestRegions } from "./nesting";

/** Neighbours on either side, and regions inside; more are counted. */
const BESIDE = 2;
const INSIDE = 4;
const LONGEST_NAME = 28;

/** The lines around the region whose name stands at the anchor; undefined where no region has its name. */
export function smallMap(plan: Plan, { path }: Anchor): string | undefined {
  if (path.at(-1) !== "name") return undefined;
  const entry = jsonPointer(path.slice(0, -1));
  const found = regionsByEntry(plan).get(entry);
  if (!found) return undefined;
  const { siblings, index, holders } = found;
  const shown = siblings.slice(Math.max(0, index - BESIDE), index + BESIDE + 1);
  const lines = [...holders.map((one, depth) => line(one, depth, "")), ...shown.flatMap((one, at) => linesOf(one, shown[at - 1], holders.length, siblings[index] as NestedRegion))];
  return aligned(lines).join("\n");
}

interface Found {
  readonly siblings: readonly NestedRegion[];
  readonly index: number;
  /** What the region lies in, the outermost first. */
  readonly holders: readonly MapRegion[];
}

/** The first region of each entry, the outer ones before what lies in them, by the entry's path. */
const regionsByEntry = perPlan((plan): ReadonlyMap<string, Found> => {
  const found = new Map<string, Found>();
  const collect = (siblings: readonly NestedRegion[], holders: readonly MapRegion[]): void => {
    siblings.forEach(({ region: { source } }, index) => {
      const entry = source && jsonPointer(source.entry.path);
      if (entry !== undefined && !found.has(entry)) found.set(entry, { siblings, index, holders });
    });
    for (const { region, children } of siblings) if (children.length > 0) collect(children, [...holders, region]);
  };
  collect(nestRegions(physicalLane(plan)), []);
  return found;
});

/** Address, name, size, and a mark at the region that was asked for. */
type Line = readonly [place: string, name: string, size: string, mark: string];

function linesOf(node: NestedRegion, before: NestedRegion | undefined, depth: number, wanted: NestedRegion): Line[] {
  const { region, children } = node;
  const hole = before && before.region.range.end < region.range.base ? [["", `${"  ".repeat(depth)}· free`, printMapSize(region.range.base - before.region.range.end), ""] as const] : [];
  const clash = before && before.region.range.end > region.range.base ? " overlaps" : "";
  const own = line(region, depth, `${node === wanted ? "◀" : ""}${clash}`);
  if (node !== wanted) return [...hole, own];
  const inside = children.slice(0, INSIDE).map((one) => line(one.region, depth + 1, ""));
  const more = children.length > INSIDE ? [["", `${"  ".repeat(depth + 1)}and ${children.length - INSIDE} more`, "", ""] as const] : [];
  return [...hole, own, ...inside, ...more];
}

function line({ name, range, shape }: MapRegion, depth: number, mark: string): Line {
  const glyph = shape === "ram" ? "█" : shape === "reserved" ? "▒" : shape === "window" ? "║" : shape === "doorbell" ? "▶" : "│";
  const shown = shownText(name).replaceAll("`", "'");
  return [printMapAddress(range.base, "pa"), `${"  ".repeat(depth)}${glyph} ${shown.length > LONGEST_NAME ? `${shown.slice(0, LONGEST_NAME - 1)}…` : shown}`, printMapSize(sizeOf(range)), mark];
}

function aligned(lines: readonly Line[]): string[] {
  const width = (column: 0 | 1 | 2): number => lines.reduce((most, one) => Math.max(most, one[column].length), 0);
  const widths = [width(0), width(1), width(2)] as const;
  return lines.map(([place, name, size, mark]) => `${place.padEnd(widths[0])}  ${name.padEnd(widths[1])}  ${size.padStart(widths[2])}  ${mark}`.trimEnd());
}
