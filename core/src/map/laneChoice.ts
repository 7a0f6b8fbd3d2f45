// Which lanes of a map stand beside each other, from left to right. Knows nothing of what is in them but how they are linked.
import { PHYSICAL_LANE } from "./addressLanes";
import type { MapLane, MapModel } from "./mapModel";
import { translates } from "./mapLinks";

/** Full lanes that fit into a picture which survives a review. */
export const MOST_LANES = 3;
/** Narrow lanes of hosts, beside a guest. */
const MOST_HOSTS = 3;

/**
 * The lanes to show when nobody chose: the physical one, of the I/O virtual ones and of the buses the first that has a finding, else the first that has
 * a way to the physical one. With room left a second bus stands on the other side, so that both are beside the physical lane.
 */
export function defaultLanes(model: MapModel, most = MOST_LANES, mostHosts = MOST_HOSTS): readonly string[] {
  const iova = best(model, model.lanes.filter(({ space }) => space === "iova"));
  const buses = model.lanes.filter(({ space }) => space === "bus");
  const bus = best(model, buses);
  const second = iova.length > 0 ? [] : best(model, buses.filter((one) => !bus.includes(one)));
  const guests = model.lanes.filter(({ space }) => space === "ipa");
  if (guests.length > 0) return guests.slice(0, 1 + mostHosts).map(({ id }) => id);
  const wanted = [...physical(model), ...iova, ...bus, ...second];
  return wanted.slice(0, most).map(({ id }) => id);
}

/** Lanes in their places: bus lanes to the right of the physical one, and a second one to its left when nothing else is there. */
export function arrangeLanes(model: MapModel, ids: readonly string[]): readonly MapLane[] {
  const shown = model.lanes.filter(({ id }) => ids.includes(id));
  const buses = shown.filter(({ space }) => space === "bus" || space === "io");
  const others = shown.filter((one) => !buses.includes(one));
  const [first, second, ...rest] = buses;
  if (others.length === 1 && others[0]?.id === PHYSICAL_LANE && first && second && rest.length === 0) return [first, others[0], second];
  return shown;
}

function physical(model: MapModel): readonly MapLane[] {
  return model.lanes.filter(({ id }) => id === PHYSICAL_LANE);
}

function best(model: MapModel, lanes: readonly MapLane[]): readonly MapLane[] {
  const blamed = new Set(model.findings.flatMap(({ regions }) => regions));
  const worth = (lane: MapLane): number => {
    if (lane.conflicts.length > 0) return 0;
    if (lane.space === "iova" && model.links.some((link) => link.from.lane === lane.id && link.broken)) return 1;
    if (lane.regions.some(({ id }) => blamed.has(id))) return 2;
    if (model.links.some((link) => link.from.lane === lane.id || (link.to.lane === lane.id && translates(link)))) return 3;
    return 4;
  };
  return [...lanes].sort((a, b) => worth(a) - worth(b)).slice(0, 1);
}
