// The placements of domain.md 5.6, and what else follows from the same hosts: what is closed to whom, where a doorbell goes, who is to blame.
import assert from "node:assert/strict";
import { forbiddenOf, kindWord, placementOf, printRange, relaxationsFor } from "../../core/src/index";
import type { Hosts } from "./guests";
import { planOf, printed, smmuHost } from "./guests";

const F1 = ["d05"];
const F2 = ["d05", "lx2160a", "epyc"];
const F3 = [...F2, "kunpeng"];
const ram = (size: string, more: object = {}): object => ({ memory: [{ name: "ram", size, from: "0x4000_0000", ...more }], physicalAddressBits: 44 });
const banks = (guest: object, hosts: Hosts): string[] => printed(placementOf(planOf(guest, hosts)).memory[0]?.banks);

describe("guest placement: the fixtures of domain.md 5.6", () => {
  it("puts 4 GiB around D05's doorbell, in units of 64 KiB", () => {
    assert.deepEqual(banks(ram("4G", { align: "64K" }), F1), ["0x4000_0000-0xc600_ffff", "0xc602_0000-0x1_4000_ffff"]);
  });

  it("puts 4 GiB around the union of three hosts, in units of 2 MiB", () => {
    assert.deepEqual(banks(ram("4G"), F2), ["0x4000_0000-0xc5ff_ffff", "0xc620_0000-0xfedf_ffff", "0xff00_0000-0x1_403f_ffff"]);
  });

  it("puts 2 GiB into one bank", () => {
    assert.deepEqual(banks(ram("2G"), F1), ["0x4000_0000-0xbfff_ffff"]);
  });

  it("skips what an old kernel listed as reserved", () => {
    assert.deepEqual(banks(ram("4G"), F3), ["0x4000_0000-0xc5ff_ffff", "0xc620_0000-0xdfff_ffff", "0xf800_0000-0xfedf_ffff", "0xff00_0000-0x1_583f_ffff"]);
  });

  it("tells which hosts close which range, and leaves relaxable regions open", () => {
    const closed = forbiddenOf(planOf(ram("4G"), F2)).ranges.map((one) => `${printRange(one.range)} ${kindWord(one.kind)} ${one.hosts.join(" ")}`);
    assert.deepEqual(closed, [
      "0x0800_0000-0x080f_ffff msi d05 lx2160a",
      "0xc601_0000-0xc601_ffff msi d05",
      "0xfee0_0000-0xfeef_ffff msi epyc",
      "0xfd_0000_0000-0xff_ffff_ffff reserved epyc",
    ]);
  });
});

describe("guest placement: the doorbell", () => {
  const doorbell = (guest: object, hosts: Hosts): string => {
    const { range, choice, rejected } = placementOf(planOf(guest, hosts)).doorbell;
    return [`${range ? printRange(range) : "nowhere"} ${choice}`, ...rejected.map((one) => `not ${one.choice}: ${one.obstacle?.kind}`)].join("; ");
  };
  const fixed = { doorbell: { strategy: "fixed" } };

  it("takes 0xfee0_0000 where nothing is", () => {
    assert.equal(doorbell({ ...ram("2G"), ...fixed }, F1), "0xfee0_0000-0xfeef_ffff fixed");
  });

  it("falls back where memory is", () => {
    assert.equal(doorbell({ ...ram("4G"), ...fixed }, F1), "0x0800_0000-0x080f_ffff host-window; not fixed: memory");
  });

  it("finds no relative place on QEMU virt with 40 bits: the high PCI window is there", () => {
    const guest = { machine: "qemu-virt-8.2", physicalAddressBits: 40, memory: [{ name: "ram", base: "0x4000_0000", size: "4G" }], ...fixed };
    assert.equal(doorbell(guest, []), "0x0ff0_0000-0x0fff_ffff hole; not fixed: memory; not host-window: undefined; not top: machine; not sign-extended: machine");
  });

  it("tells the top from the sign-extended address", () => {
    const at = (strategy: string): string => doorbell({ ...ram("1G"), physicalAddressBits: 40, doorbell: { strategy } }, F1);
    assert.equal(at("top"), "0xff_ffe0_0000-0xff_ffff_ffff top");
    assert.equal(at("sign-extended"), "0xff_fee0_0000-0xff_feef_ffff sign-extended");
  });

  it("leaves AMD's hole", () => {
    const guest = { ...ram("1G"), arch: "arm64", physicalAddressBits: 40, doorbell: { strategy: "top" } };
    assert.equal(doorbell(guest, ["epyc"]), "0xfff0_0000-0xffff_ffff hole; not top: forbidden; not host-window: undefined; not fixed: forbidden; not sign-extended: forbidden");
  });

  it("belongs at the local APIC of an x86 guest, whatever hosts have there", () => {
    assert.equal(doorbell({ machine: "qemu-q35-8.2", memory: [{ name: "ram", size: "4G" }] }, ["epyc"]), "0xfee0_0000-0xfeef_ffff fixed; not host-window: undefined");
  });

  it("keeps memory off a doorbell whose base the author gives", () => {
    const placement = placementOf(planOf({ ...ram("4G"), doorbell: { strategy: "fixed", base: "0xfee0_0000" } }, F1));
    assert.deepEqual(printed(placement.memory[0]?.banks), ["0x4000_0000-0xc5ff_ffff", "0xc620_0000-0xfedf_ffff", "0xff00_0000-0x1_403f_ffff"]);
    assert.ok(placement.feasible);
  });
});

describe("guest placement: what does not fit", () => {
  it("names the hosts whose regions a fixed base meets", () => {
    const plan = planOf({ memory: [{ name: "ram", base: "0x4000_0000", size: "4G" }], physicalAddressBits: 40 }, F2);
    const { feasible, conflicts } = placementOf(plan);
    assert.ok(!feasible);
    assert.deepEqual(
      conflicts.map((one) => one.kind === "clash" && one.obstacle.kind === "forbidden" && `${printRange(one.range)} ${one.obstacle.region.hosts.join()}`),
      ["0xc601_0000-0xc601_ffff d05", "0xfee0_0000-0xfeef_ffff epyc"],
    );
    assert.deepEqual(relaxationsFor(plan, placementOf(plan))[0], { kind: "hosts", hosts: ["d05", "epyc"], isSmallest: true });
  });

  it("finds the one host whose IOMMU is too narrow, and how much would fit", () => {
    const plan = planOf({ memory: [{ name: "ram", size: "8G" }], physicalAddressBits: 40 }, { narrow: smmuHost("narrow", [], { inputBits: 32 }), wide: smmuHost("wide", [], { inputBits: 48 }) });
    const placement = placementOf(plan);
    assert.ok(!placement.feasible);
    const found = relaxationsFor(plan, placement).map((one) => (one.kind === "less-memory" ? `less: ${one.size >> 30n} GiB` : one.kind === "hosts" ? `hosts: ${one.hosts.join()}` : one.kind));
    assert.deepEqual(found, ["hosts: narrow", "requests", "less: 3 GiB"]);
  });

  it("asks for more address bits where those of the guest are too few", () => {
    const plan = planOf({ memory: [{ name: "ram", size: "8G" }], physicalAddressBits: 32 }, F1);
    assert.deepEqual(relaxationsFor(plan, placementOf(plan)).find((one) => one.kind === "wider-addresses"), { kind: "wider-addresses", bits: 34 });
  });
});
