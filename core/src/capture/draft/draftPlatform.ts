// The draft of a platform file from a capture: the sections in the order of the language, each with a word on where it
// comes from. Knows nothing of files, nor of JSON.
import type { Capture } from "../capture";
import type { Unread } from "../reading";
import { printSizeLiteral } from "../../print";
import type { Draft, DraftItem, DraftMember, DraftValue } from "./draft";
import { cxlComment, draftCxlRegisters, draftCxlWindows } from "./cxlEntries";
import type { BridgeWays } from "./draftBridges";
import { draftBridges } from "./draftBridges";
import { draftCaptured } from "./draftCaptured";
import {
  doorbellComment,
  headComment,
  iommuComment,
  memoryComment,
  notesOf,
  pciComment,
  reservedComment,
} from "./draftComments";
import type { DraftContent } from "./draftContent";
import { contentOf } from "./draftContent";
import { draftDevices, draftDoorbells, draftIommus, draftReserved } from "./draftEntries";
import type { HostBridge } from "./bridges";
import type { NamedEntries } from "./nameEntries";
import type { TableNames } from "./tableMappings";
import { draftIommuMappings, draftMsiMappings } from "./tableMappings";

/**
 * A platform document that says what the capture says. What could not be read is `"unknown"`; so is what stands in the
 * firmware's tables alone (which IOMMU, which doorbell) where these are not in the capture. `source` names the capture;
 * `notes` tells what a person should know besides the document.
 */
export function draftPlatform(
  capture: Capture,
  unread: readonly Unread[],
  platformName: string,
  source: string,
): { draft: Draft; notes: string[] } {
  const content = contentOf(capture);
  const notes = notesOf(capture, unread, content.layout, content.lost);
  const members = [
    { key: "platform", value: platformName },
    ...machine(capture),
    ...sections(capture, content),
    draftCaptured(capture, source),
  ];
  return { draft: { comment: headComment(platformName, capture, notes), root: { kind: "record", members } }, notes };
}

function machine({ system }: Capture): DraftMember[] {
  return [
    ...scalar("arch", system.arch),
    ...scalar("physicalAddressBits", system.physicalAddressBits ?? "unknown"),
    ...scalar("pageSize", system.pageSize === undefined ? undefined : printSizeLiteral(system.pageSize)),
  ];
}

function sections(capture: Capture, { layout, memory, named, cxl }: DraftContent): DraftMember[] {
  const x86 = capture.system.arch === "x86_64";
  const names = tableNames(named);
  const waysOf = (bridge: HostBridge): BridgeWays => ({
    iommu: draftIommuMappings(bridge, capture.tables, names),
    msi: x86 ? (named.doorbells[0]?.name ?? "unknown") : draftMsiMappings(bridge, capture.tables, names),
    cxl: draftCxlRegisters(bridge, capture),
  });
  return [
    ...section("memory", memory, memoryComment(capture, layout)),
    ...section(
      "devices",
      draftDevices(named),
      capture.iomem ? "Registers that are not PCI's, as the kernel names them in /proc/iomem." : "From the MADT.",
    ),
    ...section("reserved", draftReserved(named), reservedComment(capture)),
    ...section("doorbells", draftDoorbells(named), doorbellComment(capture)),
    ...section("iommus", draftIommus(named), iommuComment(capture)),
    ...section("pci", draftBridges(named.bridges, layout.functions, waysOf), pciComment(capture)),
    ...section("cxlWindows", draftCxlWindows(capture, cxl, named.bridges), cxlComment(capture.acpi?.cedt)),
  ];
}

function tableNames(named: NamedEntries): TableNames {
  return {
    iommus: new Map(
      named.units.flatMap(({ name, unit }) => (unit.tableKey === undefined ? [] : [[unit.tableKey, name] as const])),
    ),
    doorbells: new Map(named.doorbells.map(({ name, doorbell }) => [doorbell.base, name])),
  };
}

function scalar(key: string, value: DraftValue | undefined): DraftMember[] {
  return value === undefined ? [] : [{ key, value }];
}

function section(key: string, items: readonly DraftItem[], comment: string): DraftMember[] {
  return items.length === 0 ? [] : [{ key, value: { kind: "list", items }, comment: [comment] }];
}
