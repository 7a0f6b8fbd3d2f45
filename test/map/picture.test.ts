// What stands in a picture: text as text, whatever a document says, and everything that a viewer without scripts needs.
import assert from "node:assert/strict";
import { printPicture } from "../../core/src/index";
import { mapOf } from "./descriptions";
import { example } from "./pictures";

/** Markup, entities, ends of elements and comments, styles, references, text that runs backwards, control characters, half a character. */
const HOSTILE = [
  "<script>alert(1)</script>", "</text><image href='x'/>", "&lt;b&gt;", "&#60;b&#62;", "]]>", "<!--", "-->", "<![CDATA[", "<?xml?>", '"onload="alert(1)', "' x='", "url(#a)", "${1}", "\\u003c",
  "\u202eevil", "\u2066x\u2069", "\u0000", "\u0007bell", "\u001b[2J", "\ufeff", "\u2028", "\ud800", "\udc00x", "a\nb", "\t", "𝕏".repeat(40), "漢".repeat(60), "e\u0301", "👩‍💻", "__proto__", "constructor", "x".repeat(5000), "",
];

describe("a picture", () => {
  it("has nothing but text of two hundred hostile names", () => {
    const names = Array.from({ length: 200 }, (_, index) => `${HOSTILE[index % HOSTILE.length] ?? ""}${index < HOSTILE.length ? "" : index}`);
    const quiet = elementsOf(printPicture(mapOf(described(names.map(() => "quiet")))));
    for (const svg of [printPicture(mapOf(described(names))), ...names.map((name) => printPicture(mapOf(described([name]))))]) {
      assert.doesNotMatch(svg, /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]/);
      assert.doesNotMatch(svg, /<(?:script|image|foreignObject|a|b|iframe)\b|<!--|<!\[/i);
      for (const [tag] of svg.matchAll(/<[^>]*>/g)) assert.doesNotMatch(tag, /\son\w+=|href=/i);
      assert.ok([...elementsOf(svg)].every((element) => quiet.has(element)), [...elementsOf(svg)].join(" "));
      assertBalanced(svg);
    }
  });

  it("stands by itself: a title, a description with all findings, no script, no link, literal colours", () => {
    const svg = printPicture(mapOf(example("first-steps")));
    assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" [^>]*role="img" aria-labelledby="pm-title pm-desc">\n <title id="pm-title">Memory map of first-steps<\/title>\n <desc /);
    for (const word of ["overlapping-regions", "mapped-secure-memory", "overlapping-reservations", "config-space-too-small"]) assert.ok(svg.includes(`>${word}</text>`), word);
    assert.doesNotMatch(svg, /var\(|<script|href=|@import|url\((?!#pm-)/);
    for (const query of ["prefers-color-scheme:dark", "prefers-contrast:more"]) assert.ok(svg.includes(query));
  });

  it("has ids of its own, so that two can stand in one page", () => {
    const model = mapOf(example("first-steps"));
    const ids = (svg: string): string[] => [...svg.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id ?? "");
    const first = new Set(ids(printPicture(model, {}, "first")));
    assert.ok(first.size > 4);
    assert.deepEqual(ids(printPicture(model, {}, "second")).filter((id) => first.has(id)), []);
  });
});

/** A platform whose words for people are these; names are names, and hostile ones are refused before. */
function described(texts: readonly string[]): string {
  return JSON.stringify({
    platform: "board",
    description: texts.join(" "),
    physicalAddressBits: 40,
    iommus: [
      {
        name: "smmu0",
        type: "smmuv3",
        inputBits: 40,
        reserved: texts.map((text, index) => ({ description: text, base: `0x${(0x1000_0000 + index * 0x10000).toString(16)}`, size: "64K", type: "direct" })),
      },
    ],
    devices: texts.map((text, index) => ({ name: text, base: `0x${(0x1000_0000 + index * 0x10000).toString(16)}`, size: "64K" })),
    pci: [{ name: "pcie0", iommu: [{ ids: "0000-ffff", to: "smmu0" }], windows: [{ type: "mem32", cpu: "0x2000_0000", size: "1M" }], devices: [{ at: "00:01.0", type: "integrated-endpoint" }] }],
  });
}

function elementsOf(svg: string): Set<string> {
  return new Set([...svg.matchAll(/<([^\s/>!?]+)/g)].map(([, name]) => name ?? ""));
}

function assertBalanced(svg: string): void {
  const open: string[] = [];
  for (const [, close, name, single] of svg.matchAll(/<(\/?)([a-z]+)(?:\s[^>]*?)?(\/?)>/g)) {
    if (close) assert.equal(open.pop(), name);
    else if (!single && name) open.push(name);
  }
  assert.deepEqual(open, []);
}
