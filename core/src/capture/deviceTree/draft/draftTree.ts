// The draft of a platform file from a device tree alone: the sections in the order of the language, each entry with its
// node. Knows nothing of blobs, nor of JSON.
import type { Unread } from "../../reading";
import type { Draft, DraftItem, DraftMember, DraftValue } from "../../draft/draft";
import { list, record } from "../../draft/draft";
import type { DeviceTreeFacts } from "../deviceTree";
import type { TreeNode } from "../treeNode";
import type { EntryNames } from "./draftTreeBridges";
import { draftTreeBridge } from "./draftTreeBridges";
import { deviceIommuOf, draftTreeIommus, rangesOf } from "./draftTreeIommus";
import { draftTreeMemory, draftTreeReserved } from "./draftTreeMemory";
import { bridgeAbove, functionOnRootBus } from "./reservedRegions";
import type { DeviceEntry, TreeMap } from "./treeMap";
import { treeMap } from "./treeMap";

const NOTES_SHOWN = 20;

/**
 * A platform document that says what the tree says. `"unknown"` is what a tree cannot tell, or does not. `notes` tells
 * what was left out and what could not be read.
 */
export function draftTree(
  facts: DeviceTreeFacts,
  unread: readonly Unread[],
  platformName: string,
): { draft: Draft; notes: string[] } {
  const map = treeMap(facts);
  const names = entryNames(facts, map);
  const notes = notesOf(facts, unread, map);
  const members: DraftMember[] = [
    { key: "platform", value: platformName },
    ...(facts.arch ? [{ key: "arch", value: facts.arch }] : []),
    { key: "physicalAddressBits", value: "unknown" },
    ...section(
      "memory",
      draftTreeMemory(facts, map.names),
      "The boot loader may pass other banks; with UEFI the kernel does not look here.",
    ),
    ...section(
      "devices",
      map.devices.map((entry) => draftDevice(entry, names)),
    ),
    ...section("reserved", draftTreeReserved(facts, map.names)),
    ...section("doorbells", draftDoorbells(facts, map)),
    ...section("iommus", draftTreeIommus(facts, map), iommuComment(facts)),
    ...section(
      "pci",
      facts.bridges.map((bridge) => draftTreeBridge(map.bridges.get(bridge) ?? "pcie", bridge, names)),
    ),
  ];
  return { draft: { comment: headComment(platformName, facts, notes), root: { kind: "record", members } }, notes };
}

function entryNames(facts: DeviceTreeFacts, map: TreeMap): EntryNames {
  const doorbells = new Map([...facts.doorbells].reverse().map((one) => [one.node, map.doorbells.get(one)]));
  const iommus = new Map(
    facts.iommus.map((one) => [one.node, { name: map.iommus.get(one) ?? "", disabled: one.disabled }]),
  );
  return { doorbell: (node: TreeNode) => doorbells.get(node), iommu: (node: TreeNode) => iommus.get(node) };
}

function draftDevice(entry: DeviceEntry, names: EntryNames): DraftItem {
  const iommu = entry.device && deviceIommuOf(entry.device, names);
  const values = {
    name: entry.name,
    ...rangesOf(entry.ranges),
    iommu,
    in: entry.in,
    disabled: entry.disabled || undefined,
  };
  const also = entry.also.map((path) => `also ${path}`);
  return {
    value: record(values, [entry.path, ...also, entry.device?.note ?? ""].filter((text) => text !== "").join(", ")),
  };
}

function draftDoorbells(facts: DeviceTreeFacts, map: TreeMap): DraftItem[] {
  return facts.doorbells.map((one) => ({
    value: record(
      {
        name: map.doorbells.get(one),
        type: one.type,
        ...rangesOf(one.ranges),
        in: map.inside.get(one),
        disabled: one.disabled || undefined,
      },
      one.node.path,
    ),
  }));
}

function iommuComment(facts: DeviceTreeFacts): string {
  return facts.iommus.some(({ type }) => type.startsWith("smmu"))
    ? "The MSI window is Linux's choice, not the tree's."
    : "";
}

function notesOf(facts: DeviceTreeFacts, unread: readonly Unread[], map: TreeMap): string[] {
  return [
    ...unread.map(({ because }) => because),
    ...unplacedRegions(facts),
    ...counted(map.leftOut, "switched off and across what is on, left out"),
    ...counted(
      facts.placeless.map(({ path }) => path),
      "behind an IOMMU but without registers of their own, left out",
    ),
  ];
}

/** Below a port, bus numbers are the running machine's. */
function unplacedRegions(facts: DeviceTreeFacts): string[] {
  return facts.reservedRegions
    .filter(({ device }) => {
      const bridge = bridgeAbove(device, facts);
      return bridge !== undefined && functionOnRootBus(device, bridge) === undefined;
    })
    .map(
      ({ reservation, device }) =>
        `${reservation.path}: the bus of ${device.path} is not known: its region is left out`,
    );
}

function counted(paths: readonly string[], what: string): string[] {
  if (paths.length === 0) return [];
  const shown = [...paths.slice(0, 4), ...(paths.length > 4 ? ["…"] : [])].join(", ");
  return [`${paths.length} ${paths.length === 1 ? "node" : "nodes"} ${what}: ${shown}`];
}

function headComment(platformName: string, facts: DeviceTreeFacts, notes: readonly string[]): string[] {
  const shown = notes.slice(0, NOTES_SHOWN).map((note) => `- ${note}`);
  const more = notes.length > shown.length ? [`- and ${notes.length - shown.length} more`] : [];
  const compatible = facts.compatible === facts.model || !facts.compatible ? undefined : `(${facts.compatible})`;
  const board = [facts.model, compatible].filter((text) => text).join(" ");
  return [
    `${platformName}, imported by Platmap from a device tree${board === "" ? "" : `: ${printable(board)}`}.`,
    "It tells neither the width of physical addresses, nor PCI functions. Each entry names its node.",
    ...(notes.length > 0 ? ["What could not be read, and what was left out:", ...shown, ...more] : []),
  ];
}

/** Texts of a tree may hold anything; a comment ends with its line. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, " ").slice(0, 100);
}

function section(key: string, items: readonly DraftItem[], comment = ""): DraftMember[] {
  const value: DraftValue = items.length === 0 ? list([]) : { kind: "list", items };
  return items.length === 0 ? [] : [{ key, value, ...(comment !== "" && { comment: [comment] }) }];
}
