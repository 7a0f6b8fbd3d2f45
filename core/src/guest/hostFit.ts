// Whether a guest can be on a host and get its devices, with its memory where it lies: host by host, and what each host has against it.
// Knows nothing of where the memory could lie instead.
import type { AddressRange } from "../address";
import { intersection, sizeOf } from "../address";
import { bootMemoryOf } from "./bootMemory";
import type { Contribution } from "./contributions";
import { contributionOf, policyOf } from "./contributions";
import { kindWord, outward } from "./forbidden";
import { architectureOf } from "./guestMachine";
import type { GuestHost, GuestPlan } from "./guestPlan";
import { memoryConflicts } from "./memoryConflicts";
import { perPlan } from "../plan/perPlan";
import { RangeSet } from "../plan/rangeSet";
import { printAddress, printRange, printSize } from "../print";

export interface HostFit {
  readonly host: GuestHost;
  /** What stands against it, in clauses; empty where the guest fits. */
  readonly obstacles: readonly string[];
  /** The guest's memory that lies where the host lets none be. */
  readonly blocked: readonly AddressRange<"ipa">[];
}

/** For the guest's own hosts, in their order. */
export const hostFitsOf: (plan: GuestPlan) => readonly HostFit[] = perPlan((plan: GuestPlan) => plan.hosts.map((host) => hostFit(plan, host)));

/** For any host, which need not be one of the guest's. */
export function hostFit(plan: GuestPlan, host: GuestHost): HostFit {
  const contribution = contributionOf(plan, plan.host(host.name) ?? host, policyOf(plan.guest));
  const { memory, homeless } = bootMemoryOf(plan);
  const { listed, unseen } = memoryConflicts(memory, contribution.regions, contribution.page);
  const conflicts = [...listed, ...unseen];
  const blocked = new RangeSet(conflicts.flatMap(({ range, memory: bank }) => intersection(outward(range, contribution.page), bank.range) ?? [])).ranges;
  return {
    host,
    obstacles: [
      ...(homeless === undefined ? [] : [homeless]),
      ...architectureObstacle(plan, host),
      ...conflicts.map(({ range, kind, memory: bank }) => `${printRange(range)} (${kindWord(kind)}) lies in ${bank.name}`),
      ...widthObstacle(contribution, memory.at(-1)?.range.end ?? 0n),
      ...pageObstacle(contribution, memory),
    ],
    blocked,
  };
}

function architectureObstacle(plan: GuestPlan, { name, plan: { platform } }: GuestHost): string[] {
  const arch = architectureOf(plan);
  return arch === undefined || platform.arch === undefined || arch === platform.arch ? [] : [`the guest is ${arch}, and ${name} is ${platform.arch}`];
}

function widthObstacle({ inputWidth }: Contribution, end: bigint): string[] {
  return inputWidth === undefined || end <= 1n << BigInt(inputWidth.bits) ? [] : [`memory reaches ${printAddress(end - 1n)}, and ${inputWidth.iommu} takes ${inputWidth.bits} bits of address`];
}

function pageObstacle({ page }: Contribution, memory: readonly { readonly name: string; readonly range: AddressRange<"ipa"> }[]): string[] {
  const odd = memory.find(({ range }) => range.base % page !== 0n || range.end % page !== 0n);
  return odd ? [`${odd.name} (${printRange(odd.range)}) is not made of whole pages of ${printSize(page)}`] : [];
}

/** Bytes of the guest's memory that the host blocks. */
export function blockedBytes({ blocked }: HostFit): bigint {
  return blocked.reduce((sum, range) => sum + sizeOf(range), 0n);
}
