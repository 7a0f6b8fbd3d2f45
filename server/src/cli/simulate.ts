// `platmap simulate`: a guest's life step by step, with a verdict for each. Knows nothing of how verdicts come about.
import { Command, Option } from "commander";
import type { GuestPlan, Step } from "../../../core/src/index";
import { parseStep, simulate, STEP_FORMS, stepFault } from "../../../core/src/index";
import type { Host, Output } from "../host";
import { ExitCode } from "./exitCode";
import { readGuest } from "./guestInput";
import { printJsonSimulation, printTextSimulation } from "./report/simulation";
import { UsageError } from "./usageError";
import { wrapLines } from "./report/wrapLines";

interface SimulateOptions {
  readonly format: "text" | "json";
  readonly step: readonly string[];
}

export function simulateCommand(host: Host, output: Output, finish: (code: ExitCode) => void): Command {
  return new Command("simulate")
    .summary("a guest's life step by step: what the kernel or the VMM refuses")
    .description(
      `Goes through steps (${STEP_FORMS}) and says of each whether it is ok, refused or unsafe, and in which words. Devices are those of the host that ` +
        "the guest is on. A refused step changes nothing, and the steps after it are judged all the same. The first step is a start.",
    )
    .argument("<guest>", "a guest file")
    .addOption(new Option("--step <step...>", "the steps, in order").makeOptionMandatory())
    .addOption(new Option("--format <format>", "form of the output").choices(["text", "json"]).default("text"))
    .action((file: string, options: SimulateOptions) => finish(runSimulate(file, options, host, output)));
}

function runSimulate(file: string, options: SimulateOptions, host: Host, output: Output): ExitCode {
  const { plan, errors } = readGuest(file, host);
  const results = simulate(plan, stepsFrom(plan, options.step));
  const shown = results.map((result, index) => ({ text: options.step[index] ?? "", result }));
  output.out(options.format === "json" ? printJsonSimulation(plan, shown) : wrapLines(printTextSimulation(plan, shown), output.width));
  if (errors > 0) output.err(`${file}: not everything could be read, so verdicts may be too mild; platmap check says what\n`);
  return results.some((one) => one.verdict !== "ok") ? ExitCode.Findings : ExitCode.Clean;
}

function stepsFrom(plan: GuestPlan, texts: readonly string[]): Step[] {
  const steps = texts.map((text) => {
    const step = parseStep(text);
    const fault = "because" in step ? step.because : stepFault(plan, step);
    if (fault !== undefined || "because" in step) throw new UsageError(fault ?? "");
    return step;
  });
  if (steps[0]?.kind !== "start") throw new UsageError("a guest's life begins with a start: the first --step is start:HOST");
  return steps;
}
