// Which bridges claim the address of an MSI for a BAR below them, so that the write may never arrive (domain.md 3.2, "P2P swallow").
// Knows nothing of how bad that is.
import type { AddressRange } from "../address";
import type { AcsBit } from "../acs";
import type { HostBridge } from "../platform";
import type { AcsVerdict } from "./acsTest";
import { testAcs } from "./acsTest";
import type { Occupant } from "./addressMap";
import { AddressMap } from "./addressMap";
import { assignedFunctions } from "./assignment";
import type { EmittedAddress, MsiRoute } from "./msiRoutes";
import { msiRouteOf, msiRouting } from "./msiRoutes";
import { perPlan } from "./perPlan";
import type { PciNode } from "./pciTree";
import { ancestors } from "./pciTree";
import type { Plan } from "./plan";

/** An address that functions emit for their MSIs, and the memory windows on their way that hold it. */
export interface ClaimedMsi {
  readonly route: MsiRoute;
  /** What of the address is claimed. */
  readonly range: AddressRange<"bus">;
  /** The outermost first. */
  readonly windows: readonly [Occupant<"bus">, ...Occupant<"bus">[]];
  /** Ports above a function that do not send requests up (no RR, no UF): there the claim is real. Each once, what is above something assigned first. */
  readonly open: readonly OpenPort[];
}

/** A port that lets requests of a function below it go to a peer. */
export interface OpenPort {
  readonly port: PciNode;
  readonly emitter: PciNode;
  readonly verdict: AcsVerdict;
}

/**
 * The claimed MSI addresses below one host bridge, each once. What the root complex takes itself it takes before its own windows and root ports come
 * into play, so there only the bridges below them count.
 */
export function claimedMsis(plan: Plan, bridge: HostBridge): readonly ClaimedMsi[] {
  const routes = new Map(msiRouting(plan, bridge).routes.map((route) => [keyOf(route.emitted), route]));
  const claims = new Map<MsiRoute, { range: AddressRange<"bus">; windows: Occupant<"bus">[] }>();
  for (const { route, range, window } of meetings(plan, bridge, routes)) {
    const claim = claims.get(route) ?? { range, windows: [] };
    claims.set(route, claim);
    claim.windows.push(window);
  }
  return [...claims].map(([route, { range, windows }]) => {
    windows.sort((a, b) => a.entry.path.length - b.entry.path.length || a.order - b.order);
    return { route, range, windows: windows as [Occupant<"bus">, ...Occupant<"bus">[]], open: openPorts(plan, route, windows[0] as Occupant<"bus">) };
  });
}

interface Meeting {
  readonly route: MsiRoute;
  readonly range: AddressRange<"bus">;
  readonly window: Occupant<"bus">;
}

const SENDING_UP: readonly AcsBit[] = ["RR", "UF"];

/** Every pair of an emitted address and a window that share bytes, and that one function has to do with. */
function* meetings(plan: Plan, bridge: HostBridge, routes: ReadonlyMap<string, MsiRoute>): Generator<Meeting> {
  if (routes.size === 0) return;
  const emitted = new Map([...routes.values()].flatMap((route) => route.emitted.ranges.map((range) => [occupantOf(route.emitted, range), route] as const)));
  const windows = plan.busMemory(bridge).occupants.filter((one) => one.role !== "bar");
  for (const { lower, upper } of new AddressMap("bus", "MSI addresses and windows", [...windows, ...emitted.keys()]).pairs()) {
    const route = emitted.get(lower) ?? emitted.get(upper);
    const [msi, window] = emitted.has(lower) ? [lower, upper] : [upper, lower];
    if (route && !emitted.has(window) && isOnTheWay(plan, route, window)) yield { route, range: msi.range, window };
  }
}

function isOnTheWay(plan: Plan, route: MsiRoute, window: Occupant<"bus">): boolean {
  const isTakenByRootComplex = route.emitted.kind === "root-complex";
  const node = functionOf(plan, window);
  if (!node) return !isTakenByRootComplex;
  if (isTakenByRootComplex) return node.parent !== undefined;
  return [node, ...node.children].some((one) => emits(plan, one, route));
}

function openPorts(plan: Plan, route: MsiRoute, outermost: Occupant<"bus">): OpenPort[] {
  const above = functionOf(plan, outermost);
  const open = new Map<PciNode, OpenPort>();
  for (const emitter of emitters(plan).get(route.hostBridge) ?? []) {
    const path = [...ancestors(emitter)].filter((port) => !open.has(port));
    if ((above && ![...ancestors(emitter)].includes(above)) || path.length === 0 || !emits(plan, emitter, route)) continue;
    for (const port of path) {
      const verdict = testAcs(port.function, port.label, SENDING_UP);
      if (verdict.kind !== "isolates" && verdict.kind !== "unknown") open.set(port, { port, emitter, verdict });
    }
  }
  return [...open.values()];
}

function emits(plan: Plan, node: PciNode, route: MsiRoute): boolean {
  const emitted = msiRouteOf(plan, node)?.emitted;
  return emitted !== undefined && keyOf(emitted) === keyOf(route.emitted);
}

/** What may raise interrupts, by host bridge, what is meant for assignment first. Bridges are on the way of others. */
const emitters = perPlan((plan) => {
  const assigned = assignedFunctions(plan);
  const first = new Set(assigned);
  const below = new Map<HostBridge, PciNode[]>();
  for (const node of [...assigned, ...plan.functions.filter((one) => one.children.length === 0 && !first.has(one))]) {
    const found = below.get(node.hostBridge);
    if (found) found.push(node);
    else below.set(node.hostBridge, [node]);
  }
  return below;
});

const functionsByPath = perPlan((plan) => new Map(plan.functions.map((node) => [node.anchor.path.join("/"), node])));

/** The function whose window it is; undefined for a window of the host bridge. */
function functionOf(plan: Plan, window: Occupant<"bus">): PciNode | undefined {
  return window.role === "bridge-window" ? functionsByPath(plan).get(window.entry.path.slice(0, -2).join("/")) : undefined;
}

function keyOf(emitted: EmittedAddress): string {
  return emitted.at.path.join("/");
}

function occupantOf({ name, at }: EmittedAddress, range: AddressRange<"bus">): Occupant<"bus"> {
  return { range, role: "msi-window", name, entry: at, at, extent: { ranges: [range], form: "range", at }, order: -1 };
}
