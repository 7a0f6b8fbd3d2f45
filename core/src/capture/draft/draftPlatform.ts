// The draft of a platform file from a capture: the sections in the order of the language, each with a word on where it
// comes from. Knows nothing of files, nor of JSON.
import type { Capture } from "../capture";
import type { Unread } from "../reading";
import { printSizeLiteral } from "../../print";
import type { Draft, DraftItem, DraftMember, DraftValue } from "./draft";
import { record } from "./draft";
import { draftBridges } from "./draftBridges";
import { draftCaptured } from "./draftCaptured";
import { headComment, memoryComment, notesOf, pciComment, reservedComment } from "./draftComments";
import type { DraftContent } from "./draftContent";
import { contentOf } from "./draftContent";
import { draftDevices, draftDoorbells, draftIommus, draftReserved } from "./draftEntries";
import { inclusive } from "./places";

/**
 * A platform document that says what the capture says. What stands in the firmware's tables alone (which IOMMU, which
 * doorbell), and what could not be read, is `"unknown"`. `source` names the capture; `notes` tells what a person should
 * know besides the document.
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
  const msi = x86 ? (named.doorbells[0]?.name ?? "unknown") : "unknown";
  return [
    ...section("memory", memory, memoryComment(capture, layout)),
    ...section(
      "devices",
      draftDevices(named),
      "Registers that are not PCI's, as the kernel names them in /proc/iomem.",
    ),
    ...section("reserved", draftReserved(named), reservedComment(capture)),
    ...section("doorbells", draftDoorbells(named), x86 ? "Architectural on x86." : "From the kernel's log."),
    ...section("iommus", draftIommus(named), "From sys/class/iommu, /proc/iomem and the kernel's log."),
    ...section("pci", draftBridges(named.bridges, layout.functions, msi), pciComment(capture)),
    ...section(
      "cxlWindows",
      cxl.map((one) => ({ value: record({ range: inclusive(one) }) })),
      "From /proc/iomem; their targets stand in the CEDT.",
    ),
  ];
}

function scalar(key: string, value: DraftValue | undefined): DraftMember[] {
  return value === undefined ? [] : [{ key, value }];
}

function section(key: string, items: readonly DraftItem[], comment: string): DraftMember[] {
  return items.length === 0 ? [] : [{ key, value: { kind: "list", items }, comment: [comment] }];
}
