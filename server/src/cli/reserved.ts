// `platmap reserved`: the derived reserved regions of each IOMMU group, each with its reason. Knows nothing of how they are derived.
import { Command, Option } from "commander";
import type { GroupRegions } from "../../../core/src/index";
import { iommuGroups, parsePciAddress, printPciAddress, reservedRegionsOf } from "../../../core/src/index";
import type { Host, Output } from "../host";
import { ExitCode } from "./exitCode";
import { readPlatform } from "./platformInput";
import { printJsonReserved, printTextReserved } from "./report/reserved";
import { UsageError } from "./usageError";
import { wrapLines } from "./report/wrapLines";

interface ReservedOptions {
  readonly format: "text" | "json";
  readonly device?: string;
}

export function reservedCommand(host: Host, output: Output, finish: (code: ExitCode) => void): Command {
  return new Command("reserved")
    .summary("the reserved regions of each IOMMU group, each with its reason")
    .description(
      "Works out what Linux lists in reserved_regions of each IOMMU group, and beside it what it does not list although DMA does not get through: windows of the host bridge, and what its inbound windows leave out.",
    )
    .argument("<file>", "a platform file; - is standard input")
    .addOption(new Option("--device <bdf>", "only the group of this PCI function"))
    .addOption(new Option("--format <format>", "form of the output").choices(["text", "json"]).default("text"))
    .action((file: string, options: ReservedOptions) => finish(runReserved(file, options, host, output)));
}

function runReserved(file: string, options: ReservedOptions, host: Host, output: Output): ExitCode {
  const { plan, errors } = readPlatform(file, host);
  const all = reservedRegionsOf(plan, iommuGroups(plan));
  const groups = options.device === undefined ? all : groupsWith(options.device, all);
  const name = plan.platform.platform;
  output.out(options.format === "json" ? printJsonReserved(name, groups) : wrapLines(printTextReserved(name, groups), output.width));
  if (errors > 0) output.err(`${file}: not everything could be read, so regions may be missing or wrong; platmap check says what\n`);
  return ExitCode.Clean;
}

function groupsWith(device: string, all: readonly GroupRegions[]): readonly GroupRegions[] {
  const wanted = parsePciAddress(device);
  if (!wanted) throw new UsageError(`"${device}" is not a PCI address; write one such as 0000:01:00.0`);
  const address = printPciAddress(wanted);
  const found = all.filter((group) => group.members.some((node) => node.address === address));
  if (found.length === 0) throw new UsageError(`${address} is in no IOMMU group of this platform`);
  return found;
}
