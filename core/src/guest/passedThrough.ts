// The functions of hosts that a guest gets, found on the plans of the hosts. Knows nothing of what they keep from its memory.
import type { Passthrough } from "../guest";
import { printPciAddress, printShortPciAddress } from "../pciAddress";
import { perPlan } from "../plan/perPlan";
import type { PciNode } from "../plan/pciTree";
import type { Plan } from "../plan/plan";
import type { GuestHost, GuestPlan } from "./guestPlan";

/** An entry of `passthrough`, with what it means on the host that it names. */
export interface PassedThrough {
  readonly entry: Passthrough;
  /** Undefined where the host is not among the guest's hosts. */
  readonly host: GuestHost | undefined;
  /** Undefined where the host describes no such function. */
  readonly node: PciNode | undefined;
}

/** In the order of the file. */
export const passedThrough: (plan: GuestPlan) => readonly PassedThrough[] = perPlan((plan: GuestPlan) =>
  (plan.guest.passthrough ?? []).map((entry) => {
    const host = plan.host(entry.host);
    return { entry, host, node: host && functionAt(host.plan, entry.device) };
  }),
);

/** The functions that a guest gets on one host, at boot and later, in the order of the file. */
export function functionsOn(plan: GuestPlan, host: GuestHost): readonly PciNode[] {
  return entriesOn(plan, host).flatMap((one) => one.node ?? []);
}

/** Addresses of functions that the guest gets on one host, and that the host's description does not have. */
export function undescribedOn(plan: GuestPlan, host: GuestHost): readonly string[] {
  return entriesOn(plan, host).flatMap((one) => (one.node ? [] : [printPciAddress(one.entry.device)]));
}

function entriesOn(plan: GuestPlan, host: GuestHost): readonly PassedThrough[] {
  return byHost(plan).get(host) ?? [];
}

/** Of a thousand hosts each is asked for its own. */
const byHost: (plan: GuestPlan) => ReadonlyMap<GuestHost, readonly PassedThrough[]> = perPlan((plan: GuestPlan) => {
  const found = new Map<GuestHost, PassedThrough[]>();
  for (const one of passedThrough(plan)) {
    const entries = one.host && (found.get(one.host) ?? []);
    if (!one.host || !entries) continue;
    entries.push(one);
    found.set(one.host, entries);
  }
  return found;
});

/** The function at an address of a platform. A segment that is left out is that of the first host bridge which has such a function. */
export function functionAt(plan: Plan, at: Passthrough["device"]): PciNode | undefined {
  const { full, short } = functionsByAddress(plan);
  return at.segment === undefined ? short.get(printShortPciAddress(at)) : full.get(printPciAddress(at));
}

const functionsByAddress = perPlan((plan) => {
  const full = new Map<string, PciNode>();
  const short = new Map<string, PciNode>();
  for (const node of plan.functions) {
    if (!full.has(node.address)) full.set(node.address, node);
    const address = printShortPciAddress(node.function.at);
    if (!short.has(address)) short.set(address, node);
  }
  return { full, short };
});
