// The `pci` part of a draft: host bridges with windows, configuration space and the functions below them.
// Knows nothing of how bridges and functions were found.
import { printBusRange } from "../../pciAddress";
import { printAddress, printSizeLiteral } from "../../print";
import type { CapturedRange } from "../reading";
import type { HostBridge, HostWindow } from "./bridges";
import type { DraftItem, DraftValue } from "./draft";
import { list, record } from "./draft";
import { draftFunctions } from "./draftFunctions";
import type { FunctionNode } from "./functionTree";
import { placeOf } from "./places";

export interface NamedBridge {
  readonly name: string;
  readonly bridge: HostBridge;
  readonly functions: readonly FunctionNode[];
}

/** The keys of a host bridge that the firmware's tables tell. */
export interface BridgeWays {
  readonly iommu: DraftValue;
  readonly msi: DraftValue;
  readonly cxl: DraftValue | undefined;
}

/** One entry a host bridge. */
export function draftBridges(
  bridges: readonly NamedBridge[],
  ranges: ReadonlyMap<string, readonly CapturedRange[]>,
  waysOf: (bridge: HostBridge) => BridgeWays,
): DraftItem[] {
  return bridges.map(({ name, bridge, functions }) => ({
    value: record({
      name,
      segment: bridge.segment,
      buses: printBusRange({ first: bridge.firstBus, last: bridge.lastBus }),
      config: configOf(bridge),
      windows: bridge.windows === "unknown" ? "unknown" : list(bridge.windows.map(windowOf)),
      inbound: bridge.inbound.length === 0 ? undefined : list(bridge.inbound.map(inboundOf)),
      ...waysOf(bridge),
      devices: functions.length === 0 ? undefined : { kind: "list", items: draftFunctions(functions, ranges) },
    }),
    comment: busComments(bridge),
  }));
}

function busComments({ firstBus, lastBus, guessed, unreachedBus }: HostBridge): string[] {
  const upTo = (last: number): string => printBusRange({ first: firstBus, last });
  return [
    ...(guessed ? ["the last bus is a guess: nothing in the capture tells it"] : []),
    ...(unreachedBus === undefined
      ? []
      : [`firmware gives it the buses ${upTo(unreachedBus)}, and configuration space for ${upTo(lastBus)} alone`]),
  ];
}

function configOf({ config }: HostBridge): DraftValue {
  if (config === "unknown") return "unknown";
  return config === "io-ports" ? record({ type: "io-ports" }) : record({ ...placeOf(config), type: "ecam" });
}

function windowOf(window: HostWindow): DraftValue {
  return record({
    type: window.type,
    cpu: window.cpu === undefined ? undefined : printAddress(window.cpu),
    bus: window.bus === window.cpu ? undefined : printAddress(window.bus),
    size: printSizeLiteral(window.size),
  });
}

function inboundOf(window: { bus: bigint; cpu: bigint; size: bigint }): DraftValue {
  return record({ bus: printAddress(window.bus), cpu: printAddress(window.cpu), size: printSizeLiteral(window.size) });
}
