// `platmap fleet`: which hosts of a fleet can exchange guests, what they cost together, and how their guests fit. Knows nothing of how that is found out.
import path from "node:path";
import { Command, Option } from "commander";
import { declaredGroupsOf, FleetPlan, movingGuestsOf } from "../../../core/src/index";
import type { Host, Output } from "../host";
import { checkText } from "../workspace/check";
import { readTextFile } from "../workspace/decode";
import { commandLineSurroundings } from "../workspace/hostSurroundings";
import { ExitCode } from "./exitCode";
import { readable, shownPath } from "./findFiles";
import { printJsonFleet } from "./report/fleetJson";
import { printTextFleet } from "./report/fleetText";
import { UsageError } from "./usageError";
import { wrapLines } from "./report/wrapLines";

interface FleetOptions {
  readonly format: "text" | "json";
}

export function fleetCommand(host: Host, output: Output, finish: (code: ExitCode) => void): Command {
  return new Command("fleet")
    .summary("which hosts can exchange guests, and what each costs the others")
    .description(
      "Works out which hosts of a fleet can exchange guests, and holds the declared migration groups against that; what the hosts together keep from guests, " +
        "which of them keeps what alone, and what leaving it out would gain; and on which hosts each guest fits. The exit code is 1 when a declared group does not hold " +
        "or a guest does not fit on a host of its group.",
    )
    .argument("<file>", "a fleet file")
    .addOption(new Option("--format <format>", "form of the output").choices(["text", "json"]).default("text"))
    .action((file: string, options: FleetOptions) => finish(runFleet(file, options, host, output)));
}

function runFleet(file: string, options: FleetOptions, host: Host, output: Output): ExitCode {
  const plan = readFleet(file, host);
  output.out(options.format === "json" ? printJsonFleet(plan) : wrapLines(printTextFleet(plan), output.width));
  for (const problem of plan.problemsOf("unreadable-file")) output.err(`${file}: ${problem.path} ${problem.because}: it is left out\n`);
  if (plan.problems.length > 0) output.err(`${file}: not everything could be read, so verdicts may be too mild; platmap check says what\n`);
  const fails = declaredGroupsOf(plan).some((one) => one.verdict === "fails") || movingGuestsOf(plan).some((one) => one.fits.some((fit) => fit.obstacles.length > 0));
  return fails ? ExitCode.Findings : ExitCode.Clean;
}

/** Throws UsageError for what cannot be read, is not a fleet file, or has syntax errors. */
function readFleet(file: string, host: Host): FleetPlan {
  const full = path.resolve(host.workingFolder, file);
  const text = readable(file, () => readTextFile(host, full).text);
  const { filePlan, source, kind } = checkText(shownPath(host, full), text, { rules: [], surroundings: commandLineSurroundings(host) });
  const [fault] = source.tree.faults;
  if (fault) {
    const { line, character } = source.position(fault.start);
    throw new UsageError(`${file}:${line + 1}:${character + 1}: ${fault.message}`);
  }
  if (!(filePlan instanceof FleetPlan)) throw new UsageError(`${file}: a fleet file is needed, and this is ${kind === undefined ? "none" : `a ${kind} file`}`);
  return filePlan;
}
