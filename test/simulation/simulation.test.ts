// A guest's life step by step, as a person reads it: steps in, what `platmap simulate` prints out.
import assert from "node:assert/strict";
import { parseStep, simulate } from "../../core/src/index";
import { printTextSimulation } from "../../server/src/cli/report/simulation";
import type { Hosts } from "../guest/guests";
import { planOf } from "../guest/guests";

/** A host with an SMMU, an ITS, and a network adapter at 00:05.0 beside a disk at 00:06.0. */
function host(name: string, reserved: readonly object[] = [], more: { smmu?: object; pci?: object; nic?: object; platform?: object } = {}): string {
  return JSON.stringify({
    platform: name, arch: "arm64", physicalAddressBits: 44,
    doorbells: [{ name: "its", type: "its", base: "0x4c00_0000", size: "128K" }],
    iommus: [{ name: "smmu", type: "smmuv3", base: "0xa004_0000", size: "128K", reserved, ...more.smmu }],
    pci: [{
      name: "pci0", msi: "its", iommu: [{ ids: "0000-ffff", to: "smmu" }],
      devices: [{ at: "00:05.0", name: "nic", type: "endpoint", id: "15b3:101e", ...more.nic }, { at: "00:06.0", name: "disk", type: "endpoint" }],
      ...more.pci,
    }],
    ...more.platform,
  });
}

const ITS_PAGE = { range: "0xc601_0000-0xc601_ffff", type: "msi" };
const FOUR_GIB = [{ name: "ram", base: "0x4000_0000", size: "4G" }];

function lived(guest: object, hosts: Hosts, ...texts: string[]): string {
  const plan = planOf({ physicalAddressBits: 40, ...guest }, hosts);
  const steps = texts.map((text) => {
    const step = parseStep(text);
    assert.ok(!("because" in step), "because" in step ? step.because : "");
    return step;
  });
  const results = simulate(plan, steps);
  return printTextSimulation(plan, results.map((result, index) => ({ text: texts[index] ?? "", result })));
}

/** The verdicts alone. */
function verdicts(guest: object, hosts: Hosts, ...texts: string[]): string[] {
  return lived(guest, hosts, ...texts).split("\n").flatMap((line) => /^\S+ +(ok|refused|unsafe) /.exec(line)?.[1] ?? []);
}

describe("the simulation of a guest", () => {
  it("shows the horrible scenario: its map is chosen on one host, it moves, and the hot-plug fails", () => {
    const text = lived({ memory: FOUR_GIB, policy: "relaxed" }, { zero: host("zero"), one: host("one", [ITS_PAGE]) }, "start:zero", "migrate:one", "hotplug:0000:00:05.0");
    assert.equal(text, `g: hotplug:0000:00:05.0 is refused

start:zero            ok       it runs on zero without a device, so nothing asks what the host reserves; its map is chosen: ram 0x4000_0000-0x1_3fff_ffff
migrate:one           ok       its map stays as it is on one: no device is attached, and migration itself does not look at what the host reserves
    note: 0xc601_0000-0xc601_ffff (msi) lies in ram (0x4000_0000-0x1_3fff_ffff): nothing looks at that before a device of one is added
hotplug:0000:00:05.0  refused  0xc601_0000-0xc601_ffff (msi) lies in ram (0x4000_0000-0x1_3fff_ffff): the kernel maps no memory there (-EINVAL)
    | vfio 0000:00:05.0: failed to setup container for group …: memory listener initialization failed: Region ram: vfio_container_dma_map(…, 0x40000000, 0x100000000, …) = -22 (Invalid argument)
`);
  });

  it("lets the same guest live when its memory was planned for both hosts", () => {
    const hosts = { zero: host("zero"), one: host("one", [ITS_PAGE]) };
    assert.deepEqual(verdicts({ memory: [{ name: "ram", size: "4G" }] }, hosts, "start:zero", "migrate:one", "hotplug:00:05.0"), ["ok", "ok", "ok"]);
  });

  it("believes a machine that lays its memory out itself, not the plan", () => {
    const guest = { machine: "qemu-virt-10.1", memory: [{ name: "ram", size: "4G" }] };
    assert.deepEqual(verdicts(guest, { one: host("one", [ITS_PAGE]) }, "start:one", "hotplug:00:05.0"), ["ok", "refused"]);
    assert.deepEqual(verdicts({ ...guest, memory: [{ name: "ram", size: "2G" }] }, { one: host("one", [ITS_PAGE]) }, "start:one", "hotplug:00:05.0"), ["ok", "ok"]);
  });

  it("changes nothing at a refused step, and judges the later ones", () => {
    const hosts = { zero: host("zero"), one: host("one", [ITS_PAGE]) };
    const steps = ["start:zero", "hotplug:00:05.0", "migrate:one", "unplug:00:05.0", "migrate:one", "unplug:00:05.0", "start:zero"];
    assert.deepEqual(verdicts({ memory: FOUR_GIB }, hosts, ...steps), ["ok", "ok", "refused", "ok", "ok", "refused", "refused"]);
  });

  it("refuses to start with a device that cannot reach the memory", () => {
    const guest = { memory: FOUR_GIB, passthrough: [{ host: "one", device: "00:05.0" }] };
    const text = lived(guest, { zero: host("zero"), one: host("one", [ITS_PAGE]) }, "start:one", "hotplug:00:06.0", "start:zero");
    assert.match(text, /^start:one +refused +0xc601_0000-0xc601_ffff \(msi\) lies in ram/m);
    assert.match(text, /^hotplug:00:06\.0 +refused +the guest does not run/m);
    assert.match(text, /^start:zero +ok/m);
  });

  describe("on a hot-plug", () => {
    const plug = (one: string, guest: object = {}): string => lived({ memory: [{ name: "ram", base: "0x4000_0000", size: "1G" }], ...guest }, { one }, "start:one", "hotplug:00:05.0");

    it("does not mind regions that are direct-relaxable", () => {
      assert.match(plug(host("one", [{ range: "0x4000_0000-0x4fff_ffff", type: "direct-relaxable" }])), /^hotplug:00:05\.0 +ok/m);
    });

    it("minds the kernel's own window for doorbells, unless it can be moved", () => {
      const low = { memory: [{ name: "ram", base: "0x0", size: "1G" }] };
      assert.match(plug(host("one"), low), /refused +0x0800_0000-0x080f_ffff \(msi\) lies in ram/);
      const movable = plug(host("one", [], { smmu: { msiWindow: { base: "0x0800_0000", size: "1M", programmable: true } } }), low);
      assert.match(movable, /^hotplug:00:05\.0 +ok .*\n +note: 0x0800_0000-0x080f_ffff \(msi\) lies in ram \(.*\): it works once the VMM has that window put elsewhere/m);
    });

    it("refuses what firmware wants mapped one to one, in the kernel's words", () => {
      const text = plug(host("one", [{ range: "0x9000_0000-0x9000_ffff", type: "direct", devices: ["00:05.0"] }], { platform: { captured: { kernel: "6.12" } } }));
      assert.match(text, /refused +firmware wants 0x9000_0000-0x9000_ffff mapped one to one for nic \(0000:00:05\.0\)/);
      assert.match(text, /\| Firmware has requested this device have a 1:1 IOMMU mapping/);
    });

    it("refuses a group that the host keeps a part of", () => {
      const devices = [{ at: "00:05.0", name: "nic", type: "endpoint", multifunction: true }, { at: "00:05.1", name: "nic1", type: "endpoint" }];
      assert.match(plug(host("one", [], { pci: { devices } })), /refused +its IOMMU group also holds nic1 \(0000:00:05\.1\), which stays with the host\n +\| vfio 0000:00:05\.0: group … is not viable/);
      const both = { passthrough: ["00:05.0", "00:05.1"].map((device) => ({ host: "one", device, when: "hotplug" })) };
      assert.match(plug(host("one", [], { pci: { devices } }), both), /^hotplug:00:05\.0 +ok/m);
    });

    it("gives the number of a group that the running machine told", () => {
      const devices = [{ at: "00:05.0", name: "nic", type: "endpoint", multifunction: true }, { at: "00:05.1", name: "nic1", type: "endpoint", driver: "ixgbe" }];
      const captured = { kernel: "6.12", groups: [{ id: 13, devices: ["0000:00:05.0", "0000:00:05.1"] }] };
      assert.match(plug(host("one", [], { pci: { devices }, platform: { captured } })), /\| vfio 0000:00:05\.0: group 13 is not viable/);
    });

    it("refuses memory beyond the addresses that the IOMMU takes", () => {
      const high = { memory: [{ name: "ram", base: "0x10_0000_0000", size: "1G" }] };
      assert.match(plug(host("one", [], { smmu: { inputBits: 36 } }), high), /refused +ram \(0x10_0000_0000-0x10_3fff_ffff\) reaches beyond the 36 bits of address that smmu takes/);
    });

    it("refuses memory that is not made of whole pages of the IOMMU", () => {
      const odd = { memory: [{ name: "ram", base: "0x4000_1000", size: "1G" }] };
      assert.match(plug(host("one", [], { smmu: { pageSizes: ["64K"] } }), odd), /refused +ram \(.*\) is not made of whole pages of smmu, which are of 64 KiB/);
    });

    it("calls DMA past the IOMMU unsafe", () => {
      assert.match(plug(host("one", [], { pci: { iommu: [{ ids: "0000-0020", to: "smmu" }] } })), /unsafe +its DMA bypasses the IOMMU: no IOMMU mapping of pci0 covers id 0028/);
    });

    it("says of a region of firmware behind VT-d what Intel's driver said before Linux 6.6", () => {
      const intel = (kernel: string): string =>
        JSON.stringify({
          platform: "one", arch: "x86_64", captured: { kernel },
          iommus: [{ name: "dmar0", type: "vt-d", interruptRemapping: true, reserved: [{ range: "0x9000_0000-0x9000_ffff", type: "direct", devices: ["00:05.0"] }] }],
          pci: [{ name: "pci0", iommu: [{ ids: "0000-ffff", to: "dmar0" }], devices: [{ at: "00:05.0", name: "nic", type: "endpoint" }] }],
        });
      assert.match(plug(intel("6.1")), /refused .*\n +\| Device is ineligible for IOMMU domain attach due to platform RMRR requirement\./);
      assert.match(plug(intel("6.6")), /refused .*\n +\| Firmware has requested this device have a 1:1 IOMMU mapping/);
    });

    it("calls interrupts that nothing checks unsafe", () => {
      const x86 = JSON.stringify({
        platform: "one", arch: "x86_64", iommus: [{ name: "dmar0", type: "vt-d", interruptRemapping: false }],
        pci: [{ name: "pci0", iommu: [{ ids: "0000-ffff", to: "dmar0" }], devices: [{ at: "00:05.0", name: "nic", type: "endpoint" }] }],
      });
      assert.match(plug(x86), /unsafe +dmar0 does not remap interrupts, so it can raise any; .*\n +\| vfio_iommu_type1_attach_group: No interrupt remapping support\./);
    });

    it("calls memory under a bridge window unsafe where nothing redirects the device's requests", () => {
      const windows = [{ type: "mem32", cpu: "0x5000_0000", size: "128M" }];
      assert.match(plug(host("one", [], { pci: { windows } })), /unsafe +0x5000_0000-0x57ff_ffff \(window\) lies in ram \(.*\): what the device writes there never reaches the guest's memory/);
    });

    it("says what iommufd says where a device is attached already", () => {
      const guest = { backend: "iommufd", memory: FOUR_GIB };
      const one = host("one", [{ range: "0xc601_0000-0xc601_ffff", type: "reserved", devices: ["00:05.0"] }]);
      const text = lived(guest, { one }, "start:one", "hotplug:00:06.0", "hotplug:00:05.0");
      // QEMU passes over the address space that does not take the device, and maps the memory in another one.
      assert.match(text, /finds it mapped already \(-EADDRINUSE\)\n +\| vfio 0000:00:05\.0: memory listener initialization failed: Region .*: vfio_container_dma_map\(…, 0x.*\) = -22 \(Invalid argument\)/);
      const other = lived({ ...guest, machine: "cloud-hypervisor-arm64" }, { one: host("one", [{ range: "0x8000_0000-0x8000_ffff", type: "reserved", devices: ["00:05.0"] }]) }, "start:one", "hotplug:00:06.0", "hotplug:00:05.0");
      assert.match(other, /finds it mapped already \(-EADDRINUSE\)\n +\| VFIO_DEVICE_ATTACH_IOMMUFD_PT: Address already in use \(EADDRINUSE\)/);
    });

    it("refuses both kinds of MSI region in one group to iommufd alone", () => {
      const small = [{ name: "ram", base: "0x4000_0000", size: "1G" }];
      assert.deepEqual(verdicts({ memory: small, backend: "iommufd" }, { one: host("one", [ITS_PAGE]) }, "start:one", "hotplug:00:05.0"), ["ok", "refused"]);
      assert.deepEqual(verdicts({ memory: small }, { one: host("one", [ITS_PAGE]) }, "start:one", "hotplug:00:05.0"), ["ok", "ok"]);
    });

    it("tells a guest with an IOMMU of its own nothing new", () => {
      const guest = { memory: [{ name: "ram", base: "0x4000_0000", size: "1G" }], iommu: { type: "virtio-iommu" } };
      const one = host("one", [{ range: "0xc601_0000-0xc601_ffff", type: "reserved", devices: ["00:05.0"] }]);
      assert.deepEqual(verdicts(guest, { one }, "start:one", "hotplug:00:05.0"), ["ok", "unsafe"]);
      assert.match(lived(guest, { one }, "start:one", "hotplug:00:06.0", "hotplug:00:05.0"), /^hotplug:00:05\.0 +refused .*\n +\| IOMMU mr=… Conflicting host reserved ranges set!/m);
      const told = { ...guest, iommu: { type: "virtio-iommu", reserved: [{ range: "0xc601_0000-0xc601_ffff" }, { range: "0x0800_0000-0x080f_ffff" }] } };
      assert.deepEqual(verdicts(told, { one }, "start:one", "hotplug:00:06.0", "hotplug:00:05.0"), ["ok", "ok", "ok"]);
    });

    it("takes every region of the host for a device that it does not describe", () => {
      const bare = JSON.stringify({ platform: "one", arch: "arm64", iommus: [{ name: "smmu", type: "smmuv3", reserved: [ITS_PAGE] }] });
      const text = plug(bare, { memory: FOUR_GIB });
      assert.match(text, /refused +0xc601_0000-0xc601_ffff \(msi\) lies in ram .*\n(?:.*\n)* +not known: one does not describe 0000:00:05\.0: every region of the host counts/);
      assert.match(plug(bare), /^hotplug:00:05\.0 +ok/m);
      const named = { memory: FOUR_GIB, passthrough: [{ host: "one", device: "0000:07:00.0" }] };
      assert.match(lived(named, { one: host("one", [ITS_PAGE]) }, "start:one"), /^start:one +refused +0xc601_0000-0xc601_ffff \(msi\) lies in ram/m);
    });

    it("says what the description leaves open, and does not call it safe", () => {
      assert.match(plug(host("one", [], { pci: { iommu: "unknown" } })), /^hotplug:00:05\.0 +ok .*\n(?: +not known: .*\n)* +not known: which IOMMU is in front of pci0 is unknown/m);
    });
  });

  describe("on a migration", () => {
    it("refuses to leave a device behind", () => {
      const text = lived({ memory: FOUR_GIB }, { zero: host("zero"), one: host("one") }, "start:zero", "hotplug:00:05.0", "migrate:one");
      assert.match(text, /^migrate:one +refused +the guest has nic \(0000:00:05\.0\), whose state nothing carries over: unplug it before, plug one in after\n +\| 0000:00:05\.0: VFIO migration is not supported in kernel/m);
    });

    it("takes a device along whose driver carries its state, to one of the same kind", () => {
      const carrying = { nic: { driver: "mlx5_vfio_pci" } };
      const hosts = { zero: host("zero", [], carrying), one: host("one", [], carrying) };
      const passthrough = ["zero", "one"].map((name) => ({ host: name, device: "00:05.0" }));
      assert.deepEqual(verdicts({ memory: FOUR_GIB, passthrough }, hosts, "start:zero", "migrate:one", "unplug:00:05.0"), ["ok", "ok", "ok"]);
      const refusing = { zero: hosts.zero, one: host("one", [ITS_PAGE], carrying) };
      assert.deepEqual(verdicts({ memory: FOUR_GIB, passthrough }, refusing, "start:zero", "migrate:one"), ["ok", "refused"]);
    });

    it("refuses another architecture, and a host whose addresses are too few", () => {
      const x86 = JSON.stringify({ platform: "pc", arch: "x86_64" });
      assert.match(lived({ memory: FOUR_GIB }, { zero: host("zero"), pc: x86 }, "start:zero", "migrate:pc"), /refused +zero is arm64, and pc is x86_64/);
      const narrow = host("narrow", [], { platform: { physicalAddressBits: 32 } });
      assert.match(lived({ memory: FOUR_GIB }, { zero: host("zero"), narrow }, "start:zero", "migrate:narrow"), /refused +its memory needs 33 bits of address, and narrow has 32\n +\| -m and ,maxmem option values require an IPA range \(33 bits\) larger than the one supported by the host \(32 bits\)/);
    });
  });

  describe("when memory is added", () => {
    const small = [{ name: "ram", base: "0x4000_0000", size: "2G" }];

    it("grows memory with a base at its end, into what a device cannot reach", () => {
      const text = lived({ memory: small }, { one: host("one", [ITS_PAGE]) }, "start:one", "hotplug:00:05.0", "grow:1G");
      assert.match(text, /^grow:1G +refused +0xc601_0000-0xc601_ffff \(msi\) lies in added memory \(0xc000_0000-0xffff_ffff\): it cannot be mapped for nic \(0000:00:05\.0\); QEMU aborts, and the guest is lost\n +\| vfio: DMA mapping failed, unable to continue/m);
    });

    it("grows memory that Platmap has placed around what the hosts reserve", () => {
      const text = lived({ memory: [{ name: "ram", size: "2G" }] }, { one: host("one", [ITS_PAGE]) }, "start:one", "hotplug:00:05.0", "grow:1G");
      assert.match(text, /^grow:1G +ok +it has 0xc000_0000-0xc5ff_ffff, 0xc620_0000-0x1_001f_ffff more/m);
    });

    it("says what becomes impossible where no device is in the way yet", () => {
      const text = lived({ memory: small }, { one: host("one", [ITS_PAGE]) }, "start:one", "grow:1G", "hotplug:00:05.0");
      assert.match(text, /^grow:1G +ok .*\n +note: 0xc601_0000-0xc601_ffff \(msi\) lies in added memory \(.*\): no device of one can be added any more\nhotplug:00:05\.0 +refused/m);
    });

    it("uses the room that a known machine keeps, as far as maxMemory and slots go", () => {
      const guest = { machine: "qemu-virt-10.1", memory: [{ name: "ram", size: "1G" }], maxMemory: "3G", memorySlots: 2 };
      const text = lived(guest, { one: host("one") }, "start:one", "grow:1G", "grow:512M", "grow:512M", "grow:1G");
      assert.match(text, /^grow:1G +ok +it has 0x8000_0000-0xbfff_ffff more/m);
      assert.match(text, /^grow:512M +ok +it has 0xc000_0000-0xdfff_ffff more\ngrow:512M +refused +all 2 memory slots are taken\n +\| no free memory slots available/m);
      assert.match(text, /^grow:1G +refused +the guest would have 3.5 GiB, and maxMemory is 3 GiB\n +\| not enough space, currently 0x60000000 in use of total space for memory devices 0x80000000/m);
    });

    it("has no room on a machine that was started without", () => {
      const guest = { machine: "qemu-virt-10.1", memory: [{ name: "ram", size: "1G" }] };
      assert.match(lived(guest, { one: host("one") }, "start:one", "grow:1G"), /\| the configuration is not prepared for memory devices \(e\.g\., for memory hotplug\), consider specifying the maxmem option/);
    });
  });
});

describe("a step", () => {
  const fault = (text: string): string => {
    const step = parseStep(text);
    return "because" in step ? step.because : "";
  };

  it("is read in its five forms", () => {
    for (const text of ["start:d05", "migrate:d05", "hotplug:0000:05:00.0", "unplug:05:00.0", "grow:2G"]) assert.equal(fault(text), "");
  });

  it("is told what is wrong with it", () => {
    assert.equal(fault("fly:d05"), '"fly:d05" is not a step: a step is one of start:HOST, migrate:HOST, hotplug:BDF, unplug:BDF, grow:SIZE');
    assert.equal(fault("start"), '"start" is not a step: a host is missing: start:HOST');
    assert.equal(fault("hotplug:nic"), '"hotplug:nic" is not a step: "nic" is not a PCI address: write one such as hotplug:0000:05:00.0');
    assert.equal(fault("grow:lots"), '"grow:lots" is not a step: "lots" is not a size: write one such as grow:2G');
    assert.equal(fault("grow:0"), '"grow:0" is not a step: nothing would be added');
  });
});
