// The memory map of an open document, for a client that shows it beside the text: `platmap/map` and `platmap/mapPicture`. While the text is broken, the
// last good one answers. Knows nothing of how a map is laid out or drawn.
import type { Range } from "vscode-languageserver";
import type { Anchor, MapView, MapViewOptions, Path } from "../../../core/src/index";
import { mapView, memoryMap, printPicture } from "../../../core/src/index";
import { sourceOf } from "../workspace/check";
import type { Snapshot } from "../workspace/workspace";
import { rangeOf } from "./convert";

export interface MapParams {
  readonly uri: string;
  readonly options?: MapViewOptions;
}

/** Where a region stands in the text: its whole entry, and the value that gives its range. */
export interface PlaceInText {
  /** The file, where that is not the document itself but one that it extends. */
  readonly uri?: string;
  readonly entry: Range;
  readonly at: Range;
}

export interface MapAnswer {
  readonly version: number;
  /** The text is broken, and this is the map of the last one that was not. */
  readonly isStale: boolean;
  readonly view: MapView;
  /** By region, PCIe row and finding: `region:…`, `function:…`, `finding:…`. */
  readonly places: Readonly<Record<string, PlaceInText>>;
}

/** Undefined when there is no map: the document describes no machine, or was broken from the start. */
export function memoryMapOf(snapshot: Snapshot, options: MapViewOptions = {}): MapAnswer | undefined {
  const { checked, lastGood, version } = snapshot;
  const view = lastGood?.filePlan && mapView(lastGood.filePlan, lastGood.findings, options);
  if (!view) return undefined;
  const place = (entry: Path, at: Path): PlaceInText => placeOf(snapshot, entry, at);
  const places = [
    ...view.places.map(({ id, entry, at }) => [`region:${id}`, place(entry, at)] as const),
    ...view.pcie.rows.map(({ id, path }) => [`function:${id}`, place(path.slice(0, -1), path)] as const),
    ...view.findings.flatMap(({ number, path }) => (path ? [[`finding:${number}`, place(path, path)] as const] : [])),
  ];
  return { version, isStale: lastGood !== checked, view: { ...view, places: [] }, places: Object.fromEntries(places) };
}

/** Of an entry that only an extended file has, the place there. */
function placeOf({ checked, lastGood }: Snapshot, entry: Path, at: Path): PlaceInText {
  const { source, extended } = checked;
  const own = (path: Path): Anchor => ({ file: source.file, path, part: "value" });
  const overlay = (extended ?? lastGood?.extended)?.overlay;
  const origin = overlay?.originOf(own(entry));
  if (!overlay || !origin || origin.file === source.file) return { entry: rangeOf(source, own(entry)), at: rangeOf(source, own(at)) };
  const other = sourceOf(lastGood ?? checked, origin);
  const value = overlay.originOf(own(at));
  return { uri: origin.file, entry: rangeOf(other, origin), at: rangeOf(other, value.file === origin.file ? value : origin) };
}

/** The picture of the map as the text of an SVG file. */
export function mapPictureOf({ lastGood }: Snapshot, lanes: readonly string[] | undefined): string | undefined {
  const model = lastGood?.filePlan && memoryMap(lastGood.filePlan, lastGood.findings);
  if (!model) return undefined;
  const known = (lanes ?? []).filter((id) => model.lanes.some((lane) => lane.id === id));
  return printPicture(model, known.length > 0 ? { lanes: known } : {});
}

/** Options as they come over the wire: what is not of its type is left out. */
export function mapOptions(given: unknown): MapViewOptions {
  const options = (typeof given === "object" && given !== null ? given : {}) as Readonly<Record<string, unknown>>;
  const [lanes, opened, selected] = [texts(options["lanes"]), texts(options["opened"]), texts(options["selected"])];
  const { budget, width, filter, locate } = options;
  return {
    ...(lanes && { lanes }),
    ...(opened && { opened }),
    ...(selected && { selected }),
    ...(typeof budget === "number" && Number.isFinite(budget) && { budget }),
    ...(typeof width === "number" && Number.isFinite(width) && { width: Math.min(10_000, Math.max(200, width)) }),
    ...(typeof filter === "string" && { filter }),
    ...(typeof locate === "string" && { locate }),
  };
}

function texts(list: unknown): readonly string[] | undefined {
  return Array.isArray(list) ? list.filter((one): one is string => typeof one === "string") : undefined;
}
