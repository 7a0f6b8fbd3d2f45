// Derived reserved regions as text and as JSON. The names in JSON are fixed: other programs read them. Knows nothing of how regions are derived.
import type { AddressRange, GroupRegions, Space } from "../../../../core/src/index";
import { lastOf, printPlainAddress, printRange, regionWord } from "../../../../core/src/index";
import { plainJson, plainLines } from "../terminal";

export function printJsonReserved(platform: string, groups: readonly GroupRegions[]): string {
  const report = {
    platform,
    groups: groups.map(({ members, regions, unlisted, unknown }) => ({
      devices: members.map((node) => node.address),
      regions: regions.map(({ range, kind, because }) => ({ ...ends(range), type: regionWord(kind), because: because.join("; ") })),
      notListed: unlisted.map(({ range, because }) => ({ ...ends(range), because })),
      unknown,
    })),
  };
  return plainJson(JSON.stringify(report, undefined, 2)) + "\n";
}

export function printTextReserved(platform: string, groups: readonly GroupRegions[]): string {
  const count = `${groups.length} IOMMU ${groups.length === 1 ? "group" : "groups"}`;
  const parts = [[`${platform}: ${count}`], ...groups.map(groupLines), unlistedLines(groups)].filter((lines) => lines.length > 0);
  return plainLines(parts.map((lines) => lines.join("\n") + "\n").join("\n"));
}

function groupLines({ members, regions, unknown }: GroupRegions): string[] {
  return [
    members.map((node) => node.label).join(", "),
    ...regions.map(({ range, kind, because }) => `  ${printRange(range)} ${regionWord(kind)}: ${because.join("; ")}`),
    ...unknown.map((because) => `  not known: ${because}`),
    ...(regions.length + unknown.length === 0 ? ["  nothing is reserved"] : []),
  ];
}

/** They are those of host bridges, so that groups share them: each is said once. */
function unlistedLines(groups: readonly GroupRegions[]): string[] {
  const lines = groups.flatMap(({ unlisted }) => unlisted.map(({ range, because }) => `  ${printRange(range)}: ${because}`));
  return lines.length === 0 ? [] : ["not in the kernel's list, yet DMA does not get through:", ...new Set(lines)];
}

function ends(range: AddressRange<Space>): { base: string; last: string } {
  return { base: printPlainAddress(range.base), last: printPlainAddress(lastOf(range)) };
}
