// Two maps beside each other as a picture that stands by itself: title, lanes, the changes in words, a legend of what occurs. Fit for a review.
// Knows nothing of files.
import type { Drawn } from "../drawing";
import { draw, drawText, printDrawn } from "../drawing";
import type { PatternIds } from "../drawBoxes";
import { drawPatterns, patternIds } from "../drawBoxes";
import { lanesHeight } from "../drawMap";
import { pictureStyle } from "../mapStyle";
import { wrapText } from "../mapText";
import { drawLegend } from "../picture";
import type { Part } from "../picture";
import type { MapComparison } from "./comparedMaps";
import type { ComparisonLayout, ComparisonOptions } from "./comparisonLayout";
import { layoutComparison, SIGNS } from "./comparisonLayout";
import { comparisonStyle, drawComparison, drawState, STATE_WORDS } from "./drawComparison";

const MARGIN = 16;
const SANS_EM = 0.53;
const LEAST_WIDTH = 420;
/** Changes in words beyond these would be longer than the picture. */
const TOLD = 12;
const DESCRIBED = 40;

/** What the two sides are called. */
export interface ComparisonNames {
  readonly before: string;
  readonly after: string;
}

/** The picture as the text of an SVG file. `id` tells pictures in one page apart. */
export function printComparison(comparison: MapComparison, names: ComparisonNames, options: ComparisonOptions = {}, id = "pm"): string {
  const layout = layoutComparison(comparison, options);
  const ids = patternIds(id);
  const width = Math.max(LEAST_WIDTH, Math.ceil(layout.width));
  const head = drawHead(names, comparison, layout, width);
  const foot = drawFoot(comparison, layout, ids, width, head.height + lanesHeight(layout));
  const height = Math.ceil(head.height + lanesHeight(layout) + foot.height);
  return printDrawn(
    draw(
      "svg",
      { xmlns: "http://www.w3.org/2000/svg", class: id, width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-labelledby": `${id}-title ${id}-desc` },
      drawText("title", { id: `${id}-title` }, `What changed in the memory map of ${comparison.title}`),
      drawText("desc", { id: `${id}-desc` }, description(comparison, names)),
      { tag: "style", attributes: {}, children: [], text: pictureStyle(`.${id}`) + comparisonStyle(`.${id}`) },
      drawPatterns(ids),
      draw("rect", { class: "paper", x: 0, y: 0, width, height }),
      ...head.drawn,
      draw("g", { transform: `translate(0 ${head.height})` }, ...drawComparison(layout, ids)),
      ...foot.drawn,
    ),
  );
}

function drawHead({ before, after }: ComparisonNames, { title, items, pairs }: MapComparison, { pairs: shown }: ComparisonLayout, width: number): Part {
  const others = pairs.filter((pair) => pair.changes > 0 && !shown.includes(pair)).map((pair) => pair.title);
  const parts = [`before: ${before}`, `after: ${after}`, counted(items.length, "change"), ...(others.length > 0 ? [`not shown, though it differs: ${others.join(", ")}`] : [])];
  const lines = wrapText(parts.join(" · "), 12, width - 2 * MARGIN, SANS_EM).slice(0, 3);
  const said = lines.map((line, index) => drawText("text", { class: "subtitle", x: MARGIN, y: 48 + 16 * index }, line));
  return { drawn: [drawText("text", { class: "title", x: MARGIN, y: 30 }, title), ...said], height: 50 + 16 * lines.length + 12 };
}

function drawFoot(comparison: MapComparison, layout: ComparisonLayout, ids: PatternIds, width: number, top: number): Part {
  const told = drawSentences(comparison, width, top);
  const states = drawStates(layout, ids, top + told.height);
  const legend = drawLegend(layout, ids, width, top + told.height + states.height);
  return { drawn: [...told.drawn, ...states.drawn, ...legend.drawn], height: told.height + states.height + legend.height + 12 };
}

function drawSentences({ items }: MapComparison, width: number, top: number): Part {
  const drawn: Drawn[] = [];
  let y = top + 6;
  for (const { number, sentence } of items.slice(0, TOLD)) {
    const lines = wrapText(sentence, 12, width - MARGIN - 56, SANS_EM);
    drawn.push(drawText("text", { class: "rule end", x: 36, y: y + 12 }, String(number)));
    drawn.push(...lines.map((line, index) => drawText("text", { class: "finding", x: 44, y: y + 12 + 15 * index }, line)));
    y += 15 * lines.length + 5;
  }
  const more = items.length - TOLD;
  if (more > 0) {
    drawn.push(drawText("text", { class: "subtitle", x: 44, y: y + 12 }, `and ${counted(more, "more change", "more changes")}`));
    y += 20;
  }
  return { drawn, height: y + 4 - top };
}

/** Only the states that occur. */
function drawStates({ changed }: ComparisonLayout, ids: PatternIds, top: number): Part {
  const present = new Set(changed.map(({ state }) => state));
  let x = MARGIN;
  const drawn = (Object.keys(STATE_WORDS) as (keyof typeof STATE_WORDS)[]).filter((state) => present.has(state)).map((state) => {
    const at = x;
    x += 56 + STATE_WORDS[state].length * 6.2;
    return draw("g", {}, ...drawState({ x: at, y: top + 8, width: 18, height: 12 }, state, ids), drawText("text", { class: "legend", x: at + 24, y: top + 18 }, `${SIGNS[state]} ${STATE_WORDS[state]}`));
  });
  return { drawn, height: drawn.length === 0 ? 0 : 20 };
}

function description({ items }: MapComparison, { before, after }: ComparisonNames): string {
  const said = items.slice(0, DESCRIBED).map(({ number, sentence }) => `${number}. ${sentence}`);
  return [`Before, on the left: ${before}. After, on the right: ${after}.`, ...said, ...(items.length > DESCRIBED ? [`And ${items.length - DESCRIBED} more.`] : [])].join(" ");
}

function counted(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
