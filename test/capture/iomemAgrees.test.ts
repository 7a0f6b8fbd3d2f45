// What the documents say of the physical map, held against /proc/iomem of the same machines.
import assert from "node:assert/strict";
import {
  captureDocument,
  capturedText,
  captureNames,
  plainSpan,
  span,
  valueOf,
  type PlatformDocument,
  type RangeEntry,
} from "./captures";

interface Line {
  readonly depth: number;
  readonly base: bigint;
  readonly last: bigint;
  readonly name: string;
}

function iomem(name: string): Line[] {
  return [...capturedText(name, "proc/iomem").matchAll(/^( *)([0-9a-f]+)-([0-9a-f]+) : (.*)$/gm)].map(
    ([, indent = "", base, last, label = ""]) => ({
      depth: indent.length / 2,
      base: BigInt(`0x${base}`),
      last: BigInt(`0x${last}`),
      name: label,
    }),
  );
}

const page = 4096n;
const top = (name: string): Line[] => iomem(name).filter((line) => line.depth === 0);
const hex = (line: Line): string => `${line.base.toString(16)}-${line.last.toString(16)}`;

/** Joined where one ends and the next begins, and cut to whole pages. */
function wholePages(lines: readonly Line[]): { base: bigint; end: bigint }[] {
  const joined: { base: bigint; end: bigint }[] = [];
  for (const { base, last } of lines) {
    const before = joined.at(-1);
    if (before?.end === base) before.end = last + 1n;
    else joined.push({ base, end: last + 1n });
  }
  return joined.map(({ base, end }) => ({ base: ((base + page - 1n) / page) * page, end: (end / page) * page }));
}

function physicalRanges(entry: RangeEntry): string[] {
  return entry.ranges ? entry.ranges.map((range) => plainSpan(range)) : [span(entry.base, entry.size)];
}

describe("the document and /proc/iomem agree", () => {
  for (const name of captureNames) {
    describe(name, () => {
      const document = (): PlatformDocument => captureDocument(name);

      it("on the memory, byte for byte but for pages that firmware cut", () => {
        const expected = wholePages(top(name).filter((line) => line.name.startsWith("System RAM")));
        const ours = wholePages(
          (document().memory ?? []).map(({ base, size }) => ({
            depth: 0,
            base: valueOf(base),
            last: valueOf(base) + valueOf(size) - 1n,
            name: "",
          })),
        );
        assert.deepEqual(ours, expected);
      });

      it("on what the firmware keeps", () => {
        const reserved = top(name).filter((line) =>
          /^(Reserved|reserved|ACPI .*|(Video|System|Adapter) ROM)$/.test(line.name),
        );
        const ours = (document().reserved ?? []).flatMap(physicalRanges);
        assert.deepEqual(
          reserved.map(hex).filter((range) => !ours.includes(range)),
          [],
        );
      });

      it("on the windows of host bridges", () => {
        const rootWindows = top(name)
          .filter((line) => /^(PCI Bus|pcie@)/.test(line.name))
          .map(hex);
        const ours = (document().pci ?? []).flatMap(({ windows }) =>
          windows === "unknown" ? [] : windows.filter((window) => window.type !== "io"),
        );
        assert.deepEqual(ours.map((window) => span(window.cpu, window.size)).sort(), rootWindows.sort());
      });

      it("on ECAM", () => {
        const ecams = top(name).filter((line) => line.name.startsWith("PCI ECAM"));
        for (const { config } of document().pci ?? []) {
          if (config === "unknown" || config.type !== "ecam") {
            assert.deepEqual(ecams, []);
            continue;
          }
          const [base, end] = [valueOf(config.base), valueOf(config.base) + valueOf(config.size)];
          assert.ok(
            ecams.some((line) => line.base <= base && end <= line.last + 1n),
            `${span(config.base, config.size)} is in the kernel's ECAM`,
          );
        }
      });

      it("leaves nothing out but what is the kernel's or a function's", () => {
        const elsewhere = /^(System RAM|Reserved|reserved|ACPI|(Video|System|Adapter) ROM|PCI |pcie@|[0-9a-f]{4}:)/;
        const lines = top(name).filter((line) => !elsewhere.test(line.name));
        const ranges = [...(document().devices ?? []), ...(document().iommus ?? [])]
          .filter((entry) => entry.base !== undefined)
          .map((entry) => ({
            base: valueOf(entry.base),
            end: valueOf(entry.base) + valueOf(entry.size),
          }));
        const lost = lines.filter((line) => !ranges.some((range) => range.base <= line.base && line.last < range.end));
        assert.deepEqual(
          lost.map((line) => line.name),
          [],
        );
      });
    });
  }

  it("gives names that say what a thing is", () => {
    const names = (name: string): string[] => (captureDocument(name).devices ?? []).map((device) => device.name);
    assert.deepEqual(names("x86-01-rp-acs"), ["ioapic0", "hpet0"]);
    assert.deepEqual(names("arm-02-uefi-rp").slice(0, 5), ["gicd", "gicr", "uart0", "fw-cfg0", "virtio-mmio0"]);
    assert.deepEqual(names("dt-01-reserved"), ["gicd", "gicr", "pl011", "pl031", "pl061"]);
  });

  it("names the reservations of a device tree as its nodes, with their flags", () => {
    const reserved = captureDocument("dt-01-reserved").reserved ?? [];
    const fw = reserved.find((entry) => entry.name === "fw");
    assert.deepEqual(fw, {
      name: "fw",
      base: "0x50000000",
      size: "2M",
      type: "firmware",
      noMap: true,
      origin: "reserved-memory",
    });
    assert.equal(reserved.find((entry) => entry.name === "cma")?.type, "dma-pool");
  });

  it("tells memory of several nodes apart", () => {
    const nodes = (captureDocument("x86-10-pxb").memory ?? []).map(({ base, node }) => `${base} on ${node}`);
    assert.deepEqual(nodes, ["0x1000 on 0", "0x100000 on 0", "0x40000000 on 1"]);
  });

  it("tells memory that was added after boot", () => {
    const added = (captureDocument("x86-18-dimm-nvdimm").memory ?? []).filter((bank) => bank.type === "hotplug");
    assert.deepEqual(
      added.map(({ base, size }) => `${base} ${size}`),
      ["0x140000000 1G"],
    );
  });
});
