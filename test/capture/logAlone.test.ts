// The kernel's log alone, as people attach it to a question: what it says of memory, groups and configuration space.
// The lines are those of real machines (an X-Gene board, a Threadripper desktop), few of many.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { readKernelLog } from "../../core/src/capture/kernelLog";
import { temporaryFolder } from "../temporaryFolder";
import { importPaths, type PlatformDocument } from "./captures";

function imported(...lines: readonly string[]): PlatformDocument {
  const log = path.join(temporaryFolder(), "input");
  fs.writeFileSync(log, lines.map((line) => `[    0.000000] ${line}\n`).join(""));
  return importPaths(log).document;
}

describe("the kernel's log alone", () => {
  it("tells arm64 by its first line, where the compiler's name does not", () => {
    const { arch } = imported(
      "Booting Linux on physical CPU 0x0000000000 [0x500f0000]",
      "Linux version 4.19.0-323-arm64 (XXX@XXX) (gcc version 6.3.0 20170516 (Debian 6.3.0-18+deb9u1)) #1 SMP",
    );
    assert.equal(arch, "arm64");
  });

  it("gives the memory that the kernel took over, where no firmware map is in it", () => {
    const { memory } = imported(
      "Early memory node ranges",
      "  node   0: [mem 0x0000004000000000-0x00000040001fffff]",
      "  node   0: [mem 0x0000004000200000-0x00000043ffffffff]",
      "  node   1: [mem 0x0000004400000000-0x00000047ff9effff]",
      "Initmem setup node 0 [mem 0x0000004000000000-0x00000043ffffffff]",
    );
    assert.deepEqual(memory, [
      { name: "ram0", base: "0x4000000000", size: "16G", node: 0 },
      { name: "ram1", base: "0x4400000000", size: "0x3ff9f0000", node: 1 },
    ]);
  });

  it("gives the groups into which it put devices, last word last", () => {
    const { groups } = readKernelLog(
      [
        "[    0.507013] pci 0000:00:01.0: Adding to iommu group 0",
        "[    0.507436] pci 0000:01:00.0: Adding to iommu group 10",
        "[    0.507454] pci 0000:01:00.1: Adding to iommu group 10",
        "[    1.200000] vfio-pci 0000:01:00.1: Removing from iommu group 10",
        "[    1.300000] xhci-hcd xhci-hcd.3.auto: Adding to iommu group 11",
        "[    1.400000] iommu: Adding device 0000:00:1f.3 to group 12",
      ].join("\n"),
    ).facts;
    assert.deepEqual(
      groups.map(({ id, devices }) => [id, devices]),
      [
        [0, ["0000:00:01.0"]],
        [10, ["0000:01:00.0"]],
        [11, ["xhci-hcd.3.auto"]],
        [12, ["0000:00:1f.3"]],
      ],
    );
  });

  for (const [kernel, words] of [
    ["up to 6.4", "PCI: MMCONFIG at [mem 0xf0000000-0xf7ffffff] reserved in ACPI motherboard resources"],
    ["of late", "PCI: ECAM [mem 0xf0000000-0xf7ffffff] reserved as ACPI motherboard resource"],
  ] as const) {
    it(`believes a kernel ${kernel} that configuration space is a motherboard resource`, () => {
      const { reserved } = imported(
        "BIOS-e820: [mem 0x0000000000100000-0x0000000009deffff] usable",
        "PCI: MMCONFIG for domain 0000 [bus 00-7f] at [mem 0xf0000000-0xf7ffffff] (base 0xf0000000)",
        words,
        "PCI host bridge to bus 0000:00",
        "pci_bus 0000:00: root bus resource [bus 00-7f]",
      );
      assert.deepEqual(
        reserved?.map((one) => [one.base, one.size, one.in]),
        [["0xf0000000", "128M", "pcie0"]],
      );
    });
  }

  it("takes the command line from its early line, where the later one is cut away", () => {
    assert.equal(imported("Command line: root=/dev/sda1 pcie_acs_override=downstream").captured.commandLine, "root=/dev/sda1 pcie_acs_override=downstream");
  });
});
