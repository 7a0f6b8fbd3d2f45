// The device tree of a capture, where the machine was started with it. Knows nothing of drafts.
import type { CaptureFiles } from "../captureFiles";
import type { Unread } from "../reading";
import type { DeviceTreeFacts } from "./deviceTree";
import { readDeviceTree } from "./deviceTree";

/** Where the kernel shows the blob that it was given, and what a lone blob is taken for. */
export const DEVICE_TREE_FILE = "sys/firmware/fdt";

/**
 * Undefined where there is no blob, or where it is none of the machine's description: with ACPI the kernel is handed a
 * stub that only has its command line. A blob that cannot be read leaves `facts` undefined and says why in `unread`.
 */
export function readCapturedTree(
  files: CaptureFiles,
): { readonly facts: DeviceTreeFacts | undefined; readonly unread: readonly Unread[] } | undefined {
  const bytes = files.bytes(DEVICE_TREE_FILE);
  if (!bytes || files.has("sys/firmware/acpi")) return undefined;
  const reading = readDeviceTree(bytes, DEVICE_TREE_FILE);
  return reading.facts
    ? { facts: reading.facts, unread: reading.unread }
    : { facts: undefined, unread: [{ where: DEVICE_TREE_FILE, because: reading.fault }] };
}
