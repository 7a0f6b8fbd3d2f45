// A map as a picture that stands by itself: title, lanes, the findings in words, a legend of what occurs. Fit for a README or a review.
// Knows nothing of files.
import type { Drawn } from "./drawing";
import { draw, drawText, printDrawn } from "./drawing";
import type { PatternIds } from "./drawBoxes";
import { drawPatterns, drawSample, patternIds, SHAPE_WORDS } from "./drawBoxes";
import { drawLanes, lanesHeight } from "./drawMap";
import { drawSign } from "./drawLinks";
import type { LayoutOptions } from "./layout";
import { layoutMap } from "./layout";
import type { MapLayout } from "./mapLayout";
import type { MapFinding, MapModel, RegionShape } from "./mapModel";
import { pictureStyle } from "./mapStyle";
import { wrapText } from "./mapText";

const MARGIN = 16;
/** Of proportional text, in em: generous, since nobody can measure it here. */
const SANS_EM = 0.53;
/** Findings in words beyond these would be longer than the picture. */
const TOLD = 8;
/** In the description, which only a screen reader reads. */
const DESCRIBED = 40;
const LEAST_WIDTH = 420;

/** The picture as the text of an SVG file. `id` tells pictures in one page apart. */
export function printPicture(model: MapModel, options: LayoutOptions = {}, id = "pm"): string {
  return printDrawn(drawPicture(model, layoutMap(model, options), id));
}

export function drawPicture(model: MapModel, layout: MapLayout, id: string): Drawn {
  const ids = patternIds(id);
  const width = Math.max(LEAST_WIDTH, Math.ceil(layout.width));
  const head = drawTitle(model, width);
  const foot = drawFoot(model, layout, ids, width, head.height + lanesHeight(layout));
  const height = Math.ceil(head.height + lanesHeight(layout) + foot.height);
  return draw(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", class: id, width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-labelledby": `${id}-title ${id}-desc` },
    drawText("title", { id: `${id}-title` }, `Memory map of ${model.title}`),
    drawText("desc", { id: `${id}-desc` }, describePicture(model, layout)),
    { tag: "style", attributes: {}, children: [], text: pictureStyle(`.${id}`) },
    drawPatterns(ids),
    draw("rect", { class: "paper", x: 0, y: 0, width, height }),
    ...head.drawn,
    draw("g", { transform: `translate(0 ${head.height})` }, ...drawLanes(layout, ids)),
    ...foot.drawn,
  );
}

/** A piece of a picture, and how much room it takes. */
export interface Part {
  readonly drawn: readonly Drawn[];
  readonly height: number;
}

function drawTitle({ title, subtitle }: MapModel, width: number): Part {
  const lines = wrapText(subtitle, 12, width - 2 * MARGIN, SANS_EM).slice(0, 3);
  const said = lines.map((line, index) => drawText("text", { class: "subtitle", x: MARGIN, y: 48 + 16 * index }, line));
  return { drawn: [drawText("text", { class: "title", x: MARGIN, y: 30 }, title), ...said], height: 50 + 16 * lines.length + 12 };
}

function drawFoot(model: MapModel, layout: MapLayout, ids: PatternIds, width: number, top: number): Part {
  const findings = drawFindings(model, layout.findings, width, top);
  const legend = drawLegend(layout, ids, width, top + findings.height);
  return { drawn: [...findings.drawn, ...legend.drawn], height: findings.height + legend.height + 12 };
}

/** The worst first take the room; what is left out is counted. */
function drawFindings(model: MapModel, shown: readonly MapFinding[], width: number, top: number): Part {
  const told = shown.slice(0, TOLD);
  const drawn: Drawn[] = [];
  let y = top + 6;
  for (const finding of told) {
    const lines = wrapText(finding.message, 12, width - MARGIN - 44, SANS_EM);
    drawn.push(...drawSign(finding.severity, `${finding.number}`, MARGIN + 10, y + 8));
    drawn.push(drawText("text", { class: "rule", x: 44, y: y + 12 }, finding.rule));
    drawn.push(...lines.map((line, index) => drawText("text", { class: "finding", x: 44, y: y + 28 + 15 * index }, line)));
    y += 22 + 15 * lines.length + 8;
  }
  const more = model.findings.length - told.length;
  if (more > 0) {
    drawn.push(drawText("text", { class: "subtitle", x: 44, y: y + 10 }, `${told.length === 0 ? "" : "and "}${more} ${told.length === 0 ? "" : "more "}${more === 1 ? "finding" : "findings"} elsewhere in the description`));
    y += 22;
  }
  return { drawn, height: y - top };
}

/** Only the forms that occur. */
export function drawLegend({ lanes, breaks, links }: MapLayout, ids: PatternIds, width: number, top: number): Part {
  const rows = lanes.flatMap((lane) => lane.rows);
  const present = new Set(rows.flatMap(({ row }) => (row.kind === "region" ? [row.region.shape] : [])));
  const shapes = (Object.keys(SHAPE_WORDS) as RegionShape[]).filter((shape) => present.has(shape));
  const box = (x: number, y: number) => ({ x, y, width: 18, height: 12 });
  const items: { readonly word: string; sample(x: number, y: number): Drawn }[] = shapes.map((shape) => ({ word: SHAPE_WORDS[shape], sample: (x, y) => drawSample(shape, box(x, y), ids) }));
  if (rows.some(({ row }) => row.kind === "run")) items.push({ word: "several, folded", sample: (x, y) => draw("g", {}, drawSample("device", box(x, y), ids), draw("rect", { class: "line solid", x: x + 5, y: y + 5, width: 2, height: 4 }), draw("rect", { class: "line solid", x: x + 9, y: y + 5, width: 5, height: 4 })) });
  if (links.some(({ kind }) => kind === "path")) items.push({ word: "MSI write", sample: (x, y) => draw("path", { class: "doorbell link", d: `M${x} ${y + 6}L${x + 18} ${y + 6}` }) });
  if (lanes.some(({ conflicts }) => conflicts.length > 0)) items.push({ word: "conflict", sample: (x, y) => draw("rect", { class: "error conflict-edge", x, y, width: 18, height: 12 }) });
  if (breaks.length > 0) items.push({ word: "break in the scale", sample: (x, y) => draw("path", { class: "break", d: `M${x + 4} ${y + 6}L${x + 14} ${y + 2}M${x + 4} ${y + 12}L${x + 14} ${y + 8}` }) });
  const drawn: Drawn[] = [];
  let [x, y] = [MARGIN, top + 8];
  for (const { word, sample } of items) {
    const room = 24 + word.length * 6.2 + 16;
    if (x + room > width - MARGIN && x > MARGIN) [x, y] = [MARGIN, y + 20];
    drawn.push(sample(x, y), drawText("text", { class: "legend", x: x + 24, y: y + 10 }, word));
    x += room;
  }
  return { drawn, height: y + 20 - top };
}

function describePicture(model: MapModel, { lanes, findings }: MapLayout): string {
  const shown = lanes.map(({ lane }) => `${lane.title}, ${lane.regions.length} regions`);
  const said = findings.slice(0, DESCRIBED).map((one) => `${one.number}. ${one.severity}: ${one.message}`);
  const others = model.lanes.length - lanes.length;
  return [...shown, ...(others > 0 ? [`${others} more lanes are not shown`] : []), ...said, ...(findings.length > DESCRIBED ? [`${findings.length - DESCRIBED} more findings`] : [])].join(". ");
}
