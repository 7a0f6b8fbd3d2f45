// `platmap review`: the comment that a reviewer would write under a change of maps. Knows nothing of how differences or findings are worked out.
import path from "node:path";
import { Command } from "commander";
import type { FitChange } from "../../../core/src/index";
import { differenceOf, fitChanges, GuestPlan, isSame } from "../../../core/src/index";
import type { Host, Output } from "../host";
import { newFindings } from "../workspace/knownFindings";
import type { CheckedFiles, NamedFile } from "./checkFiles";
import { checkFiles, checkFilesAt, hostAtBase, isAmong } from "./checkFiles";
import { ExitCode } from "./exitCode";
import { reportOf } from "./report/report";
import type { ReviewedFile } from "./report/reviewMarkdown";
import { printReview } from "./report/reviewMarkdown";
import { UsageError } from "./usageError";

export function reviewCommand(host: Host, output: Output, finish: (code: ExitCode) => void): Command {
  return new Command("review")
    .summary("the review comment of a change")
    .description(
      "Prints Markdown for a pull request: what changed in the maps since a git revision, what it newly breaks and what it mends, which guests and fleets it concerns. " +
        "The exit code is 1 when something differs.",
    )
    .argument("[path...]", "files and folders", ["."])
    .requiredOption("--base <revision>", "the git revision to compare with")
    .action((paths: string[], { base }: { base: string }) => finish(runReview(paths, base, host, output)));
}

function runReview(paths: readonly string[], base: string, host: Host, output: Output): ExitCode {
  const unread: string[] = [];
  const now = checkFiles(paths, host, unread);
  for (const message of unread) output.err(`platmap: ${message}\n`);
  const past = hostAtBase(base, host);
  const lost: string[] = [];
  const before = checkFilesAt(past, paths, now.described, lost);
  for (const message of lost) output.err(`platmap: at ${base}: ${message}; what is found in it now counts as new\n`);
  if (now.described.length === 0 && before.described.length === 0) throw new UsageError(`no platform, guest or fleet file in ${paths.join(", ")}, now or at ${base}`);
  const all = pairs(before, now, isAmong(paths, host));
  const files = all.filter(isChanged);
  const compared = new Set(all.flatMap((one) => one.before?.file ?? []));
  const found = reportOf(now.checked, now.checking, false).findings;
  const known = reportOf(before.checked, before.checking, false).findings.filter(({ file }) => compared.has(file) || !before.described.some((one) => one.file === file));
  const isIn = (place: Host) => (file: string): boolean => place.kindOf(path.resolve(host.workingFolder, file)) !== undefined;
  const appeared = newFindings(found, known, isIn(host));
  const silent = new Set(now.described.filter(({ result }) => !result.filePlan).map(({ file }) => file));
  const gone = newFindings(known, found, isIn(past)).filter(({ file }) => !silent.has(file));
  const concerned = concernedBy(now, files);
  const fits = all.filter((one) => files.includes(one) || (one.after && concerned.includes(one.after))).flatMap(fitsOf);
  const configurations = changedConfigurations(before, now);
  output.out(printReview({ base, files, appeared, gone, concerned, fits, configurations, reviewed: all.length }));
  if (unread.length > 0) return ExitCode.Usage;
  return files.length > 0 || fits.length > 0 || appeared.length > 0 || gone.length > 0 ? ExitCode.Findings : ExitCode.Clean;
}

/** Files of one name belong together; of the others, those that describe the same thing under another file name. Of what is gone, only what was asked for. */
function pairs(before: CheckedFiles, now: CheckedFiles, isAsked: (file: string) => boolean): ReviewedFile[] {
  const old = new Map(before.described.map((one) => [one.file, one]));
  const named = now.described.map((after) => ({ before: old.get(after.file), after }));
  const left = before.described.filter(({ file }) => !now.described.some((one) => one.file === file));
  const joined = named.map(({ before: same, after }): ReviewedFile => {
    const at = same ? -1 : left.findIndex((one) => declaredName(one) !== undefined && declaredName(one) === declaredName(after));
    const [renamed] = at < 0 ? [] : left.splice(at, 1);
    return reviewed(same ?? renamed, after);
  });
  return [...joined, ...left.filter(({ file }) => isAsked(file)).map((one) => reviewed(one, undefined))];
}

function reviewed(before: NamedFile | undefined, after: NamedFile | undefined): ReviewedFile {
  const [old, plan] = [before?.result.filePlan, after?.result.filePlan];
  const comparable = old && plan && old.kind === plan.kind;
  return { before, after, difference: comparable ? differenceOf(old, plan) : undefined };
}

/** A guest may no longer fit though only its host has changed. */
function fitsOf({ before, after }: ReviewedFile): readonly FitChange[] {
  const [old, plan] = [before?.result.filePlan, after?.result.filePlan];
  return old instanceof GuestPlan && plan instanceof GuestPlan ? fitChanges(old, plan) : [];
}

/** Those that came, went, or have another text. */
function changedConfigurations(before: CheckedFiles, now: CheckedFiles): string[] {
  const [old, is] = [before, now].map(({ checked }) => new Map(checked.filter(({ result }) => result.kind === "config").map(({ file, result }) => [file, result.source.text])));
  return [...new Set([...(old?.keys() ?? []), ...(is?.keys() ?? [])])].filter((file) => old?.get(file) !== is?.get(file)).sort();
}

function isChanged({ before, after, difference }: ReviewedFile): boolean {
  if (!before || !after) return true;
  if (before.file !== after.file) return true;
  return difference ? !isSame(difference) : before.result.source.text !== after.result.source.text;
}

/** "platform board": the key that says what the file describes, with its value. */
function declaredName({ result: { kind, source } }: NamedFile): string | undefined {
  const node = kind === undefined ? -1 : source.valueAt([kind]);
  return node < 0 ? undefined : `${kind} ${source.tree.raw(node)}`;
}

/** Guests and fleets that name a changed file, and have not changed themselves. */
function concernedBy({ described }: CheckedFiles, files: readonly ReviewedFile[]): readonly NamedFile[] {
  const changed = new Set(files.flatMap(({ after }) => (after ? [after.file] : [])));
  return described.filter(({ file, result }) => !changed.has(file) && [...result.others.keys()].some((other) => changed.has(other)));
}
