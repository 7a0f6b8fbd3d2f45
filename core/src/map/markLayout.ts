// The marks of findings, beside the boxes that they are about: each in the free stretch right of its lane, none over another.
// Knows nothing of what the findings say.
import type { Severity } from "../finding";
import type { LaneLayout, MapLayout, MarkLayout, RowLayout } from "./mapLayout";
import type { MapFinding, MapModel, MapRegion } from "./mapModel";

const FIRST = 12;
const STEP = 18;
/** Marks side by side beyond these become one with a count. */
const MOST = 2;
const BELOW_TOP = 9;

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2, hint: 3 };

/** Where the marks are, and which findings have one. A finding stands at its conflict, else at the region to blame. */
export function layoutMarks(model: MapModel, lanes: readonly LaneLayout[], zone: number): Pick<MapLayout, "marks" | "findings"> {
  const spots = new Map<string, Spot>();
  for (const finding of model.findings) {
    const spot = spotOf(finding, lanes);
    if (!spot) continue;
    const key = `${spot.lane.x} ${Math.round(spot.y)}`;
    const known = spots.get(key);
    if (known) known.findings.push(finding);
    else spots.set(key, { ...spot, findings: [finding] });
  }
  const marks = [...spots.values()].flatMap((spot) => marksAt(spot, zone));
  const shown = new Set(marks.flatMap((mark) => mark.findings));
  return { marks: apart(marks), findings: model.findings.filter((one) => shown.has(one)) };
}

interface Spot {
  readonly lane: LaneLayout;
  readonly y: number;
  readonly isRun: boolean;
  readonly findings: MapFinding[];
}

function spotOf(finding: MapFinding, lanes: readonly LaneLayout[]): Omit<Spot, "findings"> | undefined {
  return conflictSpot(finding, lanes) ?? regionSpot(finding, lanes);
}

function conflictSpot({ regions }: MapFinding, lanes: readonly LaneLayout[]): Omit<Spot, "findings"> | undefined {
  for (const lane of lanes) {
    const conflict = lane.lane.conflicts.find((one) => one.regions.every((id) => regions.includes(id)));
    const row = conflict && rowOf(lane, conflict.regions[0]);
    const other = conflict && rowOf(lane, conflict.regions[1]);
    if (!row || !other || row.row.kind === "run" || other.row.kind === "run") continue;
    return { lane, y: (Math.max(row.y, other.y) + Math.min(row.y + row.height, other.y + other.height)) / 2, isRun: false };
  }
  return undefined;
}

function regionSpot({ regions }: MapFinding, lanes: readonly LaneLayout[]): Omit<Spot, "findings"> | undefined {
  for (const id of regions) {
    for (const lane of lanes) {
      const row = rowOf(lane, id);
      if (row) return { lane, y: row.y + Math.min(BELOW_TOP, row.height / 2), isRun: row.row.kind === "run" };
    }
  }
  return undefined;
}

/** The box of a region, the run that it is folded into, or the box that it is hidden in. */
function rowOf({ rows }: LaneLayout, id: string): RowLayout | undefined {
  const isIn = (regions: readonly MapRegion[]): boolean => regions.some((one) => one.id === id);
  return rows.find(({ row }) => (row.kind === "run" ? isIn(row.regions) : row.region.id === id || isIn(row.hidden)));
}

function marksAt({ lane, y, isRun, findings }: Spot, zone: number): MarkLayout[] {
  const sorted = [...findings].sort((a, b) => RANK[a.severity] - RANK[b.severity] || a.number - b.number);
  const x = lane.x + lane.width + FIRST;
  const worst = sorted[0] as MapFinding;
  const single = (finding: MapFinding, index: number): MarkLayout => ({ severity: finding.severity, text: `${finding.number}`, findings: [finding], x: x + STEP * index, y });
  if (isRun) return [{ severity: worst.severity, text: findings.length === 1 ? `${worst.number}` : findings.length > 99 ? "99+" : `×${findings.length}`, findings: sorted, x, y }];
  if (findings.length <= MOST && x + STEP < lane.x + lane.width + zone) return sorted.map(single);
  return [single(worst, 0), { severity: (sorted[1] as MapFinding).severity, text: findings.length > 10 ? "…" : `+${findings.length - 1}`, findings: sorted.slice(1), x: x + STEP, y }];
}

/** Marks whose heights are too near stand beside each other. */
function apart(marks: readonly MarkLayout[]): MarkLayout[] {
  const placed: MarkLayout[] = [];
  for (const mark of [...marks].sort((a, b) => a.y - b.y || a.x - b.x)) {
    let x = mark.x;
    while (placed.some((one) => Math.abs(one.y - mark.y) < STEP - 2 && Math.abs(one.x - x) < STEP - 2)) x += STEP;
    placed.push({ ...mark, x });
  }
  return placed;
}
