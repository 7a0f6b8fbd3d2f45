// The device ids that requesters have at each ITS, and which of them two requesters share. Knows nothing of messages.
import type { Doorbell, HostBridge, MsiMapping } from "../platform";
import type { IdRange } from "../pciAddress";
import { isMisread } from "./misread";
import type { Plan } from "./plan";
import { requesterIdsOf } from "./requesterIds";

/** The device ids (inclusive) that one MSI mapping gives to the requesters of its host bridge. */
export interface DeviceIds extends IdRange {
  readonly bridge: HostBridge;
  readonly mapping: MsiMapping;
  /** What is taken from a device id to get the requester id; undefined where all requesters have the one device id. */
  readonly offset: number | undefined;
}

export interface DeviceIdCollision {
  readonly doorbell: Doorbell;
  readonly earlier: DeviceIds;
  readonly later: DeviceIds;
  readonly shared: IdRange;
  /** The first device id that no mapping to the doorbell reaches, at a whole segment. */
  readonly free: number;
}

/** The largest number that the language takes for an id. */
const LIMIT = 2 ** 32;

/** Each mapping against the one below it that reaches furthest. Device ids count at an ITS alone: no other controller looks at them. */
export function deviceIdCollisions(plan: Plan): DeviceIdCollision[] {
  const byDoorbell = deviceIdsByDoorbell(plan);
  return (plan.platform.doorbells ?? []).flatMap((doorbell) => {
    const all = byDoorbell.get(doorbell.name);
    return doorbell.type === "its" && doorbell.disabled !== true && all ? collisionsAt(doorbell, all) : [];
  });
}

function collisionsAt(doorbell: Doorbell, all: readonly DeviceIds[]): DeviceIdCollision[] {
  const order = new Map(all.map((one, index) => [one, index]));
  const free = Math.ceil((Math.max(...all.map(({ last }) => last)) + 1) / 0x1_0000) * 0x1_0000;
  const collisions: DeviceIdCollision[] = [];
  let furthest: DeviceIds | undefined;
  for (const one of [...all].sort((a, b) => a.first - b.first || b.last - a.last)) {
    if (furthest && one.first <= furthest.last && !areSameRequesters(furthest, one)) {
      const [earlier, later] = (order.get(furthest) ?? 0) < (order.get(one) ?? 0) ? [furthest, one] : [one, furthest];
      collisions.push({ doorbell, earlier, later, shared: { first: one.first, last: Math.min(one.last, furthest.last) }, free });
    }
    if (!furthest || one.last > furthest.last) furthest = one;
  }
  return collisions;
}

/** Two mappings that say the same of the same function. */
function areSameRequesters(a: DeviceIds, b: DeviceIds): boolean {
  return (a.bridge.segment ?? 0) === (b.bridge.segment ?? 0) && a.offset !== undefined && a.offset === b.offset;
}

function deviceIdsByDoorbell(plan: Plan): ReadonlyMap<string, readonly DeviceIds[]> {
  const found = new Map<string, DeviceIds[]>();
  for (const bridge of plan.platform.pci ?? []) {
    if (bridge.disabled === true || !Array.isArray(bridge.msi)) continue;
    for (const mapping of bridge.msi as readonly MsiMapping[]) {
      const ids = isMisread(plan, mapping.anchor) ? undefined : deviceIdsOf(bridge, mapping);
      if (!ids) continue;
      const others = found.get(mapping.to);
      if (others) others.push(ids);
      else found.set(mapping.to, [ids]);
    }
  }
  return found;
}

/** Only what the bridge's buses can emit. With a mask only none of the id, or all of it, says which device ids there are. */
function deviceIdsOf(bridge: HostBridge, mapping: MsiMapping): DeviceIds | undefined {
  const { ids, devices, deviceIds, mask = 0xffff, incomplete } = mapping;
  if (!ids || devices || deviceIds === undefined || incomplete === true) return undefined;
  if (mask === 0 && ids.first === 0) return { bridge, mapping, first: deviceIds, last: deviceIds, offset: undefined };
  const whole = requesterIdsOf(bridge);
  const [first, last] = [Math.max(ids.first, whole.first), Math.min(ids.last, whole.last)];
  const offset = deviceIds - ids.first;
  return mask === 0xffff && first <= last && last + offset < LIMIT ? { bridge, mapping, first: first + offset, last: last + offset, offset } : undefined;
}
