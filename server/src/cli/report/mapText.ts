// A memory map as text for a terminal: every lane from low to high, regions inside what holds them, holes with their size, findings below.
// Knows nothing of how the map came about.
import type { AddressRange, MapFinding, MapLane, MapModel, MapRegion, MapRow, RegionShape, Space } from "../../../../core/src/index";
import { foldRegions, lastOf, nestRegions, printMapAddress, printMapSize, sizeOf } from "../../../../core/src/index";
import type { TerminalStyle } from "../terminal";
import { painter, plainText } from "../terminal";

/** Rows of a lane beyond these are folded, unless all are asked for. */
const ROWS = 60;

/** The lanes that are asked for; the others are named. */
export function printTextMap(model: MapModel, lanes: readonly MapLane[], all: boolean, color: boolean): string {
  const marks = marksByRegion(model.findings);
  const parts = lanes.map((lane) => [
    styled("bold", `${lane.title}, ${lane.subtitle}`),
    ...laneLines(model, lane, all, marks),
    ...lane.unknown.map((because) => styled("dim", `not known: ${because}`)),
  ]);
  const others = model.lanes.filter((lane) => !lanes.includes(lane)).map(({ id }) => id);
  const findings = model.findings.map(({ severity, number, rule, message }) => styled(severity, `${severity} ${number}: ${rule}: ${message}`));
  const head = styled("bold", model.subtitle === "" ? model.title : `${model.title}: ${model.subtitle}`);
  const more = others.length === 0 ? [] : [styled("dim", `more lanes (--lane ID): ${others.join(", ")}`)];
  return printParts([[head], ...parts, findings, more], color);
}

/** A line, and how it looks as a whole. */
export interface StyledLine {
  readonly style: TerminalStyle | undefined;
  readonly text: string;
}

export function styled(style: TerminalStyle | undefined, text: string): StyledLine {
  return { style, text };
}

/** Parts with an empty line between them; what is in a line cannot steer the terminal. */
export function printParts(parts: readonly (readonly StyledLine[])[], color: boolean): string {
  const paint = painter(color);
  const print = ({ style, text }: StyledLine): string => (style === undefined ? plainText(text) : paint(style, plainText(text))) + "\n";
  return parts.filter((lines) => lines.length > 0).map((lines) => lines.map(print).join("")).join("\n");
}

/** What stands left of a name, one for each box that it is in: the look of the picture, as far as a character has one. */
const GLYPHS: Readonly<Record<RegionShape | "run", string>> = {
  ram: "█",
  device: "│",
  window: "║",
  reserved: "▒",
  doorbell: "▶",
  "msi-window": "▷",
  relaxable: "┊",
  inbound: "┆",
  peer: "╳",
  outside: "░",
  run: "≡",
};

interface Line {
  readonly range: AddressRange<Space>;
  /** With what it lies in. */
  readonly name: string;
  readonly rest: string;
}

const WIDEST_NAME = 36;
const SIZE_WIDTH = "≈1023.9 MiB".length;

function widest(texts: readonly string[]): number {
  return texts.reduce((most, { length }) => Math.max(most, length), 0);
}

function laneLines(model: MapModel, lane: MapLane, all: boolean, marks: ReadonlyMap<string, string>): StyledLine[] {
  const importance = (region: MapRegion): number | undefined => (marks.has(region.id) ? 1 : IMPORTANT.has(region.shape) ? 2 : undefined);
  const rows = foldRegions(nestRegions(lane), { budget: all ? Number.MAX_SAFE_INTEGER : ROWS, opened: new Set(), importance, matches: undefined });
  const lines = [...linesOf(rows, "", (row) => describeRow(model, row, marks))];
  const width = widest(lines.map(({ range }) => printPlace(lane, range)));
  const names = Math.min(WIDEST_NAME, widest(lines.map(({ name }) => name)));
  const printed: StyledLine[] = [];
  let free = 0n;
  const hole = (end: bigint): void => {
    if (lane.gap !== undefined && free < end) printed.push(styled("dim", `${"".padEnd(width)}  · ${lane.gap} ${printMapSize(end - free)}`));
  };
  for (const { range, name, rest } of lines) {
    hole(range.base);
    const size = printMapSize(sizeOf(range)).padStart(SIZE_WIDTH);
    printed.push(styled(undefined, `${printPlace(lane, range).padEnd(width)}  ${name.padEnd(names)} ${size}  ${rest}`.trimEnd()));
    if (range.end > free) free = range.end;
  }
  if (lane.bits !== undefined) hole(1n << BigInt(lane.bits));
  return printed;
}

const IMPORTANT: ReadonlySet<RegionShape> = new Set(["ram", "window", "doorbell", "msi-window"]);

function* linesOf(rows: readonly MapRow[], prefix: string, describe: (row: MapRow) => string): Generator<Line> {
  for (const row of rows) {
    const glyph = GLYPHS[row.kind === "run" ? "run" : row.region.shape];
    const [range, name] = row.kind === "run" ? [row.range, `${row.regions.length} regions`] : [row.region.range, row.region.name];
    yield { range, name: `${prefix}${glyph} ${name}`, rest: describe(row) };
    if (row.kind === "region") yield* linesOf(row.children, prefix + glyph, describe);
  }
}

/** What is said of a row beside its name and size. */
function describeRow(model: MapModel, row: MapRow, marks: ReadonlyMap<string, string>): string {
  if (row.kind === "run") return marked(row.regions, marks);
  const { region, hidden } = row;
  const parts = [...(region.name.includes(region.type) ? [] : [region.type]), ...(region.note === undefined ? [] : [region.note]), ...(hidden.length === 0 ? [] : [`holds ${hidden.length}`])];
  return [parts.join(", "), waysOf(model, region), marked([region], marks)].filter((part) => part !== "").join("  ");
}

/** Where else the region is. */
function waysOf({ links }: MapModel, { id }: MapRegion): string {
  const ways = links.flatMap(({ kind, from, to, by }) => {
    if (from.region === id) return [`→ ${kind === "doorbell" ? `${by}: ` : ""}${to.lane} ${printMapAddress(to.range.base, "pa")}`];
    return to.region === id && kind === "doorbell" ? [`← ${from.lane} ${printMapAddress(from.range.base, "iova")}`] : [];
  });
  return ways.join(", ");
}

function marked(regions: readonly MapRegion[], marks: ReadonlyMap<string, string>): string {
  const found = [...new Set(regions.flatMap(({ id }) => marks.get(id) ?? []))];
  return found.length === 0 ? "" : `(${found.slice(0, 6).join(", ")}${found.length > 6 ? ", …" : ""})`;
}

function marksByRegion(findings: readonly MapFinding[]): ReadonlyMap<string, string> {
  const marks = new Map<string, string[]>();
  for (const { number, severity, regions } of findings) {
    for (const id of regions) marks.set(id, [...(marks.get(id) ?? []), `${severity} ${number}`]);
  }
  return new Map([...marks].map(([id, all]) => [id, all.join(", ")]));
}

/** First and last byte, as people read them. */
export function printPlace({ space }: Pick<MapLane, "space">, range: AddressRange<Space>): string {
  return `${printMapAddress(range.base, space)}-${printMapAddress(lastOf(range), space)}`;
}
