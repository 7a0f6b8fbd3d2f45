// Expressions in documents: what entries come to, in whatever order they stand, what is said of those that come to nothing, and what hovers, references
// and edits make of them.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Anchor, HostWindow } from "../../core/src/index";
import { describeAnchor, expressionValues, GuestPlan, isTextSpan, lastOf } from "../../core/src/index";
import { checkText, triedFixes } from "../../server/src/workspace/check";
import type { CheckedFile } from "../../server/src/workspace/check";
import { triedRewritings } from "../../server/src/workspace/rewritings";
import { applyTextEdits } from "../../server/src/jsonc/edit";
import { forAll } from "../core/repeatable";

const BOARD = `{
  "platform": "board", "physicalAddressBits": 40,
  "memory": [{ "name": "dram0", "base": "0x8000_0000", "size": "1G" }],
  "reserved": [
    { "name": "log", "base": "align(bl31.next, 2M)", "size": "4 * bl31.size", "type": "crash-log" },
    { "name": "bl31", "base": "dram0.next - 32M", "size": "2M", "type": "secure", "noMap": true },
  ],
}
`;

describe("expressions in a document", () => {
  it("are worked out in whatever order they stand", () => {
    assert.deepEqual(placesOf(checked(BOARD)), { dram0: "80000000-bfffffff", log: "be200000-be9fffff", bl31: "be000000-be1fffff" });
  });

  it("take base, size, last and next from every way to say where an entry lies", () => {
    const text = document(`{ "name": "a", "base": "0x1000", "size": "0x1000" }, { "name": "b", "base": "0x3000", "last": "0x4fff" }, { "name": "c", "range": "0x6000-0x6fff" },
      { "name": "d", "ranges": ["0x8000-0x8fff"] },
      { "name": "e", "base": "a.base + b.base + c.base + d.base", "size": "a.size + b.size + c.size + d.size" },
      { "name": "f", "base": "0x10_0000 + a.last + b.last + c.last + d.last", "last": "0x10_0000 + a.next + b.next + c.next + d.next" }`);
    const places = placesOf(checked(text));
    assert.equal(places["e"], "12000-16fff");
    assert.equal(places["f"], "116ffc-117000");
  });

  it("stand wherever an address or a size stands", () => {
    const { plan, findings } = checked(`{
      "platform": "board",
      "pageSize": "2 * 2K",
      "doorbells": [{ "name": "its", "type": "its", "base": "0x0808_0000", "size": "128K" }],
      "iommus": [{ "name": "smmu", "type": "smmuv3", "base": "its.next", "size": "its.size", "pageSizes": ["2 * 2K"], "msiWindow": { "base": "its.base - 512K", "size": "its.size * 8" } }],
    }`);
    assert.deepEqual(findings.filter((one) => one.severity === "error"), []);
    assert.equal(plan?.platform.pageSize, 4096n);
    const [smmu] = plan?.platform.iommus ?? [];
    assert.deepEqual([smmu?.base, smmu?.pageSizes, smmu?.msiWindow?.extent?.ranges[0].base], [0x080a_0000n, [4096n], 0x0800_0000n]);
  });

  it("mean of an entry in two spaces the place in their own space", () => {
    const { plan } = checked(`{
      "platform": "board",
      "pci": [{ "name": "pcie0", "msi": "none", "iommu": "none",
        "windows": [{ "name": "low", "type": "mem32", "cpu": "0x5000_0000", "bus": "0x1000_0000", "size": "128M" }, { "type": "mem32", "cpu": "low.next", "bus": "low.next", "size": "low.size" }],
      }],
    }`);
    const windows = plan?.platform.pci?.[0]?.windows;
    const second = Array.isArray(windows) ? (windows as readonly HostWindow[])[1] : undefined;
    assert.deepEqual([second?.cpu, second?.bus], [0x5800_0000n, 0x1800_0000n]);
  });

  it("stand in guest files too", () => {
    const { filePlan, findings } = checkText("web.guest.jsonc", `{
      "guest": "web",
      "memory": [{ "name": "ram", "size": "2 * 1G", "base": "uart.next + 1G - uart.size", "align": "min(2M, 1G)" }],
      "devices": [{ "name": "uart", "base": "0x0900_0000", "size": "4K" }, { "name": "rtc", "base": "uart.next", "size": "uart.siz" }],
    }`);
    assert.ok(filePlan instanceof GuestPlan);
    assert.deepEqual([filePlan.guest.memory?.[0]?.base, filePlan.guest.memory?.[0]?.size, filePlan.guest.memory?.[0]?.align], [0x4900_0000n, 2n << 30n, 2n << 20n]);
    assert.deepEqual(findings.filter((one) => one.rule === "malformed-expression").map((one) => one.message), ["siz is none of base, size, last, next"]);
  });

  it("that come to nothing leave their entries out, and one finding says why", () => {
    const text = document(`{ "name": "a", "base": "nowhere.next", "size": "4K" }, { "name": "b", "base": "a.next", "size": "4K" }, { "name": "c", "base": "0x1000", "size": "a.size" }`);
    const result = checked(text);
    assert.deepEqual(result.findings.map((one) => one.message), ['nothing is called "nowhere"']);
    assert.deepEqual(placesOf(result), { c: "1000-1fff" });
  });

  it("have the place of their faults inside the text, escapes counted", () => {
    const text = document(`{ "name": "a", "base": "0x1000 \\u002b b.base", "size": "4K" }`);
    const [finding] = checked(text).findings;
    assert.equal(finding && isTextSpan(finding.at) ? text.slice(finding.at.start, finding.at.end) : "", "b");
  });

  it("that make a circle are told once, by all their names, and not by those that only depend on it", () => {
    const text = document(`{ "name": "d", "base": "c.next", "size": "4K" }, { "name": "a", "base": "c.next", "size": "4K" }, { "name": "b", "base": "a.next", "size": "4K" }, { "name": "c", "base": "b.next", "size": "4K" }`);
    const { findings } = checked(text);
    assert.deepEqual(findings.map((one) => [one.message, one.related.map((related) => related.message)]), [
      ["a.base is made of itself: a.base, c.base, b.base, a.base", ["c.base is made of b.base", "b.base is made of a.base"]],
    ]);
  });

  it("may make chains and circles of any length", () => {
    const length = 20_000;
    const link = (i: number): string => `{ "name": "r${i}", "base": "r${i + 1}.next", "size": "4K" }`;
    const links = Array.from({ length }, (_, i) => link(i)).join(",\n");
    const chain = checked(document(`${links}, { "name": "r${length}", "base": "0x1000", "size": "4K" }`));
    assert.equal(placesOf(chain)["r0"], `${(0x1000 + length * 0x1000).toString(16)}-${(0x1fff + length * 0x1000).toString(16)}`);
    const circle = checked(document(`${links}, { "name": "r${length}", "base": "r0.next", "size": "4K" }`));
    assert.deepEqual(circle.findings.map((one) => one.rule), ["circular-expression"]);
    assert.match(circle.findings[0]?.message ?? "", /^r0\.base is made of itself: r0\.base, r1\.base, .* 19989 more, r0\.base$/);
  });

  it("mean what their numbers mean: every document says the same with its expressions worked out", () => {
    forAll([expressedRegions()], ({ text, numbers }) => {
      const [expressed, plain] = [checked(text), checked(numbers)];
      assert.deepEqual(placesOf(expressed), placesOf(plain), text);
      assert.deepEqual(expressed.findings.map((one) => one.message), plain.findings.map((one) => one.message), text);
    }, 200);
  });
});

describe("around expressions", () => {
  it("hovers say what they come to, and from what", () => {
    const result = checked(BOARD);
    assert.match(hover(result, ["reserved", 0, "base"]), /^= `0xbe20_0000`, from bl31\.next = `0xbe20_0000`\n\n[\s\S]*reservation log.* `0xbe20_0000-0xbe9f_ffff`, 8 MiB/);
    assert.match(hover(result, ["reserved", 0, "size"]), /^= `8M`, from bl31\.size = `2M`/);
  });

  it("inlay hints can show what they come to", () => {
    const { plan } = checked(BOARD);
    assert.deepEqual(plan && expressionValues(plan).map(({ at, label }) => `${at.path.join("/")} ${label}`), ["reserved/0/base = 0xbe20_0000", "reserved/0/size = 8M", "reserved/1/base = 0xbe00_0000"]);
  });

  it("references are the names alone, so that a rename can rewrite them", () => {
    const { references, source } = checked(BOARD);
    const texts = references.map(({ name, at }) => [name, isTextSpan(at) ? source.text.slice(at.start, at.end) : ""]);
    assert.deepEqual(texts, [["bl31", "bl31"], ["bl31", "bl31"], ["dram0", "dram0"]]);
  });

  it("a fix that replaces one says so, and comes last", () => {
    const text = document(`{ "name": "a", "base": "0x1000_0000", "size": "64K" }, { "name": "b", "base": "a.base + 32K", "size": "64K" }`);
    const result = checked(text);
    const titles = result.findings.flatMap((finding) => triedFixes(result, finding)).map((fix) => fix.title);
    assert.ok(titles.includes('Move b to 0x1001_0000, in place of "a.base + 32K"'), titles.join("\n"));
    const replacing = titles.map((title) => title.includes("in place of"));
    assert.deepEqual(replacing, [...replacing].sort());
  });

  it("a literal can be written as what it follows or is part of, and back", () => {
    const plain = BOARD.replace("align(bl31.next, 2M)", "0xbe20_0000");
    assert.deepEqual(rewritings(plain, ["reserved", 0, "base"]), ['Place after bl31: "bl31.next"', 'Place from the beginning of dram0: "dram0.base + 994M"', 'Place from the end of dram0: "dram0.next - 30M"']);
    assert.deepEqual(rewritings(BOARD.replace("align(bl31.next, 2M)", "0xbe40_0000"), ["reserved", 0, "base"])[0], 'Place after bl31, aligned to 4 MiB: "align(bl31.next, 4M)"');
    assert.deepEqual(rewritings(BOARD, ["reserved", 0, "base"]), ['Write 0xbe20_0000 in place of "align(bl31.next, 2M)"']);
    const back = triedRewritings(checked(BOARD), anchor(["reserved", 0, "base"]))[0];
    assert.equal(back && applyTextEdits(BOARD, back.edits), BOARD.replace("align(bl31.next, 2M)", "0xbe20_0000"));
  });

  it("no way is offered that would make a circle", () => {
    const text = document(`{ "name": "a", "base": "b.base - 64K", "size": "64K" }, { "name": "b", "base": "0x1001_0000", "size": "64K" }`);
    assert.deepEqual(rewritings(text, ["devices", 1, "base"]), []);
  });
});

function checked(text: string): CheckedFile {
  const result = checkText("board.platform.jsonc", text);
  assert.deepEqual(result.crashed, []);
  return result;
}

function document(devices: string): string {
  return `{\n  "platform": "board",\n  "physicalAddressBits": 64,\n  "devices": [${devices}],\n}\n`;
}

function anchor(path: Anchor["path"]): Anchor {
  return { file: "board.platform.jsonc" as Anchor["file"], path, part: "value" };
}

function hover({ plan }: CheckedFile, path: Anchor["path"]): string {
  return (plan && describeAnchor(plan, anchor(path))) ?? "";
}

function rewritings(text: string, path: Anchor["path"]): string[] {
  return triedRewritings(checked(text), anchor(path)).map((one) => one.title);
}

/** Where each entry with a name lies: "1000-1fff". */
function placesOf({ plan }: CheckedFile): Record<string, string> {
  const { memory = [], devices = [], reserved = [] } = plan?.platform ?? {};
  return Object.fromEntries([...memory, ...devices, ...reserved].flatMap(({ name, extent }) => (extent ? [[name, extent.ranges.map((range) => `${range.base.toString(16)}-${lastOf(range).toString(16)}`).join(" ")]] : [])));
}

/** Devices of which each is made of earlier ones in the making, in a random order in the text; and the same with numbers. */
function expressedRegions(): fc.Arbitrary<{ text: string; numbers: string }> {
  const step = fc.record({ from: fc.nat(), property: fc.constantFrom("base", "next"), add: fc.nat(64), size: fc.integer({ min: 1, max: 16 }), sized: fc.boolean() });
  return fc.tuple(fc.array(step, { minLength: 1, maxLength: 8 }), fc.infiniteStream(fc.nat())).map(([steps, order]) => {
    const regions = [{ base: 0x1000_0000n, size: 0x1000n }];
    const entries = [[`{ "name": "r0", "base": "0x1000_0000", "size": "4K" }`, `{ "name": "r0", "base": "0x1000_0000", "size": "4K" }`]];
    steps.forEach(({ from, property, add, size, sized }, i) => {
      const index = from % regions.length;
      const other = regions[index] as { base: bigint; size: bigint };
      const base = (property === "base" ? other.base : other.base + other.size) + BigInt(add) * 0x1000n;
      const bytes = sized ? other.size * BigInt(size) : BigInt(size) * 0x1000n;
      regions.push({ base, size: bytes });
      const name = `"name": "r${i + 1}"`;
      entries.push([
        `{ ${name}, "base": "r${index}.${property} + ${add * 4}K", "size": "${sized ? `r${index}.size * ${size}` : `${size * 4}K`}" }`,
        `{ ${name}, "base": "0x${base.toString(16).replace(/\B(?=(.{4})+$)/g, "_")}", "size": "0x${bytes.toString(16)}" }`,
      ]);
    });
    const shuffled = entries.map((entry) => ({ entry, key: order.next().value as number })).sort((a, b) => a.key - b.key).map(({ entry }) => entry);
    return { text: document(shuffled.map(([expressed]) => expressed).join(",\n    ")), numbers: document(shuffled.map(([, plain]) => plain).join(",\n    ")) };
  });
}
