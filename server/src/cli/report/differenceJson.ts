// A difference as JSON, for programs. Knows nothing of how it is worked out.
import type { Change, DescribedEntry, DescribedPlace, Difference, FitChange } from "../../../../core/src/index";
import { describeClash, isSame, jsonPointer, lastOf, printPlainAddress } from "../../../../core/src/index";
import { sourceOf, writtenAt } from "../../workspace/check";
import type { ComparedFile } from "../../workspace/comparedFile";
import { plainJson } from "../terminal";

export function printJsonDifference(difference: Difference, before: ComparedFile, after: ComparedFile, fits: readonly FitChange[]): string {
  const hosts = fits.map(({ guest, host, fitsNow, obstacles }) => ({ guest, host, fits: fitsNow, obstacles }));
  const all = { ...differenceAsJson(difference, before, after), ...(difference.kind === "guest" && { hosts }) };
  return plainJson(JSON.stringify(all, undefined, 2)) + "\n";
}

export function differenceAsJson(difference: Difference, before: ComparedFile, after: ComparedFile): object {
  const { kind, changes, conflicts, groups } = difference;
  const addresses = (members: readonly { readonly address: string }[]): string[] => members.map((node) => node.address);
  return {
    kind,
    before: before.shown,
    after: after.shown,
    same: isSame(difference),
    changes: changes.map((change) => changeAsJson(change, before, after)),
    conflicts: {
      new: conflicts.appeared.map(conflictAsJson),
      gone: conflicts.gone.map(conflictAsJson),
    },
    groups: groups.changes.map((one) => ({ change: one.change, before: one.before.map(addresses), after: one.after.map(addresses) })),
    undeterminedGroups: groups.undetermined,
  };
}

function changeAsJson(change: Change, before: ComparedFile, after: ComparedFile): object {
  const now = change.after ?? change.before;
  return {
    changes: change.kinds,
    kind: now?.noun,
    entry: now?.label,
    name: now?.name,
    before: change.before && entryAsJson(change.before, before),
    after: change.after && entryAsJson(change.after, after),
    keys: change.facts,
    ...(change.contained.length > 0 && { contained: change.contained.map((one) => ({ kind: one.noun, entry: one.label, name: one.name, path: jsonPointer(one.anchor.path) })) }),
  };
}

function entryAsJson(entry: DescribedEntry, { checked }: ComparedFile): object {
  const written = writtenAt(checked, entry.anchor);
  const source = sourceOf(checked, written);
  const { line, character } = source.position(source.span(written).start);
  return {
    name: entry.name,
    file: source.file,
    line: line + 1,
    column: character + 1,
    path: jsonPointer(written.path),
    places: Object.fromEntries([...entry.places].map(([name, place]) => [name.replace(/Extent$/, "").replace("extent", "range"), placeAsJson(place)])),
  };
}

function placeAsJson({ space, ranges }: DescribedPlace): object {
  return { space, ranges: ranges.map((range) => ({ base: printPlainAddress(range.base), last: printPlainAddress(lastOf(range)) })) };
}

function conflictAsJson(overlap: Difference["conflicts"]["appeared"][number]): object {
  const { earlier, later, shared, map } = overlap;
  return { entries: [earlier.name, later.name], map: map.title, base: printPlainAddress(shared.base), last: printPlainAddress(lastOf(shared)), message: describeClash(overlap) };
}
