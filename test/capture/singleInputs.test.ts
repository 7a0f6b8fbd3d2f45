// One file of a capture at a time, found out by its content alone; several together; and what is no input at all.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { importPlatform } from "../../server/src/import/importPlatform";
import { nodeHost } from "../../server/src/nodeHost";
import {
  archiveOf,
  captureDocument,
  capturedFolder,
  functionAt,
  functionsOf,
  importPaths,
  unpack,
  type PlatformDocument,
} from "./captures";
import { temporaryFolder } from "../temporaryFolder";

const name = "x86-10-pxb";
const file = (part: string): string => path.join(capturedFolder(name), part);

/** A copy under a name that tells nothing. */
function anonymous(source: string): string {
  const copy = path.join(temporaryFolder(), "input");
  fs.copyFileSync(source, copy);
  return copy;
}

describe("a single input", () => {
  it("/proc/iomem gives the same memory, devices and reservations as the whole capture", () => {
    const { document } = importPaths(anonymous(file("proc/iomem")));
    const whole = captureDocument(name);
    const bare = (of: PlatformDocument): unknown => of.memory?.map(({ base, size }) => [base, size]);
    assert.deepEqual(document.reserved, whole.reserved);
    assert.deepEqual(document.devices, whole.devices);
    assert.deepEqual(bare(document), [
      ["0x1000", "632K"],
      ["0x100000", "0x7fed8000"],
    ]);
  });

  it("/proc/iomem gives the host bridges by the names of their windows", () => {
    const bridges = importPaths(anonymous(file("proc/iomem"))).document.pci ?? [];
    assert.deepEqual(
      bridges.map(({ buses }) => buses),
      ["00-3f", "40-ff"],
    );
    assert.equal(bridges[0]?.devices, undefined);
  });

  it("names the functions that only /proc/iomem shows", () => {
    assert.match(
      importPaths(anonymous(file("proc/iomem"))).platform.notes.join("\n"),
      /only \/proc\/iomem shows are left out .*0000:41:00\.0/,
    );
  });

  it("the text of lspci -vvv gives the tree and the ACS words, and BARs of unknown size as unknown", () => {
    const { document } = importPaths(anonymous(file("lspci.txt")));
    for (const { entry } of functionsOf(captureDocument(name))) {
      const ours = functionAt(document, entry.at);
      assert.deepEqual(
        [ours.type, ours.id, ours.buses, ours.windows],
        [entry.type, entry.id, entry.buses, entry.windows],
      );
      if (typeof entry.acs === "object") assert.deepEqual(ours.acs, entry.acs);
      if (entry.bars !== undefined) assert.equal(ours.bars, "unknown");
    }
  });

  it("the text of lspci tells a PC by its host bridge or its IOMMU, and so where MSIs go", () => {
    for (const line of [
      "00:00.0 Host bridge [0600]: Intel Corporation 8th Gen Core Processor Host Bridge [8086:3ec2] (rev 07)",
      "00:00.2 IOMMU [0806]: Advanced Micro Devices, Inc. [AMD] Renoir/Cezanne IOMMU [1022:1631]",
    ]) {
      const input = path.join(temporaryFolder(), "input");
      fs.writeFileSync(input, `${line}\n\tControl: I/O- Mem+ BusMaster+\n`);
      const { document } = importPaths(input);
      assert.equal(document.arch, "x86_64");
      assert.equal(document.pci?.[0]?.msi, "local-apic");
    }
    const seattle = path.join(temporaryFolder(), "input");
    fs.writeFileSync(seattle, "00:00.0 Host bridge [0600]: Advanced Micro Devices, Inc. [AMD] Device [1022:1a00]\n");
    assert.equal(importPaths(seattle).document.arch, undefined);
  });

  it("lspci and /proc/iomem together give BARs with sizes", () => {
    const { document } = importPaths(file("lspci.txt"), file("proc/iomem"));
    assert.deepEqual(functionAt(document, "40:00.0").bars, functionAt(captureDocument(name), "40:00.0").bars);
  });

  it("the dump of lspci -xxxx gives what the configuration space gives", () => {
    const lines = fs
      .readdirSync(file("sys/bus/pci/devices"))
      .sort()
      .flatMap((address) => {
        const bytes = fs.readFileSync(file(`sys/bus/pci/devices/${address}/config`));
        const rows = Array.from(
          { length: bytes.length / 16 },
          (_, row) =>
            `${(row * 16).toString(16).padStart(2, "0")}: ${[...bytes.subarray(row * 16, row * 16 + 16)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ")}`,
        );
        return [`${address} Class 0000: Device`, ...rows, ""];
      });
    const dump = path.join(temporaryFolder(), "dump");
    fs.writeFileSync(dump, lines.join("\n"));
    const { document } = importPaths(dump);
    for (const { entry } of functionsOf(captureDocument(name))) {
      const ours = functionAt(document, entry.at);
      assert.deepEqual(
        [ours.type, ours.id, ours.class, ours.acs, ours.msi, ours.windows],
        [entry.type, entry.id, entry.class, entry.acs, entry.msi, entry.windows],
      );
    }
  });

  it("a configuration space file gives one function, at the address in its path", () => {
    const { document } = importPaths(file("sys/bus/pci/devices/0000:40:00.0/config"));
    assert.deepEqual(
      functionsOf(document).map(({ entry }) => [entry.at, entry.type]),
      [["40:00.0", "root-port"]],
    );
    assert.deepEqual(functionAt(document, "40:00.0").acs, functionAt(captureDocument(name), "40:00.0").acs);
  });

  it("a configuration space file without such a path says that its address is not known", () => {
    const { platform, document } = importPaths(anonymous(file("sys/bus/pci/devices/0000:40:00.0/config")));
    assert.equal(functionsOf(document)[0]?.entry.at, "00:00.0");
    assert.match(platform.notes.join("\n"), /does not tell the PCI address/);
  });

  it("a kernel log gives the firmware's map, the memory in it, and the host bridges", () => {
    const { document } = importPaths(anonymous(file("dmesg.txt")));
    assert.deepEqual(
      document.captured.firmwareMap?.map(({ range }) => range),
      captureDocument(name).captured.firmwareMap?.map(({ range }) => range),
    );
    assert.deepEqual(
      document.pci?.map(({ windows }) => windows),
      captureDocument(name).pci?.map(({ windows }) => windows),
    );
    assert.equal(document.captured.kernel, captureDocument(name).captured.kernel);
  });

  it("a kernel log whose firmware did not sort its map gives a sorted one", () => {
    const log = path.join(temporaryFolder(), "input");
    const lines = ["[mem 0x0000000000100000-0x000000003fffffff] usable", "[mem 0x0000000000000000-0x000000000009ffff] usable"];
    fs.writeFileSync(log, lines.map((line) => `[    0.000000] BIOS-e820: ${line}`).join("\n"));
    assert.deepEqual(importPaths(log).document.captured.firmwareMap, [
      { range: "0x0-0x9ffff", type: "usable", source: "e820" },
      { range: "0x100000-0x3fffffff", type: "usable", source: "e820" },
    ]);
  });

  it("is read from standard input too", () => {
    const host = { ...nodeHost, readStandardInput: () => fs.readFileSync(archiveOf(name)) };
    const { platformName, text } = importPlatform(["-"], host);
    assert.equal(platformName, "imported-machine");
    assert.match(text, /"source": "standard input"/);
  });

  it("is found in a plain .tar, and in an archive with a folder in front of every path", () => {
    const folder = unpack(name);
    const plain = path.join(temporaryFolder(), "plain.tar");
    execFileSync("tar", ["-cf", plain, "-C", path.dirname(folder), path.basename(folder)]);
    assert.deepEqual(importPaths(plain).document.pci, captureDocument(name).pci);
    const pax = path.join(temporaryFolder(), "pax.tar.gz");
    execFileSync("tar", ["--format=pax", "-czf", pax, "-C", folder, "."]);
    assert.deepEqual(importPaths(pax).document.captured.groups, captureDocument(name).captured.groups);
  });

  it("may be given through a symbolic link", () => {
    const link = path.join(temporaryFolder(), "linked");
    fs.symlinkSync(capturedFolder(name), link);
    assert.deepEqual(importPaths(link).document.pci, captureDocument(name).pci);
  });
});

describe("what is no input", () => {
  const refused: readonly (readonly [what: string, make: () => string, because: RegExp])[] = [
    [
      "a path where nothing is",
      () => path.join(temporaryFolder(), "nothing"),
      /nothing: there is no such file or folder/,
    ],
    ["a folder without a capture", () => temporaryFolder(), /holds nothing of a capture/],
    ["a folder of several captures", () => folderOfTwo(), /holds several captures/],
    ["an empty file", () => written(""), /it is empty/],
    [
      "a text about something else",
      () => written("Dear Alice,\nthe memory map is attached.\n"),
      /it is none of: a capture folder/,
    ],
    ["bytes of no known length", () => written(Buffer.alloc(100, 7)), /it is none of: a capture folder/],
    [
      "a damaged archive",
      () => written(fs.readFileSync(archiveOf(name)).subarray(0, 5000)),
      /compressed data cannot be read/,
    ],
  ];
  for (const [what, make, because] of refused) {
    it(`${what} is refused, by name`, () => {
      const input = make();
      assert.throws(
        () => importPlatform([input], nodeHost),
        (error: Error) => {
          assert.equal(error.name, "ImportError");
          assert.match(error.message, because);
          assert.ok(error.message.startsWith(input), "the message begins with the input");
          return true;
        },
      );
    });
  }

  it("no input at all is refused", () => assert.throws(() => importPlatform([], nodeHost), /no input was named/));

  function written(content: string | Buffer): string {
    const input = path.join(temporaryFolder(), "input");
    fs.writeFileSync(input, content);
    return input;
  }

  function folderOfTwo(): string {
    const folder = temporaryFolder();
    for (const machine of ["one", "two"]) {
      fs.mkdirSync(path.join(folder, machine, "proc"), { recursive: true });
      fs.copyFileSync(file("proc/iomem"), path.join(folder, machine, "proc/iomem"));
    }
    return folder;
  }
});

describe("other output of lspci than what is wanted", () => {
  for (const [what, lines, because] of [
    ["-mm", ['00:02.0 "PCI bridge [0604]" "Red Hat, Inc. [1b36]" "QEMU PCIe Root port [000c]" -p00 "" ""'], /lspci -mm tells neither registers nor capabilities: run lspci -vvv as root/],
    ["-vmm", ["Slot:\t00:02.0", "Class:\tPCI bridge [0604]", "Vendor:\tRed Hat, Inc. [1b36]", ""], /lspci -vmm tells neither/],
    ["-t", ["-[0000:00]-+-00.0", "           +-02.0-[01-05]----00.0-[02-05]--+-00.0-[03]----00.0"], /lspci -t tells neither/],
    ["-t of several segments", ["-+-[0001:00]---00.0-[01]----00.0", " \\-[0000:00]---00.0-[01]----00.0"], /lspci -t tells neither/],
  ] as const) {
    it(`(${what}) is refused with what to run instead`, () => {
      const input = path.join(temporaryFolder(), "input");
      fs.writeFileSync(input, lines.join("\n"));
      assert.throws(() => importPlatform([input], nodeHost), because);
    });
  }
});
