// Damaged tables: every cut, every length at its limits and every byte changed gives facts, or a note that says table,
// offset and what; never a crash, a hang or silence about a cut.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { readAcpiTables } from "../../core/src/capture/acpi/acpiTables";
import { readTable } from "../../core/src/capture/acpi/table";
import { tableFacts } from "../../core/src/capture/acpi/tableFacts";
import { CaptureFiles } from "../../core/src/capture/captureFiles";
import { importPlatform, ImportError } from "../../server/src/import/importPlatform";
import { nodeHost } from "../../server/src/nodeHost";
import { repositoryRoot } from "../repositoryRoot";
import { captureDocument } from "../capture/captures";
import { temporaryFolder } from "../temporaryFolder";
import { importTables } from "./machine";
import { dmar, drhd, iort, itsGroup, reservedMemory, rmrr, rootComplex, scope, smmuV3 } from "./makeTables";
import type { Field } from "./tables";
import { changed, iaslFields, le, made, summed, tableBytes, tableNames } from "./tables";

const SIGNATURES = ["MCFG", "APIC", "DMAR", "IVRS", "IORT", "SRAT"] as const;
/** One table of each kind: those with most in them. */
const NAMES = [
  "asus-q325/MCFG",
  "qemu-arm-pxb/APIC",
  "asus-q325/DMAR",
  "gigabyte-x299-ud4-pro/DMAR",
  "lenovo-l14-gen3/IVRS",
  "qemu-x86-amd/IVRS",
  "qemu-arm-pxb/IORT",
  "qemu-arm-dimm/SRAT",
  "qemu-arm-viommu/VIOT",
  "qemu-x86-cxl/CEDT",
];

/** Reads bytes as a capture's only table, and works out what it means; gives what was said, in words. */
function read(bytes: Uint8Array): { facts: unknown; said: string[] } {
  const files = new CaptureFiles(
    new Map([
      [`sys/firmware/acpi/tables/${Buffer.from(bytes.subarray(0, 4)).toString("latin1")}`, { kind: "file", bytes }],
    ]),
  );
  const tables = readAcpiTables(files);
  const meaning = tables.facts && tableFacts(tables.facts, new Map());
  const said = [...tables.unread, ...(meaning?.unread ?? [])].map(({ where, because }) => `${where}: ${because}`);
  return { facts: [tables.facts, meaning?.facts], said };
}

const withLength = (bytes: Uint8Array): Uint8Array => changed(bytes, 4, le(bytes.length, 4));

describe("a table cut short", () => {
  for (const name of NAMES) {
    const whole = tableBytes(name);

    it(`${name}: at any byte is not read, and it is said where it ends`, () => {
      for (let end = 4; end < whole.length; end++) {
        const { said } = read(whole.subarray(0, end));
        assert.match(
          said.join("\n"),
          /tables\/\w{4}: at byte 0x[0-9a-f]+: .*(are there|would pass the end)/,
          `cut at ${end}`,
        );
      }
    });

    it(`${name}: with a length and a checksum to match gives a part of its facts, or says what is missing`, () => {
      const complete = read(whole);
      assert.deepEqual(
        complete.said.filter((one) => !one.includes("leads through")),
        [],
      );
      for (let end = 36; end < whole.length; end++) {
        const part = read(withLength(whole.subarray(0, end)));
        assert.ok(
          part.said.length > 0 ||
            JSON.stringify(part.facts, plain).length <= JSON.stringify(complete.facts, plain).length,
        );
        for (const one of part.said)
          assert.match(one, /^sys\/firmware\/acpi\/tables\/\w{4}: (at byte 0x|a device scope|the reserved memory)/);
      }
    });
  }
});

describe("a length in a table", () => {
  const LENGTHS = /^(Length|Entry Length|Node Count|Node Offset|Mapping Count|Mapping Offset|ItsCount|Table Length)$/;
  /** VIOT and CEDT, which iasl does not know: number and offset of the nodes, and the lengths of structures. */
  const OTHERS: Readonly<Record<string, readonly (readonly [at: number, size: number])[]>> = {
    "qemu-arm-viommu/VIOT": [
      [36, 2],
      [38, 2],
      [50, 2],
      [66, 2],
    ],
    "qemu-x86-cxl/CEDT": [
      [38, 2],
      [70, 2],
    ],
  };

  function lengthsOf(name: string): (readonly [at: number, size: number])[] {
    const others = OTHERS[name];
    if (others) return [...others];
    const fields: Field[] = iaslFields(name).filter((field) => LENGTHS.test(field.name));
    return fields.map(({ at, size }) => [at, size] as const);
  }

  for (const name of NAMES) {
    const whole = tableBytes(name);
    for (const [at, size] of [...lengthsOf(name), [4, 4] as const]) {
      it(`${name}, byte ${at}: 0, 1, most, one less and one more are read or said, soon`, () => {
        const before = whole.subarray(at, at + size).reduceRight((value, byte) => value * 256 + byte, 0);
        for (const value of [0, 1, 2 ** (8 * size) - 1, before - 1, before + 1].filter((one) => one >= 0)) {
          const { facts, said } = read(changed(whole, at, le(value, size)));
          const same = JSON.stringify(facts, plain) === JSON.stringify(read(whole).facts, plain);
          assert.ok(said.length > 0 || !same || value === before || isHarmless(name, at), `value ${value}`);
        }
      });
    }
  }

  /**
   * The length of the last node of this VIOT, whose last bytes are reserved; the offset of no mappings at all in this
   * IORT.
   */
  function isHarmless(name: string, at: number): boolean {
    return (name === "qemu-arm-viommu/VIOT" && at === 66) || (name === "qemu-arm-pxb/IORT" && at === 60);
  }
});

describe("changed bytes", () => {
  for (const name of NAMES) {
    it(`${name}: any byte at 0, 1, 7f, 80 and ff, with a checksum to match, is read or said`, () => {
      const whole = tableBytes(name);
      for (let at = 4; at < whole.length; at++) {
        for (const value of [0x00, 0x01, 0x7f, 0x80, 0xff]) read(changed(whole, at, [value]));
      }
    });
  }

  it("without a checksum to match are always said", () => {
    for (const name of NAMES) {
      const copy = Uint8Array.from(tableBytes(name));
      copy[40] = (copy[40] ?? 0) ^ 0x55;
      assert.match(read(copy).said.join("\n"), /its checksum is wrong: it may be damaged/);
    }
  });

  it("at random, many at once, are read or said", () => {
    const mangled = fc.tuple(
      fc.constantFrom(...NAMES),
      fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { minLength: 1, maxLength: 12 }),
    );
    fc.assert(
      fc.property(mangled, ([name, edits]) => {
        const bytes = Uint8Array.from(tableBytes(name));
        for (const [at, value] of edits) bytes[4 + (at % (bytes.length - 4))] = value;
        read(summed(bytes));
      }),
      { numRuns: 500 },
    );
  });

  it("of a table of nothing but random bytes are read or said", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SIGNATURES, "VIOT", "CEDT", "DSDT"),
        fc.array(fc.nat(255), { maxLength: 300 }),
        (signature, body) => {
          read(made(signature, body));
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("hostile tables", () => {
  it("an IORT whose nodes lead in a circle ends", () => {
    const toSecond = { input: 0, count: 0xffff, output: 0, to: 48 + 88 };
    const toFirst = { input: 0, count: 0xffff, output: 0, to: 48 };
    const { facts } = read(
      iort(smmuV3(0x905_0000n, 0, toSecond), smmuV3(0x906_0000n, 0, toFirst), rootComplex(0, toFirst)),
    );
    assert.ok(facts);
  });

  it("an IORT whose ids fan out at every node ends", () => {
    const many = Array.from({ length: 600 }, () => ({ input: 0, count: 0xffff, output: 0, to: 48 }));
    const ring = reservedMemory(false, [], ...many);
    read(iort(ring, rootComplex(0, ...many)));
  });

  it("an IORT whose ids fall into ever more pieces says so, and is no longer followed", () => {
    const slices = Array.from({ length: 1000 }, (_, index) => ({
      input: index * 64,
      count: 63,
      output: index * 64,
      to: 48,
    }));
    const finer = Array.from({ length: 2900 }, (_, index) => ({ input: index * 20, count: 19, output: index, to: 48 }));
    const table = iort(
      itsGroup(0),
      smmuV3(0x905_0000n, 0, ...finer),
      rootComplex(0, ...slices.map((one) => ({ ...one, to: 72 }))),
    );
    assert.ok(read(table).facts);
    const two = iort(
      itsGroup(0),
      smmuV3(0x905_0000n, 1, ...Array.from({ length: 90 }, () => ({ input: 0, count: 0xffff, output: 0, to: 72 }))),
      rootComplex(0, ...Array.from({ length: 90 }, () => ({ input: 0, count: 0xffff, output: 0, to: 72 }))),
    );
    assert.match(read(two).said.join("\n"), /IORT: at byte 0x48: the ids of this node fall into more than 4096 pieces/);
  });

  it("an IORT with more nodes or mappings than any machine has is not followed, and said", () => {
    const nodes = Array.from({ length: 2049 }, () => itsGroup(0));
    assert.match(read(iort(...nodes)).said.join("\n"), /at byte 0x24: 2049 nodes are more than any machine has/);
    const many = Array.from({ length: 2100 }, (_, index) => ({ input: index, count: 0, output: 0, to: 48 }));
    const { said } = read(iort(itsGroup(0), rootComplex(0, ...many), rootComplex(1, ...many)));
    assert.match(said.join("\n"), /at byte 0x24: 4200 id mappings are more than any machine has/);
  });

  it("an IORT with more ids than 32 bits is read", () => {
    const wide = { input: 0xffff_ffff, count: 0xffff_ffff, output: 0xffff_ffff, to: 48 };
    read(iort(itsGroup(0), smmuV3(0x905_0000n, 0, wide), rootComplex(0, { ...wide, to: 72 })));
  });

  it("an IORT with mappings that lead nowhere says where they are", () => {
    const { said } = read(iort(itsGroup(0), rootComplex(0, { input: 0, count: 1, output: 0, to: 50 })));
    assert.match(said.join("\n"), /IORT: at byte 0x48: an id mapping leads to byte 0x32, where no node begins/);
  });

  it("reserved memory that ends before it begins is said, and the rest stays", () => {
    const table = dmar(
      drhd(0xfed9_0000n, true),
      rmrr(0x2000n, 0x1000n, scope(1, 0, [2, 0])),
      rmrr(0x4000n, 0x4fffn, scope(1, 0, [2, 0])),
    );
    const { document, notes } = importTables({ DMAR: table });
    assert.match(notes.join("\n"), /DMAR: at byte 0x50: the reserved memory ends before it begins/);
    assert.deepEqual(
      document.iommus?.[0]?.reserved?.map(({ range }) => range),
      ["0x4000-0x4fff"],
    );
  });

  it("a unit without an address, as some BIOSes leave it, is said and left out", () => {
    const { document, notes } = importTables({ DMAR: dmar(drhd(0n, true), drhd(0xfed9_0000n, true)) });
    assert.match(notes.join("\n"), /a remapping unit has no address/);
    assert.equal(document.iommus?.length, 1);
  });

  it("AML of random bytes, and cut at any byte, ends", () => {
    const whole = fs.readFileSync(path.join(repositoryRoot, "test/acpi/dsm/keeps-switch.aml"));
    for (let end = 36; end < whole.length; end++) read(withLength(whole.subarray(0, end)));
    for (let at = 36; at < whole.length; at++)
      for (const value of [0, 1, 0x5b, 0xa2, 0xff]) read(changed(whole, at, [value]));
    const aml = fc.array(
      fc.constantFrom(0x5b, 0x82, 0x14, 0x5f, 0x44, 0x53, 0x4d, 0xa0, 0xa2, 0x93, 0x90, 0x3f, 0x0a, 0x6a, 0x08),
      { maxLength: 400 },
    );
    fc.assert(
      fc.property(aml, (body) => void read(made("DSDT", body))),
      { numRuns: 300 },
    );
  });

  it("AML nested very deep ends", () => {
    const deep = Array.from({ length: 20_000 }, () => [0x5b, 0x82]).flat();
    read(made("DSDT", deep));
    const conditions = [...Buffer.from("_DSM"), 0x04, ...Array.from({ length: 3000 }, () => 0x90)];
    read(made("DSDT", [0x5b, 0x82, 0x4f, 0xff, ...conditions, 0x14, 0x4f, 0xfe, ...conditions]));
  });
});

describe("tables as input", () => {
  function written(name: string, bytes: Uint8Array): string {
    const file = path.join(temporaryFolder(), name);
    fs.writeFileSync(file, bytes);
    return file;
  }

  it("a single one describes what it tells", () => {
    const file = written("DMAR.dat", tableBytes("asus-q325/DMAR"));
    const { text, platformName } = importPlatform([file], nodeHost);
    assert.equal(platformName, "imported-machine");
    assert.match(text, /"name": "dmar0", "type": "vt-d"/);
  });

  it("several are one machine", () => {
    const files = ["APIC", "DMAR", "MCFG"].map((one) => written(`${one}.dat`, tableBytes(`asus-q325/${one}`)));
    assert.match(importPlatform(files, nodeHost).text, /"config": { "base": "0xf000_0000"/);
  });

  it("that say nothing of memory, PCI or IOMMUs are left out, and named", () => {
    const hpet = written("HPET.dat", made("HPET", new Array<number>(20).fill(1)));
    const facp = written("FACP.dat", made("FACP", new Array<number>(240).fill(2)));
    const mcfg = written("MCFG.dat", tableBytes("asus-q325/MCFG"));
    const { text, notes } = importPlatform([hpet, facp, mcfg], nodeHost);
    assert.match(text, /"config": { "base": "0xf000_0000"/);
    assert.deepEqual(notes.slice(0, 1), [
      "ACPI tables left out: FACP, HPET say nothing of the memory map, of PCI or of IOMMUs",
    ]);
    assert.throws(
      () => importPlatform([hpet], nodeHost),
      new ImportError(hpet, "HPET says nothing of the memory map, of PCI or of IOMMUs"),
    );
  });

  /** As acpidump prints it: sixteen bytes a row, and what they are in ASCII. */
  function dumped(...tables: readonly Uint8Array[]): string {
    return tables
      .map((bytes) => {
        const rows = Array.from({ length: Math.ceil(bytes.length / 16) }, (_, row) => {
          const part = [...bytes.subarray(row * 16, row * 16 + 16)];
          const codes = part.map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ");
          const ascii = part.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");
          return `    ${(row * 16).toString(16).toUpperCase().padStart(4, "0")}: ${codes.padEnd(48)} ${ascii}\n`;
        });
        return `${Buffer.from(bytes.subarray(0, 4)).toString("latin1")} @ 0x00000000DB5F8000\n${rows.join("")}\n`;
      })
      .join("");
  }

  it("in acpidump's text give what they give by themselves", () => {
    const tables = ["APIC", "DMAR", "MCFG"].map((one) => tableBytes(`asus-q325/${one}`));
    const text = (input: string[]): string => importPlatform(input, nodeHost).text.replace(/^\/\/.*|"source": .*$/gm, "");
    const files = ["APIC", "DMAR", "MCFG"].map((one, index) => written(`${one}.dat`, tables[index] ?? new Uint8Array()));
    assert.equal(text([written("log", Buffer.from(dumped(...tables)))]), text(files));
  });

  it("in acpidump's text that was cut are said", () => {
    const whole = dumped(tableBytes("asus-q325/MCFG"), tableBytes("asus-q325/DMAR"));
    const file = written("log", Buffer.from(whole.slice(0, -400)));
    assert.match(importPlatform([file], nodeHost).notes.join("\n"), /DMAR: at byte 0x4: the table says that it has 312 bytes/);
  });

  it("a damaged one is refused, with the offset", () => {
    const file = written("DMAR.dat", tableBytes("asus-q325/DMAR").subarray(0, 100));
    assert.throws(
      () => importPlatform([file], nodeHost),
      (error: Error) =>
        error instanceof ImportError &&
        error.message ===
          `${file}: damaged ACPI table: at byte 0x4: the table says that it has 312 bytes, and 100 are there`,
    );
  });

  it("a damaged one among others is said, and the others are read", () => {
    const { document, notes } = importTables({
      DMAR: tableBytes("asus-q325/DMAR").subarray(0, 100),
      MCFG: tableBytes("asus-q325/MCFG"),
      DSDT: fs.readFileSync(path.join(repositoryRoot, "test/acpi/dsm/without.aml")),
    });
    assert.match(
      notes.join("\n"),
      /tables\/DMAR: at byte 0x4: the table says that it has 312 bytes, and 100 are there/,
    );
    assert.deepEqual(
      document.pci?.map(({ buses, iommu }) => [buses, iommu]),
      [["00-7f", "unknown"]],
    );
  });

  it("of two machines are refused", () => {
    const folder = path.join(repositoryRoot, "test/acpi/tables");
    assert.throws(
      () => importPlatform([folder], nodeHost),
      /holds the ACPI tables of several machines \(asrock-k10n78d, asus-q325, /,
    );
  });

  it("do not hide a capture's own folder", () => {
    assert.equal(captureDocument("x86-05-switch").captured.kernel?.startsWith("6.12"), true);
  });
});

describe("every table", () => {
  it("has a checksum that is right", () => {
    for (const name of tableNames()) assert.deepEqual(readTable(tableBytes(name), name).unread, []);
  });
});

/** bigint has no place in JSON. */
function plain(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? `${value}n` : value;
}
