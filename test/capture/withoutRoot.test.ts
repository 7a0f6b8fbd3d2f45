// Captures as users without root make them, and machines with sleeping ports, made from real captures: what cannot be
// read is unknown, said, and never a wrong fact.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { checkText } from "../../server/src/workspace/check";
import { captureDocument, functionAt, functionsOf, importPaths, unpack, valueOf } from "./captures";
import { temporaryFolder } from "../temporaryFolder";

function rewrite(folder: string, file: string, change: (text: string) => string): void {
  const where = path.join(folder, file);
  fs.writeFileSync(where, change(fs.readFileSync(where, "latin1")), "latin1");
}

function functionFolders(folder: string): string[] {
  const devices = path.join(folder, "sys/bus/pci/devices");
  return fs.readdirSync(devices).map((name) => path.join(devices, name));
}

const zeros = (text: string): string =>
  text.replace(
    /^( *)([0-9a-f]+)-([0-9a-f]+) :/gm,
    (_, indent: string, first: string, last: string) =>
      `${indent}${"0".repeat(first.length)}-${"0".repeat(last.length)} :`,
  );

/**
 * As /proc, sysfs and lspci look to a user who is not root: no addresses, 64 bytes of configuration space, no
 * capabilities.
 */
function withoutRoot(name: string): string {
  const folder = unpack(name);
  rewrite(folder, "proc/iomem", zeros);
  rewrite(folder, "proc/ioports", zeros);
  for (const device of functionFolders(folder)) {
    const config = path.join(device, "config");
    fs.writeFileSync(config, fs.readFileSync(config).subarray(0, 64));
  }
  rewrite(folder, "lspci.txt", (text) =>
    text.replace(/^\tCapabilities: .*\n(?:\t\t.*\n|\tCapabilities: .*\n)*/gm, "\tCapabilities: <access denied>\n"),
  );
  for (const file of ["dmesg.txt", "sys/firmware/acpi"]) fs.rmSync(path.join(folder, file), { recursive: true });
  return folder;
}

describe("a capture made without root", () => {
  const name = "x86-05-switch";
  let folder = "";
  before(() => (folder = withoutRoot(name)));

  it("says what was hidden", () => {
    const notes = importPaths(folder).platform.notes.join("\n");
    assert.match(notes, /proc\/iomem: every address is zero: it was read without root/);
    assert.match(notes, /config and \d+ more: only 64 bytes were readable \(without root\): capabilities unknown/);
  });

  it("puts both into the document's first lines", () => {
    const [head = ""] = importPaths(folder).platform.text.split("{");
    assert.match(head, /every address is zero/);
  });

  it("has no memory at address zero, but what the firmware's map says", () => {
    const { document } = importPaths(folder);
    const total = (document.memory ?? []).reduce((sum, bank) => sum + valueOf(bank.size), 0n);
    const map = (document.captured.firmwareMap ?? []).filter((entry) => entry.type === "System RAM");
    const usable = map
      .map((entry) => entry.range.split("-").map((end) => BigInt(end)))
      .reduce((sum, [first = 0n, last = 0n]) => sum + ((last + 1n) / 4096n - first / 4096n) * 4096n, 0n);
    assert.equal(total, usable);
    assert.notEqual(total, 0n);
    assert.equal(document.devices, undefined);
  });

  it("leaves kinds of ports, ACS and MSI unknown, and keeps what is in the header", () => {
    const { document } = importPaths(folder);
    const port = functionAt(document, "00:02.0");
    assert.deepEqual([port.type, port.acs, port.msi], ["unknown", "unknown", "unknown"]);
    const known = functionAt(captureDocument(name), "00:02.0");
    assert.deepEqual(
      [port.buses, port.windows, port.bars, port.id],
      [known.buses, known.windows, known.bars, known.id],
    );
  });

  it("keeps the tree, the groups and their reserved regions", () => {
    const { document } = importPaths(folder);
    const tree = (of: typeof document): string[] =>
      functionsOf(of).map(({ entry, above }) => [...above.map((one) => one.at), entry.at].join(" > "));
    assert.deepEqual(tree(document), tree(captureDocument(name)));
    assert.deepEqual(document.captured.groups, captureDocument(name).captured.groups);
  });

  it("still gives a document without a problem", () => {
    const { plan } = checkText("user.platform.jsonc", importPaths(folder).platform.text);
    assert.ok(plan);
    assert.deepEqual(plan.problems, []);
    assert.deepEqual(plan.overlaps.overlaps, []);
  });
});

describe("lspci's text without root", () => {
  it("has no capabilities, and says so", () => {
    const folder = withoutRoot("x86-05-switch");
    const { platform, document } = importPaths(path.join(folder, "lspci.txt"));
    assert.match(platform.notes.join("\n"), /lspci was not allowed to read the capabilities/);
    assert.deepEqual(
      functionsOf(document)
        .filter(({ entry }) => entry.type !== "unknown" && entry.type !== "pci-device")
        .map(({ entry }) => entry.at),
      [],
    );
    assert.equal(functionAt(document, "00:02.0").acs, "unknown");
    assert.equal(functionAt(document, "00:02.0").buses, functionAt(captureDocument("x86-05-switch"), "00:02.0").buses);
  });
});

describe("a port that sleeps", () => {
  const name = "x86-05-switch";
  let folder = "";
  before(() => {
    folder = unpack(name);
    for (const port of ["0000:00:02.0", "0000:02:01.0"]) {
      const config = path.join(folder, "sys/bus/pci/devices", port, "config");
      fs.writeFileSync(config, Buffer.alloc(fs.statSync(config).size, 0xff));
    }
    fs.rmSync(path.join(folder, "lspci.txt"));
  });

  it("reads as all ones, which is said of it and of nobody else", () => {
    const { notes } = importPaths(folder).platform;
    assert.deepEqual(
      notes.filter((note) => note.includes("all ones")).map((note) => /0000:\w\w:\w\w\.\w/.exec(note)?.[0]),
      ["0000:00:02.0", "0000:02:01.0"],
    );
  });

  it("is unknown in kind and ACS, while the kernel's memory of it stays, its log's too", () => {
    const port = functionAt(importPaths(folder).document, "00:02.0");
    const awake = functionAt(captureDocument(name), "00:02.0");
    assert.deepEqual([port.type, port.acs, port.msi], ["unknown", "unknown", "unknown"]);
    assert.deepEqual(
      [port.id, port.class, port.buses, port.bars, port.windows],
      [awake.id, awake.class, awake.buses, awake.bars, awake.windows],
    );
  });

  it("keeps what is below it where the kernel's links put it", () => {
    const below = functionsOf(importPaths(folder).document).find(({ entry }) => entry.at === "01:00.0");
    assert.deepEqual(
      below?.above.map(({ at }) => at),
      ["00:02.0"],
    );
  });

  it("without links, has below it what no bridge that is awake has: it is the only one that sleeps", () => {
    const bare = unpack(name);
    const config = path.join(bare, "sys/bus/pci/devices/0000:00:02.0/config");
    fs.writeFileSync(config, Buffer.alloc(fs.statSync(config).size, 0xff));
    for (const part of ["lspci.txt", "sys/kernel", "sys/class", "sys/devices", "dmesg.txt"])
      fs.rmSync(path.join(bare, part), { recursive: true });
    for (const device of functionFolders(bare)) fs.rmSync(path.join(device, "iommu_group"), { force: true });
    const { document } = importPaths(bare);
    assert.deepEqual(
      (document.pci ?? []).map(({ name: own }) => own),
      ["pcie0"],
    );
    assert.deepEqual(
      functionsOf(document)
        .find(({ entry }) => entry.at === "01:00.0")
        ?.above.map(({ at }) => at),
      ["00:02.0"],
    );
  });
});

/** A notebook whose Thunderbolt controller sleeps, as lspci shows it: few of its lines. */
describe("a switch that sleeps", () => {
  const asleep = (at: string, what: string): string[] => [
    `${at} ${what} (rev ff) (prog-if ff)`,
    "\t!!! Unknown header type 7f",
    "",
  ];
  const bridge = "PCI bridge [0604]: Intel Corporation DSL6340 Thunderbolt 3 Bridge [8086:1576]";
  const lspci = [
    "00:1c.0 PCI bridge [0604]: Intel Corporation Sunrise Point-LP PCI Express Root Port #1 [8086:9d10] (rev f1)",
    "\tControl: I/O+ Mem+ BusMaster+",
    "\tBus: primary=00, secondary=01, subordinate=39, sec-latency=0",
    "\tMemory behind bridge: c4000000-da0fffff [size=353M]",
    "\tCapabilities: [40] Express (v2) Root Port (Slot+), MSI 00",
    "",
    ...asleep("01:00.0", bridge),
    ...asleep("02:00.0", bridge),
    ...asleep("02:01.0", bridge),
    ...asleep("03:00.0", "System peripheral [0880]: Intel Corporation DSL6340 Thunderbolt 3 NHI [8086:1575]"),
  ];
  const log = [
    "[    0.500000] pci 0000:01:00.0: PCI bridge to [bus 00]",
    "[    0.600000] pci 0000:01:00.0: PCI bridge to [bus 02-39]",
    "[    0.600000] pci 0000:02:00.0: PCI bridge to [bus 03]",
    "[    0.600000] pci 0000:02:01.0: PCI bridge to [bus 04-38]",
  ];

  function above(...texts: readonly (readonly string[])[]): unknown {
    const folder = temporaryFolder();
    const paths = texts.map((lines, index) => {
      const file = path.join(folder, `input${index}`);
      fs.writeFileSync(file, lines.join("\n"));
      return file;
    });
    return functionsOf(importPaths(...paths).document).map(({ entry, above: bridges }) => [
      entry.at,
      bridges.map(({ at }) => at).join(" "),
    ]);
  }

  it("has below its first port what can be nowhere else; between two ports that sleep nobody chooses", () => {
    assert.deepEqual(above(lspci), [
      ["00:1c.0", ""],
      ["01:00.0", "00:1c.0"],
      ["02:00.0", "00:1c.0 01:00.0"],
      ["02:01.0", "00:1c.0 01:00.0"],
      ["03:00.0", "00:1c.0 01:00.0"],
    ]);
  });

  it("has the buses that the kernel's log gave it last", () => {
    assert.deepEqual(above(lspci, log), [
      ["00:1c.0", ""],
      ["01:00.0", "00:1c.0"],
      ["02:00.0", "00:1c.0 01:00.0"],
      ["03:00.0", "00:1c.0 01:00.0 02:00.0"],
      ["02:01.0", "00:1c.0 01:00.0"],
    ]);
  });

  it("says so of what is behind one of them", () => {
    const file = path.join(temporaryFolder(), "input");
    fs.writeFileSync(file, lspci.join("\n"));
    assert.match(importPaths(file).platform.text, /which bridge is above it could not be read\n\s*\{\n?\s*"at": "03:00.0"/);
  });
});

describe("a function whose extended configuration space cannot be reached", () => {
  it("has unknown ACS, and a known kind", () => {
    const folder = unpack("x86-01-rp-acs");
    const config = path.join(folder, "sys/bus/pci/devices/0000:00:02.0/config");
    fs.writeFileSync(config, fs.readFileSync(config).subarray(0, 256));
    fs.rmSync(path.join(folder, "lspci.txt"));
    const port = functionAt(importPaths(folder).document, "00:02.0");
    assert.deepEqual([port.type, port.acs], ["root-port", "unknown"]);
  });

  it("takes ACS from lspci's text where that has it", () => {
    const folder = unpack("x86-01-rp-acs");
    const config = path.join(folder, "sys/bus/pci/devices/0000:00:02.0/config");
    fs.writeFileSync(config, fs.readFileSync(config).subarray(0, 256));
    assert.deepEqual(
      functionAt(importPaths(folder).document, "00:02.0").acs,
      functionAt(captureDocument("x86-01-rp-acs"), "00:02.0").acs,
    );
  });
});
