// `platmap groups`: the IOMMU groups of a platform, each merge with its reason. Knows nothing of how groups are made.
import { Command, Option } from "commander";
import type { GroupingOptions, KernelVersion } from "../../../core/src/index";
import { iommuGroups, parseKernelVersion } from "../../../core/src/index";
import type { Host, Output } from "../host";
import { ExitCode } from "./exitCode";
import { readPlatform } from "./platformInput";
import { printJsonGroups } from "./report/groupsJson";
import { printTextGroups } from "./report/groupsText";
import { UsageError } from "./usageError";
import { wrapLines } from "./report/wrapLines";

interface GroupsOptions {
  readonly format: "text" | "json";
  readonly kernel?: string;
  readonly isolation?: "bus";
}

export function groupsCommand(host: Host, output: Output, finish: (code: ExitCode) => void): Command {
  return new Command("groups")
    .summary("the IOMMU groups of a platform, each merge with its reason")
    .description(
      "Works out which PCI functions Linux puts into one IOMMU group, why, which port and which ACS bits are to blame, and " +
        "what would split them. What the captured kernel said of groups is not looked at, only shown beside where it differs.",
    )
    .argument("<file>", "a platform file; - is standard input")
    .addOption(new Option("--format <format>", "form of the output").choices(["text", "json"]).default("text"))
    .addOption(
      new Option(
        "--kernel <version>",
        "group as this Linux does, such as 6.12 (default: the captured kernel, else the newest known)",
      ),
    )
    .addOption(
      new Option(
        "--isolation <how>",
        "bus: isolation as a property of buses, a proposal that no observed kernel follows",
      ).choices(["bus"]),
    )
    .action((file: string, options: GroupsOptions) => finish(runGroups(file, options, host, output)));
}

function runGroups(file: string, options: GroupsOptions, host: Host, output: Output): ExitCode {
  const grouping: GroupingOptions = {
    ...(options.kernel !== undefined && { kernel: kernelFrom(options.kernel) }),
    ...(options.isolation === "bus" && { algorithm: "linux-mode-b" }),
  };
  const { plan, errors } = readPlatform(file, host);
  const groups = iommuGroups(plan, grouping);
  output.out(options.format === "json" ? printJsonGroups(plan, groups) : wrapLines(printTextGroups(plan, groups), output.width));
  if (errors > 0)
    output.err(`${file}: not everything could be read, so groups may be missing or wrong; platmap check says what\n`);
  return ExitCode.Clean;
}

function kernelFrom(text: string): KernelVersion {
  const kernel = parseKernelVersion(text);
  if (!kernel) throw new UsageError(`"${text}" is not a kernel version; write one such as 6.12`);
  return kernel;
}
