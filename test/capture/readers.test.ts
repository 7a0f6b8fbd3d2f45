// Single readers on lines that the captures do not have: other kernels, other versions of lspci, other boards. The
// formats are those of domain.md section 10 and of the tools' own sources.
import assert from "node:assert/strict";
import { readIomem } from "../../core/src/capture/iomem";
import { readReservedRegions } from "../../core/src/capture/iommuGroups";
import { readKernelLog } from "../../core/src/capture/kernelLog";
import { readLspci } from "../../core/src/capture/lspci";
import { decodeText } from "../../core/src/capture/decodeText";
import { recognizeText } from "../../core/src/capture/recognize";
import { readResource } from "../../core/src/capture/sysfsResource";

const log = (...lines: readonly string[]): ReturnType<typeof readKernelLog>["facts"] =>
  readKernelLog(lines.join("\n")).facts;

describe("the kernel's log", () => {
  it("prints E820 with inclusive ends", () => {
    const { firmwareMap } = log("[    0.000000] BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable");
    assert.deepEqual(firmwareMap, [{ base: 0n, last: 0x9fbffn, type: "usable", source: "e820" }]);
  });

  for (const [kernel, line] of [
    [
      "an old kernel, half-open",
      "efi: mem07: [Conventional Memory|   |  |  |  |  |  |  |   |WB|WT|WC|UC] range=[0x0000000000100000-0x0000000000200000) (1MB)",
    ],
    [
      "a newer kernel, inclusive",
      "[    0.000000] efi: mem07: [Conventional Memory|   |  |  |  |  |  |  |  |  |   |WB|WT|WC|UC] range=[0x0000000000100000-0x00000000001fffff] (1MB)",
    ],
    [
      "arm64",
      "[    0.000000] efi:   0x000000100000-0x0000001fffff [Conventional Memory|   |  |  |  |  |  |  |  |   |WB|WT|WC|UC]",
    ],
  ] as const) {
    it(`prints EFI descriptors of ${kernel}`, () => {
      assert.deepEqual(log(line).firmwareMap, [
        { base: 0x10_0000n, last: 0x1f_ffffn, type: "Conventional Memory", source: "efi" },
      ]);
      assert.equal(log(line).efi, true);
    });
  }

  it("tells the page size by the size of a table", () => {
    const pages = (line: string): bigint | undefined => log(line).pageSize;
    assert.equal(pages("Dentry cache hash table entries: 131072 (order: 8, 1048576 bytes, linear)"), 4096n);
    assert.equal(pages("[ 0.0] Dentry cache hash table entries: 8388608 (order: 10, 67108864 bytes, vmalloc)"), 65536n);
  });

  it("gives host bridges of a device tree their translations both ways", () => {
    const { hostBridges } = log(
      "[    2.4] rockchip-pcie f8000000.pcie: host bridge /pcie@f8000000 ranges:",
      "[    2.4] rockchip-pcie f8000000.pcie:      MEM 0x00fa000000..0x00fbdfffff -> 0x00e0000000",
      "[    2.4] rockchip-pcie f8000000.pcie:   IB MEM 0x0000000000..0x00ffffffff -> 0x0000000000",
      "[    2.5] rockchip-pcie f8000000.pcie: PCI host bridge to bus 0001:00",
      "[    2.5] pci_bus 0001:00: root bus resource [bus 00-1f]",
      "[    2.5] pci_bus 0001:00: root bus resource [mem 0xfa000000-0xfbdfffff] (bus address [0xe0000000-0xe1dfffff])",
    );
    const [bridge] = hostBridges;
    assert.equal(hostBridges.length, 1);
    assert.deepEqual([bridge?.segment, bridge?.bus, bridge?.lastBus, bridge?.nodeName], [1, 0, 0x1f, "pcie@f8000000"]);
    assert.deepEqual(bridge?.windows, [
      { base: 0xfa00_0000n, last: 0xfbdf_ffffn, io: false, prefetchable: false, bus: 0xe000_0000n, cpu: 0xfa00_0000n },
    ]);
    assert.deepEqual(
      bridge?.inbound.map(({ bus, base, last }) => [bus, base, last]),
      [[0n, 0n, 0xffff_ffffn]],
    );
  });

  it("reads the older words for ECAM, and a bridge with a single bus", () => {
    const { hostBridges } = log(
      "PCI: MMCONFIG for domain 0000 [bus 00-3f] at [mem 0xf8000000-0xfbffffff] (base 0xf8000000)",
      "PCI host bridge to bus 0000:00",
      "pci_bus 0000:00: root bus resource [bus 00]",
    );
    assert.deepEqual(
      hostBridges.map(({ lastBus, ecam }) => [lastBus, ecam?.base, ecam?.lastBus]),
      [[0, 0xf800_0000n, 0x3f]],
    );
  });

  it("tells whether AMD's IOMMUs translate the range of HyperTransport, by the second of their feature words", () => {
    const told = (words: string): unknown => log(`[    2.449575] AMD-Vi: Extended features ${words}: PreF PPR GT IA GA HE`).translatesHyperTransport;
    assert.equal(told("(0x29d3, 0x0)"), undefined);
    assert.equal(told("(0x246577efa2254afa, 0x10)"), undefined);
    assert.equal(told("(0x246577efa2254afa, 0x810)"), true);
    assert.equal(told("(0x246577efa2254afa)"), undefined, "kernels before 6.0");
  });

  it("tells the width of a VT-d unit: the address width, or that of its largest page tables", () => {
    const width = (capability: string): number | undefined =>
      log(`[    0.1] DMAR: dmar0: reg_base_addr fed90000 ver 1:0 cap ${capability} ecap f050da`).iommus[0]?.inputBits;
    assert.equal(width("d2008c40660462"), 39, "39 bits, tables of 48");
    assert.equal(width("8d2078c106f0466"), 48);
    assert.equal(width("19ed008c40780466"), 48, "57 bits, tables of 48");
    assert.equal(width("19ed008c40780c66"), 57);
    assert.equal(width("19ed008c402f0266"), 39, "48 bits, tables of 39");
    assert.equal(width("19ed008c40380066"), 57, "no tables of that kind");
  });
});

describe("lspci", () => {
  const old = [
    "00:02.0 PCI bridge: Advanced Micro Devices, Inc. [AMD/ATI] RD890 PCI to PCI bridge (PCI express gpp port B) (prog-if 00 [Normal decode])",
    "        Control: I/O+ Mem+ BusMaster+",
    "        Bus: primary=00, secondary=01, subordinate=01, sec-latency=0",
    "        I/O behind bridge: 0000f000-00000fff",
    "        Memory behind bridge: fea00000-feafffff",
    "        Prefetchable memory behind bridge: 00000000fff00000-00000000000fffff",
    "        Capabilities: [58] Express (v2) Root Port (Slot+), MSI 00",
    "        Capabilities: [a0] MSI: Enable- Count=1/4 Maskable- 64bit-",
    "        Capabilities: [190 v1] Access Control Services",
    "                ACSCap: SrcValid+ TransBlk+ ReqRedir+ CmpltRedir+ UpstreamFwd+ EgressCtrl- DirectTrans+",
    "                ACSCtl: SrcValid+ TransBlk- ReqRedir- CmpltRedir- UpstreamFwd+ EgressCtrl- DirectTrans-",
    "        Kernel driver in use: pcieport",
    "",
  ];

  it("of older versions, pasted with blanks: closed windows, no numbers, no sizes", () => {
    const facts = readLspci(old.join("\n"), "lspci").facts.get("0000:00:02.0");
    assert.deepEqual(facts?.windows, [{ type: "mem32", base: 0xfea0_0000n, last: 0xfeaf_ffffn }]);
    assert.deepEqual([facts?.id, facts?.type, facts?.driver], ["unknown", "root-port", "pcieport"]);
    assert.deepEqual(facts?.acs, { capable: 0x5f, enabled: 0x11 });
    assert.deepEqual(facts?.msi, { address64: false, vectors: 4, msix: false });
  });

  it("of 2010: counts of interrupts under their older names, and ports of IDE that are no BAR", () => {
    const text = [
      "00:1f.1 IDE interface [0101]: Intel Corporation 82801HBM IDE Controller [8086:2850]",
      "\tControl: I/O+ Mem+ BusMaster+",
      "\tRegion 0: [virtual] Memory at 000001f0 (32-bit, non-prefetchable) [size=8]",
      "\tRegion 1: [virtual] Memory at 000003f0 (type 3, non-prefetchable) [size=1]",
      "\tRegion 4: I/O ports at 1c60 [size=16]",
      "\tCapabilities: [80] MSI: Mask- 64bit- Queue=0/4 Enable-",
      "02:00.0 Ethernet controller [0200]: Intel Corporation 82599ES [8086:10fb]",
      "\tControl: I/O+ Mem+ BusMaster+",
      "\tRegion 0: Memory at d8000000 (64-bit, prefetchable) [size=512K]",
      "\tCapabilities: [70] MSI-X: Enable+ Mask- TabSize=64",
    ];
    const { facts } = readLspci(text.join("\n"), "lspci");
    assert.deepEqual(facts.get("0000:00:1f.1")?.bars, [{ number: 4, type: "io", base: 0x1c60n, size: 16n }]);
    assert.deepEqual(facts.get("0000:00:1f.1")?.msi, { address64: false, vectors: 16, msix: false });
    assert.deepEqual(facts.get("0000:02:00.0")?.msi, { address64: true, vectors: 64, msix: true });
  });

  it("tells a virtual function's region from the function's own", () => {
    const text = [
      "0001:41:00.0 Ethernet controller [0200]: Mellanox Technologies MT27710 [15b3:1015]",
      "\tControl: I/O- Mem+ BusMaster+",
      "\tNUMA node: 1",
      "\tIOMMU group: 33",
      "\tRegion 0: Memory at 4018000000 (64-bit, prefetchable) [size=32M]",
      "\tCapabilities: [60] Express (v2) Endpoint, MSI 00",
      "\tCapabilities: [180 v1] Single Root I/O Virtualization (SR-IOV)",
      "\t\tInitial VFs: 8, Total VFs: 8, Number of VFs: 2, Function Dependency Link: 00",
      "\t\tVF offset: 2, stride: 1, Device ID: 1016",
      "\t\tRegion 0: Memory at 000000401c000000 (64-bit, prefetchable)",
      "\tCapabilities: [1d0 v1] Address Translation Service (ATS)",
      "\t\tATSCap:\tInvalidate Queue Depth: 00",
      "\t\tATSCtl:\tEnable+, Smallest Translation Unit: 00",
    ].join("\n");
    const facts = readLspci(text, "lspci").facts.get("0001:41:00.0");
    assert.deepEqual(facts?.bars, [{ number: 0, type: "mem64-prefetchable", base: 0x40_1800_0000n, size: 32n << 20n }]);
    assert.deepEqual(facts?.sriov, { total: 8, enabled: 2, offset: 2, stride: 1 });
    assert.deepEqual([facts?.ats, facts?.node, facts?.group, facts?.acs], [true, 1, 33, "none"]);
  });

  it("without -vvv leaves everything but the heading unknown, and says so", () => {
    const { facts, unread } = readLspci(
      "00:1f.2 SATA controller [0106]: Intel Corporation ICH9 [8086:2922] (rev 02)",
      "lspci",
    );
    const [one] = facts.values();
    assert.deepEqual(
      [one?.id, one?.class, one?.description, one?.bars, one?.type],
      ["8086:2922", "0106", "Intel Corporation ICH9", "unknown", "unknown"],
    );
    assert.match(unread[0]?.because ?? "", /without -vvv/);
  });

  it("that cannot read a sleeping function says so", () => {
    const { facts, unread } = readLspci(
      "01:00.0 VGA compatible controller [0300]: NVIDIA GP107 [10de:1c8d] (rev ff) (prog-if ff)\n\t!!! Unknown header type 7f\n",
      "lspci",
    );
    assert.equal(facts.get("0000:01:00.0")?.type, "unknown");
    assert.match(unread[0]?.because ?? "", /sleeps/);
  });
});

describe("/proc/iomem", () => {
  it("nests by what holds what: past the fifth level the kernel stops indenting", () => {
    const text = "80000000-8fffffff : a\n          80000000-80ffffff : b\n          80000000-800fffff : c\n";
    const [a] = readIomem(text, "iomem").facts.resources;
    assert.equal(a?.children[0]?.children[0]?.name, "c");
  });

  it("of a root user may have a resource without a place", () => {
    const { resources, hidden } = readIomem(
      "0009e000-000fffff : Reserved\n  00000000-00000000 : PCI Bus 0000:00\n",
      "iomem",
    ).facts;
    assert.deepEqual([resources.length, resources[0]?.children.length, hidden], [1, 0, false]);
  });
});

describe("small files", () => {
  it("reserved_regions: three fields, a known type, an end that is not before the beginning", () => {
    const { facts, unread } = readReservedRegions(
      "0x0000000008000000 0x00000000080fffff msi\n0x1 0x0 direct\n0x0 0xff surprise\nwords\n",
      "reserved_regions",
    );
    assert.deepEqual(facts, [{ base: 0x0800_0000n, last: 0x080f_ffffn, type: "msi" }]);
    assert.deepEqual(
      unread.map(({ where }) => where),
      ["reserved_regions:2", "reserved_regions:3", "reserved_regions:4"],
    );
  });

  it("reserved_regions: each line that is none is quoted, with what is wrong", () => {
    const lines = ["0x1 0x2", "0xzz 0x10 direct", "0x1 16q direct", "0x2000 0x1000 msi", "0x1000 0x1fff wierd", "0x0 0xf msi x"];
    assert.deepEqual(
      readReservedRegions(lines.join("\n"), "f").unread.map(({ because }) => because.replace(/^.*": /, "")),
      [
        "a line has three fields: first byte, last byte, type",
        "the first byte is not a hexadecimal address",
        "the last byte is not a hexadecimal address",
        "it ends before it begins",
        "the type is one of direct, direct-relaxable, reserved, msi",
        "a line has three fields: first byte, last byte, type",
      ],
    );
  });

  it("resource: a range that the kernel could not place has a size and no place", () => {
    const [bar] = readResource("0x0000000000000000 0x0000000000003fff 0x0000000020140204\n", "resource").facts;
    assert.deepEqual([bar?.range, bar?.size], [undefined, 0x4000n]);
  });

  it("text: UTF-8, Latin-1 where it is not, and the zeros that archives pad sysfs files with", () => {
    assert.equal(decodeText(Uint8Array.from([0xc2, 0xae, 0x41, 0xe9, 0x42, 0, 0])), "®AéB");
  });

  it("recognition does not rest on names", () => {
    assert.equal(recognizeText("0000-0cf7 : PCI Bus 0000:00\n0cf8-0cff : PCI conf1\n"), "proc/ioports");
    assert.equal(recognizeText("00000000-00000000 : System RAM\n"), "proc/iomem");
    assert.equal(recognizeText("hello\n"), undefined);
  });
});
