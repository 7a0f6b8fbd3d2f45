// The comments of a draft: where each part comes from, what could not be read and what was left out. Knows nothing of
// entries.
import type { Capture } from "../capture";
import type { Unread } from "../reading";
import { isUsable } from "../firmwareMap";
import { addTo } from "../reading";
import type { Layout } from "./layout";

const NOTES_SHOWN = 12;

export function headComment(platformName: string, capture: Capture, notes: readonly string[]): string[] {
  const shown = notes.slice(0, NOTES_SHOWN).map((note) => `- ${note}`);
  const more = notes.length > shown.length ? [`- and ${notes.length - shown.length} more`] : [];
  return [
    `${platformName}, imported by Platmap from a capture: ${capture.sources.join(", ")}.`,
    `"unknown" marks what the capture could not tell.`,
    ...(capture.tables ? [] : ["Which IOMMU and which doorbell serve a device stands in the firmware's tables."]),
    ...(notes.length > 0 ? ["What could not be read, and what was left out:", ...shown, ...more] : []),
  ];
}

/** What a person should know besides the document, a sentence each. */
export function notesOf(
  capture: Capture,
  unread: readonly Unread[],
  layout: Layout,
  lost: readonly string[],
): string[] {
  const hidden = [...layout.functions.keys()].filter((address) => !capture.functions.has(address));
  const onlyShown = "PCI functions that only /proc/iomem shows are left out (lspci or sysfs would tell what they are)";
  return [
    ...unreadNotes(unread),
    ...(lost.length > 0 ? [`PCI functions of no known host bridge are left out: ${lost.join(", ")}`] : []),
    ...(hidden.length > 0 ? [`${onlyShown}: ${hidden.join(", ")}`] : []),
    ...(capture.iomem || capture.firmwareMap.length > 0 ? [] : [noMap(capture)]),
  ];
}

function noMap({ log }: Capture): string {
  const neither = "neither /proc/iomem nor a firmware map";
  return log && log.memory.length > 0
    ? `${neither} was read: the memory is what the kernel took over, what firmware keeps is not known`
    : `no memory map was read: ${neither}`;
}

export function memoryComment(capture: Capture, layout: Layout): string {
  if (!capture.iomem && !capture.firmwareMap.some(isUsable))
    return "From the kernel's log: the memory that it took over.";
  if (!capture.iomem)
    return "From the firmware's memory map: the kernel's resources were hidden or not in the capture.";
  const own = [...layout.leftOut].sort().join(", ");
  return own === "" ? "From /proc/iomem." : `From /proc/iomem, without what the kernel itself keeps there (${own}).`;
}

export function reservedComment(capture: Capture): string {
  return capture.iomem ? "From /proc/iomem: what the firmware keeps, and ROMs." : "From the firmware's memory map.";
}

export function doorbellComment({ system, log, tables }: Capture): string {
  if (system.arch === "x86_64") return "Architectural on x86.";
  const logged = (log?.doorbells ?? []).length > 0;
  return `From ${and([...(logged ? ["the kernel's log"] : []), ...(tables ? ["the MADT"] : [])])}.`;
}

export function iommuComment({ iommus, iomem, log, tables }: Capture): string {
  const sources = [
    ...(iommus.length > 0 ? ["sys/class/iommu"] : []),
    ...(iomem ? ["/proc/iomem"] : []),
    ...(log ? ["the kernel's log"] : []),
    ...(tables ? ["ACPI tables"] : []),
  ];
  return `From ${and(sources)}.`;
}

function and(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

export function pciComment(capture: Capture): string {
  const windows = [...(capture.log ? ["the kernel's log"] : []), ...(capture.iomem ? ["/proc/iomem"] : [])].join(
    " and ",
  );
  const readers = ["PCI configuration space", "lspci"];
  const functions = capture.sources.filter((source) => readers.includes(source)).join(" and ");
  const from = [
    ...(windows === "" ? [] : [`windows from ${windows}`]),
    functions === "" ? "functions were not captured" : `functions from ${functions}`,
  ];
  return `BARs and bridge windows are bus addresses; ${from.join(", ")}.`;
}

/** What several files lack for the same reason is said once. */
function unreadNotes(unread: readonly Unread[]): string[] {
  const reasons = new Map<string, string[]>();
  for (const { where, because } of unread) addTo(reasons, because, where);
  return [...reasons].flatMap(([because, places]) => {
    const [first, ...more] = places;
    return more.length < 2
      ? places.map((where) => `${where}: ${because}`)
      : [`${first} and ${more.length} more: ${because}`];
  });
}
