// The known machines: names, and the layouts that domain.md 5.1 to 5.3 gives as fixtures.
import assert from "node:assert/strict";
import type { Machine, MachineRequest } from "../../core/src/index";
import { address, findMachine, machineFamilies, placementOf, printRange } from "../../core/src/index";
import { planOf, printed } from "./guests";

const GIB = 1n << 30n;

function machine(name: string): Machine {
  const found = findMachine(name);
  assert.ok("machine" in found, name);
  return found.machine;
}

function layout(name: string, ramGib: number, more: Partial<MachineRequest> = {}): ReturnType<Machine["layout"]> {
  const one = machine(name);
  const ramSize = BigInt(ramGib) * GIB;
  return one.layout({ ramSize, addressBits: 40, ...more }, address(one.ramBase + ramSize));
}

function above4Gib(name: string, ramGib: number, more: Partial<MachineRequest> = {}): string[] {
  const { regions, dropped } = layout(name, ramGib, more);
  return [...regions.filter((one) => one.range.end > 1n << 32n).map((one) => `${one.name} ${printRange(one.range)}`), ...dropped.map((one) => `no ${one.name}`)];
}

describe("known machines: names", () => {
  it("takes any version of a known family, and an architecture before or behind it", () => {
    assert.equal(machine("qemu-virt-10.1").title, "QEMU virt 10.1");
    assert.equal(machine("qemu-virt").title, "QEMU virt");
    assert.equal(machine("pc-q35-8.2").title, "QEMU q35 8.2");
    for (const name of ["cloud-hypervisor-arm64", "cloud-hypervisor-aarch64-44.0", "cloud-hypervisor-44.0-arm64"]) assert.equal(machine(name).arch, "arm64", name);
    for (const family of machineFamilies) machine(`${family}-99.1`);
  });

  it("takes the architecture of the guest where the name has none", () => {
    assert.deepEqual([findMachine("crosvm", "arm64"), findMachine("qemu-virt", "x86_64")].map((one) => "machine" in one && one.machine.arch), ["arm64", "arm64"]);
  });

  it("knows what it does not know", () => {
    assert.deepEqual(findMachine("qemu-vrit-10.1"), { unknown: "family", family: "qemu-vrit" });
    assert.ok("architectures" in findMachine("qemu-q35-arm64"));
  });
});

describe("known machines: QEMU virt", () => {
  it("lets the high regions float from 256 GiB", () => {
    assert.deepEqual(above4Gib("qemu-virt-8.2", 4), [
      "high GIC redistributors 0x40_0000_0000-0x40_03ff_ffff", "high ECAM 0x40_1000_0000-0x40_1fff_ffff", "high PCI memory window 0x80_0000_0000-0xff_ffff_ffff",
    ]);
  });

  it("lets them float above large memory", () => {
    assert.deepEqual(above4Gib("qemu-virt-8.2", 300), [
      "high GIC redistributors 0x4b_4000_0000-0x4b_43ff_ffff", "high ECAM 0x4b_5000_0000-0x4b_5fff_ffff", "high PCI memory window 0x80_0000_0000-0xff_ffff_ffff",
    ]);
  });

  it("leaves out the window that does not fit the address width", () => {
    assert.deepEqual(above4Gib("qemu-virt-8.2", 600), [
      "high GIC redistributors 0x96_4000_0000-0x96_43ff_ffff", "high ECAM 0x96_5000_0000-0x96_5fff_ffff", "no high PCI memory window",
    ]);
  });

  it("makes room for memory that is added: what it may grow by, and 1 GiB a slot", () => {
    assert.ok(above4Gib("qemu-virt-8.2", 4, { maxMemory: 8n * GIB, slots: 2 }).includes("device memory 0x1_4000_0000-0x2_bfff_ffff"));
  });

  it("makes that room no larger than it is, and floats the rest from the next GiB", () => {
    const above = above4Gib("qemu-virt-8.2", 300, { maxMemory: 300n * GIB + (512n << 20n) });
    assert.deepEqual(above.slice(0, 2), ["device memory 0x4b_4000_0000-0x4b_5fff_ffff", "high GIC redistributors 0x4b_8000_0000-0x4b_83ff_ffff"]);
  });

  it("reserves no space for what does not fit, from 7.2 on", () => {
    const at = (name: string): string[] => layout(name, 4, { addressBits: 36 }).dropped.map((one) => printRange(one.range));
    assert.deepEqual(at("qemu-virt-7.1").slice(0, 2), ["0x40_0000_0000-0x40_03ff_ffff", "0x40_1000_0000-0x40_1fff_ffff"]);
    assert.deepEqual(at("qemu-virt-7.2").slice(0, 2), ["0x40_0000_0000-0x40_03ff_ffff", "0x40_0000_0000-0x40_0fff_ffff"]);
  });

  it("refuses in QEMU's words", () => {
    assert.equal(layout("qemu-virt-8.2", 8, { addressBits: 32 }).refusal?.message, `Addressing limited to 32 bits, but memory exceeds it by ${5n * GIB} bytes`);
  });

  it("has registers for PCI hot-plug from 10.1 on", () => {
    const has = (name: string): boolean => layout(name, 1).regions.some((one) => one.range.base === 0x090c_0000n);
    assert.deepEqual([has("qemu-virt-8.2"), has("qemu-virt-10.0"), has("qemu-virt-10.1"), has("qemu-virt")], [false, false, true, true]);
  });
});

describe("known machines: QEMU q35", () => {
  const banks = (guest: object): string[] => printed(placementOf(planOf(guest, [])).memory[0]?.banks);

  it("puts memory around the 32-bit hole", () => {
    assert.deepEqual(banks({ machine: "qemu-q35-8.2", memory: [{ name: "ram", size: "2G" }] }), ["0x0-0x7fff_ffff"]);
    assert.deepEqual(banks({ machine: "qemu-q35-8.2", memory: [{ name: "ram", size: "2815M" }] }), ["0x0-0xafef_ffff"]);
    assert.deepEqual(banks({ machine: "qemu-q35-8.2", memory: [{ name: "ram", size: "4G" }] }), ["0x0-0x7fff_ffff", "0x1_0000_0000-0x1_7fff_ffff"]);
  });

  it("moves memory above 1 TiB for AMD where HyperTransport would be met, from 7.1 on", () => {
    const guest = { memory: [{ name: "ram", size: "1T" }], processor: "amd", physicalAddressBits: 48 };
    assert.deepEqual(banks({ ...guest, machine: "qemu-q35-8.2" }), ["0x0-0x7fff_ffff", "0x100_0000_0000-0x1ff_7fff_ffff"]);
    assert.deepEqual(banks({ ...guest, machine: "qemu-q35-7.0" }), ["0x0-0x7fff_ffff", "0x1_0000_0000-0x100_7fff_ffff"]);
    assert.deepEqual(banks({ ...guest, machine: "qemu-q35-8.2", processor: "intel" }), ["0x0-0x7fff_ffff", "0x1_0000_0000-0x100_7fff_ffff"]);
  });

  it("refuses in QEMU's words", () => {
    const { layout } = placementOf(planOf({ machine: "qemu-q35-8.2", memory: [{ name: "ram", size: "62G" }], physicalAddressBits: 36 }, []));
    assert.equal(layout?.refusal?.message, "Address space limit 0xfffffffff < 0x17ffffffff phys-bits too low (36)");
  });
});

describe("known machines: others", () => {
  const banks = (name: string, size: string): string[] => printed(placementOf(planOf({ machine: name, memory: [{ name: "ram", size }], physicalAddressBits: 44 }, [])).memory[0]?.banks);

  it("put memory where they do", () => {
    assert.deepEqual(banks("cloud-hypervisor-arm64", "4G"), ["0x4000_0000-0xfbff_ffff", "0x1_0000_0000-0x1_43ff_ffff"]);
    assert.deepEqual(banks("cloud-hypervisor-x86_64", "4G"), ["0x0-0xbfff_ffff", "0x1_0000_0000-0x1_3fff_ffff"]);
    assert.deepEqual(banks("firecracker-arm64", "300G"), ["0x8000_0000-0x3f_ffff_ffff", "0x80_0000_0000-0x8b_7fff_ffff"]);
    assert.deepEqual(banks("firecracker-x86_64", "4G"), ["0x0-0xbfff_ffff", "0x1_0000_0000-0x1_3fff_ffff"]);
    assert.deepEqual(banks("crosvm-arm64", "4G"), ["0x8000_0000-0x1_7fff_ffff"]);
    assert.deepEqual(banks("crosvm-x86_64", "4G"), ["0x0-0xcfff_ffff", "0x1_0000_0000-0x1_2fff_ffff"]);
    assert.deepEqual(banks("kvmtool-arm64", "4G"), ["0x8000_0000-0x1_7fff_ffff"]);
  });

  it("put cloud-hypervisor's high window behind the memory: from 4 GiB on x86, from 8 GiB elsewhere", () => {
    const window = (name: string, gib: number, more: Partial<MachineRequest> = {}): string[] => above4Gib(`cloud-hypervisor-${name}`, gib, more).filter((one) => /window|device memory/.test(one));
    assert.deepEqual(window("x86_64", 2), ["64-bit PCI window 0x1_0000_0000-0xff_ffff_ffff"]);
    assert.deepEqual(window("arm64", 2), ["64-bit PCI window 0x2_0000_0000-0xff_ffff_ffff"]);
    assert.deepEqual(window("riscv64", 2), ["64-bit PCI window 0x2_0000_0000-0xff_ffff_ffff"]);
    assert.deepEqual(window("x86_64", 16), ["64-bit PCI window 0x4_0000_0000-0xff_ffff_ffff"]);
    assert.deepEqual(window("x86_64", 16, { maxMemory: 20n * GIB }), ["device memory 0x4_0000_0000-0x4_ffff_ffff", "64-bit PCI window 0x5_0000_0000-0xff_ffff_ffff"]);
  });

  it("put crosvm's platform devices and its high window right behind the memory", () => {
    assert.deepEqual(above4Gib("crosvm-arm64", 4), ["platform devices 0x1_8000_0000-0x1_807f_ffff", "64-bit PCI window 0x1_8080_0000-0xff_ffff_ffff"]);
  });

  it("cut Firecracker's memory in Firecracker's words", () => {
    assert.equal(layout("firecracker-arm64", 1023).refusal?.message, "Requested memory size 1098437885952 exceeds architectural maximum (1022GiB). Size has been truncated to 1097364144128");
    assert.equal(layout("firecracker-arm64", 1022).refusal, undefined);
  });
});
