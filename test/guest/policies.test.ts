// What a guest keeps off under each policy: groups, windows on paths, inbound windows, pages, widths, captured regions, MSIs that a root complex takes.
import assert from "node:assert/strict";
import type { Forbidden } from "../../core/src/index";
import { forbiddenOf, kindWord, placementOf, printRange } from "../../core/src/index";
import { planOf, printed, smmuHost } from "./guests";

const ISOLATING = { capable: "SV RR CR UF", enabled: "SV RR CR UF" };

/** Two root ports with a device each, whose IOMMU has a region for each; one root port redirects. */
const HOST = JSON.stringify({
  platform: "h", arch: "arm64",
  iommus: [{
    name: "smmu", type: "smmuv3",
    reserved: [
      { name: "one", range: "0x5000_0000-0x5000_ffff", type: "reserved", devices: ["01:00.0"] },
      { name: "two", range: "0x6000_0000-0x6000_ffff", type: "direct", devices: ["02:00.0"] },
      { name: "usb", range: "0x6800_0000-0x6800_ffff", type: "direct-relaxable", devices: ["01:00.0"] },
    ],
  }],
  pci: [{
    name: "pci0", windows: [{ type: "mem32", cpu: "0x50_0000_0000", bus: "0x7000_0000", size: "256M" }, { type: "io", cpu: "0x51_0000_0000", bus: "0x0", size: "64K" }],
    iommu: [{ ids: "0000-ffff", to: "smmu" }],
    devices: [
      { at: "00:01.0", name: "rp1", type: "root-port", buses: "01", acs: ISOLATING, devices: [{ at: "01:00.0", type: "endpoint" }] },
      { at: "00:02.0", name: "rp2", type: "root-port", buses: "02", acs: { capable: "SV RR CR UF", enabled: "SV CR" }, devices: [{ at: "02:00.0", type: "endpoint" }] },
    ],
  }],
});

function closed(guest: object, host = HOST): string[] {
  return listed(forbiddenOf(planOf({ memory: [{ name: "ram", size: "1G" }], ...guest }, { h: host })));
}

function listed({ ranges }: Forbidden): string[] {
  return ranges.map((one) => `${printRange(one.range)} ${kindWord(one.kind)}`);
}

const passing = (...devices: string[]): object => ({ passthrough: devices.map((device) => ({ host: "h", device })) });

describe("guest policies", () => {
  it("strict: every region of the host, and every window in bus addresses", () => {
    assert.deepEqual(closed({}), ["0x0800_0000-0x080f_ffff msi", "0x5000_0000-0x5000_ffff reserved", "0x6000_0000-0x6000_ffff direct", "0x7000_0000-0x7fff_ffff window"]);
    assert.deepEqual(closed(passing("01:00.0")), closed({}));
  });

  it("relaxed: nothing of a host that gives no device", () => {
    assert.deepEqual(closed({ policy: "relaxed" }), []);
  });

  it("relaxed: the group's regions, and no window where the ports redirect", () => {
    assert.deepEqual(closed({ policy: "relaxed", ...passing("01:00.0") }), ["0x0800_0000-0x080f_ffff msi", "0x5000_0000-0x5000_ffff reserved"]);
  });

  it("relaxed: the windows too where a port does not redirect", () => {
    assert.deepEqual(closed({ policy: "relaxed", ...passing("02:00.0") }), ["0x0800_0000-0x080f_ffff msi", "0x6000_0000-0x6000_ffff direct", "0x7000_0000-0x7fff_ffff window"]);
  });

  it("relaxed: everything for a device that is not described", () => {
    const plan = planOf({ policy: "relaxed", memory: [{ name: "ram", size: "1G" }], ...passing("03:00.0") }, { h: HOST });
    assert.deepEqual(listed(forbiddenOf(plan)), closed({}));
    assert.deepEqual(forbiddenOf(plan).unknown, ["h: 0000:03:00.0 is not described, so every region of the host counts"]);
  });

  it("counts what inbound windows leave out, and a doorbell that the root complex takes", () => {
    const host = JSON.stringify({ platform: "h", pci: [{ name: "p", inbound: [{ bus: "0x0", size: "3G" }], msi: { rootComplex: "0xbfff_fff0" } }] });
    assert.deepEqual(closed({}, host), ["0xbfff_f000-0xbfff_ffff msi", "0xc000_0000-0xffff_ffff_ffff_ffff inbound"]);
    const { memory } = placementOf(planOf({ memory: [{ name: "ram", size: "2G", from: "0x4000_0000", align: "4K" }] }, { h: host }));
    assert.deepEqual(printed(memory[0]?.banks), ["0x4000_0000-0xbfff_efff"]);
  });

  it("counts what a running machine listed, and knows the kernel's own window in it", () => {
    const groups = [{ id: 3, devices: ["0000:01:00.0"], reserved: [{ range: "0x0800_0000-0x080f_ffff", type: "msi" }, { range: "0x9000_0000-0x9000_ffff", type: "reserved" }] }];
    const host = JSON.stringify({ platform: "h", captured: { groups } });
    const plan = planOf({}, { h: host });
    assert.deepEqual(forbiddenOf(plan).ranges.map((one) => `${printRange(one.range)} ${one.kind}`), ["0x0800_0000-0x080f_ffff software-msi", "0x9000_0000-0x9000_ffff reserved"]);
    assert.deepEqual(printed([forbiddenOf(plan).commonWindow ?? assert.fail()]), ["0x0800_0000-0x080f_ffff"]);
  });

  it("finds a window that all hosts have, whoever chose its place", () => {
    const window = (base: string, programmable: boolean): string => smmuHost("x", [], { msiWindow: { base, size: "1M", programmable } });
    const common = (hosts: Record<string, string>): string[] => {
      const { doorbell } = placementOf(planOf({ doorbell: { strategy: "host-window" } }, hosts));
      return [...printed(doorbell.range ? [doorbell.range] : []), doorbell.choice ?? "none"];
    };
    const renamed = (text: string, name: string): string => text.replace('"platform":"x"', `"platform":"${name}"`);
    const fixed = renamed(window("0x0700_0000", false), "a");
    assert.deepEqual(common({ a: fixed, b: renamed(window("0x0700_0000", true), "b") }), ["0x0700_0000-0x070f_ffff", "host-window"]);
    assert.deepEqual(common({ a: fixed, b: renamed(window("0x0800_0000", true), "b") }), ["0xfee0_0000-0xfeef_ffff", "fixed"]);
    assert.deepEqual(common({ a: fixed, nothing: `{ "platform": "nothing" }` }), ["0x0700_0000-0x070f_ffff", "host-window"]);
  });

  it("rounds outward to the coarsest page of guest, kernel and IOMMU", () => {
    const region = [{ range: "0x5000_1000-0x5000_1fff", type: "reserved" }];
    const rounded = (guest: object, more: object): string | undefined => closed(guest, smmuHost("h", region, more)).at(-1);
    assert.equal(rounded({}, { pageSizes: ["4K", "2M"] }), "0x5000_1000-0x5000_1fff reserved");
    assert.equal(rounded({ pageSize: "64K" }, {}), "0x5000_0000-0x5000_ffff reserved");
    assert.equal(rounded({}, { pageSizes: ["64K", "512M"] }), "0x5000_0000-0x5000_ffff reserved");
  });

  it("ends usable addresses at the narrowest IOMMU, or at the guest's own width", () => {
    const top = (guest: object, bits: number): string => {
      const found = forbiddenOf(planOf(guest, { h: smmuHost("h", [], { inputBits: bits }), other: smmuHost("other", [], { inputBits: 48 }) })).top;
      return `${found.bits} ${found.hosts.join()}`;
    };
    assert.equal(top({ physicalAddressBits: 44 }, 39), "39 h");
    assert.equal(top({ physicalAddressBits: 36 }, 39), "36 ");
    assert.equal(top({}, 39), "39 h");
  });

  it("does not count IOMMUs and bridges that are off", () => {
    const host = JSON.stringify({
      platform: "h", iommus: [{ name: "s", type: "smmuv3", inputBits: 32, disabled: true }], pci: [{ name: "p", disabled: true, windows: [{ type: "mem32", cpu: "0x5000_0000", size: "1M" }] }],
    });
    assert.deepEqual(closed({}, host), []);
  });
});
