// What is written in a box, and how much room it takes: the name, the size, and a note, on one line or two. Nothing is moved afterwards.
// Knows nothing of where the box lies.
import { sizeOf } from "../address";
import type { MapRow, RegionRow, RunRow } from "./folding";
import type { Label } from "./mapLayout";
import type { RegionShape } from "./mapModel";
import { fitText, printMapSize, textWidth } from "./mapText";

export const NAME_SIZE = 11;
export const TEXT_SIZE = 10;
/** Baselines below the upper edge. */
const FIRST_LINE = 12.5;
const SECOND_LINE = 25;
const ONE_LINE = 18;
const TWO_LINES = 31;
/** Between two texts of a line. */
const APART = 8;

/** Left and right of the text, by what the box looks like: spine, rules, strip of hatch, point. */
const PADDING: Readonly<Record<RegionShape | "run", readonly [left: number, right: number]>> = {
  ram: [12, 6],
  device: [9, 6],
  window: [19, 6],
  reserved: [10, 6],
  doorbell: [10, 14],
  "msi-window": [20, 6],
  relaxable: [9, 6],
  inbound: [9, 6],
  peer: [10, 6],
  outside: [8, 6],
  run: [9, 6],
};

/** Labels of a box at 0, 0, and the height that they need. */
export interface BoxText {
  readonly labels: readonly Label[];
  readonly height: number;
}

/** `extra` is said instead of the region's own note. */
export function boxText(row: MapRow, width: number, extra?: string): BoxText {
  if (row.kind === "run") return runText(row, width);
  const [left, right] = PADDING[row.region.shape];
  const inner = Math.max(0, width - left - right);
  const [name, size, note] = wordsOf(row, extra);
  const isShort = textWidth(name, NAME_SIZE) + APART + textWidth(size, TEXT_SIZE) <= inner;
  const at = { left, right: width - right };
  if (isShort) {
    const first = [label("name", name, at.left, FIRST_LINE, "start"), label("size", size, at.right, FIRST_LINE, "end")];
    return note === undefined ? { labels: first, height: ONE_LINE } : { labels: [...first, cut("note", note, TEXT_SIZE, inner, at.left, SECOND_LINE)], height: TWO_LINES };
  }
  return { labels: longText(name, size, note, inner, at), height: TWO_LINES };
}

/** A run has a bar code below its one line, and so the height of two. */
function runText(row: RunRow, width: number): BoxText {
  const [left, right] = PADDING.run;
  const count = row.regions.length;
  const name = row.columns > 1 ? `+${count}` : `${count} ${count === 1 ? "region" : "regions"}`;
  const size = printMapSize(sizeOf(row.range));
  const room = width - left - right - textWidth(name, NAME_SIZE) - APART;
  const shown = row.columns > 1 ? undefined : [`in ${size}`, size].find((text) => textWidth(text, TEXT_SIZE) <= room);
  const labels = [cut("name", name, NAME_SIZE, width - left - right, left, FIRST_LINE)];
  return { labels: shown === undefined ? labels : [...labels, label("size", shown, width - right, FIRST_LINE, "end")], height: TWO_LINES };
}

function longText(name: string, size: string, note: string | undefined, inner: number, at: { left: number; right: number }): Label[] {
  const first = cut("name", name, NAME_SIZE, inner, at.left, FIRST_LINE);
  const sizeWidth = textWidth(size, TEXT_SIZE);
  if (sizeWidth > inner) return [first, cut("size", size, TEXT_SIZE, inner, at.left, SECOND_LINE)];
  const room = inner - sizeWidth - APART;
  // In a lane without addresses beside it a box says where it is: half an address would say it wrong, and its size is in its title too.
  if (note?.startsWith("0x") === true && textWidth(note, TEXT_SIZE) > room) return [first, cut("note", note, TEXT_SIZE, inner, at.left, SECOND_LINE)];
  const shown = note === undefined || room < 40 ? [] : [cut("note", note, TEXT_SIZE, room, at.left, SECOND_LINE)];
  return [first, ...shown, label("size", size, at.right, SECOND_LINE, "end")];
}

function wordsOf({ region, hidden }: RegionRow, extra: string | undefined): readonly [name: string, size: string, note: string | undefined] {
  const holds = hidden.length > 0 ? `holds ${hidden.length}` : undefined;
  return [region.name, printMapSize(sizeOf(region.range)), extra ?? holds ?? region.note];
}

function cut(role: Label["role"], text: string, fontSize: number, width: number, x: number, y: number): Label {
  const fitting = fitText(text, fontSize, width);
  return fitting === text ? label(role, text, x, y, "start") : { ...label(role, fitting, x, y, "start"), title: text };
}

function label(role: Label["role"], text: string, x: number, y: number, anchor: Label["anchor"]): Label {
  return { role, text, x, y, anchor };
}
