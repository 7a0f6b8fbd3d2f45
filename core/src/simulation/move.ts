// Whether a guest can start on a host, or move to it. Migration itself looks at no reserved region: that is how a guest comes to a host on which it can have
// no device (domain.md section 6). Knows nothing of the other steps.
import { bitsFor } from "../guest/machines/machine";
import { machineOf, machineRequest } from "../guest/guestMachine";
import type { GuestHost, GuestPlan } from "../guest/guestPlan";
import { forbiddenOf } from "../guest/guestPlacement";
import { allRegionsOf } from "../guest/hostRegions";
import { pageOf } from "../guest/contributions";
import { passedThrough } from "../guest/passedThrough";
import type { PciNode } from "../plan/pciTree";
import { judgeAttach } from "./attach";
import { bootMemoryOf } from "../guest/bootMemory";
import { describeConflicts, memoryConflicts } from "../guest/memoryConflicts";
import type { GuestDevice } from "./devices";
import { bootDevices, isDescribed } from "./devices";
import type { Judgement, MappedMemory, Objection, RunningGuest } from "./state";
import { joinJudgements, NO_OBJECTION } from "./state";
import { addressesBeyondHost, migrationBlocked, MIGRATION_BLOCKED_BY_VIOMMU } from "./vmmWords";

/** The guest as it would run after the move, and what stands against it. */
export interface Move {
  readonly judgement: Judgement;
  readonly running: RunningGuest;
}

/** Starts with all devices that the file passes through on this host at boot. */
export function start(guest: GuestPlan, host: GuestHost): Move {
  const { memory, homeless, isMachinesOwn } = bootMemoryOf(guest);
  const judgements: Judgement[] = [judgeHost(guest, host, memory), judgeMachine(guest, memory)];
  if (homeless !== undefined) judgements.push(objected({ verdict: "refused", because: homeless }));
  if (isMachinesOwn) judgements.push(noted(`${machineOf(guest)?.title ?? "the machine"} lays its memory out itself: it does not follow the plan`));
  let running: RunningGuest = { host, memory, devices: [], growths: 0 };
  for (const node of bootDevices(guest, host)) {
    judgements.push(judgeAttach(guest, running, node, false));
    running = { ...running, devices: [...running.devices, node] };
  }
  return { judgement: joinJudgements([...judgements, aheadOf(running)]), running };
}

/** Moves a running guest; a device goes with it when its driver can carry its state over. */
export function migrate(guest: GuestPlan, from: RunningGuest, to: GuestHost): Move {
  const judgements = [judgeHost(guest, to, from.memory), judgeArchitecture(from.host, to)];
  let running: RunningGuest = { ...from, host: to, devices: [] };
  for (const node of from.devices) {
    const target = counterpart(guest, node, running);
    judgements.push(judgeCarrying(guest, node, target, to));
    if (!target) continue;
    judgements.push(judgeAttach(guest, running, target, true));
    running = { ...running, devices: [...running.devices, target] };
  }
  return { judgement: joinJudgements([...judgements, aheadOf(running)]), running };
}

/** The processor, and how far it reaches. */
function judgeHost({ guest }: GuestPlan, host: GuestHost, memory: readonly MappedMemory[]): Judgement {
  const { arch, physicalAddressBits: bits } = host.plan.platform;
  if (guest.arch !== undefined && arch !== undefined && guest.arch !== arch) return objected({ verdict: "refused", because: `the guest is ${guest.arch}, and ${host.name} is ${arch}` });
  const end = memory.at(-1)?.range.end ?? 0n;
  if (typeof bits !== "number" || end <= 1n << BigInt(bits)) return NO_OBJECTION;
  const needed = bitsFor(end);
  return objected({
    verdict: "refused",
    because: `its memory needs ${needed} bits of address, and ${host.name} has ${bits}`,
    ...(arch === "arm64" ? { message: addressesBeyondHost(needed, bits) } : {}),
  });
}

function judgeMachine(plan: GuestPlan, memory: readonly MappedMemory[]): Judgement {
  const machine = machineOf(plan);
  const end = memory.at(-1)?.range.end;
  if (!machine || end === undefined) return NO_OBJECTION;
  const { refusal } = machine.layout(machineRequest(plan.guest, forbiddenOf(plan).guestBits), end);
  return refusal ? objected({ verdict: "refused", because: `${machine.title} does not start with this memory and address width`, message: refusal.message }) : NO_OBJECTION;
}

function judgeArchitecture(from: GuestHost, to: GuestHost): Judgement {
  const [before, after] = [from.plan.platform.arch, to.plan.platform.arch];
  if (before === undefined || after === undefined || before === after) return NO_OBJECTION;
  return objected({ verdict: "refused", because: `${from.name} is ${before}, and ${to.name} is ${after}` });
}

/** A driver of VFIO's that is made for one kind of device can save and load its state. */
const CARRYING_DRIVER = /^.+[-_]vfio[-_]pci$/;

function judgeCarrying({ guest }: GuestPlan, node: GuestDevice, target: PciNode | undefined, to: GuestHost): Judgement {
  if (guest.iommu) return objected({ verdict: "refused", because: `the guest has ${node.label} and an IOMMU of its own`, message: MIGRATION_BLOCKED_BY_VIOMMU });
  if (!isDescribed(node) || !CARRYING_DRIVER.test(node.function.driver ?? "")) {
    return objected({ verdict: "refused", because: `the guest has ${node.label}, whose state nothing carries over: unplug it before, plug one in after`, message: migrationBlocked(node.address) });
  }
  if (target) return NO_OBJECTION;
  return objected({ verdict: "refused", because: `the file passes no device like ${node.label} through on ${to.name}` });
}

/** What the file passes through on the new host in place of a device: the first of the same vendor and device that is not taken. */
function counterpart(guest: GuestPlan, device: GuestDevice, { host, devices }: RunningGuest): PciNode | undefined {
  if (!isDescribed(device)) return undefined;
  const { id } = device.function;
  return passedThrough(guest).find((one) => one.host === host && one.node && one.node.function.id === id && !devices.includes(one.node))?.node;
}

/** What a hot-plug on this host will meet one day, as far as no device of the guest meets it now. */
function aheadOf({ host, memory, devices }: RunningGuest): Judgement {
  if (devices.length > 0) return NO_OBJECTION;
  const { listed } = memoryConflicts(memory, allRegionsOf(host.plan).regions, pageOf(host.plan));
  return listed.length === 0 ? NO_OBJECTION : noted(`${describeConflicts(listed)}: nothing looks at that before a device of ${host.name} is added`);
}

function objected(one: Objection): Judgement {
  return { ...NO_OBJECTION, objections: [one] };
}

function noted(note: string): Judgement {
  return { ...NO_OBJECTION, notes: [note] };
}
