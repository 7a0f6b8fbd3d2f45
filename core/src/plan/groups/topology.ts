// The PCI functions as the kernel walks them when it makes groups: in the order of discovery, by bus, with their
// aliases. Knows nothing of ACS, nor of who gets a group.
import { requesterId } from "../../pciAddress";
import type { AliasQuirk } from "../../quirks/aliasQuirks";
import { ALIAS_QUIRKS } from "../../quirks/aliasQuirks";
import { isAbout } from "../../quirks/pciQuirk";
import { isMultifunction } from "../acsTest";
import type { HostBridge } from "../../platform";
import type { PciNode } from "../pciTree";
import type { Plan } from "../plan";
import type { KernelVersion } from "./kernel";
import { rowsIn } from "./kernel";

/** How a bridge changes the requester ids of what is below it. */
export type BridgeAlias = "none" | "secondary-bus" | "own-id" | "unknown" | "translation-root";

export interface Topology {
  /** In the kernel's order: segment, bus, device, function. What is disabled is not there. */
  readonly functions: readonly PciNode[];
  /** The functions on the same bus, this one included, in that order. */
  onSameBus(node: PciNode): readonly PciNode[];
  /** The functions right below a bridge, or on the list of a host bridge. */
  below(bridge: PciNode | HostBridge): readonly PciNode[];
  /** The functions of the same slot, this one included. */
  ofSameSlot(node: PciNode): readonly PciNode[];
  /** As Linux has it (domain.md 2.7b); also function 0 of a slot with others, where the description does not say. */
  isMultifunction(node: PciNode): boolean;
  /**
   * True when the DMA of one may carry the requester id of the other: quirks, and `aliases` of the description. On one
   * bus or on two.
   */
  areAliases(a: PciNode, b: PciNode): boolean;
  /** The functions on other buses whose id this one's DMA carries, or the other way round. */
  elsewhere(node: PciNode): readonly PciNode[];
  /** True when a quirk or the description gives the function further requester ids. */
  hasAliases(node: PciNode): boolean;
  /** The requester ids besides the function's own that the function itself uses. */
  aliasIds(node: PciNode): readonly number[];
  /** What the bridge does to requester ids from below (Linux, pci_for_each_dma_alias; domain.md 2.6 step 1, 2.7b). */
  bridgeAlias(bridge: PciNode): BridgeAlias;
  /**
   * The requester id that what is below the bridge appears under; undefined where the bridge changes nothing, or its
   * buses are not known.
   */
  idAddedBy(bridge: PciNode): number | undefined;
}

/** @param kernel the one whose table of quirks counts */
export function topologyOf(plan: Plan, kernel: KernelVersion): Topology {
  const functions = plan.functions.filter(isOn).sort(byDiscovery);
  const buses = listsBy(functions, busOf);
  const slots = listsBy(functions, slotOf);
  const families = listsBy(functions, (node) => node.parent ?? node.hostBridge);
  const quirks = rowsIn(ALIAS_QUIRKS, kernel);
  const aliases = new Map(
    functions.map((node) => [node, aliasesOf(node, functions, quirks)] as const).filter(([, places]) => places.size > 0),
  );
  const has = (a: PciNode, b: PciNode): boolean =>
    aliases.size > 0 && aliases.get(a)?.has(placeOf(b.segment, b.requesterId)) === true;
  const areAliases = (a: PciNode, b: PciNode): boolean => has(a, b) || has(b, a);
  const withAliases = [...aliases.keys()];
  const ofSameSlot = (node: PciNode): readonly PciNode[] => slots.get(slotOf(node)) ?? [node];
  return {
    functions,
    onSameBus: (node) => buses.get(busOf(node)) ?? [node],
    below: (bridge) => families.get(bridge) ?? [],
    ofSameSlot,
    isMultifunction: (node) => isOneOfSeveral(node, ofSameSlot(node)),
    areAliases,
    elsewhere: (node) => elsewhere(node, withAliases, functions, aliases, areAliases),
    hasAliases: (node) => aliases.has(node),
    aliasIds: (node) =>
      [...(aliases.get(node) ?? [])].flatMap((place) =>
        segmentOfPlace(place) === node.segment ? [idOfPlace(place)] : [],
      ),
    bridgeAlias: (bridge) => bridgeAlias(bridge, quirks),
    idAddedBy: (bridge) => idAddedBy(bridge, bridgeAlias(bridge, quirks)),
  };
}

function bridgeAlias(bridge: PciNode, quirks: readonly AliasQuirk[]): BridgeAlias {
  const quirk = aliasQuirkOf(bridge, quirks)?.alias.kind;
  if (quirk === "translation-root") return "translation-root";
  switch (bridge.function.type) {
    case "root-port":
    case "upstream-port":
    case "downstream-port":
      return "none";
    case "pcie-to-pci-bridge":
      return quirk === "no-alias" ? "none" : "secondary-bus";
    case "pci-to-pcie-bridge":
      return "own-id";
    case "pci-bridge":
      return quirk === "conventional-bridge" && isBelowExpress(bridge) ? "secondary-bus" : "own-id";
    default:
      return "unknown";
  }
}

function idAddedBy(bridge: PciNode, alias: BridgeAlias): number | undefined {
  if (alias === "own-id") return bridge.requesterId;
  const { buses } = bridge.function;
  return alias === "secondary-bus" && buses !== undefined && buses !== "unknown" ? buses.first << 8 : undefined;
}

/**
 * Segment, bus, device, function: the order in which the kernel finds the functions. It does not depend on the
 * document.
 */
export function byDiscovery(a: PciNode, b: PciNode): number {
  return a.segment - b.segment || a.requesterId - b.requesterId;
}

/**
 * Host bridges of segments above 0xffff are behind a VMD endpoint, whose requester id their functions' DMA carries
 * (Linux, drivers/pci/controller/vmd.c, vmd_ids).
 */
const FIRST_VMD_SEGMENT = 0x1_0000;
const VMD_ENDPOINTS = /^8086:(201d|28c0|467f|4c3d|7d0b|9a0b|a77f|ad0b|b06f|b07f|b60b)$/i;

type Place = string;

function elsewhere(
  node: PciNode,
  withAliases: readonly PciNode[],
  functions: readonly PciNode[],
  aliases: ReadonlyMap<PciNode, ReadonlySet<Place>>,
  areAliases: (a: PciNode, b: PciNode) => boolean,
): PciNode[] {
  const others = aliases.has(node) ? functions : withAliases;
  return others.filter((other) => other !== node && busOf(other) !== busOf(node) && areAliases(node, other));
}

function aliasesOf(
  node: PciNode,
  functions: readonly PciNode[],
  quirks: readonly AliasQuirk[],
): ReadonlySet<Place> {
  const places = (node.function.aliases ?? []).map((at) => placeOf(at.segment ?? node.segment, requesterId(at)));
  const bus = node.requesterId & 0xff00;
  for (const id of aliasesByQuirk(node, quirks)) places.push(placeOf(node.segment, bus | id));
  if (node.segment >= FIRST_VMD_SEGMENT) {
    const endpoints = functions.filter((one) => VMD_ENDPOINTS.test(one.function.id ?? ""));
    if (endpoints.length === 1 && endpoints[0]) places.push(placeOf(endpoints[0].segment, endpoints[0].requesterId));
  }
  return new Set(places.filter((place) => place !== placeOf(node.segment, node.requesterId)));
}

/** Device and function on the same bus. */
function aliasesByQuirk(node: PciNode, quirks: readonly AliasQuirk[]): readonly number[] {
  const alias = aliasQuirkOf(node, quirks)?.alias;
  if (alias?.kind === "function") return [(node.requesterId & 0xf8) | alias.function];
  return alias?.kind === "devfns" ? alias.devfns : [];
}

function aliasQuirkOf(node: PciNode, quirks: readonly AliasQuirk[]): AliasQuirk | undefined {
  return quirks.find((row) => isAbout(row, node.function));
}

/**
 * The port above is PCI Express and no PCIe-to-PCI bridge itself: then a bridge without the capability leads from one
 * to the other.
 */
function isBelowExpress(bridge: PciNode): boolean {
  return (
    bridge.parent?.function.type?.endsWith("-port") === true || bridge.parent?.function.type === "pci-to-pcie-bridge"
  );
}

function isOneOfSeveral(node: PciNode, slot: readonly PciNode[]): boolean {
  if (isMultifunction(node.function)) return true;
  const isSilent = node.function.multifunction === undefined && node.function.virtual !== true;
  return isSilent && slot.some((other) => other !== node && isMultifunction(other.function));
}

function isOn(node: PciNode): boolean {
  if (node.hostBridge.disabled === true) return false;
  for (let up: PciNode | undefined = node; up; up = up.parent) if (up.function.disabled === true) return false;
  return true;
}

function listsBy<K>(functions: readonly PciNode[], keyOf: (node: PciNode) => K): ReadonlyMap<K, readonly PciNode[]> {
  const lists = new Map<K, PciNode[]>();
  for (const node of functions) {
    const key = keyOf(node);
    const list = lists.get(key);
    if (list) list.push(node);
    else lists.set(key, [node]);
  }
  return lists;
}

function busOf(node: PciNode): string {
  return `${node.segment}:${node.requesterId >> 8}`;
}

function slotOf(node: PciNode): string {
  return `${node.segment}:${node.requesterId >> 3}`;
}

function placeOf(segment: number, id: number): Place {
  return `${segment}:${id}`;
}

function segmentOfPlace(place: Place): number {
  return Number(place.slice(0, place.indexOf(":")));
}

function idOfPlace(place: Place): number {
  return Number(place.slice(place.indexOf(":") + 1));
}
