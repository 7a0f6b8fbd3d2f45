// Real data to a draft of a platform file: the façade of the capture readers and of the draft's builder.
// Knows nothing of where bytes come from, nor of how a draft becomes text.
import type { CaptureFiles } from "./captureFiles";
import { readCapture } from "./capture";
import type { Draft } from "./draft/draft";
import { draftPlatform } from "./draft/draftPlatform";
import { readCapturedTree } from "./deviceTree/capturedTree";
import { draftTree } from "./deviceTree/draft/draftTree";
import { fillDraft } from "./deviceTree/draft/fillDraft";

export type { CaptureFile } from "./captureFiles";
export { CaptureFiles } from "./captureFiles";
export { decodeText, looksLikeText } from "./decodeText";
export { CONFIG_LENGTHS } from "./configSpace";
export type { Draft, DraftItem, DraftList, DraftMember, DraftRecord, DraftValue } from "./draft/draft";
export { validName } from "./draft/names";
export { recognizeText, unfitText } from "./recognize";
export { ACPI_TABLES_FOLDER, acpiSignature } from "./acpi/acpiTables";
export { looksLikeAcpiDump, readAcpiDump } from "./acpi/acpiDump";
export { acpiTableFault, otherAcpiTable } from "./acpi/table";
export { DEVICE_TREE_FILE } from "./deviceTree/capturedTree";
export { looksLikeBlob } from "./deviceTree/blobHeader";
export { readDeviceTree } from "./deviceTree/deviceTree";

/**
 * A description of the machine that the files were taken from. `source` is what `captured.source` says. `notes` are
 * what could not be read and what was left out, in words. Files that say nothing give a document that says nothing.
 */
export function draftFromCapture(
  files: CaptureFiles,
  platformName: string,
  source: string,
): { draft: Draft; notes: string[] } {
  const { facts, unread } = readCapture(files);
  const tree = readCapturedTree(files);
  if (tree?.facts && facts.sources.length === 0) return draftTree(tree.facts, tree.unread, platformName);
  const { draft, notes } = draftPlatform(facts, [...unread, ...(tree?.unread ?? [])], platformName, source);
  return { draft: tree?.facts ? fillDraft(draft, tree.facts) : draft, notes };
}
