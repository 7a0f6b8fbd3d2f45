// A guest's life step by step: start, migrate, hot-plug, unplug, grow. Each step is judged in the state that the steps before it have led to; one that is
// refused changes nothing, and those after it are judged all the same. Knows nothing of how steps are written.
import type { GuestPlan } from "../guest/guestPlan";
import type { PciAddress } from "../pciAddress";
import { printPciAddress } from "../pciAddress";
import { printRange } from "../print";
import { judgeAttach } from "./attach";
import { grow } from "./grow";
import { migrate, start } from "./move";
import type { GuestDevice } from "./devices";
import { deviceOn } from "./devices";
import type { GuestState, Judgement, Objection, RunningGuest, StepResult } from "./state";
import { gravestFirst, NO_OBJECTION } from "./state";
import type { Step } from "./step";
import { upward } from "../guest/bootMemory";
import { VmmWords } from "./vmmWords";

/** What a step would come to if nothing stood against it. */
interface Outcome {
  readonly judgement: Judgement;
  /** What it does, as a clause. */
  readonly done: string;
  readonly state: GuestState;
}

/** One result a step, in order. Hosts that the steps name must be hosts of the guest: `stepFault` tells. */
export function simulate(plan: GuestPlan, steps: readonly Step[]): readonly StepResult[] {
  const results: StepResult[] = [];
  let state: GuestState;
  for (const step of steps) {
    const result = carryOut(plan, state, step);
    results.push(result);
    ({ state } = result);
  }
  return results;
}

/** Why a step can never be meant, as a sentence without full stop: it names a host or a device that is nowhere. */
export function stepFault(plan: GuestPlan, step: Step): string | undefined {
  if ("host" in step) {
    if (plan.host(step.host)) return undefined;
    const hosts = plan.hosts.map((one) => one.name);
    return `${plan.guest.guest} has no host "${step.host}"; its hosts are ${hosts.length === 0 ? "none" : hosts.join(", ")}`;
  }
  if (!("device" in step) || plan.hosts.some((host) => deviceOn(plan, host, step.device))) return undefined;
  return `no host of ${plan.guest.guest} has a PCI function ${printPciAddress(step.device)}`;
}

function carryOut(plan: GuestPlan, state: GuestState, step: Step): StepResult {
  const { judgement, done, state: next } = outcomeOf(plan, state, step);
  const objections = gravestFirst(judgement.objections);
  const [first] = objections;
  const verdict = first?.verdict ?? "ok";
  return {
    step,
    verdict,
    because: first?.because ?? done,
    message: first?.message,
    objections,
    notes: judgement.notes,
    unknown: judgement.unknown,
    state: verdict === "refused" ? state : next,
  };
}

function outcomeOf(plan: GuestPlan, state: GuestState, step: Step): Outcome {
  if (step.kind === "start") return startOn(plan, state, step.host);
  if (!state) return refusal(state, { verdict: "refused", because: "the guest does not run" });
  switch (step.kind) {
    case "migrate":
      return migrateTo(plan, state, step.host);
    case "hotplug":
      return hotplug(plan, state, step.device);
    case "unplug":
      return unplug(plan, state, step.device);
    case "grow":
      return growBy(plan, state, step.size);
  }
}

function startOn(plan: GuestPlan, state: GuestState, name: string): Outcome {
  if (state) return refusal(state, { verdict: "refused", because: `the guest runs on ${state.host.name} already` });
  const host = plan.host(name);
  if (!host) return refusal(state, { verdict: "refused", because: `there is no host ${name}` });
  const { judgement, running } = start(plan, host);
  const banks = running.memory.map((one) => `${one.name} ${printRange(one.range)}`).join(", ");
  const devices = running.devices.length === 0 ? "without a device, so nothing asks what the host reserves" : `with ${labels(running.devices)}`;
  return { judgement, done: `it runs on ${name} ${devices}${banks === "" ? "" : `; its map is chosen: ${banks}`}`, state: running };
}

function migrateTo(plan: GuestPlan, state: RunningGuest, name: string): Outcome {
  const host = plan.host(name);
  if (!host) return refusal(state, { verdict: "refused", because: `there is no host ${name}` });
  if (host === state.host) return { judgement: NO_OBJECTION, done: `it is on ${name} already`, state };
  const { judgement, running } = migrate(plan, state, host);
  const how = running.devices.length === 0 ? "no device is attached, and migration itself does not look at what the host reserves" : `${labels(running.devices)} takes the place of ${labels(state.devices)}`;
  return { judgement, done: `its map stays as it is on ${name}: ${how}`, state: running };
}

function hotplug(plan: GuestPlan, state: RunningGuest, at: PciAddress): Outcome {
  const node = deviceOn(plan, state.host, at);
  if (!node) return refusal(state, { verdict: "refused", because: `${state.host.name}, where the guest runs, has no function ${printPciAddress(at)}`, message: new VmmWords(plan).noSuchDevice(printPciAddress(at)) });
  const judgement = judgeAttach(plan, state, node, true);
  return { judgement, done: `nothing that ${state.host.name} reserves for ${node.label} lies in the guest's memory`, state: { ...state, devices: [...state.devices, node] } };
}

function unplug(plan: GuestPlan, state: RunningGuest, at: PciAddress): Outcome {
  const address = deviceOn(plan, state.host, at)?.address;
  const node = state.devices.find((one) => one.address === address);
  if (!node) return refusal(state, { verdict: "refused", because: `the guest does not have ${address ?? printPciAddress(at)}`, message: new VmmWords(plan).notAttached(printPciAddress(at)) });
  return { judgement: NO_OBJECTION, done: `${node.label} goes back to ${state.host.name}`, state: { ...state, devices: state.devices.filter((one) => one !== node) } };
}

function growBy(plan: GuestPlan, state: RunningGuest, size: bigint): Outcome {
  const { judgement, added } = grow(plan, state, size);
  const memory = upward([...state.memory, ...added]);
  return { judgement, done: `it has ${added.map((one) => printRange(one.range)).join(", ")} more`, state: { ...state, memory, growths: state.growths + 1 } };
}


function refusal(state: GuestState, objection: Objection): Outcome {
  return { judgement: { ...NO_OBJECTION, objections: [objection] }, done: "", state };
}

function labels(nodes: readonly GuestDevice[]): string {
  return nodes.map((one) => one.label).join(", ");
}
