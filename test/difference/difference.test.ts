// What has changed between two descriptions, in their meaning: pairs of texts, and what is said of them.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { DescribedEntry, FilePlan } from "../../core/src/index";
import { differenceOf, entriesOf, isSame, platformFile } from "../../core/src/index";
import { forAll } from "../core/repeatable";
import { everything, examples, replaced } from "../jsonc/texts";
import { difference, linesOf, planOf } from "./texts";

const board = (parts: string): string => `{ "platform": "board", "physicalAddressBits": 40, ${parts} }`;

const cases: readonly (readonly [what: string, before: string, after: string, lines: readonly string[]])[] = [
  ["what was added and removed, with what is in it", `"devices": [{ "name": "a", "base": "0x1000", "size": "4K" }]`, `"pci": [{ "name": "p0", "windows": [{ "type": "mem32", "cpu": "0x5000_0000", "size": "1M" }], "devices": [{ "at": "00:01.0" }] }]`,
    ["removed device a; 0x1000-0x1fff (4 KiB) -> -", "added host bridge p0, with 2 entries in it"]],
  ["what moved", `"devices": [{ "name": "a", "base": "0x1000", "size": "4K" }]`, `"devices": [{ "name": "a", "base": "0x3000", "size": "4K" }]`,
    ["moved device a; 0x1000-0x1fff (4 KiB) -> 0x3000-0x3fff (4 KiB)"]],
  ["what grew, in place and downward", `"devices": [{ "name": "a", "base": "0x2000", "size": "4K" }, { "name": "b", "base": "0x8000", "size": "4K" }]`, `"devices": [{ "name": "a", "base": "0x2000", "size": "8K" }, { "name": "b", "base": "0x7000", "size": "8K" }]`,
    ["resized device a; 0x2000-0x2fff (4 KiB) -> 0x2000-0x3fff (8 KiB)", "moved, resized device b; 0x8000-0x8fff (4 KiB) -> 0x7000-0x8fff (8 KiB)"]],
  ["what has another name in the same place", `"devices": [{ "name": "a", "base": "0x2000", "size": "4K" }]`, `"devices": [{ "name": "b", "base": "0x2000", "size": "4K" }]`,
    ["renamed device b; name a -> b"]],
  ["two that changed their names", `"devices": [{ "name": "a", "base": "0x2000", "size": "4K" }, { "name": "b", "base": "0x8000", "size": "4K" }]`, `"devices": [{ "name": "b", "base": "0x2000", "size": "4K" }, { "name": "a", "base": "0x8000", "size": "4K" }]`,
    ["moved device b; 0x8000-0x8fff (4 KiB) -> 0x2000-0x2fff (4 KiB)", "moved device a; 0x2000-0x2fff (4 KiB) -> 0x8000-0x8fff (4 KiB)"]],
  ["another type, and another kind of thing", `"memory": [{ "name": "m", "base": "0x0", "size": "1G" }], "devices": [{ "name": "x", "base": "0x8000_0000", "size": "1M" }]`, `"memory": [{ "name": "m", "base": "0x0", "size": "1G", "type": "persistent" }], "reserved": [{ "name": "x", "base": "0x8000_0000", "size": "1M", "type": "hole" }]`,
    ["re-typed memory m; type - -> persistent", "re-typed reservation x; is a device -> reservation; type - -> hole"]],
  ["any other key", `"reserved": [{ "name": "r", "base": "0x0", "size": "1M", "type": "firmware" }]`, `"reserved": [{ "name": "r", "base": "0x0", "size": "1M", "type": "firmware", "noMap": true }]`,
    ["changed reservation r; noMap - -> true"]],
  ["a reservation that gets a place", `"reserved": [{ "name": "cma", "size": "64M" }]`, `"reserved": [{ "name": "cma", "base": "0x1000_0000", "size": "64M" }]`,
    ["moved reservation cma; no place -> 0x1000_0000-0x13ff_ffff (64 MiB)"]],
  ["the file's own keys", `"pageSize": "4K"`, `"pageSize": "64K", "arch": "arm64"`, ["changed the platform; arch - -> arm64; pageSize 4K -> 64K"]],
  ["windows without names, by their base, their size or their order", `"pci": [{ "name": "p0", "windows": [{ "type": "mem32", "cpu": "0x5000_0000", "size": "1M" }, { "type": "io", "cpu": "0x7000_0000", "bus": "0x0", "size": "64K" }] }]`,
    `"pci": [{ "name": "p0", "windows": [{ "type": "mem32", "cpu": "0x5000_0000", "size": "2M" }, { "type": "io", "cpu": "0x7100_0000", "bus": "0x0", "size": "64K" }, { "type": "mem64", "cpu": "0x80_0000_0000", "size": "1G" }] }]`,
    ["resized mem32 window of p0; CPU 0x5000_0000-0x500f_ffff (1 MiB) -> 0x5000_0000-0x501f_ffff (2 MiB)", "moved io window of p0; CPU 0x7000_0000-0x7000_ffff (64 KiB) -> 0x7100_0000-0x7100_ffff (64 KiB)", "added mem64 window of p0; CPU - -> 0x80_0000_0000-0x80_3fff_ffff (1 GiB)"]],
  ["a function in another slot, and one behind another port", `"pci": [{ "name": "p0", "devices": [{ "at": "00:01.0", "name": "rp0", "devices": [{ "at": "01:00.0", "name": "nic" }] }, { "at": "00:02.0", "name": "rp1" }] }]`,
    `"pci": [{ "name": "p0", "devices": [{ "at": "00:03.0", "name": "rp0" }, { "at": "00:02.0", "name": "rp1", "devices": [{ "at": "02:00.0", "name": "nic" }] }] }]`,
    ["moved function nic (0000:02:00.0); at 0000:01:00.0 -> 0000:02:00.0; below function rp0 (0000:00:01.0) -> function rp1 (0000:00:02.0)", "moved function rp0 (0000:00:03.0); at 0000:00:01.0 -> 0000:00:03.0"].sort()],
  ["overlaps that came and went", `"devices": [{ "name": "a", "base": "0x1000", "size": "4K" }, { "name": "b", "base": "0x1800", "size": "4K" }, { "name": "c", "base": "0x8000", "size": "4K" }]`,
    `"devices": [{ "name": "a", "base": "0x1000", "size": "2K" }, { "name": "b", "base": "0x1800", "size": "4K" }, { "name": "c", "base": "0x1c00", "size": "4K" }]`,
    ["resized device a; 0x1000-0x1fff (4 KiB) -> 0x1000-0x17ff (2 KiB)", "moved device c; 0x8000-0x8fff (4 KiB) -> 0x1c00-0x2bff (4 KiB)",
      "new overlap: device c and device b in 0x1c00-0x27ff (3 KiB) of the physical map", "overlap gone: device b and device a in 0x1800-0x1fff (2 KiB) of the physical map"]],
  ["a renamed pair that overlaps still", `"devices": [{ "name": "a", "base": "0x1000", "size": "4K" }, { "name": "b", "base": "0x1800", "size": "4K" }]`, `"devices": [{ "name": "x", "base": "0x1000", "size": "4K" }, { "name": "b", "base": "0x1800", "size": "4K" }]`,
    ["renamed device x; name a -> x"]],
];

describe("the difference of two descriptions", () => {
  for (const [what, before, after, lines] of cases) {
    it(`tells ${what}`, () => {
      assert.deepEqual(linesOf(difference(board(before), board(after))).sort(), [...lines].sort());
    });
  }

  it("is none when only the words differ: order, comments, layout and the forms of values", () => {
    const before = board(`"memory": [{ "name": "m", "base": "0x0", "size": "1G" }], "devices": [{ "name": "a", "base": "0x1000_0000", "size": "0x1000", "iommu": "none" }, { "name": "b", "range": "0x2000_0000-0x2000_ffff" }], "pci": [{ "name": "p", "segment": 1, "msi": [{ "devices": ["01:00.0"], "to": "its" }], "devices": [{ "at": "0001:01:00.0", "acs": { "capable": "SV RR", "enabled": "" } }] }]`);
    const after = board(`/* new */ "pci": [{ "segment": 1, "name": "p", "buses": "00-ff", "devices": [{ "at": "01:00.0", "acs": { "enabled": "", "capable": "RR SV" } }], "msi": [{ "to": "its", "devices": ["0001:01:00.0"] }] }],
      "devices": [{ "name": "b", "base": "0x20000000", "size": "64K" }, { "name": "a", "base": "0x1000_0000", "last": "0x1000_0fff", "iommu": "none", "disabled": false }], "memory": [{ "name": "m", "base": "0x0", "size": "1024M", "type": "ram" }]`);
    assert.deepEqual(linesOf(difference(before, after)), []);
  });

  it("tells groups that fell apart, and that grew together, but not those that only got another member", () => {
    const machine = (acs: string, more = ""): string => board(`"iommus": [{ "name": "smmu", "type": "smmuv3", "base": "0x1000_0000", "size": "128K" }], "pci": [{ "name": "p", "iommu": [{ "ids": "0000-ffff", "to": "smmu", "stream": "0x0" }], "devices": [{ "at": "00:01.0", "name": "rp", "type": "root-port", "buses": "01-01", "acs": ${acs}, "devices": [{ "at": "01:00.0", "name": "f0", "type": "endpoint", "multifunction": true }, { "at": "01:00.1", "name": "f1", "type": "endpoint" }] }${more}] }]`);
    const isolating = `{ "capable": "SV TB RR CR UF", "enabled": "SV RR CR UF" }`;
    const split = difference(machine(`"none"`), machine(isolating));
    assert.deepEqual(linesOf(split).filter((one) => one.startsWith("groups")), ["groups: {rp (0000:00:01.0), f0 (0000:01:00.0), f1 (0000:01:00.1)} split into {rp (0000:00:01.0)} and {f0 (0000:01:00.0), f1 (0000:01:00.1)}"]);
    const merged = difference(machine(isolating), machine(`"none"`));
    assert.deepEqual(linesOf(merged).filter((one) => one.startsWith("groups")), ["groups: {rp (0000:00:01.0)} and {f0 (0000:01:00.0), f1 (0000:01:00.1)} merged into {rp (0000:00:01.0), f0 (0000:01:00.0), f1 (0000:01:00.1)}"]);
    assert.deepEqual(difference(machine(isolating), machine(isolating, `, { "at": "00:02.0", "type": "integrated-endpoint" }`)).groups.changes, []);
    assert.deepEqual(difference(machine(isolating), machine(`"unknown"`)).groups.undetermined, ["0000:00:01.0", "0000:01:00.0", "0000:01:00.1"]);
  });

  it("tells overlaps of two things apart that stand at one place of one file", () => {
    const plan = (devices: string): FilePlan => planOf(`{ "platform": "x", "devices": [{ "name": "a", "base": "0x1000", "size": "8K" }, ${devices}] }`);
    const before = plan(`{ "name": "b", "base": "0x2000", "size": "4K" }`);
    const after = plan(`{ "name": "c", "base": "0x1000", "size": "2K" }`);
    assert.deepEqual(linesOf(differenceOf(before, after)).filter((line) => line.includes("overlap")), [
      "new overlap: device c and device a in 0x1000-0x17ff (2 KiB) of the physical map",
      "overlap gone: device b and device a in 0x2000-0x2fff (4 KiB) of the physical map",
    ]);
  });

  it("pairs by overlap only when it is told to", () => {
    const [before, after] = [board(`"memory": [{ "name": "dram", "base": "0x8000_0000", "size": "2G" }]`), board(`"memory": [{ "name": "ram0", "base": "0x8000_0000", "size": "1G" }]`)];
    assert.deepEqual(linesOf(difference(before, after)).map((one) => one.split(" ")[0]), ["removed", "added"].sort().reverse());
    assert.deepEqual(linesOf(difference(before, after, { byOverlap: true })).map((one) => one.split(";")[0]), ["resized, renamed memory ram0"]);
  });

  it("refuses two kinds of file", () => {
    assert.throws(() => difference(board(""), `{ "guest": "web" }`), /a platform file and a guest file cannot be compared/);
  });
});

describe("every difference", () => {
  const texts = [everything, ...examples.values()].filter((text) => planOf(text).kind === "platform");
  const change = fc.tuple(fc.constantFrom(...texts), fc.constantFrom(...texts));

  it("has every entry of both sides in exactly one place", () => {
    forAll([change.chain(([one, other]) => fc.tuple(fc.constant(one), fc.oneof(replaced(one), fc.constant(other))))], ([before, after]) => assertNothingLost(before, after), 200);
  });

  it("of a text with itself is none, also when its lists are turned round", () => {
    for (const text of texts) assert.ok(isSame(difference(text, text)));
  });

  it("is the same from the other side, with what was added removed", () => {
    forAll([change], ([one, other]) => {
      const [there, back] = [difference(one, other), difference(other, one)];
      const count = (lines: readonly { readonly kinds: readonly string[] }[], kind: string): number => lines.filter((line) => line.kinds[0] === kind).length;
      assert.equal(count(there.changes, "added") > 0, count(back.changes, "removed") > 0);
      assert.equal(there.conflicts.appeared.length, back.conflicts.gone.length);
    }, 40);
  });

  it("comes in the same order whatever the order of the texts", () => {
    const devices = Array.from({ length: 8 }, (_, index) => `{ "name": "d${index}", "base": "0x${index + 1}000", "size": "4K" }`);
    const moved = devices.map((text) => text.replace('"size": "4K"', '"size": "2K"'));
    forAll([fc.shuffledSubarray(devices, { minLength: 8 }), fc.shuffledSubarray(moved, { minLength: 8 })], (before, after) => {
      assert.deepEqual(linesOf(difference(board(`"devices": [${before.join()}]`), board(`"devices": [${after.join()}]`))), linesOf(difference(board(`"devices": [${devices.join()}]`), board(`"devices": [${moved.join()}]`))));
    }, 50);
  });

  function assertNothingLost(before: string, after: string): void {
    const [old, now] = [planOf(before), planOf(after, "b.platform.jsonc")];
    if (old.kind !== now.kind || old.kind !== "platform") return;
    const found = difference(before, after);
    const held = found.changes.flatMap((one) => [...(one.before ? [one.before] : []), ...(one.kinds[0] === "removed" ? one.contained : [])]);
    const come = found.changes.flatMap((one) => [...(one.after ? [one.after] : []), ...(one.kinds[0] === "added" ? one.contained : [])]);
    const keys = (entries: readonly DescribedEntry[]): string[] => entries.map((one) => one.key).sort();
    assert.deepEqual(keys([...held, ...found.unchanged.map(([one]) => one)]), keys(entriesOf(old.said, platformFile)), `${before}\n${after}`);
    assert.deepEqual(keys([...come, ...found.unchanged.map(([, one]) => one)]), keys(entriesOf(now.said, platformFile)), `${before}\n${after}`);
  }
});
