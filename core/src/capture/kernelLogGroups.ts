// Reads the lines in which the kernel's log puts devices into IOMMU groups. Knows nothing of the rest of the log.
import type { CapturedGroup } from "./iommuGroups";

/** Far above what a machine has; it bounds the work on a text that is no log. */
const DEVICES_LIMIT = 65_536;

/** `pci 0000:00:02.0: Adding to iommu group 1`; up to Linux 5.2 `iommu: Adding device 0000:00:02.0 to group 1`. */
const JOINS = /(?:(\S+): Adding to iommu group|iommu: Adding device (\S+) to group) (\d{1,9})\b/;
const LEAVES = /(?:(\S+): Removing from iommu group|iommu: Removing device (\S+) from group) \d/;

/** The groups as the lines leave them: a device that was removed, or added elsewhere later, is in its last group. */
export class IommuGroupLog {
  private readonly groupOf = new Map<string, number>();

  readLine(line: string): void {
    if (!line.includes("group")) return;
    const leaves = LEAVES.exec(line);
    if (leaves) this.groupOf.delete(leaves[1] ?? leaves[2] ?? "");
    const joins = JOINS.exec(line);
    const device = joins?.[1] ?? joins?.[2];
    if (joins && device !== undefined && this.groupOf.size < DEVICES_LIMIT) this.groupOf.set(device, Number(joins[3]));
  }

  /** In the order of their numbers; what the log does not tell (types, reserved regions) is undefined. */
  groups(): CapturedGroup[] {
    const members = new Map<number, string[]>();
    for (const [device, id] of this.groupOf) members.set(id, [...(members.get(id) ?? []), device]);
    return [...members]
      .sort(([a], [b]) => a - b)
      .map(([id, devices]) => ({ id, type: undefined, devices: devices.sort(), reserved: undefined }));
  }
}
