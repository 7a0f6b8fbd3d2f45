// What is emitted, judged by those who take it: QEMU starts with it and shows the memory map that was planned, dtc compiles it, an XML reader reads it.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { parseStringPromise } from "xml2js";
import type { Emitted, GuestPlan } from "../../core/src/index";
import { emitDeviceTree, emitLibvirt, emitQemu, placementOf } from "../../core/src/index";
import { reservedRegionsDevice } from "../../core/src/guest/emit/qemu";
import { declaredRegions } from "../../core/src/guest/emit/launch";
import type { Hosts } from "./guests";
import { planOf } from "./guests";
import { memoryTree, qemuVersion } from "./qemu";

function textOf(emitted: Emitted): string {
  assert.ok("text" in emitted, JSON.stringify(emitted));
  return emitted.text;
}

const arm = { cpu: "-cpu cortex-a53", machine: (): string => `qemu-virt-${qemuVersion("qemu-system-aarch64")}` };
const x86 = { machine: (): string => `qemu-q35-${qemuVersion("qemu-system-x86_64")}` };

function armGuest(more: object, hosts: Hosts = ["d05"]): GuestPlan {
  return planOf({ machine: arm.machine(), physicalAddressBits: 40, memory: [{ name: "ram", size: "1G" }], ...more }, hosts);
}

/** The regions of the planned machine that QEMU must show under these names. */
function expected(plan: GuestPlan, names: Readonly<Record<string, string>>): string[] {
  const { layout, memory } = placementOf(plan);
  const banks = memory.flatMap((one) => one.banks);
  const regions = (layout?.regions ?? []).flatMap((one) => (names[one.name] === undefined ? [] : [`${names[one.name]} ${one.range.base.toString(16)} ${(one.range.end - 1n).toString(16)}`]));
  const ram = Object.entries(names).filter(([name]) => name.startsWith("bank ")).map(([name, qemu]) => [banks[Number(name.slice(5))], qemu] as const);
  return [...regions, ...ram.flatMap(([bank, qemu]) => (bank ? [`${qemu} ${bank.base.toString(16)} ${(bank.end - 1n).toString(16)}`] : []))];
}

const VIRT = {
  "bank 0": "mach-virt.ram", "device memory": "device-memory", "PCI memory window": "pcie-mmio", "high ECAM": "pcie-ecam", "high PCI memory window": "pcie-mmio-high",
  "PCI I/O window": "gpex_ioport_window", UART: "pl011", RTC: "pl031", GPIO: "pl061", "platform bus": "platform bus", "ITS doorbell page": "translation",
};
const Q35 = { "bank 0": "ram-below-4g", "bank 1": "ram-above-4g", "device memory": "device-memory", "I/O APIC": "ioapic", HPET: "hpet", "local APIC": "apic-msi" };

function assertShown(plan: GuestPlan, names: Readonly<Record<string, string>>, ...further: readonly string[]): void {
  const { regions, complaint } = memoryTree(textOf(emitQemu(plan)), ...further);
  assert.equal(complaint, "");
  const missing = expected(plan, names).filter((one) => !regions.has(one));
  assert.deepEqual(missing, [], `QEMU shows\n${[...regions].join("\n")}`);
}

describe("emitted QEMU arguments", () => {
  before(async function () {
    this.timeout(300_000);
    const prepare = (await import("../../../scripts/prepare.mjs" as string)) as { ensureProgram(names: readonly string[], debianPackage: string): Promise<string> };
    await prepare.ensureProgram(["qemu-system-aarch64"], "qemu-system-arm");
    await prepare.ensureProgram(["qemu-system-x86_64"], "qemu-system-x86");
  });

  it("make QEMU's virt the machine that was planned", () => {
    assertShown(armGuest({}), VIRT, "-M gic-version=3", arm.cpu);
    assertShown(armGuest({ memory: [{ name: "ram", size: "2G" }], maxMemory: "4G", memorySlots: 2 }), VIRT, "-M gic-version=3", arm.cpu);
  });

  it("make it the one whose regions float high, or do not fit", () => {
    const large = armGuest({ maxMemory: "600G", memorySlots: 1 }, []);
    assertShown(large, VIRT, "-M gic-version=3", arm.cpu);
    const { regions } = memoryTree(textOf(emitQemu(large)), "-M gic-version=3", arm.cpu);
    assert.deepEqual(placementOf(large).layout?.dropped.map((one) => one.name), ["high PCI memory window"]);
    assert.ok(![...regions].some((one) => one.startsWith("pcie-mmio-high ")));
  });

  it("make q35 the machine that was planned", () => {
    const memory = [{ name: "ram", size: "4G" }];
    assertShown(planOf({ machine: x86.machine(), physicalAddressBits: 40, memory }, []), Q35);
    assertShown(planOf({ machine: x86.machine(), physicalAddressBits: 40, memory, maxMemory: "8G", memorySlots: 1 }, []), Q35);
  });

  it("are refused in the words that are foretold", () => {
    const tooLarge = armGuest({ maxMemory: "2T", memorySlots: 1 }, []);
    const foretold = placementOf(tooLarge).layout?.refusal?.message ?? "nothing";
    assert.match(JSON.stringify(emitQemu(tooLarge)), /does not start/);
    const { complaint } = memoryTree(`qemu-system-aarch64 -machine virt-${qemuVersion("qemu-system-aarch64")} -m size=1G,slots=1,maxmem=2T`, arm.cpu);
    assert.ok(complaint.includes(foretold), `${complaint}\n${foretold}`);
    // The processor that QEMU emulates as "max" is AMD's, so that what is above 4 GiB moves to 1 TiB.
    const x86TooLarge = planOf({ machine: x86.machine(), processor: "amd", physicalAddressBits: 40, memory: [{ name: "ram", size: "1G" }], maxMemory: "2T", memorySlots: 1 }, []);
    const words = placementOf(x86TooLarge).layout?.refusal?.message ?? "nothing";
    const said = memoryTree(`qemu-system-x86_64 -machine pc-q35-${qemuVersion("qemu-system-x86_64")} -m size=1G,slots=1,maxmem=2T`, "-cpu max,phys-bits=40").complaint;
    assert.ok(said.includes(words), `${said}\n${words}`);
  });

  it("list the closed regions as virtio-iommu takes them, where the machine declares none itself", () => {
    const version = qemuVersion("qemu-system-aarch64");
    const plan = armGuest({ iommu: { type: "virtio-iommu" } }, ["d05", "kunpeng"]);
    const device = reservedRegionsDevice(declaredRegions(plan), version);
    const without = memoryTree(`qemu-system-aarch64 -machine virt-${version},gic-version=3,its=off -m 1G ${device}`, arm.cpu);
    assert.equal(without.complaint, "");
    assert.ok([...without.regions].some((one) => one.startsWith("virtio-iommu")), "the device is there");
    const beside = memoryTree(`qemu-system-aarch64 -machine virt-${version},gic-version=3 -m 1G ${device}`, arm.cpu);
    assert.match(beside.complaint, /may not be set more than once/);
    assertShown(plan, { ...VIRT }, "-M gic-version=3", arm.cpu);
  });
});

describe("emitted fragments", () => {
  const web = (): GuestPlan => planOf({ physicalAddressBits: 40, memory: [{ name: "ram", size: "4G" }] }, ["d05", "epyc"]);

  it("are a device tree overlay that dtc compiles, with every bank and every closed range", () => {
    const source = textOf(emitDeviceTree(web()));
    const { stderr, stdout, status } = spawnSync("dtc", ["-@", "-I", "dts", "-O", "dts"], { input: source, encoding: "utf8" });
    assert.deepEqual([status, stderr.replace(/^<stdin>.*\n/gm, "")], [0, ""]);
    assert.match(stdout, /iommu-addresses = <0xffffffff 0x00 0xc6010000 0x00 0x10000>/);
    assert.equal([...stdout.matchAll(/device_type = "memory"/g)].length, 3);
    assert.equal([...stdout.matchAll(/iommu-addresses/g)].length - [...stdout.matchAll(/iommu-addresses:/g)].length, 4);
  });

  it("close all 2^64 addresses of a host that has none left, in two halves that dtc takes", () => {
    const host = `{ "platform": "shut", "iommus": [{ "name": "smmu", "type": "smmuv3", "reserved": [{ "base": "0x0", "size": "16E", "type": "reserved" }] }] }`;
    const source = textOf(emitDeviceTree(planOf({ physicalAddressBits: 64 }, { shut: host })));
    const { stdout, status, stderr } = spawnSync("dtc", ["-@", "-I", "dts", "-O", "dts"], { input: source, encoding: "utf8" });
    assert.equal(status, 0, stderr);
    assert.match(stdout, /iommu-addresses = <0xffffffff 0x00 0x00 0x80000000 0x00>, < ?0xffffffff 0x80000000 0x00 0x80000000 0x00>;/);
  });

  it("are a libvirt domain that an XML reader reads", async () => {
    const host = `{ "platform": "d05-1", "arch": "arm64", "pci": [{ "name": "p", "devices": [{ "at": "00:05.0", "type": "endpoint" }] }] }`;
    const guest = { machine: "qemu-q35-8.2", physicalAddressBits: 42, memory: [{ name: "ram", size: "4G" }], maxMemory: "8G", memorySlots: 2, iommu: { type: "virtio-iommu" }, passthrough: [{ host: "d05-1", device: "00:05.0" }] };
    const { domain } = (await parseStringPromise(textOf(emitLibvirt(planOf(guest, { "d05-1": host }))))) as { domain: { memory: { _: string }[]; cpu: { maxphysaddr: { $: object }[] }[]; devices: { hostdev: { source: { address: { $: object }[] }[] }[] }[] } };
    assert.equal(domain.memory[0]?._, String(4n << 30n));
    assert.deepEqual({ ...domain.cpu[0]?.maxphysaddr[0]?.$ }, { mode: "emulate", bits: "42" });
    assert.deepEqual({ ...domain.devices[0]?.hostdev[0]?.source[0]?.address[0]?.$ }, { domain: "0x0000", bus: "0x00", slot: "0x05", function: "0x0" });
  });

  it("are none where the machine cannot do it, or nothing fits", () => {
    assert.deepEqual(emitQemu(planOf({ machine: "qemu-virt-10.1", physicalAddressBits: 40, memory: [{ name: "ram", size: "4G" }] }, ["d05"])), {
      cannot: "QEMU virt 10.1 cannot put memory at 0x4000_0000-0xc5ff_ffff and 0xc620_0000-0x1_401f_ffff: its memory is one bank from 0x4000_0000 without holes",
    });
    assert.deepEqual(emitQemu(planOf({ machine: "crosvm", memory: [{ name: "ram", size: "1G" }] }, [])), { cannot: "the guest's machine is crosvm (x86_64)" });
    assert.ok("cannot" in emitDeviceTree(planOf({ physicalAddressBits: 32, memory: [{ name: "ram", size: "8G" }] }, ["d05"])));
  });
});
