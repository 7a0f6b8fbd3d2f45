// Descriptions for maps: random ones of every kind of lane, and the map of a text or of a guest. Knows nothing of what a map should look like.
import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import type { MapModel } from "../../core/src/index";
import { memoryMap, platformMap } from "../../core/src/index";
import { nodeHost } from "../../server/src/nodeHost";
import { checkText } from "../../server/src/workspace/check";
import { commandLineSurroundings } from "../../server/src/workspace/hostSurroundings";

/** The map of a platform file's text, with its findings. */
export function mapOf(text: string, name = "a.platform.jsonc"): MapModel {
  const { plan, findings } = checkText(name, text);
  if (!plan) throw new Error(`${name} has syntax errors`);
  return platformMap(plan, findings);
}

/** The map of a guest's file, with its hosts beside it. */
export function mapOfGuest(folder: string, name: string): MapModel {
  const host = { ...nodeHost, workingFolder: folder };
  const { filePlan, findings } = checkText(name, readFileSync(path.join(folder, name), "utf8"), { surroundings: commandLineSurroundings(host) });
  const model = filePlan && memoryMap(filePlan, findings);
  if (!model) throw new Error(`${name} has no map`);
  return model;
}

const hex = (value: bigint): string => `0x${value.toString(16)}`;

/** Sizes from a page to 64 GiB, and odd ones. */
const size = fc.oneof(fc.integer({ min: 12, max: 36 }).map((bits) => 1n << BigInt(bits)), fc.bigInt({ min: 1n, max: 1n << 30n }));
/** Crowded, so that regions meet, and all over 64 bits. */
const base = fc.oneof(fc.bigInt({ min: 0n, max: 0xffffn }).map((page) => page << 16n), fc.bigInt({ min: 0n, max: (1n << 52n) - 1n }).map((page) => page << 11n));

const placed = fc.record({ base, size }).map(({ base: from, size: bytes }) => ({ base: hex(from), size: hex(bytes) }));

const list = (prefix: string, more: Readonly<Record<string, unknown>>, most: number): fc.Arbitrary<object[]> =>
  fc.array(placed, { maxLength: most }).map((all) => all.map((one, index) => ({ name: `${prefix}${index}`, ...one, ...more })));

const window = fc.record({ cpu: base, bus: base, size, type: fc.constantFrom("mem32", "mem64", "mem64-prefetchable", "io") });
const bar = fc.record({ base, bits: fc.integer({ min: 4, max: 30 }) });

const bridge = (index: number): fc.Arbitrary<object> =>
  fc.record({ windows: fc.array(window, { maxLength: 4 }), bars: fc.array(bar, { maxLength: 6 }), inbound: fc.option(fc.array(window, { minLength: 1, maxLength: 2 }), { nil: undefined }) }).map(({ windows, bars, inbound }) => ({
    name: `pcie${index}`,
    segment: index,
    windows: windows.map((one) => ({ type: one.type, cpu: hex(one.cpu), bus: hex(one.bus), size: hex(one.size) })),
    ...(inbound && { inbound: inbound.map((one) => ({ cpu: hex(one.cpu), bus: hex(one.bus), size: hex(one.size) })) }),
    iommu: [{ ids: "0000-ffff", to: "smmu0" }],
    msi: "bell0",
    devices: [{ at: "00:01.0", name: `nic${index}`, type: "integrated-endpoint", bars: bars.slice(0, 6).map((one, number) => ({ bar: number, base: hex(one.base), size: hex(1n << BigInt(one.bits)), type: "mem64" })) }],
  }));

/** The text of a description of up to some hundred regions. */
export const descriptions: fc.Arbitrary<string> = fc
  .record({
    bits: fc.option(fc.integer({ min: 33, max: 64 }), { nil: undefined }),
    memory: list("ram", {}, 4),
    devices: list("dev", {}, 40),
    reserved: list("kept", { type: "firmware" }, 8),
    pci: fc.tuple(bridge(0), bridge(1)),
    direct: fc.array(placed, { maxLength: 4 }),
  })
  .map(({ bits, memory, devices, reserved, pci, direct }) =>
    JSON.stringify({
      platform: "random",
      arch: "arm64",
      ...(bits !== undefined && { physicalAddressBits: bits }),
      memory,
      devices,
      reserved,
      doorbells: [{ name: "bell0", type: "gicv2m", base: "0x2c1c0000", size: "64K" }],
      iommus: [{ name: "smmu0", type: "smmuv2", inputBits: 48, msiWindow: { base: "0x8000000", size: "1M", programmable: true }, reserved: direct.map((one) => ({ ...one, type: "direct-relaxable" })) }],
      pci,
    }),
  );

/** `count` devices in a description, some of them touching, some far apart, the last at the top of 64 bits. */
export function manyDevices(count: number): string {
  const devices: object[] = [];
  let next = 0x1000_0000n;
  for (let index = 0; index < count; index++) {
    const bytes = 0x1000n << BigInt((index * 7) % 5);
    next = ((next + bytes - 1n) / bytes) * bytes;
    devices.push({ name: `dev${index}`, base: hex(next), size: hex(bytes) });
    next += bytes + (index % 40 === 0 ? 0x100_0000n * BigInt(1 + (index % 7)) : index % 2 === 0 ? 0n : 0x1_0000n);
  }
  const reserved = [{ name: "last", base: "0xffff_ffff_ffe0_0000", size: "2M", type: "hole" }];
  const memory = [{ name: "dram", base: "0x80_0000_0000", size: "64G" }];
  return JSON.stringify({ platform: "big", arch: "arm64", physicalAddressBits: 64, memory, devices, reserved, doorbells: [{ name: "v2m0", type: "gicv2m", base: "0x70_0000_0000", size: "64K" }] });
}
