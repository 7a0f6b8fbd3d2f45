// Values of 64 bits stay what they are, from the text through the model to JSON.
import assert from "node:assert/strict";
import type { Platform } from "../../core/src/index";
import { ADDRESS_LIMIT, fileId, lastOf, platformFile, printAddress, printPlainAddress, printSizeLiteral, sizeOf } from "../../core/src/index";
import { readRecord } from "../../server/src/jsonc/read";
import { Source } from "../../server/src/jsonc/source";
import { checkText } from "../../server/src/workspace/check";
import { numbers } from "./repeatable";

const COUNT = 50_000;
const WRITINGS = [printAddress, printPlainAddress, (value: bigint) => "0X" + value.toString(16).toUpperCase(), (value: bigint) => "0x" + value.toString(16).padStart(16, "0")];

describe("64-bit values", () => {
  it("are exact through text, model and JSON, 100,000 of them", () => {
    const source = numbers(64n);
    const pairs = Array.from({ length: COUNT }, () => inOrder(source.next().value as bigint, source.next().value as bigint));
    const entries = pairs.map(([base, last], index) => `{ "name": "d${index}", "base": "${written(base, index)}", "last": "${written(last, index + 1)}" }`);
    const devices = read(`{ "platform": "board", "devices": [${entries.join(",\n")}] }`).devices ?? [];
    const ranges = devices.map((device) => device.extent?.ranges[0]);
    const json = JSON.stringify(ranges.map((range) => range && [printPlainAddress(range.base), printPlainAddress(lastOf(range))]));
    const back = (JSON.parse(json) as [string, string][]).map(([base, last]) => [BigInt(base), BigInt(last)]);
    assert.deepEqual(back, pairs);
  });

  it("are exact as sizes", () => {
    const source = numbers(65n);
    const sizes = Array.from({ length: 1000 }, (_, index) => ((source.next().value as bigint) >> BigInt(index % 63)) | 1n).concat([1n << 63n, 3n << 60n, ADDRESS_LIMIT - 1n, ADDRESS_LIMIT]);
    const entries = sizes.flatMap((size, index) => [`{ "name": "a${index}", "base": "0x0", "size": "${printSizeLiteral(size)}" }`, `{ "name": "b${index}", "base": "0x0", "size": "${size}" }`]);
    const devices = read(`{ "platform": "board", "devices": [${entries.join(",\n")}] }`).devices ?? [];
    assert.deepEqual(devices.map((device) => device.extent && sizeOf(device.extent.ranges[0])), sizes.flatMap((size) => [size, size]));
  });
});

describe("the ways to say where an entry lies", () => {
  const forms: Record<string, string> = {
    '"base": "0x1000", "size": "4K"': "1000-1fff",
    '"base": "0x1000", "last": "0x1fff"': "1000-1fff",
    '"range": "0x1000-0x1fff"': "1000-1fff",
    '"ranges": ["0x1000-0x1fff", "0x3000-0x3000"]': "1000-1fff 3000-3000",
    '"base": "0x0", "size": "16E"': "0-ffffffffffffffff",
    '"base": "0x0", "last": "0xffff_ffff_ffff_ffff"': "0-ffffffffffffffff",
    '"range": "0x0-0xffff_ffff_ffff_ffff"': "0-ffffffffffffffff",
    '"base": "0xffff_ffff_ffff_ffff", "size": 1': "ffffffffffffffff-ffffffffffffffff",
    '"base": 4096, "size": 4096': "1000-1fff",
    '"base": 9007199254740991, "size": 1': "1fffffffffffff-1fffffffffffff",
    '"base": "0x20_0000_0000_0000", "last": "0x20_0000_0000_0001"': "20000000000000-20000000000001",
    '"base": 4.096e3, "size": 1E3': "1000-13e7",
    '"base": -0, "size": 10.0': "0-9",
    '"base": 0e999999999, "size": 0.0000010e+6': "0-0",
  };
  for (const [text, range] of Object.entries(forms)) it(text, () => assert.equal(extentOf(text), range));

  const refused: Record<string, string> = {
    '"base": 9007199254740992, "size": "4K"': "unsafe-number",
    '"base": 18446744073709551616, "size": "4K"': "unsafe-number",
    '"base": 1e400, "size": "4K"': "unsafe-number",
    '"base": "0x1000", "size": 9007199254740993': "unsafe-number",
    '"base": 1.5, "size": "4K"': "malformed-value",
    '"base": -4096, "size": "4K"': "malformed-value",
    '"base": 1.00000000000000000001, "size": "4K"': "malformed-value",
    '"base": 4503599627370496.3, "size": "4K"': "malformed-value",
    '"base": 1e-1, "size": "4K"': "malformed-value",
    '"base": "0x0", "size": "4K", "node": 0.99999999999999999999': "malformed-value",
    '"base": "0xffff_ffff_ffff_ffff", "size": 2': "impossible-range",
    '"base": "0x1", "size": "16E"': "impossible-range",
    '"base": "0x1000", "size": 0': "impossible-range",
    '"base": "0x1000", "last": "0xfff"': "impossible-range",
    '"range": "0x1000-0xfff"': "impossible-range",
    '"base": "0x1000"': "missing-key",
    '"size": "4K"': "missing-key",
    '"base": "0x1000", "size": "4K", "last": "0x1fff"': "several-range-forms",
    '"range": "0x1000-0x1fff", "ranges": ["0x1000-0x1fff"]': "several-range-forms",
  };
  for (const [text, problem] of Object.entries(refused)) {
    it(`${text} is reported: ${problem}`, () => {
      const { findings } = checkText("board.platform.jsonc", entryOf(text));
      assert.ok(findings.some((one) => one.rule === problem && one.severity === "error"), findings.map((one) => one.rule).join(" "));
    });
  }
});

function inOrder(a: bigint, b: bigint): [bigint, bigint] {
  return a < b ? [a, b] : [b, a];
}

function written(value: bigint, index: number): string {
  return (WRITINGS[index % WRITINGS.length] as (typeof WRITINGS)[number])(value);
}

function entryOf(place: string): string {
  return `{ "platform": "board", "devices": [{ "name": "d", ${place} }] }`;
}

function extentOf(place: string): string | undefined {
  return read(entryOf(place)).devices?.[0]?.extent?.ranges.map((range) => `${range.base.toString(16)}-${lastOf(range).toString(16)}`).join(" ");
}

function read(text: string): Platform {
  const source = new Source(fileId("board.platform.jsonc"), text);
  assert.deepEqual(source.tree.faults, []);
  const { value } = readRecord(source, platformFile);
  assert.ok(value);
  return value;
}
