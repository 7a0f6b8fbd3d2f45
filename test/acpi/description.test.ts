// What tables become in a description: units, scopes, reserved regions, ids on their way, doorbells.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { readDmar } from "../../core/src/capture/acpi/dmar";
import { dmarUnits } from "../../core/src/capture/acpi/dmarUnits";
import { UNKNOWN_FUNCTION } from "../../core/src/capture/pciFunctionFacts";
import { checkText } from "../../server/src/workspace/check";
import { repositoryRoot } from "../repositoryRoot";
import { importMachine, importTables } from "./machine";
import {
  dmar,
  drhd,
  iort,
  itsGroup,
  madt,
  madtWithFrame,
  mcfg,
  namedComponent,
  reservedMemory,
  rmrr,
  rootComplex,
  scope,
  smmu,
  smmuV3,
} from "./makeTables";
import { le, summed, tableBytes, tableOf } from "./tables";

const [HOST, VGA, USB, NIC, BRIDGE] = [0x0600, 0x0300, 0x0c03, 0x0200, 0x0604];
const aml = (name: string): Uint8Array => fs.readFileSync(path.join(repositoryRoot, "test/acpi/dsm", `${name}.aml`));

describe("a DMAR in a description", () => {
  const units = [drhd(0xfed9_0000n, false, scope(1, 0, [2, 0])), drhd(0xfed9_1000n, true, scope(3, 0xf0, [0x1f, 0]))];
  const functions = {
    "0000:00:00.0": { class: HOST },
    "0000:00:02.0": { class: VGA },
    "0000:00:14.0": { class: USB },
    "0000:00:1c.0": { class: BRIDGE, buses: [1, 2] },
    "0000:01:00.0": { class: BRIDGE, buses: [2, 2] },
    "0000:02:03.0": { class: NIC },
  } as const;

  it("gives units with their names, and the one with everything else last", () => {
    const { document, notes } = importMachine({ DMAR: dmar(...units) }, functions);
    assert.deepEqual(document.iommus, [
      { name: "dmar0", type: "vt-d", base: "0xfed90000", size: "4K", interruptRemapping: true },
      { name: "dmar1", type: "vt-d", base: "0xfed91000", size: "4K", interruptRemapping: true },
    ]);
    assert.deepEqual(document.pci?.[0]?.iommu, [{ devices: ["00:02.0"], to: "dmar0" }, { to: "dmar1" }]);
    assert.deepEqual(
      notes.filter((note) => note.includes("DMAR")),
      [],
    );
  });

  it("relaxes reserved memory of USB and graphics alone, and puts each region where its device is", () => {
    const memory = [
      rmrr(0x8000_0000n, 0x8fff_ffffn, scope(1, 0, [2, 0])),
      rmrr(0x7000_0000n, 0x7000_ffffn, scope(1, 0, [0x14, 0]), scope(1, 0, [0x1f, 2])),
    ];
    const { document } = importMachine(
      { DMAR: dmar(...units, ...memory) },
      { ...functions, "0000:00:1f.2": { class: 0x0106 } },
    );
    assert.deepEqual(
      document.iommus?.map(({ reserved }) => reserved),
      [
        [{ range: "0x80000000-0x8fffffff", type: "direct-relaxable", devices: ["00:02.0"] }],
        [
          { range: "0x70000000-0x7000ffff", type: "direct", devices: ["00:1f.2"] },
          { range: "0x70000000-0x7000ffff", type: "direct-relaxable", devices: ["00:14.0"] },
        ],
      ],
    );
  });

  it("follows a path through bridges", () => {
    const memory = rmrr(0x7000_0000n, 0x7000_0fffn, scope(1, 0, [0x1c, 0], [0, 0], [3, 0]));
    const { document } = importMachine({ DMAR: dmar(...units, memory) }, functions);
    assert.deepEqual(document.iommus?.[1]?.reserved, [
      { range: "0x70000000-0x70000fff", type: "direct", devices: ["02:03.0"] },
    ]);
  });

  it("says when a path leads through a bridge that it does not know", () => {
    const table = dmar(drhd(0xfed9_0000n, false, scope(1, 0, [0x1c, 0], [3, 0])));
    const { notes, document } = importTables({ "DMAR.dat": table, "MCFG.dat": mcfg(0xe000_0000n) });
    assert.deepEqual(document.pci?.[0]?.iommu, "unknown");
    assert.match(notes.join("\n"), /DMAR: a device scope leads through 0000:00:1c\.0, whose buses are not known/);
  });

  it("gives a bridge's region to all below it", () => {
    const memory = rmrr(0x7000_0000n, 0x7000_0fffn, scope(2, 0, [0x1c, 0]));
    const { document } = importMachine({ DMAR: dmar(...units, memory) }, functions);
    assert.deepEqual(document.iommus?.[1]?.reserved, [
      { range: "0x70000000-0x70000fff", type: "direct", devices: ["00:1c.0"], below: true },
    ]);
  });

  it("tells those below a bridge apart where some are relaxed", () => {
    const memory = rmrr(0x7000_0000n, 0x7000_0fffn, scope(2, 0, [0x1c, 0]));
    const { document } = importMachine(
      { DMAR: dmar(...units, memory) },
      { ...functions, "0000:02:04.0": { class: USB } },
    );
    assert.deepEqual(
      document.iommus?.[1]?.reserved?.map(({ type, devices }) => [type, devices]),
      [
        ["direct", ["00:1c.0", "01:00.0", "02:03.0"]],
        ["direct-relaxable", ["02:04.0"]],
      ],
    );
  });

  it("does not relax what has no class, and says so", () => {
    const { document, text } = importTables({
      DMAR: dmar(...units, rmrr(0x8000_0000n, 0x8fff_ffffn, scope(1, 0, [2, 0]))),
    });
    assert.deepEqual(
      document.iommus?.[0]?.reserved?.map(({ type }) => type),
      ["direct"],
    );
    assert.match(text, /relaxable if it is USB or graphics, which is not known/);
  });

  it("puts virtual functions where their physical function is", () => {
    const { facts } = readDmar(tableOf(dmar(drhd(0xfed9_0000n, false, scope(1, 0, [3, 0])))));
    const sriov = { total: 8, enabled: 2, offset: 0x80, stride: 2 };
    const units = dmarUnits(facts, new Map([["0000:00:03.0", { ...UNKNOWN_FUNCTION, sriov }]]), "DMAR");
    assert.deepEqual(units.mappings, [
      {
        segment: 0,
        scope: { kind: "devices", devices: ["0000:00:03.0", "0000:00:13.0", "0000:00:13.2"], below: false },
        to: "dmar0",
      },
    ]);
  });

  it("without interrupt remapping says that there is none", () => {
    const { document } = importTables({ DMAR: tableBytes("hp-dc7800/DMAR") });
    assert.deepEqual([...new Set(document.iommus?.map((one) => one.interruptRemapping))], [false]);
  });
});

describe("an IVRS in a description", () => {
  it("gives a laptop's exclusion range as direct, for its device alone", () => {
    const { document } = importTables({
      IVRS: tableBytes("lenovo-l14-gen3/IVRS"),
      MCFG: tableBytes("lenovo-l14-gen3/MCFG"),
    });
    const [unit, ...more] = document.iommus ?? [];
    assert.deepEqual(more, []);
    assert.deepEqual(unit?.reserved, [{ range: "0xc9f42000-0xc9f67fff", type: "direct", ids: "0100" }]);
  });

  it("tells whether the IOMMU translates the range of HyperTransport", () => {
    const table = tableBytes("lenovo-l14-gen3/IVRS");
    const told = (information: number, features: number): unknown[] => {
      const changed = Uint8Array.from(table);
      changed[36] = information;
      for (let at = 48; at < changed.length; at += (changed[at + 2] ?? 0) | ((changed[at + 3] ?? 0) << 8))
        if (changed[at] === 0x11 || changed[at] === 0x40) changed.set(le(features, 8), at + 32);
      const { document } = importTables({ IVRS: summed(changed), MCFG: tableBytes("lenovo-l14-gen3/MCFG") });
      return (document.iommus ?? []).map((one) => one.translatesHyperTransport);
    };
    assert.deepEqual(told(1, 0x800), [true]);
    assert.deepEqual(told(1, 0x7ff), [undefined]);
    assert.deepEqual(told(0, 0x800), [undefined], "the table has no image of the features");
  });

  it("gives each of four IOMMUs its part", () => {
    const { document } = importTables({
      IVRS: tableBytes("asus-zenith-ii/IVRS"),
      MCFG: tableBytes("asus-zenith-ii/MCFG"),
    });
    assert.deepEqual(document.pci?.[0]?.iommu, [
      { ids: "6008-7fff", to: "ivhd0" },
      { ids: "4008-5ffe", to: "ivhd1" },
      { ids: "2008-3ffe", to: "ivhd2" },
      { ids: "0008-1ffe", to: "ivhd3" },
    ]);
  });
});

describe("an IORT in a description", () => {
  const arm = { MCFG: mcfg(0x40_0000_0000n), APIC: madt(0x808_0000n) };
  const [GROUP, SMMU] = [48, 72];
  const toIts = { input: 0, count: 0xffff, output: 0, to: GROUP };

  it("gives SMMUs of every version", () => {
    const { document } = importTables({
      ...arm,
      IORT: iort(
        smmu(0x7fb0_0000n, 0x1_0000n, 4),
        smmu(0x7fb1_0000n, 0x2_0000n, 3),
        smmuV3(0x905_0000n, 0),
        smmuV3(0x906_0000n, 2),
      ),
    });
    assert.deepEqual(
      document.iommus?.map(({ type, base, size }) => [type, base, size]),
      [
        ["smmuv1", "0x7fb00000", "64K"],
        ["smmuv2", "0x7fb10000", "128K"],
        ["smmuv3", "0x9050000", "128K"],
        ["smmuv3", "0x9060000", "64K"],
      ],
    );
  });

  it("follows ids through the SMMU to the ITS", () => {
    const { document } = importTables({
      ...arm,
      IORT: iort(
        itsGroup(0),
        smmuV3(0x905_0000n, 0, { input: 0x1_0000, count: 0xffff, output: 0x2_0000, to: GROUP }),
        rootComplex(
          0,
          { input: 0x100, count: 0xff, output: 0x1_0100, to: SMMU },
          { input: 0x800, count: 0x7ff, output: 0x5_0000, to: GROUP },
        ),
      ),
    });
    assert.deepEqual(document.pci?.[0]?.iommu, [{ ids: "0100-01ff", to: "smmu0", stream: "0x10100" }]);
    assert.deepEqual(document.pci?.[0]?.msi, [
      { ids: "0100-01ff", to: "its0", deviceIds: "0x20100" },
      { ids: "0800-0fff", to: "its0", deviceIds: "0x50000" },
    ]);
  });

  it("gives every function one stream where the mapping is single", () => {
    const { document } = importTables({
      ...arm,
      IORT: iort(
        itsGroup(0),
        smmuV3(0x905_0000n, 0, toIts),
        rootComplex(0, { input: 0, count: 0, output: 0x40, to: SMMU, single: true }),
      ),
    });
    assert.deepEqual(document.pci?.[0]?.iommu, [{ ids: "0000-ffff", to: "smmu0", stream: "0x40", mask: "0x0" }]);
    assert.deepEqual(document.pci?.[0]?.msi, [{ ids: "0000-ffff", to: "its0", deviceIds: "0x40", mask: "0x0" }]);
  });

  it("takes back the id that a mapping has too many, as Linux does, and says so", () => {
    const { document, text } = importTables({
      ...arm,
      IORT: iort(
        itsGroup(0),
        smmuV3(0x905_0000n, 0, toIts),
        rootComplex(
          0,
          { input: 0, count: 0x100, output: 0, to: SMMU },
          { input: 0x100, count: 0xff, output: 0x800, to: SMMU },
        ),
      ),
    });
    assert.deepEqual(document.pci?.[0]?.iommu, [
      { ids: "0000-00ff", to: "smmu0", stream: "0x0" },
      { ids: "0100-01ff", to: "smmu0", stream: "0x800" },
    ]);
    assert.match(text, /one id too long/);
  });

  it("names what is no PCI function but has no address there", () => {
    const { text } = importTables({
      ...arm,
      IORT: iort(
        itsGroup(0),
        smmuV3(0x905_0000n, 0),
        namedComponent("\\_SB_.GPU0", { input: 0, count: 3, output: 0x20, to: SMMU }),
      ),
    });
    assert.match(text, /IORT: \\_SB_\.GPU0 is behind it, as streams 20-23/);
  });

  it("keeps the untranslatable page of HiSilicon's ITS as a region for MSIs", () => {
    const { document } = importTables({ ...arm, IORT: iort(itsGroup(0), smmuV3(0x905_0000n, 1, toIts)) });
    assert.deepEqual(document.iommus?.[0]?.reserved, [{ range: "0x8090000-0x809ffff", type: "msi" }]);
  });

  it("without an ITS takes the first GICv2m frame", () => {
    const { document } = importTables({ MCFG: arm.MCFG, APIC: madtWithFrame(0x802_0000n) });
    assert.deepEqual(document.doorbells, [{ name: "v2m0", type: "gicv2m", base: "0x8020000", size: "4K" }]);
    assert.equal(document.pci?.[0]?.msi, "v2m0");
    assert.equal(document.arch, "arm64");
    assert.deepEqual(document.devices, [{ name: "gicd", base: "0x8000000", size: "4K" }]);
  });

  describe("reserved memory", () => {
    const table = iort(
      itsGroup(0),
      smmuV3(0x905_0000n, 0, toIts),
      rootComplex(0, { input: 0, count: 0xffff, output: 0, to: SMMU }),
      reservedMemory(false, [[0x9000_0000n, 0x10_0000n]], {
        input: 0,
        count: 0,
        output: 0x100,
        to: SMMU,
        single: true,
      }),
      reservedMemory(true, [[0xa000_0000n, 0x8000n]], { input: 0, count: 0, output: 0x200, to: SMMU, single: true }),
    );
    const regions = (dsdt: Uint8Array | undefined): { reserved: unknown; text: string; notes: string } => {
      const { document, text, notes } = importTables({ ...arm, IORT: table, ...(dsdt && { DSDT: dsdt }) });
      return { reserved: document.iommus?.[0]?.reserved, text, notes: notes.join("\n") };
    };

    for (const name of ["keeps-if", "keeps-switch"]) {
      it(`of PCI functions counts where _DSM function 5 gives 0 (${name})`, () => {
        const { reserved, text } = regions(aml(name));
        assert.deepEqual(reserved, [
          { range: "0x90000000-0x900fffff", type: "direct", streams: "0100" },
          { range: "0xa0000000-0xa0007fff", type: "direct-relaxable", streams: "0200" },
        ]);
        assert.match(text, /not aligned to 64 KiB/);
      });
    }

    for (const name of ["lets-go", "without"]) {
      it(`does not count where it gives something else, and the document says so (${name})`, () => {
        const { reserved, text, notes } = regions(aml(name));
        assert.equal(reserved, undefined);
        assert.match(text, /RMR 0x9000_0000-0x900f_ffff for streams 100-100 is left out/);
        assert.doesNotMatch(notes, /RMR/);
      });
    }

    for (const name of ["depends", "never-ends", undefined]) {
      it(`is left out with a note where it cannot be told (${name ?? "no DSDT"})`, () => {
        const { reserved, text, notes } = regions(name === undefined ? undefined : aml(name));
        assert.equal(reserved, undefined);
        assert.match(notes, /RMR 0x9000_0000-0x900f_ffff.*could not be read/);
        assert.match(text, /left out/);
      });
    }

    it("of what is no PCI function counts always", () => {
      const other = iort(
        smmuV3(0x905_0000n, 0),
        reservedMemory(false, [[0x9000_0000n, 0x10_0000n]], { input: 0, count: 1, output: 0x700, to: 48 }),
      );
      const { document } = importTables({ ...arm, IORT: other, DSDT: aml("lets-go") });
      assert.deepEqual(document.iommus?.[0]?.reserved, [
        { range: "0x90000000-0x900fffff", type: "direct", streams: "0700-0701" },
      ]);
    });
  });
});

describe("documents from tables", () => {
  it("are read without a problem, and nothing in them overlaps", () => {
    for (const name of [
      "asus-q325",
      "fujitsu-d3401-h2",
      "gigabyte-x299-ud4-pro",
      "hp-dc7800",
      "hp-elitedesk-800-g6",
      "lenovo-m58p",
    ]) {
      const { text } = importTables({ DMAR: tableBytes(`${name}/DMAR`), MCFG: tableBytes(`${name}/MCFG`) });
      const { plan } = checkText("machine.platform.jsonc", text);
      assert.deepEqual([plan?.problems, plan?.overlaps.overlaps], [[], []]);
    }
  });
});
