// A memory map as a page needs it: the drawing, and beside it the same rows as a table, for keyboards and screen readers.
// Plain data that can cross any wire; addresses are text. Knows nothing of pages.
import { lastOf, sizeOf } from "../address";
import type { Path } from "../anchor";
import type { Finding, Severity } from "../finding";
import { parseAddress } from "../language/literals";
import type { FilePlan } from "../plan/filePlan";
import { Plan } from "../plan/plan";
import { isTextSpan } from "../problem";
import type { Drawn } from "./drawing";
import { draw } from "./drawing";
import { drawPatterns, patternIds } from "./drawBoxes";
import { drawLanes, LANE_HEAD, lanesHeight } from "./drawMap";
import { insideOf } from "./folding";
import { layoutMap } from "./layout";
import { arrangeLanes, defaultLanes } from "./laneChoice";
import type { AddressPlace } from "./locate";
import { locateAddress } from "./locate";
import type { LaneLayout, MapLayout, RowLayout } from "./mapLayout";
import type { MapModel, MapRegion } from "./mapModel";
import { printMapAddress, printMapSize, shownText } from "./mapText";
import type { PcieView } from "./pcieView";
import { pcieView } from "./pcieView";
import { memoryMap } from "./memoryMap";
import { regionFilter } from "./regionFilter";

/** What a page asks for. Absent: as the layout does by itself. */
export interface MapViewOptions {
  readonly lanes?: readonly string[];
  readonly budget?: number;
  readonly opened?: readonly string[];
  readonly selected?: readonly string[];
  readonly filter?: string;
  readonly width?: number;
  /** An address to look up, as somebody pasted it. */
  readonly locate?: string;
}

export interface ViewLane {
  readonly id: string;
  readonly title: string;
  readonly subtitle: string;
  readonly isShown: boolean;
  readonly regions: number;
  readonly findings: number;
}

/** A box, as a row of the table. Pixels are those of the drawing. */
export interface ViewRow {
  readonly id: string;
  /** A run, or a box that hides what is inside, is unfolded by this id. */
  readonly fold?: string;
  /** The folds that were opened to show it, the innermost last. */
  readonly openedBy: readonly string[];
  readonly lane: string;
  readonly depth: number;
  readonly name: string;
  readonly title: string;
  readonly type: string;
  readonly first: string;
  readonly last: string;
  readonly size: string;
  readonly bytes: string;
  readonly why: string;
  /** Regions in the run; 1 for a region. */
  readonly count: number;
  /** Numbers of findings. */
  readonly findings: readonly number[];
  /** Ids of the same bytes elsewhere, and words for each way. */
  readonly related: readonly string[];
  readonly ways: readonly string[];
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

export interface ViewFinding {
  readonly number: number;
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly regions: readonly string[];
  /** Where it stands, when that is a value of the description. */
  readonly path: Path | undefined;
}

export interface LocatedAddress {
  readonly address: string;
  /** Height in the drawing. */
  readonly y: number;
  readonly places: readonly { readonly lane: string; readonly title: string; readonly isShown: boolean; readonly regions: readonly string[]; readonly words: readonly string[] }[];
}

export interface MapView {
  readonly title: string;
  readonly subtitle: string;
  readonly lanes: readonly ViewLane[];
  readonly drawing: Drawn;
  readonly width: number;
  readonly height: number;
  readonly rows: readonly ViewRow[];
  readonly findings: readonly ViewFinding[];
  readonly located: LocatedAddress | { readonly problem: string } | undefined;
  readonly pcie: PcieView;
  /** Where every region stands in the description, folded ones too. */
  readonly places: readonly { readonly id: string; readonly entry: Path; readonly at: Path }[];
}

/** Pixels that a lane takes at least, with its addresses and the room for marks and ways: a lane that is cut off helps nobody. */
const WIDTH_OF_LANE = 280;
/** And one of a host, which has no addresses beside it. */
const WIDTH_OF_HOST = 130;

/** Ids in a page's drawing begin so. */
const PREFIX = "pm";

/** Undefined for a file that has no map. */
export function mapView(plan: FilePlan, findings: readonly Finding[], options: MapViewOptions = {}): MapView | undefined {
  const model = memoryMap(plan, findings);
  if (!model) return undefined;
  const ids = wantedLanes(model, options);
  const matches = options.filter === undefined ? undefined : regionFilter(options.filter);
  const layout = layoutMap(model, {
    lanes: ids,
    opened: new Set(options.opened ?? []),
    selected: new Set(options.selected ?? []),
    ...(options.budget !== undefined && { budget: Math.min(2000, Math.max(4, Math.floor(options.budget))) }),
    ...(options.width !== undefined && { width: options.width }),
    ...(matches && { matches }),
  });
  return {
    title: shownText(model.title),
    subtitle: shownText(model.subtitle),
    lanes: viewLanes(model, ids),
    drawing: drawView(layout),
    width: layout.width,
    height: lanesHeight(layout),
    rows: layout.lanes.flatMap((lane) => lane.rows.map((row) => viewRow(model, lane, row))),
    findings: model.findings.map(({ number, rule, severity, message, regions, at }) => ({ number, rule, severity, message: shownText(message), regions, path: isTextSpan(at) ? undefined : at.path })),
    located: options.locate === undefined ? undefined : locate(model, layout, options.locate),
    pcie: plan instanceof Plan ? pcieView(plan, findings) : { kernel: "", rows: [], groups: [], unknown: [] },
    places: model.lanes.flatMap((lane) => lane.regions.flatMap(({ id, source }) => (source ? [{ id, entry: source.entry.path, at: source.at.path }] : []))),
  };
}

/** Lanes that are gone are forgotten; with none left those that say most are shown. */
function wantedLanes(model: MapModel, { lanes, width }: MapViewOptions): readonly string[] {
  const known = (lanes ?? []).filter((id) => model.lanes.some((lane) => lane.id === id));
  const most = width === undefined ? undefined : Math.max(1, Math.floor(width / WIDTH_OF_LANE));
  const mostHosts = width === undefined ? undefined : Math.max(1, Math.floor((width - WIDTH_OF_LANE) / WIDTH_OF_HOST));
  return known.length > 0 ? known : defaultLanes(model, most, mostHosts);
}

function viewLanes(model: MapModel, ids: readonly string[]): ViewLane[] {
  const shown = new Set(arrangeLanes(model, ids).map(({ id }) => id));
  return model.lanes.map(({ id, title, subtitle, regions }) => {
    const own = new Set(regions.map((region) => region.id));
    return { id, title, subtitle, isShown: shown.has(id), regions: regions.length, findings: model.findings.filter((finding) => finding.regions.some((region) => own.has(region))).length };
  });
}

function drawView(layout: MapLayout): Drawn {
  const [width, height] = [Math.ceil(layout.width), Math.ceil(lanesHeight(layout))];
  const ids = patternIds(PREFIX);
  return draw("svg", { class: PREFIX, width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }, drawPatterns(ids), ...drawLanes(layout, ids));
}

function viewRow(model: MapModel, { lane }: LaneLayout, { row, depth, x, y, width, height }: RowLayout): ViewRow {
  const regions = row.kind === "run" ? row.regions : [row.region, ...row.hidden];
  const own = new Set(regions.map(({ id }) => id));
  const links = row.kind === "run" ? [] : model.links.filter(({ from, to }) => from.region === row.region.id || to.region === row.region.id);
  const range = row.kind === "run" ? row.range : row.region.range;
  const fold = row.kind === "run" ? row.id : row.hidden.length > 0 ? insideOf(row.region) : undefined;
  const said = row.kind === "run" ? { id: row.id, name: `${regions.length} regions`, title: "folded: unfold to see each", type: "", why: "" } : { ...row.region, why: reasons(row.region) };
  return {
    id: said.id,
    ...(fold !== undefined && { fold }),
    openedBy: row.openedBy,
    lane: lane.id,
    depth,
    name: shownText(said.name),
    title: shownText(said.title),
    type: said.type,
    first: printMapAddress(range.base, lane.space),
    last: printMapAddress(lastOf(range), lane.space),
    size: printMapSize(sizeOf(range)),
    bytes: String(sizeOf(range)),
    why: shownText(said.why),
    count: row.kind === "run" ? regions.length : 1,
    findings: model.findings.filter((finding) => finding.regions.some((id) => own.has(id))).map(({ number }) => number),
    related: links.flatMap(({ from, to }) => [from.region, to.region]).filter((id) => id !== undefined && id !== said.id) as string[],
    ways: links.map(({ kind, from, to, by }) => wayInWords(model, kind, by, from.region === said.id ? to : from)),
    box: { x, y: y + LANE_HEAD, width, height },
  };
}

/** Why a region is there, and where its facts come from. */
function reasons({ because, facts, title }: MapRegion): string {
  return [...(because === undefined || because === title ? [] : [because]), ...(facts === undefined ? [] : [`source: ${facts}`])].join("; ");
}

function wayInWords(model: MapModel, kind: string, by: string, end: { readonly lane: string; readonly range: { readonly base: bigint } }): string {
  const other = model.lanes.find((lane) => lane.id === end.lane);
  return `${kind === "doorbell" ? `mapped by ${by}` : `through ${by}`}: ${printMapAddress(end.range.base, other?.space ?? "pa")} in ${other?.title ?? end.lane}`;
}

function locate(model: MapModel, layout: MapLayout, text: string): MapView["located"] {
  const address = parseAddress(text.trim());
  if (typeof address !== "bigint") return { problem: `${address.because}${address.suggestion === undefined ? "" : `: ${address.suggestion}?`}` };
  const shown = new Set(layout.lanes.map(({ lane }) => lane.id));
  const places = locateAddress(model, address).map((place) => ({
    lane: place.lane.id,
    title: place.lane.title,
    isShown: shown.has(place.lane.id),
    regions: place.holders.map(({ id }) => id),
    words: wordsOf(place),
  }));
  return { address: printMapAddress(address, "pa"), y: layout.scale.y(address) + LANE_HEAD, places };
}

function wordsOf({ lane, holders, hole, isBeyond, translations }: AddressPlace): string[] {
  const range = (base: bigint, last: bigint): string => `${printMapAddress(base, lane.space)}-${printMapAddress(last, lane.space)}`;
  return [
    ...holders.map((one) => `${one.name === one.title ? one.name : `${one.name}: ${one.title}`}, ${range(one.range.base, lastOf(one.range))}`),
    ...(hole ? [`${lane.gap ?? "nothing is described here"}: ${range(hole.base, lastOf(hole))}`] : []),
    ...(isBeyond ? [`beyond the ${lane.bits ?? 64} bits of this space`] : []),
    ...translations.map(({ link, lane: other, address }) => `→ ${other.title}${address === undefined ? "" : ` ${printMapAddress(address, other.space)}`}, by ${link.by}`),
  ];
}
