// A difference as a numbered list of sentences, each with its place on either side: what a view of two maps tells, marks and links to. Knows nothing of
// pictures, nor of where links lead.
import type { Anchor } from "../anchor";
import type { Change, ChangeKind } from "../difference/changes";
import type { Difference } from "../difference/difference";
import type { FitChange } from "../difference/fitChanges";
import { shownText } from "../map/mapText";
import { capitalized, describeChange, describeClash, describeGroupChange } from "./difference";
import type { ChangeDetail } from "./difference";

/** What a sentence is about: a change of an entry, an overlap, IOMMU groups, or a guest and a host. */
export type ItemKind = ChangeKind | "overlap" | "overlap-gone" | "groups" | "fit" | "fit-lost";

export interface DifferenceItem {
  /** From 1, in the order in which they are told. The changes of entries come first, in their order. */
  readonly number: number;
  /** Never empty; several only for a change of an entry. */
  readonly kinds: readonly ItemKind[];
  /** Plain text, without characters that would turn it round. */
  readonly sentence: string;
  /** Absent where there is nothing on that side. */
  readonly before: Anchor | undefined;
  readonly after: Anchor | undefined;
}

/** `fits`: what has become of the guests that are concerned. */
export function differenceItems({ changes, conflicts, groups }: Difference, fits: readonly FitChange[] = []): readonly DifferenceItem[] {
  const items: Omit<DifferenceItem, "number">[] = [
    ...changes.map((one) => ({ kinds: one.kinds, sentence: changeSentence(one), before: one.before?.anchor, after: one.after?.anchor })),
    ...conflicts.appeared.map((one) => ({ kinds: ["overlap"] as const, sentence: `Now overlapping: ${describeClash(one)}.`, before: undefined, after: one.later.at })),
    ...conflicts.gone.map((one) => ({ kinds: ["overlap-gone"] as const, sentence: `No longer overlapping: ${describeClash(one)}.`, before: one.later.at, after: undefined })),
    ...groups.changes.map((one) => ({ kinds: ["groups"] as const, sentence: `IOMMU groups: ${describeGroupChange(one)}.`, before: one.before[0]?.[0]?.anchor, after: one.after[0]?.[0]?.anchor })),
    ...fits.map((one) => ({ kinds: [one.fitsNow ? ("fit" as const) : ("fit-lost" as const)], sentence: describeFitChange(one), before: one.before, after: one.after })),
  ];
  return items.map((one, index) => ({ number: index + 1, ...one, sentence: shownText(one.sentence) }));
}

/** "no longer fits on 1 host", "2 guests no longer fit; 1 guest fits now"; empty when that is as it was. */
export function describeFitCounts(kind: Difference["kind"], fits: readonly FitChange[]): string {
  const [lost, won] = [fits.filter(({ fitsNow }) => !fitsNow).length, fits.filter(({ fitsNow }) => fitsNow).length];
  const hosts = (count: number): string => `${count} ${count === 1 ? "host" : "hosts"}`;
  const parts = kind === "guest"
    ? [lost > 0 && `no longer fits on ${hosts(lost)}`, won > 0 && `fits on ${hosts(won)} now`]
    : [lost > 0 && (lost === 1 ? "1 guest no longer fits" : `${lost} guests no longer fit`), won > 0 && (won === 1 ? "1 guest fits now" : `${won} guests fit now`)];
  return parts.filter((part) => part !== false).join("; ");
}

function changeSentence(change: Change): string {
  const { before, after } = change;
  const { entry, details } = describeChange(change);
  const shown = details.map((one) => detailText(one, before === undefined || after === undefined)).filter((text) => text !== "");
  const where = shown.length === 0 ? "" : `: ${shown.join("; ")}`;
  if (!before) return `${capitalized(entry)} was added${where}.`;
  if (!after) return `${capitalized(entry)} was removed${where}.`;
  return `${capitalized(before.label)} ${listed(change.kinds.map((kind) => verb(kind, change)))}${where}.`;
}

function verb(kind: ChangeKind, { after }: Change): string {
  switch (kind) {
    case "moved":
      return "moved";
    case "resized":
      return "was resized";
    case "renamed":
      return `is called ${after?.name ?? after?.label ?? "otherwise"} now`;
    case "retyped":
      return "became another thing";
    default:
      return "changed";
  }
}

/** The name is in the sentence already. */
function detailText({ what, before, after }: ChangeDetail, isWhole: boolean): string {
  if (what === "name") return "";
  const prefix = what === "" ? "" : `${what} `;
  if (isWhole) return `${prefix}${after ?? before ?? ""}`;
  return `${prefix}${before ?? "absent"} → ${after ?? "absent"}`;
}

/** "Guest web no longer fits on d05: …." Plain text, with names of documents in it. */
export function describeFitChange({ guest, host, fitsNow, obstacles }: FitChange): string {
  const because = obstacles.join("; ");
  return fitsNow ? `Guest ${guest} fits on ${host} now; before: ${because}.` : `Guest ${guest} no longer fits on ${host}: ${because}.`;
}

function listed(verbs: readonly string[]): string {
  return verbs.length < 2 ? verbs.join("") : `${verbs.slice(0, -1).join(", ")} and ${verbs.at(-1) ?? ""}`;
}
