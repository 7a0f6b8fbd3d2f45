// What can be done with a guest or a fleet beyond looking at it: place the guest's memory as an edit, show the plan, go through a guest's life.
// The words are those of the command line. Knows nothing of how plans come about.
import type { WorkspaceEdit } from "vscode-languageserver";
import type { LensAction } from "../../../core/src/index";
import { bankEdits, FleetPlan, freshPlacementOf, GuestPlan, parseStep, placementOf, printStep, relaxationsFor, simulate, STEP_FORMS, stepFault } from "../../../core/src/index";
import { printTextFleet } from "../cli/report/fleetText";
import { printTextPlan } from "../cli/report/planText";
import { printTextSimulation } from "../cli/report/simulation";
import { wrapLines } from "../cli/report/wrapLines";
import { textEdits } from "../jsonc/edit";
import type { Snapshot } from "../workspace/workspace";
import { PLACE_COMMAND } from "./capabilities";
import { editsOf } from "./convert";

/** Characters of a line, for an editor that shows the text beside the guest. */
const WIDTH = 80;

/** Commands that a client has when it says that it shows views. */
const CLIENT_COMMANDS: Readonly<Record<Exclude<LensAction, "place">, string>> = { show: "platmap.showPlan", simulate: "platmap.simulate" };

export function commandFor(action: LensAction, showsViews: boolean): string | undefined {
  if (action === "place") return PLACE_COMMAND;
  return showsViews ? CLIENT_COMMANDS[action] : undefined;
}

/** The memory placed anew, as an edit of the file; or why not, as a sentence. */
export function placeEdit({ uri, version, checked }: Snapshot): { readonly edit: WorkspaceEdit } | { readonly cannot: string } {
  const plan = checked.filePlan;
  if (!(plan instanceof GuestPlan)) return { cannot: "This is no guest file that can be read." };
  const placement = freshPlacementOf(plan);
  if (!placement.feasible) return { cannot: `${plan.guest.guest} does not fit: the plan says why.` };
  const edits = textEdits(checked.source, bankEdits(placement));
  if (!edits || edits.length === 0) return { cannot: "There is no memory to place." };
  return { edit: { documentChanges: [{ textDocument: { uri, version }, edits: editsOf(checked.source, edits) }] } };
}

/** The plan of a guest or the report on a fleet, as text; undefined for other files. While the text is broken, the last good one answers. */
export function planText({ lastGood }: Snapshot): string | undefined {
  const plan = lastGood?.filePlan;
  if (plan instanceof FleetPlan) return wrapLines(printTextFleet(plan), WIDTH);
  if (!(plan instanceof GuestPlan)) return undefined;
  const placement = placementOf(plan);
  return wrapLines(printTextPlan({ plan, placement, relaxations: relaxationsFor(plan, placement) }, false), WIDTH);
}

/** What a guest could be put through, for somebody who is to choose. */
export interface SimulationChoices {
  readonly hosts: readonly string[];
  /** The steps of the file itself: started on the first host, moved to each further one, with what is to be added there. */
  readonly suggestion: string;
  readonly forms: string;
}

export function simulationChoices({ lastGood }: Snapshot): SimulationChoices | undefined {
  const plan = lastGood?.filePlan;
  if (!(plan instanceof GuestPlan)) return undefined;
  const hosts = plan.hosts.map((host) => host.name);
  const later = (plan.guest.passthrough ?? []).filter((one) => one.when === "hotplug");
  const [first, ...others] = hosts;
  const target = later.find((one) => others.includes(one.host)) ?? later.find((one) => one.host === first);
  const steps = [
    ...(first === undefined ? [] : [`start:${first}`]),
    ...(target && target.host !== first ? [`migrate:${target.host}`] : target || others[0] === undefined ? [] : [`migrate:${others[0]}`]),
    ...(target ? [printStep({ kind: "hotplug", device: target.device })] : []),
  ];
  return { hosts, suggestion: steps.join(" "), forms: STEP_FORMS };
}

/** One of the two. */
export interface SimulationAnswer {
  readonly text?: string;
  /** What is wrong with the steps, as a sentence. */
  readonly wrong?: string;
}

/** Steps are apart by blanks. */
export function simulationText({ lastGood }: Snapshot, text: string): SimulationAnswer {
  const plan = lastGood?.filePlan;
  if (!(plan instanceof GuestPlan)) return { wrong: "This is no guest file that can be read." };
  const texts = text.split(/\s+/).filter((one) => one !== "");
  const steps = texts.map(parseStep);
  for (const step of steps) {
    const fault = "because" in step ? step.because : stepFault(plan, step);
    if (fault !== undefined) return { wrong: fault };
  }
  const read = steps.flatMap((step) => ("because" in step ? [] : [step]));
  if (read[0]?.kind !== "start") return { wrong: "A guest's life begins with a start: start:HOST" };
  return { text: wrapLines(printTextSimulation(plan, simulate(plan, read).map((result, index) => ({ text: texts[index] ?? "", result }))), WIDTH) };
}
