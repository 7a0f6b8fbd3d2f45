// `platmap assignable`: which PCI functions can be given to a guest, with what, or why not. Knows nothing of how that
// is decided.
import { Command, Option } from "commander";
import type { Assignability } from "../../../core/src/index";
import { assignabilities, iommuGroups, parsePciAddress, printPciAddress } from "../../../core/src/index";
import type { Host, Output } from "../host";
import { ExitCode } from "./exitCode";
import { readPlatform } from "./platformInput";
import { printJsonAssignable, printTextAssignable, printTextFunction } from "./report/assignable";
import { UsageError } from "./usageError";
import { wrapLines } from "./report/wrapLines";

interface AssignableOptions {
  readonly format: "text" | "json";
  readonly device?: string;
}

export function assignableCommand(host: Host, output: Output, finish: (code: ExitCode) => void): Command {
  return new Command("assignable")
    .summary("which PCI functions can be given to a guest, with what, or why not")
    .description(
      "Says of every PCI function whether VFIO would give it to a guest: assignable, only together with others of " +
        "its IOMMU group, not safe, impossible, or unknown, each with its reasons. With --device, everything about " +
        "one function: its group, its reserved regions, and the path of its MSIs to their doorbell.",
    )
    .argument("<file>", "a platform file; - is standard input")
    .addOption(new Option("--device <bdf>", "only this PCI function, with the path of its MSIs"))
    .addOption(new Option("--format <format>", "form of the output").choices(["text", "json"]).default("text"))
    .action((file: string, options: AssignableOptions) => finish(runAssignable(file, options, host, output)));
}

function runAssignable(file: string, { device, format }: AssignableOptions, host: Host, output: Output): ExitCode {
  const { plan, errors } = readPlatform(file, host);
  const groups = iommuGroups(plan);
  const all = assignabilities(plan, groups);
  const one = device === undefined ? undefined : functionAt(device, all);
  if (format === "json") output.out(printJsonAssignable(plan, groups, one ? [one] : all));
  else output.out(wrapLines(one ? printTextFunction(plan, groups, one) : printTextAssignable(plan, groups, all), output.width));
  if (errors > 0)
    output.err(`${file}: not everything could be read, so verdicts may be missing or wrong; platmap check says what\n`);
  return ExitCode.Clean;
}

function functionAt(device: string, all: readonly Assignability[]): Assignability {
  const wanted = parsePciAddress(device);
  if (!wanted) throw new UsageError(`"${device}" is not a PCI address; write one such as 0000:01:00.0`);
  const address = printPciAddress(wanted);
  const found = all.find((one) => one.node.address === address);
  if (!found) throw new UsageError(`there is no PCI function ${address} on this platform`);
  return found;
}
