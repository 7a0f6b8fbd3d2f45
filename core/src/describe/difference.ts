// The words for what has changed between two files. Knows nothing of formats: rows and sentences as plain text.
import type { AddressRange, Space } from "../address";
import { sizeOf } from "../address";
import type { Change, ChangeKind, PlaceChange } from "../difference/changes";
import type { Difference } from "../difference/difference";
import type { FitChange } from "../difference/fitChanges";
import type { DescribedEntry, DescribedPlace } from "../difference/entries";
import type { GroupChange } from "../difference/groupChanges";
import { printRange, printSize } from "../print";
import { nameAndNoun } from "./overlap";
import type { Overlap } from "../plan/overlaps";

const KINDS: Readonly<Record<ChangeKind, string>> = { added: "added", removed: "removed", moved: "moved", resized: "resized", renamed: "renamed", retyped: "re-typed", changed: "changed" };
const PLACES: Readonly<Record<string, string>> = { extent: "", cpuExtent: "CPU", busExtent: "bus" };
/** Ranges and facts of one entry beyond this many are counted, not listed. */
const LISTED = 4;

/** One change as a row of a table. */
export interface ChangeRow {
  /** "moved, resized". */
  readonly kinds: string;
  /** What it is called now; what is gone, as it was called. */
  readonly entry: string;
  readonly details: readonly ChangeDetail[];
}

/** What of an entry differs; `what` is empty for its place. What is absent on a side is undefined. */
export interface ChangeDetail {
  readonly what: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export function describeChange(change: Change): ChangeRow {
  const { before, after, contained } = change;
  const isWhole = before === undefined || after === undefined;
  const held = contained.length === 0 ? "" : `, with ${contained.length} ${contained.length === 1 ? "entry" : "entries"} in it`;
  const noun = before && after && before.noun !== after.noun ? [{ what: "is a", before: before.noun, after: after.noun }] : [];
  const name = before && after && before.name !== after.name ? [{ what: "name", before: before.name, after: after.name }] : [];
  return {
    kinds: change.kinds.map((kind) => KINDS[kind]).join(", "),
    entry: `${(after ?? before)?.label ?? ""}${held}`,
    details: isWhole ? wholePlaces(change) : [...name, ...noun, ...change.places.filter((one, _, all) => !isEcho(one, all)).map(pairedPlace), ...change.facts.map(({ key, before: old, after: now }) => ({ what: key, before: old, after: now }))],
  };
}

/** "2 moved, 1 added; 1 new overlap; 1 IOMMU group split". `fits`: what has become of a guest on its hosts. */
export function describeDifferenceCounts({ changes, conflicts, groups }: Difference, fits: readonly FitChange[] = []): string {
  const kinds = (Object.keys(KINDS) as ChangeKind[]).map((kind) => counted(changes.filter((one) => one.kinds.includes(kind)).length, KINDS[kind])).filter((text) => text !== "");
  const overlaps = [counted(conflicts.appeared.length, "new overlap", "new overlaps"), counted(conflicts.gone.length, "overlap gone", "overlaps gone")];
  const groupCounts = (["split", "merged", "regrouped"] as const).map((change) => counted(groups.changes.filter((one) => one.change === change).length, `IOMMU group change (${change})`, `IOMMU group changes (${change})`));
  const parts = [kinds.join(", "), ...overlaps, ...groupCounts].filter((text) => text !== "");
  const [lost, won] = [false, true].map((now) => fits.filter(({ fitsNow }) => fitsNow === now).length) as [number, number];
  const hosts = [lost === 0 ? "" : `no longer fits on ${counted(lost, "host", "hosts")}`, won === 0 ? "" : `fits on ${counted(won, "host", "hosts")} on which it did not`];
  const all = [...parts, ...hosts.filter((text) => text !== "")];
  return all.length === 0 ? "no difference" : all.join("; ");
}

/** "device uart1 and device uart0 in 0x…-0x… (4 KiB) of the physical map". */
export function describeClash({ earlier, later, shared, map }: Overlap): string {
  return `${nameAndNoun(later)} and ${nameAndNoun(earlier)} in ${printPlace([shared])} of ${map.title}`;
}

/** "{nic0, nic1} split into {nic0} and {nic1}". */
export function describeGroupChange({ change, before, after }: GroupChange): string {
  const words = { split: "split into", merged: "merged into", regrouped: "became" } as const;
  const list = (groups: GroupChange["before"]): string => groups.map((members) => `{${members.map((node) => node.label).join(", ")}}`).join(" and ");
  return `${list(before)} ${words[change]} ${list(after)}`;
}

/** Whether a place of a window only repeats what its other side says: bus addresses are those of the CPU. */
function isEcho({ place, before, after }: PlaceChange, all: readonly PlaceChange[]): boolean {
  const other = place === "busExtent" ? all.find((one) => one.place === "cpuExtent") : undefined;
  return other !== undefined && textOf(before) === textOf(other.before) && textOf(after) === textOf(other.after);
}

function wholePlaces({ before, after }: Change): ChangeDetail[] {
  const places = [...(after ?? before)?.places ?? []].map(([place, at]) => ({ place, before: before && at, after: after && at }));
  return places.length === 0 ? wholeFacts(before, after) : places.filter((one, _, all) => !isEcho(one, all)).map(placeDetail);
}

/** Of what has no place, what is said of it. */
function wholeFacts(before: DescribedEntry | undefined, after: DescribedEntry | undefined): ChangeDetail[] {
  const facts = [...((after ?? before)?.facts ?? [])];
  return facts.slice(0, LISTED).map(([what, text]) => ({ what, before: before && text, after: after && text }));
}

/** An entry on both sides that has a place on one of them only. */
function pairedPlace(change: PlaceChange): ChangeDetail {
  const { what, before, after } = placeDetail(change);
  return { what, before: before ?? "no place", after: after ?? "no place" };
}

function placeDetail({ place, before, after }: PlaceChange): ChangeDetail {
  return { what: PLACES[place] ?? place, before: textOf(before), after: textOf(after) };
}

function textOf(place: DescribedPlace | undefined): string | undefined {
  return place && printPlace(place.ranges);
}

function printPlace(ranges: readonly AddressRange<Space>[]): string {
  const size = printSize(ranges.reduce((sum, range) => sum + sizeOf(range), 0n));
  const more = ranges.length > LISTED ? ` and ${ranges.length - LISTED} more` : "";
  return `${ranges.slice(0, LISTED).map(printRange).join(", ")}${more} (${size})`;
}

/** A sentence begins with it. Words of the language that are no words of English, such as mem32, stay as they are. */
export function capitalized(text: string): string {
  return /^[a-z]+\b/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}

function counted(count: number, one: string, many = one): string {
  return count === 0 ? "" : `${count} ${count === 1 ? one : many}`;
}
