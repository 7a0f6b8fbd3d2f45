// `platmap map`: the map as text and JSON, the holes, whose an address is, the picture as a file.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { folderWith, platmap } from "./commandLine";

/** A bridge that translates, behind an SMMU whose doorbell window software places; a conflict; RAM that the bus reaches elsewhere. */
const BOARD = `{
  "platform": "board", "arch": "arm64", "physicalAddressBits": 40, "pageSize": "4K",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "2G" }],
  "devices": [{ "name": "uart0", "base": "0x0900_0000", "size": "64K" }, { "name": "uart1", "base": "0x0900_8000", "size": "64K" }],
  "reserved": [{ "name": "bl31", "base": "0xfe00_0000", "size": "2M", "type": "secure", "noMap": true }],
  "doorbells": [{ "name": "v2m0", "type": "gicv2m", "base": "0x2c1c_0000", "size": "64K" }],
  "iommus": [{ "name": "smmu", "type": "smmuv2", "inputBits": 40, "msiWindow": { "base": "0x0800_0000", "size": "1M", "programmable": true } }],
  "pci": [{
    "name": "pcie0",
    "windows": [{ "type": "mem32", "cpu": "0x40_0000_0000", "bus": "0x4000_0000", "size": "256M" }],
    "inbound": [{ "bus": "0x0", "cpu": "0x8000_0000", "size": "2G" }],
    "iommu": [{ "ids": "0000-ffff", "to": "smmu" }],
    "msi": "v2m0",
    "devices": [{ "at": "00:01.0", "name": "nic", "type": "integrated-endpoint", "bars": [{ "bar": 0, "base": "0x4010_0000", "size": "64K", "type": "mem32" }] }]
  }]
}`;
const folder = folderWith({ "a.platform.jsonc": BOARD });

async function json(...args: string[]): Promise<Record<string, unknown>> {
  const { code, out, err } = await platmap(folder, ["map", "a.platform.jsonc", "--format", "json", ...args]);
  assert.deepEqual([code, err], [0, ""]);
  return JSON.parse(out) as Record<string, unknown>;
}

/** Two hosts that close different addresses: the doorbell of one is fixed in hardware, the other has a bridge window. */
const HOSTS = {
  "fixed.platform.jsonc": `{ "platform": "fixed", "arch": "arm64", "pageSize": "4K", "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "2G" }],
    "iommus": [{ "name": "smmu", "type": "smmuv3", "inputBits": 48, "msiWindow": { "base": "0xc601_0000", "size": "64K" } }],
    "pci": [{ "name": "pcie0", "iommu": [{ "ids": "0000-ffff", "to": "smmu" }], "devices": [{ "at": "00:01.0", "type": "integrated-endpoint" }] }] }`,
  "bridge.platform.jsonc": `{ "platform": "bridge", "arch": "arm64", "pageSize": "4K", "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "2G" }],
    "iommus": [{ "name": "smmu", "type": "smmuv3", "inputBits": 48 }],
    "pci": [{ "name": "pcie0", "windows": [{ "type": "mem32", "cpu": "0x5000_0000", "size": "256M" }], "iommu": [{ "ids": "0000-ffff", "to": "smmu" }], "devices": [{ "at": "00:01.0", "type": "integrated-endpoint" }] }] }`,
  "web.guest.jsonc": `{ "guest": "web", "arch": "arm64", "physicalAddressBits": 40, "hosts": ["./fixed.platform.jsonc", "./bridge.platform.jsonc"], "memory": [{ "name": "ram", "size": "4G", "from": "0x4000_0000" }] }`,
};

describe("platmap map of a guest", () => {
  const guests = folderWith(HOSTS);

  it("shows where its memory lies, and beside it what each host forbids", async () => {
    const { code, out } = await platmap(guests, ["map", "web.guest.jsonc", "--format", "json"]);
    assert.equal(code, 0);
    const { lanes } = JSON.parse(out) as { lanes: { id: string; regions: { name: string; base: string; last: string }[] }[] };
    assert.deepEqual(lanes.map(({ id }) => id), ["ipa", "host:fixed", "host:bridge"]);
    const forbidden = lanes.slice(1).flatMap(({ regions }) => regions);
    const banks = (lanes[0]?.regions ?? []).filter(({ name }) => name.startsWith("ram"));
    assert.ok(banks.length > 1);
    for (const bank of banks) for (const one of forbidden) assert.ok(BigInt(bank.last) < BigInt(one.base) || BigInt(one.last) < BigInt(bank.base), `${bank.name} and ${one.name} at ${one.base}`);
    assert.ok(lanes[1]?.regions.some(({ base }) => base === "0xc6010000"));
    assert.ok(lanes[2]?.regions.some(({ base, last }) => base === "0x50000000" && last === "0x5fffffff"));
  });

  it("does not call free what a host forbids", async () => {
    const { out } = await platmap(guests, ["map", "web.guest.jsonc", "--free", "--format", "json"]);
    const { free } = JSON.parse(out) as { free: { base: string; last: string }[] };
    assert.ok(free.length > 0);
    for (const { base, last } of free) assert.ok(BigInt(last) < 0x5000_0000n || BigInt(base) > 0x5fff_ffffn, `${base}-${last}`);
  });

  it("draws both at one scale", async () => {
    const { out } = await platmap(guests, ["map", "web.guest.jsonc", "--svg", "-"]);
    for (const word of ["Guest physical", "fixed", "bridge", "left out 256 MiB"]) assert.ok(out.includes(`>${word}</text>`), word);
  });
});

describe("platmap map", () => {
  it("prints every lane from low to high, what holds something before it, holes, ways and findings", async () => {
    const { code, out } = await platmap(folder, ["map", "a.platform.jsonc", "--lane", "pa"]);
    assert.equal(code, 0);
    assert.equal(
      out.slice(0, out.indexOf("\n\nerror")),
      `board: arm64 · 2 GiB of RAM · 1 PCI host bridge · 1 PCI function

CPU physical, 40 bits
                               · free 144 MiB
0x0900_0000-0x0900_ffff        │ uart0            64 KiB  device  (error 1)
0x0900_8000-0x0901_7fff        │ uart1            64 KiB  device  (error 1)
                               · free ≈561.6 MiB
0x2c1c_0000-0x2c1c_ffff        ▶ v2m0             64 KiB  gicv2m  ← iova:0000:00:01.0 0x0800_0000
                               · free ≈1.3 GiB
0x8000_0000-0xffff_ffff        █ dram              2 GiB  (warning 2)
0xfe00_0000-0xfe1f_ffff        █▒ bl31             2 MiB  secure, no-map
                               · free 252 GiB
0x40_0000_0000-0x40_0fff_ffff  ║ pcie0 mem32     256 MiB  → bus:pcie0 0x4000_0000
                               · free ≈767.7 GiB`,
    );
    assert.match(out, /^error 1: overlapping-regions: device uart1 overlaps device uart0 /m);
    assert.match(out, /^more lanes \(--lane ID\): iova:0000:00:01\.0, bus:pcie0$/m);
  });

  it("gives programs all of it, with the last byte inclusive", async () => {
    const { lanes, links } = (await json()) as { lanes: { id: string; regions: { name: string; base: string; last: string; path?: string }[]; free?: object[] }[]; links: object[] };
    assert.deepEqual(lanes.map(({ id }) => id), ["iova:0000:00:01.0", "pa", "bus:pcie0"]);
    const dram = lanes[1]?.regions.find(({ name }) => name === "dram");
    assert.deepEqual([dram?.base, dram?.last, dram?.path], ["0x80000000", "0xffffffff", "/memory/0/base"]);
    assert.deepEqual(lanes[1]?.free?.at(-1), { base: "0x4010000000", last: "0xffffffffff" });
    assert.deepEqual(links[0], {
      kind: "window",
      by: "pcie0",
      from: { lane: "pa", base: "0x4000000000", last: "0x400fffffff" },
      to: { lane: "bus:pcie0", base: "0x40000000", last: "0x4fffffff" },
    });
  });

  it("--free lists the holes of each space in which they are a question", async () => {
    const { free } = (await json("--free", "--space", "pa")) as { free: object[] };
    assert.deepEqual(free[0], { space: "pa", lane: "pa", base: "0x0", last: "0x8ffffff", size: "0x9000000" });
    assert.equal(free.length, 5);
    const { out } = await platmap(folder, ["map", "a.platform.jsonc", "--free"]);
    assert.match(out, /^usable in IOVA · smmu, .*\n {2}0x0000_0000-0x07ff_ffff {2}128 MiB$/m);
  });

  it("--at tells whose an address is in each space, and what it becomes", async () => {
    const { spaces } = (await json("--at", "0x40_0010_0004")) as { spaces: { lane: string; holders: { name: string }[]; translations: { lane: string; address: string }[]; beyond?: boolean }[] };
    assert.deepEqual(spaces.map(({ lane, holders }) => [lane, holders.map(({ name }) => name)]), [["iova:0000:00:01.0", ["not forwarded"]], ["pa", ["pcie0 mem32"]], ["bus:pcie0", []]]);
    assert.equal(spaces[1]?.translations[0]?.address, "0x40100004");
    const bus = (await json("--at", "0x40100004", "--space", "bus")) as { spaces: { holders: { name: string }[]; translations: { lane: string; address: string; kind: string }[] }[] };
    assert.deepEqual(bus.spaces[0]?.holders.map(({ name }) => name), ["inbound 0", "pcie0 mem32", "nic BAR 0"]);
    assert.deepEqual(bus.spaces[0]?.translations.map(({ kind, address }) => [kind, address]), [["window", "0x4000100004"], ["inbound", "0xc0100004"]]);
  });

  it("--at says it in words too: reserved, free, beyond the space, the way of a doorbell", async () => {
    const at = async (address: string): Promise<string> => (await platmap(folder, ["map", "a.platform.jsonc", "--at", address])).out;
    assert.match(await at("0x0800_0010"), /MSI window: .*\n {2}smmu maps doorbells there: 0x2c1c_0000-0x2c1c_ffff in CPU physical/);
    assert.match(await at("0x1000_0000"), /0x1000_0000 in CPU physical .*\n {2}0x0901_8000-0x2c1b_ffff {2}free: nothing is described here/);
    assert.match(await at("0x100_0000_0000"), /in CPU physical .*\n {2}beyond the 40 bits of this space/);
  });

  it("--svg writes the picture, or prints it", async () => {
    const ran = await platmap(folder, ["map", "a.platform.jsonc", "--svg", "a.svg"]);
    assert.deepEqual([ran.code, ran.out, ran.err], [0, "", "wrote a.svg\n"]);
    const printed = await platmap(folder, ["map", "a.platform.jsonc", "--svg", "-"]);
    assert.equal(printed.out, readFileSync(path.join(folder, "a.svg"), "utf8"));
    assert.match(printed.out, /^<svg /);
  });

  for (const [args, message] of [
    [["--at", "fee00000"], /"fee00000" is not an address: hexadecimal digits need 0x in front \(0xfee0_0000\?\)/],
    [["--at", "0x1_0000_0000_0000_0000"], /needs more than 64 bits/],
    [["--lane", "bus:pcie9"], /there is no lane "bus:pcie9"; there are iova:0000:00:01\.0, pa, bus:pcie0/],
    [["--svg", "no/such/folder/a.svg"], /no\/such\/folder\/a\.svg cannot be written/],
  ] as const) {
    it(`refuses ${args.join(" ")}, and says why`, async () => {
      const { code, out, err } = await platmap(folder, ["map", "a.platform.jsonc", ...args]);
      assert.deepEqual([code, out], [2, ""]);
      assert.match(err, message);
    });
  }
});
