// `platmap diff`: the difference of two maps in their meaning. Knows nothing of how it is worked out.
import { Command, Option } from "commander";
import type { Difference, FitChange } from "../../../core/src/index";
import { compareMaps, differenceItems, fitChanges, GuestPlan, isSame, printComparison } from "../../../core/src/index";
import type { Host, Output } from "../host";
import type { ComparedFile } from "../workspace/comparedFile";
import { differenceOfFiles } from "../workspace/comparedFile";
import { isUnreadable } from "../workspace/surroundings";
import { ExitCode } from "./exitCode";
import { readOperand } from "./operand";
import { printJsonDifference } from "./report/differenceJson";
import { printMarkdownDifference } from "./report/differenceMarkdown";
import { printTextDifference } from "./report/differenceText";
import { UsageError } from "./usageError";
import { writePicture } from "./writePicture";
import { wrapLines } from "./report/wrapLines";

const FORMATS = ["text", "json", "markdown"] as const;

interface DiffOptions {
  readonly svg?: string;
  readonly format: (typeof FORMATS)[number];
}

export function diffCommand(host: Host, output: Output, finish: (code: ExitCode) => void): Command {
  return new Command("diff")
    .summary("the difference of two maps in their meaning")
    .description(
      "Says what was added, removed, moved, resized, renamed or became another thing between two files, which overlaps came and went, and which IOMMU " +
        "groups fell apart or grew together. Layout, order, comments and the form of values change nothing. The exit code is 1 when they differ.",
    )
    .argument("<before>", "a file; git:REV:PATH, or git:REV for the other one's path; a capture of a running machine; - is standard input")
    .argument("<after>", "the same")
    .addOption(new Option("--format <format>", "form of the output").choices(FORMATS).default("text"))
    .option("--svg <file>", "write a picture of the two maps beside each other, light and dark; - is standard output, in place of the text")
    .action((before: string, after: string, options: DiffOptions) => finish(runDiff(before, after, options, host, output)));
}

function runDiff(first: string, second: string, { format, svg }: DiffOptions, host: Host, output: Output): ExitCode {
  if (first === "-" && second === "-") throw new UsageError("standard input can be only one of the two");
  const [before, after] = [readOperand(first, second, host), readOperand(second, first, host)];
  const difference = differenceOfFiles(before, after);
  if (isUnreadable(difference)) throw new UsageError(difference.because);
  const print = { text: printTextDifference, json: printJsonDifference, markdown: printMarkdownDifference }[format];
  const fits = before.plan instanceof GuestPlan && after.plan instanceof GuestPlan ? fitChanges(before.plan, after.plan) : [];
  if (svg !== "-") output.out(wrapLines(print(difference, before, after, fits), format === "text" ? output.width : undefined));
  if (svg !== undefined) writePicture(svg, pictureOf(difference, fits, before, after), host, output);
  for (const one of [before, after]) sayProblems(one, output);
  return isSame(difference) && fits.length === 0 ? ExitCode.Clean : ExitCode.Findings;
}

/** Throws UsageError for files that have no map. */
function pictureOf(difference: Difference, fits: readonly FitChange[], before: ComparedFile, after: ComparedFile): string {
  const maps = compareMaps(before.plan, after.plan, difference, differenceItems(difference, fits));
  if (!maps) throw new UsageError(`a ${after.plan.kind} file has no map to draw`);
  return printComparison(maps, { before: before.shown, after: after.shown });
}

function sayProblems({ shown, problems, isCapture }: ComparedFile, output: Output): void {
  if (problems > 0 && !isCapture) output.err(`${shown}: not everything could be read, so a difference may be missing; platmap check says what\n`);
}
