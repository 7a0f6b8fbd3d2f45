// What grows with the size of a document, and no faster: steps are counted, in documents that are made to be slow to check. Knows nothing of time, which the
// benchmark measures.
import assert from "node:assert/strict";
import { checkText } from "../../server/src/workspace/check";
import { diagnosticsOf } from "../../server/src/lsp/diagnostics";
import { foldingRangesOf } from "../../server/src/lsp/folding";
import { symbolsOf } from "../../server/src/lsp/symbols";
import { stepsOf } from "./steps";

/** A document of `small` entries is held against one of `large`. What takes the square of that takes sixteen times the steps. */
const [SMALL, LARGE, AT_MOST] = [100, 400, 7];

const hex = (value: number): string => `"0x${value.toString(16)}"`;
const list = (count: number, entry: (index: number) => string): string => Array.from({ length: count }, (_, index) => entry(index)).join(",\n");
const bdf = (index: number): string => `${((index >> 8) & 255).toString(16).padStart(2, "0")}:${((index >> 3) & 31).toString(16).padStart(2, "0")}.${index & 7}`;
const platform = (rest: string): string => `{ "platform": "b", "arch": "arm64", ${rest} }`;
const devices = (entries: string): string => platform(`"devices": [${entries}]`);
const device = (index: number, more = ""): string => `{ "name": "d${index}", "base": ${hex(index * 4096)}, "size": "4K"${more} }`;
const bridge = (rest: string): string =>
  platform(`"iommus": [{ "name": "smmu", "type": "smmuv3", "base": "0x0", "size": "128K" }], "memory": [{ "name": "m", "base": "0x100_0000_0000", "size": "1T" }], "pci": [{ "name": "p", "segment": 0, "buses": "00-ff", "windows": [{ "type": "mem32", "cpu": "0x1000_0000", "size": "256M" }], ${rest} }]`);

const DOCUMENTS: Readonly<Record<string, (count: number) => string>> = {
  "devices": (n) => devices(list(n, device)),
  "devices on one line": (n) => devices(list(n, device)).replaceAll("\n", " "),
  "devices with comments": (n) => devices(list(n, (i) => `// 4K at ${hex(i * 4096)}\n${device(i)}`)),
  "devices that overlap, allowed": (n) => devices(list(n, (i) => `// platmap allow overlapping-regions: on purpose\n${device(i).replace("4K", "8K")}`)),
  "devices in one another": (n) => devices(list(n, (i) => device(0, i === 0 ? "" : `, "in": "d${i - 1}"`).replace("d0", `d${i}`))),
  "devices in a circle": (n) => devices(list(n, (i) => device(0, `, "in": "d${(i + 1) % n}"`).replace("d0", `d${i}`))),
  "devices in one": (n) => devices(`{ "name": "all", "base": "0x0", "size": "1T" }, ${list(n, (i) => device(i, `, "in": "all"`))}`),
  "devices after one another": (n) => devices(`${device(0)}, ${list(n, (i) => `{ "name": "d${i + 1}", "base": "d${i}.next", "size": "4K" }`)}`),
  "devices that wait for one another": (n) => devices(list(n, (i) => `{ "name": "d${i}", "base": "d${(i + 1) % n}.next", "size": "4K" }`)),
  "one name": (n) => devices(list(n, (i) => device(i).replace(/d\d+/, "d"))),
  "references to nothing": (n) => devices(list(n, (i) => device(i, `, "in": "x${i}"`))),
  "memory banks": (n) => platform(`"memory": [${list(n, (i) => device(2 * i))}]`),
  "ranges of a bank": (n) => platform(`"memory": [{ "name": "m", "ranges": [${list(n, (i) => `"0x${(i * 8192).toString(16)}-0x${(i * 8192 + 4095).toString(16)}"`)}] }]`),
  "reservations": (n) => platform(`"memory": [{ "name": "m", "base": "0x0", "size": "1T" }], "reserved": [${list(n, (i) => device(2 * i, `, "type": "secure"`))}]`),
  "reservations that are placed at boot": (n) => platform(`"memory": [{ "name": "m", "base": "0x0", "size": "1T" }], "reserved": [${list(n, (i) => `{ "name": "d${i}", "size": "4K", "type": "dma-pool" }`)}]`),
  "reservations that are shared": (n) => platform(`"reserved": [${list(n, (i) => device(0, `, "sharedWith": "d${i ^ 1}"`).replace("d0", `d${i}`))}]`),
  "doorbells": (n) => platform(`"doorbells": [${list(n, (i) => device(2 * i, `, "type": "gicv2m"`))}]`),
  "IOMMUs": (n) => platform(`"iommus": [${list(n, (i) => device(2 * i, `, "type": "smmuv3"`))}]`),
  "reserved regions of an IOMMU": (n) =>
    bridge(`"iommu": [{ "ids": "0000-ffff", "to": "smmu" }], "devices": [{ "at": "00:00.0", "type": "integrated-endpoint", "assign": true }]`)
      .replace('"128K" }', `"128K", "reserved": [${list(n, (i) => `{ "range": "0x${(i * 8192).toString(16)}-0x${(i * 8192 + 4095).toString(16)}", "type": "direct", "devices": ["00:00.0"] }`)}] }`),
  "host bridges": (n) => platform(`"pci": [${list(n, (i) => `{ "name": "p${i}", "segment": ${i}, "buses": "00-ff", "windows": [{ "type": "mem32", "cpu": ${hex(0x1_0000_0000 + i * 0x10_0000)}, "bus": "0x1000_0000", "size": "1M" }], "devices": [{ "at": "00:00.0", "type": "root-port", "buses": "01-01", "devices": [{ "at": "01:00.0", "type": "endpoint" }] }] }`)}]`),
  "windows": (n) => bridge(`"devices": []`).replace(/"windows": \[[^\]]*\]/, `"windows": [${list(n, (i) => `{ "type": "mem64", "cpu": ${hex(i * 0x10_0000)}, "size": "1M" }`)}]`),
  "windows for DMA": (n) => bridge(`"inbound": [${list(n, (i) => `{ "bus": ${hex(i * 8192)}, "cpu": ${hex(i * 8192)}, "size": "4K" }`)}]`),
  "mappings of ids": (n) => bridge(`"iommu": [${list(n, (i) => `{ "ids": "${i.toString(16).padStart(4, "0")}-${i.toString(16).padStart(4, "0")}", "to": "smmu", "stream": ${hex(i)} }`)}], "devices": [{ "at": "00:00.0", "type": "integrated-endpoint", "assign": true }]`),
  // More than a bus has room for: on one bus each may be asked of each.
  "functions to assign": (n) => bridge(`"iommu": [{ "ids": "0000-ffff", "to": "smmu" }], "msi": "none", "devices": [${list(2 * n, (i) => `{ "at": "${bdf(i)}", "type": "integrated-endpoint", "assign": true, "bars": [{ "bar": 0, "base": ${hex(0x1000_0000 + i * 4096)}, "size": "4K", "type": "mem32" }] }`)}]`),
  "functions at one address": (n) => bridge(`"devices": [${list(n, () => `{ "at": "00:00.0", "type": "endpoint" }`)}]`),
  "captured groups": (n) => platform(`"captured": { "groups": [${list(n, (i) => `{ "id": ${i}, "type": "DMA", "devices": ["0000:${bdf(i)}"], "reserved": [{ "range": "0x8000000-0x80fffff", "type": "msi" }] }`)}] }`),
  "ranges of the firmware": (n) => platform(`"captured": { "firmwareMap": [${list(n, (i) => `{ "range": "0x${(i * 8192).toString(16)}-0x${(i * 8192 + 4095).toString(16)}", "type": "usable", "source": "e820" }`)}] }`),
  "CXL windows": (n) => platform(`"cxlWindows": [${list(n, (i) => `{ "base": ${hex(i * 0x1000_0000)}, "size": "256M", "targets": ["p"] }`)}]`),
  "removed names": (n) => platform(`"remove": [${list(n, (i) => `"d${i}"`)}]`),
  "banks of a guest": (n) => `{ "guest": "g", "memory": [${list(n, (i) => device(2 * i))}] }`,
  "banks of a guest that are to be placed": (n) => `{ "guest": "g", "memory": [${list(n, (i) => `{ "name": "m${i}", "size": "2M" }`)}] }`,
  "devices of a guest": (n) => `{ "guest": "g", "memory": [{ "name": "m", "size": "1G" }], "devices": [${list(n, (i) => device(2 * i))}] }`,
  "hosts of a guest that are not there": (n) => `{ "guest": "g", "hosts": [${list(n, (i) => `"h${i}.platform.jsonc"`)}] }`,
  "devices passed through": (n) => `{ "guest": "g", "passthrough": [${list(n, (i) => `{ "host": "h", "device": "${bdf(i)}" }`)}] }`,
  "brackets": (n) => "[".repeat(n),
  "braces": (n) => `{"a":`.repeat(n),
  "nested lists side by side": (n) => `{ "platform": "b", "x": [${list(n / 10, () => "[".repeat(250) + "]".repeat(250))}] }`,
  "quotes": (n) => `"\n`.repeat(n),
  "beginnings of comments": (n) => "/*".repeat(n),
  "commas": (n) => `{${",".repeat(n)}`,
  "a long text": (n) => `{ "platform": "${"x".repeat(100 * n)}" }`,
  "a long expression": (n) => devices(`${device(0)}, { "name": "b", "base": "${"d0.next + ".repeat(n)}0x1", "size": "4K" }`),
  "parentheses": (n) => devices(`${device(0)}, { "name": "b", "base": "${"(".repeat(n)}d0.next${")".repeat(n)}", "size": "4K" }`),
  "blanks between digits": (n) => devices(`{ "name": "a", "base": "0x${"_0".repeat(n)}", "size": "4K" }`),
  "ACS bits": (n) => bridge(`"devices": [{ "at": "00:00.0", "type": "root-port", "acs": { "capable": "${"SV ".repeat(n)}", "enabled": "${"SV ".repeat(n)}" } }]`),
};

describe("the steps that a check takes", () => {
  for (const [title, document] of Object.entries(DOCUMENTS)) {
    it(`grow with the number of ${title}`, () => {
      const [small, large] = [document(SMALL), document(LARGE)];
      // What is worked out once for all texts is none of its steps.
      checkAll(small);
      const [few = 0, many = 0] = stepsOf(() => checkAll(small), () => checkAll(large));
      assert.ok(few > 0 && many > 0, "steps are counted");
      assert.ok(many < AT_MOST * few, `${few} steps for ${SMALL}, ${many} for ${LARGE}`);
    });
  }

  it("would be found out if they grew with its square", () => {
    const square = (count: number): (() => void) => {
      const { source } = checkText("a.platform.jsonc", devices(list(count, device)));
      return () => {
        for (let time = 0; time < count; time++) foldingRangesOf(source);
      };
    };
    const [few = 0, many = 0] = stepsOf(square(SMALL), square(LARGE));
    assert.ok(many > AT_MOST * few, `${few} steps for ${SMALL}, ${many} for ${LARGE}`);
  });
});

/** All that is done with a text when a key is pressed. */
function checkAll(text: string): void {
  const checked = checkText(text.startsWith('{ "guest"') ? "a.guest.jsonc" : "a.platform.jsonc", text);
  assert.deepEqual(checked.crashed, []);
  diagnosticsOf({ checked }, { relatedInformation: true, pageOf: () => undefined, checking: {} });
  symbolsOf(checked.source);
  foldingRangesOf(checked.source);
}
