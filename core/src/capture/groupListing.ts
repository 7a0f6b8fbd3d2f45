// Reads a listing of IOMMU groups as people make it: paths below /sys/kernel/iommu_groups (find, ls, grep), or the
// well-known loop that prints "IOMMU Group 1" before each device. Knows nothing of other sources.
import { parsePciAddress, printPciAddress } from "../pciAddress";
import type { CapturedGroup } from "./iommuGroups";
import { readReservedRegions } from "./iommuGroups";
import type { Reading, Unread } from "./reading";
import { linesOf } from "./reading";

/** The name that such a listing has in a capture. */
export const GROUP_LISTING_FILE = "iommu_groups.txt";

/** `/sys/kernel/iommu_groups/17/devices/0000:00:1f.0`. */
const PATH = /\biommu_groups\/(\d{1,9})\/devices\/([\w.:-]+)/;
/** `/sys/kernel/iommu_groups/0/reserved_regions:0x… 0x… msi`, as grep prints it. */
const CONTENT = /\biommu_groups\/(\d{1,9})\/(reserved_regions|type):(.*)$/;
/** `IOMMU Group 17 00:1f.0 ISA bridge [0601]: …`, `IOMMU Group 17:` alone. */
const HEADING = /^\s*IOMMU Group (\d{1,9})\b:?\s*(.*)$/;
const DEVICE = /^\s*(?:- )?((?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])\b/i;

interface Members {
  readonly devices: Set<string>;
  type?: string;
  readonly reserved: NonNullable<CapturedGroup["reserved"]>[number][];
  told: boolean;
}

/** True when the text has lines of such a listing. */
export function looksLikeGroupListing(text: string): boolean {
  return linesOf(text.slice(0, 64 * 1024)).some((line) => PATH.test(line) || CONTENT.test(line) || HEADING.test(line));
}

/** The groups in the order of their numbers. What the listing does not tell of them is undefined. */
export function readGroupListing(text: string, where: string): Reading<CapturedGroup[]> {
  const unread: Unread[] = [];
  const groups = new Map<number, Members>();
  let current: number | undefined;
  linesOf(text).forEach((line, index) => {
    const [path, content, heading] = [PATH.exec(line), CONTENT.exec(line), HEADING.exec(line)];
    if (path) addDevice(groups, Number(path[1]), path[2] ?? "");
    else if (content) addContent(groups, content, `${where}:${index + 1}`, unread);
    else if (heading) current = Number(heading[1]);
    const device = path || content ? undefined : DEVICE.exec(heading ? (heading[2] ?? "") : line)?.[1];
    if (device !== undefined && current !== undefined) addDevice(groups, current, device);
  });
  const facts = [...groups]
    .sort(([a], [b]) => a - b)
    .map(([id, { devices, type, reserved, told }]) => ({
      id,
      type,
      devices: [...devices].sort(),
      reserved: told ? reserved : undefined,
    }));
  return { facts, unread };
}

function membersOf(groups: Map<number, Members>, id: number): Members {
  const members = groups.get(id) ?? { devices: new Set<string>(), reserved: [], told: false };
  groups.set(id, members);
  return members;
}

function addDevice(groups: Map<number, Members>, id: number, name: string): void {
  const at = parsePciAddress(name);
  membersOf(groups, id).devices.add(at ? printPciAddress(at) : name);
}

function addContent(groups: Map<number, Members>, parts: RegExpExecArray, where: string, unread: Unread[]): void {
  const members = membersOf(groups, Number(parts[1]));
  const text = (parts[3] ?? "").trim();
  if (parts[2] === "type") {
    members.type = text;
    return;
  }
  const reading = readReservedRegions(text, where);
  members.reserved.push(...reading.facts);
  members.told = true;
  unread.push(...reading.unread.map(({ because }) => ({ where, because })));
}
