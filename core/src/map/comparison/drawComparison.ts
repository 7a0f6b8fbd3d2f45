// The drawing of two maps beside each other: the lanes as every map has them, outlines around what changed, each state with one of its own, and marks that
// lead to the sentences. Knows nothing of where anything lies, nor of colours.
import type { Drawn } from "../drawing";
import { draw, drawText } from "../drawing";
import type { PatternIds } from "../drawBoxes";
import { rect } from "../drawBoxes";
import { drawBand, drawSign } from "../drawLinks";
import { drawLanes, LANE_HEAD } from "../drawMap";
import type { Box } from "../mapLayout";
import type { RegionState } from "./comparedMaps";
import type { ChangeMark, ComparisonLayout } from "./comparisonLayout";
import { MARK_HEIGHT } from "./comparisonLayout";

type Changed = Exclude<RegionState, "same">;

/** What the legend says, in its order. */
export const STATE_WORDS: Readonly<Record<Changed, string>> = { added: "added", removed: "removed", moved: "moved", resized: "resized", changed: "changed otherwise" };

/** The first address is at `LANE_HEAD`, as in `drawLanes`. */
export function drawComparison(layout: ComparisonLayout, ids: PatternIds): Drawn[] {
  const moved = (...children: readonly Drawn[]): Drawn => draw("g", { transform: `translate(0 ${LANE_HEAD})` }, ...children);
  return [
    moved(...layout.bands.map((band) => drawBand(band, "fg"))),
    ...drawLanes({ ...layout, links: [], shadows: [], marks: [] }, ids, (lane) => layout.changed.filter((one) => one.lane === lane).flatMap(({ row, state }) => drawState(row, state, ids))),
    moved(...layout.changeMarks.map(drawChangeMark)),
  ];
}

/** What is gone is hatched over as well: it is there no more. */
export function drawState(box: Box, state: Changed, ids: PatternIds): Drawn[] {
  const outline = rect(box, `fg nofill change ${state}`);
  if (state !== "removed") return [outline];
  const { x, y, width, height } = box;
  return [draw("rect", { class: "gone", x, y, width, height: Math.max(0, height), fill: `url(#${ids.wide})` }), outline];
}

/** An overlap that is new has the sign of an error; everything else is no verdict. */
export function drawChangeMark({ sign, text, items, x, y, width }: ChangeMark): Drawn {
  const data = { class: "mark change-mark", "data-items": items.join(" ") };
  if (sign === "overlap") return draw("g", data, ...drawSign("error", text.slice(1), x + 10, y + MARK_HEIGHT / 2));
  return draw("g", data, draw("rect", { class: "fg hollow change-sign", x, y, width, height: MARK_HEIGHT, rx: 3 }), drawText("text", { class: "mark-text", x: x + width / 2, y: y + 11 }, text));
}

/** The form of what only comparisons have; colours are those of the map. */
export function comparisonStyle(scope: string): string {
  const rules: Readonly<Record<string, string>> = {
    ".change": "stroke-width:2px;fill-opacity:0",
    ".added": "stroke-dasharray:6 2",
    ".removed": "stroke-dasharray:1.5 2.5",
    ".moved,.resized": "stroke-width:2.5px",
    ".changed": "stroke-width:1.5px;stroke-dasharray:9 2 2 2",
    ".change-sign": "stroke-width:1px",
    ".gone": "stroke:none",
  };
  const prefixed = (selector: string): string => selector.split(",").map((one) => `${scope} ${one}`).join(",");
  return Object.entries(rules).map(([selector, body]) => `${prefixed(selector)}{${body}}\n`).join("");
}
