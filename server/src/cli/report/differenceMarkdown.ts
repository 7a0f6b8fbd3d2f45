// A difference as Markdown: the table that a person would write under a change. Knows nothing of how it is worked out, nor of where links lead.
import type { Change, ChangeDetail, DescribedEntry, Difference, FitChange } from "../../../../core/src/index";
import { describeChange, describeClash, describeDifferenceCounts, describeFitChange, describeGroupChange } from "../../../../core/src/index";
import type { ComparedFile } from "../../workspace/comparedFile";
import { plainText } from "../terminal";

/** The address of an entry's line, for a link; undefined where there is none. */
export type LinkTo = (entry: DescribedEntry, side: "before" | "after") => string | undefined;

export function printMarkdownDifference(difference: Difference, before: ComparedFile, after: ComparedFile, fits: readonly FitChange[]): string {
  const title = `**${cell(before.shown)} → ${cell(after.shown)}**: ${describeDifferenceCounts(difference, fits)}`;
  return [title, ...differenceSections(difference), ...fitSection(fits)].join("\n\n") + "\n";
}

/** The tables and lists of a difference, each a block of its own. */
export function differenceSections(difference: Difference, linkTo: LinkTo = () => undefined): string[] {
  const { changes, conflicts, groups } = difference;
  const list = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join("\n");
  return [
    ...(changes.length === 0 ? [] : [changeTable(changes, linkTo)]),
    ...(conflicts.appeared.length === 0 ? [] : [`**Now overlapping**\n\n${list(conflicts.appeared.map((one) => cell(describeClash(one))))}`]),
    ...(conflicts.gone.length === 0 ? [] : [`**No longer overlapping**\n\n${list(conflicts.gone.map((one) => cell(describeClash(one))))}`]),
    ...(groups.changes.length === 0 ? [] : [`**IOMMU groups**\n\n${list(groups.changes.map((one) => cell(describeGroupChange(one))))}`]),
  ];
}

/** On which hosts a guest no longer fits, or does now; nothing where that is as it was. */
export function fitSection(fits: readonly FitChange[]): string[] {
  return fits.length === 0 ? [] : [`**Guests on their hosts**\n\n${fits.map((one) => `- ${cell(describeFitChange(one))}`).join("\n")}`];
}

function changeTable(changes: readonly Change[], linkTo: LinkTo): string {
  const rows = changes.map((change) => {
    const { kinds, entry, details } = describeChange(change);
    const href = change.after ? linkTo(change.after, "after") : change.before && linkTo(change.before, "before");
    return `| ${kinds} | ${href === undefined ? cell(entry) : `[${cell(entry)}](${href})`} | ${change.before ? side(details, "before") : ""} | ${change.after ? side(details, "after") : ""} |`;
  });
  return ["| change | entry | before | after |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

function side(details: readonly ChangeDetail[], of: "before" | "after"): string {
  const isSaid = (one: ChangeDetail): boolean => one[of] !== undefined;
  return details.map((one) => (isSaid(one) ? `${one.what === "" ? "" : `${cell(one.what)} `}\`${code(one[of] ?? "")}\`` : one.what !== "" ? `${cell(one.what)} absent` : details.length > 1 ? "absent" : "")).join("<br>");
}

/**
 * Text of a document in a cell or after a bullet: no markup, no line break, no mention of a person. What is markup only at the start of a line stays, so that
 * ranges can be read in the plain text too.
 */
export function cell(text: string): string {
  return plainText(text).replace(/[\\`*[\]<>|~&$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, "\\$&").replaceAll("@", "@<!-- -->").replace(/:(?=\/\/)/g, "\\:");
}

function code(text: string): string {
  return plainText(text).replaceAll("`", "'").replaceAll("|", "\\|");
}
