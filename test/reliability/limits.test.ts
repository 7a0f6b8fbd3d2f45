// Every limit: at it all is well, and one past it one finding says what the limit is, where it was reached. Knows nothing of why a limit is where it is.
import assert from "node:assert/strict";
import type { Diagnostic } from "vscode-languageserver";
import { EXTENDS_LIMIT } from "../../server/src/workspace/extended";
import type { CheckedFile } from "../../server/src/workspace/check";
import { checkText } from "../../server/src/workspace/check";
import { MODERN } from "../protocol/client";
import { ask } from "../protocol/documents";
import { memoryFiles } from "../workspace/memoryFiles";

const devices = (count: number): string => Array.from({ length: count }, (_, index) => `{"name":"d${index}","base":"0x${(index * 4096).toString(16)}","size":"4K"}`).join(",\n");

describe("a limit", () => {
  it("of 256 values in one another: what is deeper is not read", () => {
    const nested = (depth: number): string => `{ "platform": "b", "captured": { "x": ${"[".repeat(depth - 2)}${"]".repeat(depth - 2)} } }`;
    assert.deepEqual(rulesOf(check(nested(256))), ["unknown-key"]);
    assert.deepEqual(said(check(nested(257))), [`[ error(syntax-error): Nested more than 256 deep: what is inside is not read`]);
  });

  it("of 16 MiB in a file: a longer one is read", () => {
    const around = `{ "platform": "board", "description": "" }`;
    const ofLength = (length: number): string => around.replace('""', `"${"a".repeat(length - around.length)}"`);
    assert.deepEqual(said(check(ofLength(16 * 1024 * 1024))), []);
    assert.deepEqual(said(check(ofLength(16 * 1024 * 1024 + 1))), ["{ warning(beyond-limit): The file is longer than 16 MiB: Platmap is made for less and may be slow"]);
  });

  it("of 100,000 ranges in a map: more are looked at", () => {
    assert.deepEqual(said(check(`{ "platform": "b", "devices": [${devices(100_000)}] }`)), []);
    assert.deepEqual(said(check(`{ "platform": "b", "devices": [${devices(100_001)}, { "name": "twice", "base": "0x0", "size": "4K" }] }`)), [
      '"d100000" warning(beyond-limit): the physical map has 100002 ranges: Platmap is made for 100000 and may be slow',
      '"0x0" error(duplicate-range): device twice and device d0 both lie at 0x0-0xfff (4 KiB) of the physical map',
    ]);
  });

  it("of 1000 diagnostics in a file: the last one says how many more there are", async () => {
    const diagnostics = async (count: number): Promise<readonly Diagnostic[]> => {
      const text = `{ "platform": "b",\n${Array.from({ length: count }, (_, index) => `"key${index}": 1`).join(",\n")} }`;
      return (await ask<{ items: Diagnostic[] }>(text, "textDocument/diagnostic", {}, MODERN)).items;
    };
    assert.deepEqual(new Set((await diagnostics(1000)).map(({ code }) => code)), new Set(["unknown-key"]));
    for (const [count, message] of [[1001, "1 more finding in this file is not shown; platmap check lists them all"], [1003, "3 more findings in this file are not shown; platmap check lists them all"]] as const) {
      const found = await diagnostics(count);
      assert.equal(found.length, 1001);
      assert.deepEqual(found.filter(({ code }) => code !== "unknown-key").map((one) => [one.message, one.range.start]), [[message, { line: 0, character: 0 }]]);
    }
  });

  it("of 999 syntax errors in a text: one more says that there are more", () => {
    const text = (count: number): string => `{ "platform": "b"${` "a": 1`.repeat(count)} }`;
    assert.deepEqual(new Set(check(text(999)).findings.map(({ message }) => message)), new Set(["A comma is missing here"]));
    for (const count of [1000, 1001, 5000]) {
      const beyond = check(text(count));
      assert.equal(beyond.findings.length, 1000);
      assert.deepEqual(said(beyond).slice(-1), ["1 error(syntax-error): There are 1000 syntax errors or more: those from here on are not listed"]);
    }
  });

  it(`of ${EXTENDS_LIMIT} files that extend one another: what is below is left out`, () => {
    assert.deepEqual(said(chain(EXTENDS_LIMIT)), []);
    assert.equal(chain(EXTENDS_LIMIT).plan?.platform.devices?.length, EXTENDS_LIMIT);
    const tooDeep = chain(EXTENDS_LIMIT + 1);
    assert.equal(tooDeep.plan?.platform.devices?.length, EXTENDS_LIMIT);
    assert.deepEqual(said(tooDeep), [`"p1.platform.jsonc" error(unreadable-file): p1.platform.jsonc is extended more than ${EXTENDS_LIMIT} files deep`]);
  });

  it("of ranges that share their addresses: what is beyond is not compared", () => {
    const nested = (count: number): string => `{ "platform": "b", "devices": [${Array.from({ length: count }, (_, index) => `{ "name": "d${index}", "base": "0x0", "size": "4K"${index > 0 ? `, "in": "d${index - 1}"` : ""} }`).join(",\n")}] }`;
    assert.deepEqual(said(check(nested(40))), []);
    assert.deepEqual(said(check(nested(400))), ['"b" warning(beyond-limit): too many ranges of the physical map share addresses: not every overlap was looked at']);
  });
});

/** A platform that extends another, and so on, so many files in all. */
function chain(length: number): CheckedFile {
  const texts = Array.from({ length }, (_, i) => {
    const below = i + 1 < length ? { extends: `p${i + 1}.platform.jsonc` } : {};
    return [i === 0 ? "board.platform.jsonc" : `p${i}.platform.jsonc`, JSON.stringify({ platform: `p${i}`, ...below, devices: [{ name: `d${i}`, base: `0x${i}000`, size: "4K" }] })] as const;
  });
  return checkText("board.platform.jsonc", texts[0]?.[1] ?? "", { surroundings: memoryFiles(new Map(texts)) });
}

function check(text: string): CheckedFile {
  const checked = checkText("board.platform.jsonc", text);
  assert.deepEqual(checked.crashed, []);
  return checked;
}

function rulesOf({ findings }: CheckedFile): string[] {
  return findings.map(({ rule }) => rule);
}

/** Findings with the text on which they stand. */
function said({ source, findings }: CheckedFile): string[] {
  return findings.map(({ at, rule, severity, message }) => {
    const { start, end } = source.span(at);
    return `${source.text.slice(start, end)} ${severity}(${rule}): ${message}`;
  });
}
