// The ways between lanes that stand beside each other, and what is said in a box whose way leads to a lane that does not.
// Knows nothing of the boxes' text.
import type { BandLayout, LaneLayout, LinkLayout, PathLayout, RowLayout } from "./mapLayout";
import type { LinkEnd, MapLane, MapLink, MapModel } from "./mapModel";
import { translates } from "./mapLinks";
import { TEXT_SIZE } from "./boxLabels";
import { printMapAddress, textWidth } from "./mapText";

/** Paths beyond these share a track. */
const MOST_TRACKS = 3;
const TRACK_STEP = 8;
const FIRST_TRACK = 22;

/** For regions whose way leads out of the picture: where to, by region. A window that keeps the numbers says nothing: its bus looks the same. */
export function linkNotes({ links }: MapModel, lanes: readonly MapLane[]): ReadonlyMap<string, string> {
  const notes = new Map<string, string>();
  const index = (id: string): number => lanes.findIndex((lane) => lane.id === id);
  for (const link of links) {
    const [from, to] = [index(link.from.lane), index(link.to.lane)];
    const isBeside = from >= 0 && to >= 0 && Math.abs(from - to) === 1;
    const [source, target] = [link.from.region, link.to.region];
    if (isBeside || source === undefined || target === undefined || notes.has(source)) continue;
    if (link.kind === "window" && from >= 0 && translates(link)) notes.set(source, `→ ${link.by} ${printMapAddress(link.to.range.base, spaceOf(link))}`);
    if (link.kind === "doorbell" && to >= 0 && from < 0) notes.set(target, `at ${printMapAddress(link.from.range.base, "iova")} for ${link.by}`);
  }
  return notes;
}

function spaceOf({ to }: MapLink): "io" | "bus" {
  return to.lane.startsWith("io:") ? "io" : "bus";
}

/** The bands and paths between lanes of which both boxes are shown. */
export function layoutLinks({ links }: MapModel, lanes: readonly LaneLayout[]): LinkLayout[] {
  const paths = links.filter((link) => link.kind === "doorbell").flatMap((link) => ends(link, lanes) ?? []);
  paths.sort((a, b) => a.to.row.y - b.to.row.y);
  const bands = links.filter((link) => link.kind === "window").flatMap((link) => ends(link, lanes) ?? []);
  return [...bands.map(bandOf), ...paths.map((one, index) => pathOf(one, index, paths.length))];
}

export interface ShownEnd {
  readonly lane: LaneLayout;
  readonly row: RowLayout;
}

export interface ShownLink {
  readonly link: MapLink;
  readonly from: ShownEnd;
  readonly to: ShownEnd;
}

function ends(link: MapLink, lanes: readonly LaneLayout[]): ShownLink[] | undefined {
  const [from, to] = [shownEnd(link.from, lanes), shownEnd(link.to, lanes)];
  if (!from || !to || Math.abs(lanes.indexOf(from.lane) - lanes.indexOf(to.lane)) !== 1) return undefined;
  return [{ link, from, to }];
}

function shownEnd({ lane: id, region }: LinkEnd, lanes: readonly LaneLayout[]): ShownEnd | undefined {
  const lane = lanes.find((one) => one.lane.id === id);
  const row = lane?.rows.find((one) => one.row.kind === "region" && one.row.region.id === region);
  return lane && row && { lane, row };
}

/** The band is level under the right lane's addresses, and turns between the lanes. */
export function bandOf({ link, from, to }: ShownLink): BandLayout {
  const [first, second] = from.lane.x < to.lane.x ? [from, to] : [to, from];
  const left = first.row.x + first.row.width;
  const rail = first.lane.x + first.lane.width;
  const edge = (x: number, { row }: ShownEnd): BandLayout["left"] => ({ x, top: row.y, bottom: row.y + row.height });
  return { kind: "band", link, left: edge(left, first), right: edge(second.row.x, second), bend: [rail, rail + 46] };
}

/** From the middle of the window's side by a track of its own to the doorbell's address. */
function pathOf({ link, from, to }: ShownLink, index: number, count: number): PathLayout {
  const start = from.row.x + from.row.width;
  const track = from.lane.x + from.lane.width + FIRST_TRACK + TRACK_STEP * (count > MOST_TRACKS ? 0 : index);
  const [y1, y2] = [from.row.y + from.row.height - 8 - Math.min(index, 3) * 4, to.row.y + 4.5];
  const address = printMapAddress(to.row.row.kind === "run" ? to.row.row.range.base : to.row.row.region.range.base, "pa");
  const end = to.lane.x - 8 - address.length * 6.05;
  const turnsBack = to.lane.x < from.lane.x;
  return {
    kind: "path",
    link,
    points: turnsBack ? [[from.lane.x, y1], [from.lane.x - 20, y1], [from.lane.x - 20, y2], [to.lane.x + to.lane.width, y2]] : [[start, y1], [track, y1], [track, y2], [end, y2]],
    ...(Math.abs(y2 - y1) > textWidth(link.by, TEXT_SIZE) + 16 && { label: { role: "note", text: link.by, x: track + 11, y: (y1 + y2) / 2, anchor: "middle", turned: true } as const }),
  };
}
