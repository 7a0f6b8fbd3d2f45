// What the readers find in real tables is what Intel's disassembler prints of them, field by field.
import assert from "node:assert/strict";
import { readDmar } from "../../core/src/capture/acpi/dmar";
import { readIort } from "../../core/src/capture/acpi/iort";
import { readIvrs } from "../../core/src/capture/acpi/ivrs";
import { readMadt } from "../../core/src/capture/acpi/madt";
import { readMcfg } from "../../core/src/capture/acpi/mcfg";
import { readSrat } from "../../core/src/capture/acpi/srat";
import type { AcpiTable } from "../../core/src/capture/acpi/table";
import type { Reading } from "../../core/src/capture/reading";
import { madtOfProcessors } from "./makeTables";
import type { Field } from "./tables";
import { field, iaslFields, number, pieces, tableBytes, tableNames, tableOf } from "./tables";

/** The facts of a table in which nothing is unreadable. */
function read<T>(name: string, reader: (table: AcpiTable) => Reading<T>): T {
  const { facts, unread } = reader(tableOf(tableBytes(name)));
  assert.deepEqual(unread, []);
  return facts;
}

const MEBIBYTE = 1n << 20n;

describe("MCFG", () => {
  for (const name of tableNames("MCFG")) {
    it(`${name}: the same segments, buses and bases`, () => {
      const printed = pieces(iaslFields(name), "Base Address").map((entry) => {
        const firstBus = number(entry, "Start Bus Number");
        return {
          base: field(entry, "Base Address") + BigInt(firstBus) * MEBIBYTE,
          segment: number(entry, "Segment Group Number"),
          firstBus,
          lastBus: number(entry, "End Bus Number"),
        };
      });
      assert.notEqual(printed.length, 0);
      assert.deepEqual(read(name, readMcfg), printed);
    });
  }
});

describe("DMAR", () => {
  const KINDS = [undefined, "endpoint", "bridge", "ioapic", "hpet", "namespace-device"];

  function scopesOf(fields: readonly Field[]): unknown[] {
    return pieces(fields, "Device Scope Type").map((scope) => ({
      kind: KINDS[number(scope, "Device Scope Type")],
      enumerationId: number(scope, "Enumeration ID"),
      startBus: number(scope, "PCI Bus Number"),
      path: scope
        .filter((one) => one.name === "PCI Path")
        .map((one) => one.text.split(",").map((part) => parseInt(part, 16)))
        .map(([device, fn]) => ({ device, function: fn })),
    }));
  }

  for (const name of tableNames("DMAR")) {
    it(`${name}: the same units, reserved memory and root ports, with the same scopes`, () => {
      const fields = iaslFields(name);
      const structures = pieces(fields, "Subtable Type");
      const ofType = (type: number): Field[][] => structures.filter((one) => number(one, "Subtable Type") === type);
      const dmar = read(name, readDmar);
      assert.equal(dmar.hostAddressBits, number(fields, "Host Address Width") + 1);
      assert.equal(dmar.interruptRemapping, (number(fields, "Flags") & 1) === 1);
      assert.deepEqual(
        dmar.units,
        ofType(0).map((one, index) => ({
          index,
          segment: number(one, "PCI Segment Number"),
          registers: { base: field(one, "Register Base Address"), last: field(one, "Register Base Address") + 0xfffn },
          includeAll: (number(one, "Flags") & 1) === 1,
          scopes: scopesOf(one),
        })),
      );
      assert.deepEqual(
        dmar.reserved,
        ofType(1).map((one) => ({
          at: one[0]?.at,
          segment: number(one, "PCI Segment Number"),
          base: field(one, "Base Address"),
          last: field(one, "End Address (limit)"),
          scopes: scopesOf(one),
        })),
      );
      assert.deepEqual(
        dmar.ats,
        ofType(2).map((one) => ({
          segment: number(one, "PCI Segment Number"),
          allPorts: (number(one, "Flags") & 1) === 1,
          scopes: scopesOf(one),
        })),
      );
    });
  }

  it("has units, reserved memory and root ports among the tables that are compared", () => {
    const all = tableNames("DMAR").map((name) => read(name, readDmar));
    assert.ok(all.some(({ units }) => units.length >= 4) && all.some(({ reserved }) => reserved.length >= 2));
    assert.ok(all.some(({ ats }) => ats.length > 0) && all.some(({ interruptRemapping }) => !interruptRemapping));
  });
});

describe("IVRS", () => {
  /** Requester ids of the entries that iasl prints. Those of I/O APICs and padding are of no function. */
  function entriesOf(block: readonly Field[]): unknown[] {
    const found: unknown[] = [];
    let open: { first: number; alias?: number } | undefined;
    for (const entry of pieces(block, "Entry Type")) {
      const [type, id] = [number(entry, "Entry Type"), number(entry, "Device ID")];
      if (type === 2) found.push({ first: id, last: id });
      if (type === 3) open = { first: id };
      if (type === 0x43) open = { first: id, alias: number(entry, "Source Used Device ID") };
      if (type === 4) found.push({ ...open, last: id });
    }
    return found;
  }

  for (const name of tableNames("IVRS")) {
    it(`${name}: the same IOMMUs with the same devices`, () => {
      const structures = pieces(iaslFields(name), "Subtable Type");
      const blocks = structures.filter((one) => [0x10, 0x11].includes(number(one, "Subtable Type")));
      const { hardware, memory } = read(name, readIvrs);
      const ours = hardware.filter(({ type }) => type < 0x40);
      assert.deepEqual(
        ours.map(({ registers, ...one }) => ({ ...one, base: registers.base })),
        blocks.map((one) => ({
          type: number(one, "Subtable Type"),
          at: number(one, "DeviceId"),
          base: field(one, "Base Address"),
          segment: number(one, "PCI Segment Group"),
          // What iasl calls reserved is the image of the second feature register.
          translatesHyperTransport: number(one, "Subtable Type") === 0x11 && (field(one, "Reserved") & 0x800n) !== 0n,
          entries: entriesOf(one),
        })),
      );
      assert.deepEqual(
        memory.map(({ base, last, firstId, lastId }) => [base, last, firstId, lastId]),
        structures
          .filter((one) => number(one, "Subtable Type") === 0x21)
          .map((one) => {
            const [base, id] = [field(one, "Start Address"), number(one, "DeviceId")];
            return [base, base + field(one, "Memory Length") - 1n, id, id];
          }),
      );
    });

    it(`${name}: blocks of types that iasl does not know name the same devices as those that it knows`, () => {
      const { hardware } = read(name, readIvrs);
      for (const block of hardware.filter(({ type }) => type >= 0x40)) {
        const known = hardware.find((one) => one.at === block.at && one.type < 0x40);
        assert.deepEqual(
          [block.registers, block.segment, block.entries],
          [known?.registers, known?.segment, known?.entries],
        );
      }
    });
  }

  it("has a block of type 40h among them", () => {
    const types = tableNames("IVRS").flatMap((name) => read(name, readIvrs).hardware.map(({ type }) => type));
    assert.deepEqual([...new Set(types)].sort(), [0x10, 0x11, 0x40]);
    assert.ok(
      tableNames("IVRS").some((name) => read(name, readIvrs).memory.length > 0),
      "and a memory block",
    );
  });
});

describe("MADT", () => {
  for (const name of tableNames("APIC")) {
    it(`${name}: the same kind of processors, and the same parts of the GIC`, () => {
      const structures = pieces(iaslFields(name), "Subtable Type");
      const ofType = (type: number): Field[][] => structures.filter((one) => number(one, "Subtable Type") === type);
      const madt = read(name, readMadt);
      assert.equal(madt.arch, ofType(0x0b).length > 0 ? "arm64" : ofType(0).length > 0 ? "x86_64" : undefined);
      assert.deepEqual(
        madt.distributors,
        ofType(0x0c).map((one) => ({ base: field(one, "Base Address"), version: number(one, "Version") })),
      );
      assert.deepEqual(
        madt.redistributors,
        ofType(0x0e).map((one) => {
          const base = field(one, "Base Address");
          const length = one.find((part) => part.name === "Length" && part.size === 4)?.value ?? 0n;
          return { base, last: base + length - 1n };
        }),
      );
      assert.deepEqual(
        madt.translationServices,
        ofType(0x0f).map((one) => ({ id: number(one, "Translation ID"), base: field(one, "Base Address") })),
      );
    });
  }
});

describe("redistributors that processors name", () => {
  const ranges = (...of: Parameters<typeof madtOfProcessors>): string[] =>
    readMadt(tableOf(madtOfProcessors(...of))).facts.redistributors.map(({ base, last }) => `${base.toString(16)}-${last.toString(16)}`);

  it("have two pages each, four in version 4, and are one range where they touch", () => {
    assert.deepEqual(ranges(3, [0x1004_0000n, 1], [0x1002_0000n, 1], [0x1010_0000n, 8]), ["10020000-1005ffff", "10100000-1011ffff"]);
    assert.deepEqual(ranges(4, [0x1004_0000n, 1], [0x1008_0000n, 1]), ["10040000-100bffff"]);
  });

  it("are none where a processor has none, or cannot be used", () => {
    assert.deepEqual(ranges(3, [0n, 1], [0x1002_0000n, 0]), []);
  });
});

describe("SRAT", () => {
  for (const name of tableNames("SRAT")) {
    it(`${name}: the same memory`, () => {
      const memory = pieces(iaslFields(name), "Subtable Type").filter((one) => number(one, "Subtable Type") === 1);
      const printed = memory.map((one) => ({
        one,
        flags: number(one, "Flags (decoded below)"),
        length: field(one, "Address Length"),
      }));
      assert.deepEqual(
        read(name, readSrat),
        printed
          .filter(({ flags, length }) => (flags & 1) === 1 && length > 0n)
          .map(({ one, flags, length }) => ({
            base: field(one, "Base Address"),
            last: field(one, "Base Address") + length - 1n,
            domain: number(one, "Proximity Domain"),
            hotplug: (flags & 2) !== 0,
            nonVolatile: (flags & 4) !== 0,
          })),
      );
    });
  }
});

describe("IORT", () => {
  const KINDS: Readonly<Record<number, string>> = { 0: "its-group", 2: "root-complex", 4: "smmuv3" };

  for (const name of tableNames("IORT")) {
    it(`${name}: the same nodes with the same id mappings`, () => {
      const nodes = pieces(iaslFields(name), "Type");
      assert.deepEqual(
        read(name, readIort).map(({ kind, at, mappings }) => ({ kind, at, mappings })),
        nodes.map((node) => ({
          kind: KINDS[number(node, "Type")],
          at: node[0]?.at,
          mappings: pieces(node, "Input base").map((one) => ({
            inputBase: number(one, "Input base"),
            count: number(one, "ID Count") + 1,
            outputBase: number(one, "Output Base"),
            to: number(one, "Output Reference"),
            single: (number(one, "Flags (decoded below)") & 1) !== 0,
          })),
        })),
      );
      const smmus = read(name, readIort).filter((node) => node.kind === "smmuv3");
      const printed = nodes.filter((node) => number(node, "Type") === 4);
      assert.deepEqual(
        smmus.map(({ base, model }) => [base, model]),
        printed.map((one) => [field(one, "Base Address"), number(one, "Model")]),
      );
    });
  }
});
