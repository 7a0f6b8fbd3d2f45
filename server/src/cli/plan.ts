// `platmap plan`: where a guest's memory, windows and doorbell lie for all its hosts, and on request its banks written into the file.
// Knows nothing of how places are found.
import { Command, Option } from "commander";
import type { GuestPlan, Placement } from "../../../core/src/index";
import { bankEdits, emitBridgePackage, emitDeviceTree, emitLibvirt, emitQemu, freshPlacementOf, placementOf, relaxationsFor } from "../../../core/src/index";
import type { Host, Output } from "../host";
import { applyTextEdits, textEdits } from "../jsonc/edit";
import { ExitCode } from "./exitCode";
import type { GuestInput } from "./guestInput";
import { readGuest } from "./guestInput";
import { printJsonPlan } from "./report/planJson";
import { printTextPlan } from "./report/planText";
import { plainLines } from "./terminal";
import { UsageError } from "./usageError";
import { wrapLines } from "./report/wrapLines";

interface PlanOptions {
  readonly format: "text" | "json";
  readonly write?: true;
  readonly emit?: keyof typeof EMITTERS;
  readonly color: boolean;
}

/** Fragments for what starts the guest. */
const EMITTERS = { qemu: emitQemu, libvirt: emitLibvirt, dts: emitDeviceTree, bridge: emitBridgePackage };

export function planCommand(host: Host, output: Output, finish: (code: ExitCode) => void): Command {
  return new Command("plan")
    .summary("place a guest's memory, windows and doorbell for all its hosts")
    .description(
      "Works out which addresses are closed to a guest on any of its hosts, and places its memory, windows and doorbell around them. Banks that a plan has written into the file are kept and checked; --write places them anew.",
    )
    .argument("<guest>", "a guest file")
    .option("--write", "put the banks into the file; comments stay")
    .addOption(new Option("--format <format>", "form of the output").choices(["text", "json"]).default("text"))
    .addOption(new Option("--emit <what>", "print a fragment for what starts the guest instead: QEMU's arguments, a libvirt domain, a device tree overlay, or (experimental) a further host bridge for devices that fit no layout").choices(Object.keys(EMITTERS)).conflicts("write"))
    .addOption(new Option("--no-color", "no colours (NO_COLOR does the same)"))
    .action((file: string, options: PlanOptions) => finish(runPlan(file, options, host, output)));
}

function runPlan(file: string, options: PlanOptions, host: Host, output: Output): ExitCode {
  const input = readGuest(file, host);
  const { plan } = input;
  if (options.emit !== undefined) return emit(file, plan, options.emit, output);
  const isFresh = options.write === true;
  const placement = isFresh ? freshPlacementOf(plan) : placementOf(plan);
  const relaxations = relaxationsFor(plan, placement, { ignoresBanks: isFresh });
  const planned = { plan, placement, relaxations };
  output.out(options.format === "json" ? printJsonPlan(planned) : wrapLines(printTextPlan(planned, options.color && output.color), output.width));
  if (input.errors > 0) output.err(`${file}: not everything could be read, so the plan may be another; platmap check says what\n`);
  if (isFresh && placement.feasible) write(file, input, placement, host, output);
  return placement.feasible ? ExitCode.Clean : ExitCode.Findings;
}

function emit(file: string, plan: GuestPlan, what: keyof typeof EMITTERS, output: Output): ExitCode {
  const emitted = EMITTERS[what](plan);
  if ("text" in emitted) output.out(plainLines(emitted.text.replaceAll("\t", "    ")));
  else output.err(`${file}: there is nothing to emit for ${what}: ${emitted.cannot}\n`);
  return "text" in emitted ? ExitCode.Clean : ExitCode.Findings;
}

/** Nothing is written where nothing changes. */
function write(file: string, { source, path, mark }: GuestInput, placement: Placement, host: Host, output: Output): void {
  const edits = textEdits(source, bankEdits(placement));
  if (!edits) throw new UsageError(`${file}: the banks cannot be written where the memory stands`);
  const text = applyTextEdits(source.text, edits);
  if (text === source.text) {
    output.err(`${file}: nothing to write\n`);
    return;
  }
  try {
    host.writeFile(path, (mark ? "\ufeff" : "") + text);
  } catch (error) {
    throw new UsageError(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
  output.err(`${file}: banks written\n`);
}
