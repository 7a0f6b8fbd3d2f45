// A review comment in Markdown: a summary, what changed in each file, what is newly wrong and what no longer is, whom it concerns. Knows nothing of how that is found out.
import { createTwoFilesPatch } from "diff";
import type { Anchor, Difference, FitChange } from "../../../../core/src/index";
import { arrangeLanes, defaultLanes, describeDifferenceCounts, isSame, memoryMap } from "../../../../core/src/index";
import { sourceOf, writtenAt } from "../../workspace/check";
import type { NamedFile } from "../checkFiles";
import { plainText } from "../terminal";
import { cell, differenceSections, fitSection } from "./differenceMarkdown";
import { printTextMap } from "./mapText";
import type { ReportedFinding } from "./report";

export interface ReviewedFile {
  readonly before: NamedFile | undefined;
  readonly after: NamedFile | undefined;
  /** Undefined where one side is not there or cannot be read. */
  readonly difference: Difference | undefined;
}

export interface Review {
  readonly base: string;
  /** Those that changed. */
  readonly files: readonly ReviewedFile[];
  readonly appeared: readonly ReportedFinding[];
  readonly gone: readonly ReportedFinding[];
  /** Guests and fleets that name a changed file. */
  readonly concerned: readonly NamedFile[];
  /** What has become of guests on their hosts. */
  readonly fits: readonly FitChange[];
  /** Configurations that hold for reviewed files, and say something else now. */
  readonly configurations: readonly string[];
  /** How many files there are, and were. */
  readonly reviewed: number;
}

/** GitHub takes 65,536 characters in a comment; what is beyond is left out, and said. */
const COMMENT_LIMIT = 65_000;
/** Findings beyond these are counted, not listed. */
const LISTED = 50;

export function printReview(review: Review): string {
  const blocks = [
    summary(review),
    ...configurationBlock(review),
    ...fitSection(review.fits),
    ...findingList("New findings", review.appeared, true),
    ...findingList("No longer found", review.gone, false),
    ...review.files.map(fileBlock),
    ...concernedBlock(review),
  ];
  return withinLimit(blocks);
}

function summary({ base, files, appeared, gone, reviewed }: Review): string {
  const changed = files.length === 0 ? `Nothing changed in the meaning of ${counted(reviewed, "file")}` : `${counted(files.length, "file")} of ${reviewed} changed`;
  const verdict = `${appeared.length === 0 ? "nothing is newly wrong" : counted(appeared.length, "new finding")}${gone.length === 0 ? "" : `, ${counted(gone.length, "finding")} gone`}`;
  return `### Memory map review\n\n${changed} since \`${code(base)}\`: ${verdict}.`;
}

/** A finding may come or go with the severity of its rule alone. */
function configurationBlock({ configurations }: Review): string[] {
  if (configurations.length === 0) return [];
  return [`${configurations.map((file) => `\`${code(file)}\``).join(", ")} changed, which sets how serious rules are and which files are left out: findings may have come or gone with it.`];
}

function findingList(title: string, findings: readonly ReportedFinding[], isNow: boolean): string[] {
  if (findings.length === 0) return [];
  const lines = findings.slice(0, LISTED).map((one) => {
    const place = `${one.file}:${one.line}`;
    const where = isNow ? `[${cell(place)}](${link(one.file, one.line)})` : cell(place);
    return `- **${one.severity}** ${where} \`${one.rule}\`: ${cell(one.message)}`;
  });
  const more = findings.length > LISTED ? [`- and ${findings.length - LISTED} more`] : [];
  return [`**${title}**\n\n${[...lines, ...more].join("\n")}`];
}

function fileBlock({ before, after, difference }: ReviewedFile): string {
  const name = before && after && before.file !== after.file ? `${cell(before.file)} → ${cell(after.file)}` : cell((after ?? before)?.file ?? "");
  if (!before) return `#### ${name}: new`;
  if (!after) return `#### ${name}: deleted`;
  if (!difference) return `#### ${name}: ${notCompared(before, after)}`;
  const linkTo = (entry: { readonly anchor: Anchor }, side: "before" | "after"): string | undefined => (side === "after" ? linkToEntry(after, entry.anchor) : undefined);
  const says = before.file !== after.file && isSame(difference) ? "another name for the same" : describeDifferenceCounts(difference);
  return [`#### ${name}: ${says}`, ...differenceSections(difference, linkTo), ...picture(before, after)].join("\n\n");
}

/** The two maps as text, as far as their lines differ: a picture that every view of a comment can show. */
function picture(before: NamedFile, after: NamedFile): string[] {
  const [old, now] = [mapText(before), mapText(after)];
  if (old === undefined || now === undefined || old === now) return [];
  const patch = createTwoFilesPatch("a", "b", old, now, undefined, undefined, { context: 2 });
  const all = patch.split("\n");
  const lines = all.slice(all.findIndex((line) => line.startsWith("@@")) + 1).filter((line) => !line.startsWith("\\")).map((line) => (line.startsWith("@@") ? " …" : line));
  return [`<details><summary>The map</summary>\n\n\`\`\`diff\n${lines.join("\n").trimEnd()}\n\`\`\`\n\n</details>`];
}

/** Without findings, which have lists of their own. */
function mapText({ result: { filePlan } }: NamedFile): string | undefined {
  const model = filePlan && memoryMap(filePlan, []);
  return model && printTextMap(model, arrangeLanes(model, defaultLanes(model)), false, false).replaceAll("```", "'''");
}

function concernedBlock({ concerned, appeared, gone }: Review): string[] {
  if (concerned.length === 0) return [];
  const lines = concerned.map(({ file, result: { kind } }) => {
    const [found, lost] = [appeared, gone].map((all) => all.filter((one) => one.file === file).length) as [number, number];
    const verdict = found === 0 && lost === 0 ? "as before" : [...(found > 0 ? [counted(found, "new finding")] : []), ...(lost > 0 ? [`${counted(lost, "finding")} gone`] : [])].join(", ");
    return `- ${kind ?? "file"} [${cell(file)}](${link(file, 1)}): ${verdict}`;
  });
  return [`**Concerned**\n\n${lines.join("\n")}`];
}

function withinLimit(blocks: readonly string[]): string {
  const kept: string[] = [];
  let length = 0;
  for (const block of blocks) {
    if (length + block.length > COMMENT_LIMIT) {
      kept.push(`_${counted(blocks.length - kept.length, "section")} left out: a comment on GitHub holds 65,536 characters. \`platmap review\` prints no more than that; \`platmap diff\` shows one file whole._`);
      break;
    }
    kept.push(block);
    length += block.length + 2;
  }
  return kept.join("\n\n") + "\n";
}

function notCompared(before: NamedFile, after: NamedFile): string {
  if (!after.result.filePlan) return "cannot be read, so it is not compared and nothing but that is found in it";
  return before.result.filePlan ? "is of another kind now, so it is not compared" : "could not be read before, so it is not compared and all that is found in it counts as new";
}

/** In the file that says it, which may be one that this one extends. */
function linkToEntry({ result }: NamedFile, anchor: Anchor): string {
  const written = writtenAt(result, anchor);
  const source = sourceOf(result, written);
  return link(source.file, source.position(source.span(written).start).line + 1);
}

/** From the top of the repository, as GitHub resolves it in a comment's preview and in a file; each step of the path encoded. */
function link(file: string, line: number): string {
  return `${file.split("/").map(encodeURIComponent).join("/").replace(/[()]/g, (one) => `%${one.charCodeAt(0).toString(16)}`)}#L${line}`;
}

function code(text: string): string {
  return plainText(text).replaceAll("`", "'");
}

function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
