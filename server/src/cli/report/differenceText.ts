// A difference for people at a terminal. Knows nothing of how it is worked out.
import type { ChangeDetail, Difference, FitChange } from "../../../../core/src/index";
import { describeChange, describeClash, describeDifferenceCounts, describeFitChange, describeGroupChange } from "../../../../core/src/index";
import type { ComparedFile } from "../../workspace/comparedFile";
import { plainLines } from "../terminal";

export function printTextDifference(difference: Difference, before: ComparedFile, after: ComparedFile, fits: readonly FitChange[]): string {
  const { changes, conflicts, groups } = difference;
  const rows = changes.map(describeChange);
  const width = Math.max(0, ...rows.map(({ kinds }) => kinds.length));
  const lines = [
    `${before.shown} -> ${after.shown}: ${describeDifferenceCounts(difference, fits)}`,
    ...rows.flatMap(({ kinds, entry, details }) => [`${kinds.padEnd(width)}  ${entry}${details.length === 1 && details[0] ? `: ${detailOf(details[0], kinds === "removed")}` : ""}`, ...(details.length > 1 ? details.map((one) => `${" ".repeat(width)}    ${detailOf(one, kinds === "removed")}`) : [])]),
    ...conflicts.appeared.map((one) => `now overlapping: ${describeClash(one)}`),
    ...conflicts.gone.map((one) => `no longer overlapping: ${describeClash(one)}`),
    ...groups.changes.map((one) => `IOMMU groups: ${describeGroupChange(one)}`),
    ...fits.map(describeFitChange),
    ...(groups.undetermined.length > 0 ? [`IOMMU groups that are not known on one of the sides: those of ${groups.undetermined.join(", ")}`] : []),
  ];
  return plainLines(lines.join("\n")) + "\n";
}

function detailOf({ what, before, after }: ChangeDetail, isGone: boolean): string {
  const prefix = what === "" ? "" : `${what} `;
  if (before === undefined) return `${prefix}${after ?? ""}`;
  return after === undefined ? `${prefix}${before}${isGone ? "" : ", now absent"}` : `${prefix}${before} -> ${after}`;
}
