// Whether a running guest can get a function of its host at this moment, asked in the order in which VFIO and the kernel ask.
// Sources: Linux, drivers/vfio and drivers/iommu; QEMU, hw/vfio; domain.md 1.5, 1.7, 3.3 and 4.5. Knows nothing of the other steps.
import { address, contains } from "../address";
import { asEmitted } from "../guest/dmaAddresses";
import type { GuestPlan } from "../guest/guestPlan";
import type { HostRegions } from "../guest/hostRegions";
import { regionsFor } from "../guest/hostRegions";
import { pageOf } from "../guest/contributions";
import { passedThrough } from "../guest/passedThrough";
import { groupsOf, groupsWithDrivers } from "../plan/assignedGroups";
import { bypassing, doubtAboutFront, isBridge, obstaclesOfGroup } from "../plan/assignmentObstacles";
import type { Group } from "../plan/groups/assignment";
import { isAtLeast, KERNEL_CHANGES } from "../plan/groups/kernel";
import { interruptIsolation } from "../plan/interruptIsolation";
import { iommuInFront } from "../plan/iommuInFront";
import { granuleOf } from "../plan/mappingPage";
import type { PciNode } from "../plan/pciTree";
import { ancestors } from "../plan/pciTree";
import type { Plan } from "../plan/plan";
import { areDriversTold, hostDriver, staysWithHost } from "../plan/vfioTolerance";
import { printRange, printSize } from "../print";
import { describeConflicts, memoryConflicts } from "../guest/memoryConflicts";
import type { GuestDevice, UndescribedDevice } from "./devices";
import { isDescribed, regionsOfDevices } from "./devices";
import type { Judgement, Objection, RunningGuest } from "./state";
import { joinJudgements, NO_OBJECTION } from "./state";
import { CONFLICTING_RANGES, DIRECT_MAPPING_WANTED, NO_INTERRUPT_REMAPPING, NOTIFIED_AFTER_PROBE, RESERVED_MEMORY_REQUIRED, VmmWords } from "./vmmWords";

/** Everything that a check asks about. */
interface Attachment {
  readonly guest: GuestPlan;
  readonly running: RunningGuest;
  readonly host: Plan;
  readonly node: PciNode;
  readonly words: VmmWords;
  /** Undefined where the function has none, or where that is not settled. */
  readonly group: Group | undefined;
  /** What the host keeps from the memory of a guest that has the function. */
  readonly regions: HostRegions;
  /** The guest runs already, and its kernel has asked what its IOMMU reserves. */
  readonly isHotplug: boolean;
}

/** @param isHotplug false for what the guest starts with */
export function judgeAttach(guest: GuestPlan, running: RunningGuest, device: GuestDevice, isHotplug: boolean): Judgement {
  return isDescribed(device) ? judgeDescribed(guest, running, device, isHotplug) : judgeUndescribed(guest, running, device);
}

/** Of a device that is not described only its host's regions are known. */
function judgeUndescribed(guest: GuestPlan, running: RunningGuest, device: UndescribedDevice): Judgement {
  const words = new VmmWords(guest);
  if (running.devices.some((one) => one.address === device.address)) return objection({ verdict: "refused", because: `the guest has ${device.label} already`, message: words.alreadyAttached(device) });
  const { name, plan: host } = running.host;
  const { regions, unknown } = regionsOfDevices(running.host, [device]);
  return joinJudgements([
    judgeRegions({ running, host, node: device, words, regions: { regions, unknown } }),
    { ...NO_OBJECTION, unknown: [`${name} does not describe ${device.label}: every region of the host counts, and its IOMMU group is not known`, ...unknown] },
  ]);
}

function judgeDescribed(guest: GuestPlan, running: RunningGuest, node: PciNode, isHotplug: boolean): Judgement {
  const host = running.host.plan;
  const words = new VmmWords(guest);
  const whatItIs = judgeFunction(running, node, words);
  if (whatItIs) return refused(whatItIs);
  const group = [groupsOf(host), groupsWithDrivers(host)].map(({ groups }) => groups.find((one) => one.members.includes(node))).find((one) => one !== undefined);
  const attachment: Attachment = { guest, running, host, node, words, group, regions: regionsFor(host, [node]), isHotplug };
  return joinJudgements([...CHECKS.map((check) => check(attachment)), { objections: [], notes: [], unknown: attachment.regions.unknown }]);
}

type Check = (attachment: Attachment) => Judgement;

const CHECKS: readonly Check[] = [judgeGroup, judgeDirectRegions, judgeMsiKinds, judgeReach, judgePages, judgeRegions, judgeGuestIommu, judgeInterrupts];

/** What no guest can have, whatever its memory. */
function judgeFunction({ devices }: RunningGuest, node: PciNode, words: VmmWords): Objection | undefined {
  if (devices.includes(node)) return { verdict: "refused", because: `the guest has ${node.label} already`, message: words.alreadyAttached(node) };
  const off = [node, ...ancestors(node)].find((one) => one.function.disabled === true);
  if (off || node.hostBridge.disabled === true) return { verdict: "refused", because: `${off?.label ?? node.hostBridge.name} is disabled`, message: words.noSuchDevice(node.address) };
  if (isBridge(node)) return { verdict: "refused", because: `${node.label} is a bridge, and bridges stay with the host`, message: words.noGroup(node) };
  return undefined;
}

/** DMA past the IOMMU; members of the group that the host keeps. */
function judgeGroup({ guest, running, host, node, words, group }: Attachment): Judgement {
  const bypass = bypassing(host, node);
  if (bypass && bypass.verdict !== "unknown") {
    return objection({ verdict: bypass.verdict === "impossible" ? "refused" : "unsafe", because: bypass.because, message: words.noGroup(node) });
  }
  const doubts = [...doubtAboutFront(host, node).map((one) => one.because), ...(groupsOf(host).undetermined.find((one) => one.nodes.includes(node))?.because ?? [])];
  if (!group) return { ...NO_OBJECTION, unknown: doubts };
  const given = new Set(passedThrough(guest).filter((one) => one.host === running.host).flatMap((one) => one.node ?? []));
  const kept = group.members.filter((one) => one !== node && !given.has(one) && staysWithHost(host, one));
  const held = areDriversTold(host) ? kept.filter((one) => hostDriver(one) !== undefined) : kept;
  if (held.length === 0) return { objections: [], notes: kept.map((one) => `${one.label} in its IOMMU group must stay unused while the guest has ${node.label}`), unknown: doubts };
  const names = held.slice(0, 3).map((one) => one.label).join(", ");
  const because = `its IOMMU group also holds ${names}${held.length > 3 ? ` and ${held.length - 3} more` : ""}, which ${held.length === 1 ? "stays" : "stay"} with the host`;
  return { objections: [{ verdict: "refused", because, message: words.notViable(node, host) }], notes: [], unknown: doubts };
}

/** A region that must stay mapped one to one keeps the whole group from a guest. */
function judgeDirectRegions({ host, group }: Attachment): Judgement {
  if (!group) return NO_OBJECTION;
  const { kernel } = groupsOf(host);
  const obstacle = obstaclesOfGroup(host, kernel, group).find((one) => one.verdict === "impossible");
  const message = isAtLeast(kernel, KERNEL_CHANGES.directRefused) ? DIRECT_MAPPING_WANTED : RESERVED_MEMORY_REQUIRED;
  return obstacle ? objection({ verdict: "refused", because: obstacle.because, message }) : NO_OBJECTION;
}

/** iommufd takes a software window or hardware regions for MSIs, not both (domain.md 1.7). */
function judgeMsiKinds({ words, host, node, regions: { regions } }: Attachment): Judgement {
  const kinds = regions.map((one) => one.kind);
  if (words.backend !== "iommufd" || !kinds.includes("msi") || !kinds.includes("software-msi")) return NO_OBJECTION;
  return objection({ verdict: "refused", because: "its group has both a software and a hardware MSI region, which iommufd does not take", message: words.attachRefused(node, host, "EINVAL") });
}

/** Memory beyond the aperture of the IOMMU. */
function judgeReach({ running, host, node, words }: Attachment): Judgement {
  const front = iommuInFront(host, node);
  const bits = front.kind === "iommu" ? front.iommu.inputBits : undefined;
  if (front.kind !== "iommu" || bits === undefined) return NO_OBJECTION;
  const aperture = { base: address<"iova">(0n), end: address<"iova">(1n << BigInt(bits)) };
  const beyond = running.memory.find((one) => !contains(aperture, asEmitted(one.range)));
  if (!beyond) return NO_OBJECTION;
  return objection({
    verdict: "refused",
    because: `${beyond.name} (${printRange(beyond.range)}) reaches beyond the ${bits} bits of address that ${front.iommu.name} takes`,
    message: words.mapRefused(node, host, beyond),
  });
}

/** Memory that does not begin and end on a page of the IOMMU. */
function judgePages({ running, host, node, words }: Attachment): Judgement {
  const front = iommuInFront(host, node);
  const page = (front.kind === "iommu" ? granuleOf(front.iommu, host.platform.pageSize) : undefined) ?? 4096n;
  const odd = running.memory.find(({ range }) => range.base % page !== 0n || range.end % page !== 0n);
  if (!odd || front.kind !== "iommu") return NO_OBJECTION;
  return objection({
    verdict: "refused",
    because: `${odd.name} (${printRange(odd.range)}) is not made of whole pages of ${front.iommu.name}, which are of ${printSize(page)}`,
    message: words.mapRefused(node, host, odd),
  });
}

/** The hot-plug conflict itself (domain.md 1.5 and 1.7). */
function judgeRegions({ running, host, node, words, regions: { regions } }: Pick<Attachment, "running" | "host" | "words" | "regions"> & { readonly node: GuestDevice }): Judgement {
  const { listed, movable, unseen } = memoryConflicts(running.memory, regions, pageOf(host));
  const objections: Objection[] = [];
  const [first] = listed;
  if (first) {
    const isFirstDevice = running.devices.length === 0;
    const error = words.backend === "iommufd" ? "-EADDRINUSE" : "-EINVAL";
    const because = `${describeConflicts(listed)}: the kernel ${isFirstDevice ? "maps no memory there (-EINVAL)" : `finds it mapped already (${error})`}`;
    const message = isFirstDevice ? words.mapRefused(node, host, first.memory) : words.besideMappingsRefused(node, host, first.memory);
    objections.push({ verdict: "refused", because, message, conflicts: listed });
  }
  if (unseen.length > 0) {
    objections.push({ verdict: "unsafe", because: `${describeConflicts(unseen)}: what the device writes there never reaches the guest's memory, and nobody reports it`, conflicts: unseen });
  }
  const notes = movable.length > 0 ? [`${describeConflicts(movable)}: it works once the VMM has that window put elsewhere`] : [];
  return { objections, notes, unknown: [] };
}

/** A guest that has asked its virtio-iommu for reserved regions takes no new ones (domain.md 4.5). */
function judgeGuestIommu({ guest: { guest }, running, isHotplug, regions: { regions } }: Attachment): Judgement {
  if (guest.iommu?.type !== "virtio-iommu" || !isHotplug) return NO_OBJECTION;
  const declared = (guest.iommu.reserved ?? []).map((one) => one.range);
  const before = regionsOfDevices(running.host, running.devices).regions;
  const known = [...declared, ...before.map((one) => asEmitted(one.range))];
  const fresh = regions.filter(({ range, kind }) => kind !== "window" && kind !== "inbound" && !known.some((one) => contains(one, asEmitted(range))));
  const [first] = fresh;
  if (!first) return NO_OBJECTION;
  const because = `the guest's IOMMU told the guest nothing of ${printRange(first.range)}${fresh.length > 1 ? ` and ${fresh.length - 1} more` : ""}, and is not asked again`;
  return objection(before.length > 0 ? { verdict: "refused", because, message: CONFLICTING_RANGES } : { verdict: "unsafe", because, message: NOTIFIED_AFTER_PROBE });
}

/** Interrupts that nothing checks: VFIO asks every member of the group. */
function judgeInterrupts({ host, node, group }: Attachment): Judgement {
  const asked = (group?.members ?? [node]).filter((one) => !isBridge(one)).map((one) => interruptIsolation(host, one));
  const open = asked.find((one) => one.kind === "open");
  const unknown = asked.filter((one) => one.kind === "unknown").map((one) => one.because);
  if (!open) return { ...NO_OBJECTION, unknown };
  return { objections: [{ verdict: "unsafe", because: `${open.because}; VFIO gives it to a guest only with allow_unsafe_interrupts`, message: NO_INTERRUPT_REMAPPING }], notes: [], unknown };
}

function objection(one: Objection): Judgement {
  return { objections: [one], notes: [], unknown: [] };
}

function refused(one: Objection): Judgement {
  return objection(one);
}
