// The plan and the findings agree: whatever keeps a guest from its place is a finding, and what has its place has none. Random guests and hosts, as text.
import assert from "node:assert/strict";
import fc from "fast-check";
import { describeConflict, placementOf } from "../../core/src/index";
import type { GuestPlan } from "../../core/src/index";
import { checkText } from "../../server/src/workspace/check";
import { memoryFiles } from "../workspace/memoryFiles";

const UNIT = 2 << 20;
const at = (units: number, more = 0): string => `0x${(units * UNIT + more).toString(16)}`;
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const ISOLATING = { capable: "SV RR CR UF", enabled: "SV RR CR UF" };

/** A host with two ports, each with a device that may have regions of its own; keys without a value are left out of the text. */
const host = fc
  .record({
    regions: fc.array(fc.record({ base: fc.nat(120).map((units) => at(units)), size: fc.integer({ min: 1, max: 40 }).map((size) => `${size * 2}M`), type: fc.constantFrom("reserved", "direct", "msi", "direct-relaxable"), devices: fc.constantFrom(["01:00.0"], ["02:00.0"]) }), { maxLength: 3 }),
    inputBits: maybe(fc.constantFrom(27, 28, 40)),
    pageSize: maybe(fc.constantFrom("4K", "64K")),
    windows: maybe(fc.nat(120).map((units) => [{ type: "mem32", cpu: at(units), size: "32M" }])),
    inbound: maybe(fc.nat(60).map((units) => [{ bus: at(units), size: "128M" }])),
    msiWindow: maybe(fc.constantFrom({ base: "0x0800_0000", size: "1M" }, { base: "0x0800_0000", size: "1M", programmable: true })),
    acs: maybe(fc.constant(ISOLATING)),
  })
  .map(({ regions, inputBits, pageSize, windows, inbound, msiWindow, acs }) => (platform: string) => ({
    platform, arch: "arm64", pageSize,
    iommus: [{ name: "smmu", type: "smmuv3", inputBits, msiWindow, reserved: regions }],
    pci: [{
      name: "pci0", windows, inbound, iommu: [{ ids: "0000-ffff", to: "smmu" }],
      devices: ["01", "02"].map((bus) => ({ at: `00:${bus}.0`, type: "root-port", buses: bus, acs, devices: [{ at: `${bus}:00.0`, type: "endpoint" }] })),
    }],
  }));

const memory = fc.record({ size: fc.integer({ min: 1, max: 90 }), base: fc.nat(100), how: fc.constantFrom("free", "base", "odd base", "banks") }).map(({ size, base, how }) => ({
  size: `${size * 2}M`,
  ...(how === "free" ? { from: "0x0" } : how === "banks" ? { banks: [`${at(base)}-${at(base + size, -1)}`] } : { base: at(base, how === "base" ? 0 : 4096) }),
}));

const documents = fc
  .record({
    hosts: fc.array(host, { maxLength: 3 }),
    memory: fc.array(memory, { minLength: 1, maxLength: 2 }),
    physicalAddressBits: fc.constantFrom(28, 32),
    when: maybe(fc.constantFrom("boot", "hotplug")),
    policy: maybe(fc.constantFrom("strict", "relaxed")),
    doorbell: maybe(fc.record({ strategy: fc.constantFrom("fixed", "auto", "top", "sign-extended", "host-window"), base: maybe(fc.nat(100).map((units) => at(units))) })),
    window: maybe(fc.record({ name: fc.constant("w"), type: fc.constant("mem64"), size: fc.constantFrom("16M", "64M"), base: maybe(fc.nat(100).map((units) => at(units))) })),
    machine: maybe(fc.constantFrom("qemu-virt-10.1", "qemu-q35-8.2")),
  })
  .map(({ hosts, window, when, ...guest }) => {
    const platforms = hosts.map((make, index) => [`h${index}.platform.jsonc`, JSON.stringify(make(`h${index}`))] as const);
    const text = JSON.stringify({
      guest: "g", ...guest, hosts: platforms.map(([name]) => name), memory: guest.memory.map((one, index) => ({ name: `m${index}`, ...one })), windows: window && [window],
      passthrough: when !== undefined && hosts.length > 0 ? [{ host: "h0", device: "01:00.0", when }] : undefined,
    });
    return new Map([["g.guest.jsonc", text], ...platforms]);
  });

describe("a guest's plan and its findings", () => {
  it("agree on whether everything has its place", () => {
    fc.assert(
      fc.property(documents, (files) => {
        const checked = checkText("g.guest.jsonc", files.get("g.guest.jsonc") ?? "", { surroundings: memoryFiles(files) });
        assert.deepEqual(checked.crashed, []);
        const { feasible, conflicts } = placementOf(checked.filePlan as GuestPlan);
        const findings = checked.findings.filter((one) => isAboutPlaces(one.catalogue) && (one.severity === "error" || one.severity === "warning"));
        if (!feasible) assert.notDeepEqual(findings, [], conflicts.map(describeConflict).join("\n"));
        // A machine may refuse to start although the addresses are free.
        if (feasible) assert.deepEqual(findings.filter((one) => one.severity === "error" && one.catalogue !== "GST001" && one.catalogue !== "GST004").map((one) => one.message), []);
      }),
      { numRuns: 150 },
    );
  });
});

/** Those on machines and on hot-plug are about something else than where a guest lies. */
function isAboutPlaces(catalogue = ""): boolean {
  return !/^(SYN|HPL|GST00[235-9])/.test(catalogue);
}
