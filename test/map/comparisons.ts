// Two maps to compare: two boards that differ in every way that a picture shows, and random pairs. Knows nothing of what a comparison should look like.
import fc from "fast-check";
import type { ComparisonNames, MapComparison } from "../../core/src/index";
import { compareMaps, differenceItems, differenceOf } from "../../core/src/index";
import { checkText } from "../../server/src/workspace/check";
import { descriptions } from "./descriptions";

/** What `platmap diff` works out of two texts, before it is drawn. */
export function comparisonOf(before: string, after: string): MapComparison {
  const [old, now] = [before, after].map((text) => checkText("a.platform.jsonc", text, { rules: [] }).filePlan);
  if (!old || !now) throw new Error("one of the texts has syntax errors");
  const difference = differenceOf(old, now);
  const maps = compareMaps(old, now, difference, differenceItems(difference));
  if (!maps) throw new Error("one of the texts has no map");
  return maps;
}

const board = (memory: string, devices: string, reserved: string, doorbells: string, window: string): string => `{
  "platform": "board", "arch": "arm64", "physicalAddressBits": 40,
  "memory": [${memory}],
  "devices": [${devices}],
  "reserved": [${reserved}],
  "doorbells": [${doorbells}],
  "iommus": [{ "name": "smmu", "type": "smmuv3", "base": "0x0905_0000", "size": "128K", "inputBits": 48 }],
  "pci": [{ "name": "pcie0", "config": { "base": "0x3f00_0000", "size": "16M" }, "windows": [${window}], "iommu": [{ "ids": "0000-ffff", "to": "smmu" }], "msi": "its" }],
}`;

/** Added, removed, moved, resized, called otherwise, of another type; an overlap that is new and one that is gone. */
export const COMPARED: readonly [before: string, after: string, names: ComparisonNames] = [
  board(
    `{ "name": "dram", "base": "0x8000_0000", "size": "2G" }`,
    `{ "name": "uart0", "base": "0x0900_0000", "size": "64K" }, { "name": "uart1", "base": "0x0900_8000", "size": "64K" }, { "name": "gicd", "base": "0x0800_0000", "size": "64K" }, { "name": "spi0", "base": "0x0a00_0000", "size": "4K" }`,
    `{ "name": "bl31", "base": "0xfe00_0000", "size": "2M", "type": "secure" }, { "name": "optee", "range": "0xfe20_0000-0xfeff_ffff", "type": "secure" }`,
    `{ "name": "its", "type": "its", "base": "0x0808_0000", "size": "128K" }`,
    `{ "type": "mem32", "cpu": "0x1000_0000", "size": "512M" }`,
  ),
  board(
    `{ "name": "dram", "base": "0x8000_0000", "size": "2G" }`,
    `{ "name": "uart1", "base": "0x0901_0000", "size": "64K" }, { "name": "gicd", "base": "0x0800_0000", "size": "64K" }, { "name": "rtc", "base": "0x0908_0000", "size": "4K" }, { "name": "qspi", "base": "0x0a00_0000", "size": "4K" }`,
    `{ "name": "bl31", "base": "0xfe00_0000", "size": "4M", "type": "secure" }, { "name": "optee", "range": "0xfe20_0000-0xfeff_ffff", "type": "firmware" }`,
    `{ "name": "its", "type": "its", "base": "0x080a_0000", "size": "128K" }`,
    `{ "type": "mem32", "cpu": "0x1000_0000", "size": "256M" }`,
  ),
  { before: "board.platform.jsonc at HEAD", after: "board.platform.jsonc" },
];

/** Two random descriptions: sometimes of one board, with a list left out, sometimes of two. */
export const pairs: fc.Arbitrary<readonly [before: string, after: string]> = fc.oneof(
  fc.tuple(descriptions, descriptions),
  fc.tuple(descriptions, fc.constantFrom("devices", "memory", "reserved", "pci", "iommus", "doorbells")).map(([text, list]) => {
    const { [list]: _, ...rest } = JSON.parse(text) as Record<string, unknown>;
    return [text, JSON.stringify(rest)] as const;
  }),
  descriptions.map((text) => [text, text.replaceAll('"base":"0x1', '"base":"0x2')] as const),
);
