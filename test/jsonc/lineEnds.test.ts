// Line ends of every kind, tabs and characters of two UTF-16 units: findings stand where an editor counts, and fixes leave the rest as it was.
import assert from "node:assert/strict";
import type { Finding } from "../../core/src/index";
import { fileId } from "../../core/src/index";
import { Source } from "../../server/src/jsonc/source";
import { checkText, triedFixes } from "../../server/src/workspace/check";
import { TestClient, PUSHING } from "../protocol/client";

const TEXT = `// a board
{
  "platform": "board", "physicalAddressBits": 40,
  "devices": [
    { "name": "uart0", "base": "0x1000_0000", "size": "8K" }, // first
    /* second */
    { "name": "uart1", "base": "0x1000_1000", "size": "8K" }, // last
  ],
  "reserved": [
    { "name": "cma", "size": "64M", "aling": "4M" },
  ],
}
`;
const ENDS: Record<string, (text: string) => string> = {
  LF: (text) => text,
  CRLF: (text) => text.replaceAll("\n", "\r\n"),
  CR: (text) => text.replaceAll("\n", "\r"),
  "all of them": (text) => mixed(text, ["\n", "\r\n", "\r"]),
  "no line end after the last line": (text) => text.trimEnd(),
  "CRLF, and none after the last line": (text) => text.trimEnd().replaceAll("\n", "\r\n"),
};

describe("line ends", () => {
  const expected = placesIn(TEXT);
  it("there is something to find", () => assert.ok(expected.length >= 2, expected.join("\n")));

  for (const [name, convert] of Object.entries(ENDS)) {
    it(`${name}: findings stand on the same lines and columns`, () => assert.deepEqual(placesIn(convert(TEXT)), expected));

    it(`${name}: fixes change what they change in the others, and no line end`, () => {
      const checked = checkText("board.platform.jsonc", convert(TEXT));
      const fixed = checked.findings.flatMap((finding) => triedFixes(checked, finding).map((fix) => fix.text));
      const plain = checkText("board.platform.jsonc", TEXT);
      const inPlain = plain.findings.flatMap((finding) => triedFixes(plain, finding).map((fix) => fix.text));
      assert.ok(fixed.length >= 2);
      assert.deepEqual(fixed, inPlain.map(convert));
    });

    it(`${name}: a position is an offset and back`, () => {
      const source = new Source(fileId("board.platform.jsonc"), convert(TEXT));
      assert.equal(source.lineCount, convert(TEXT).split(/\r\n|\r|\n/).length);
      for (let offset = 0; offset <= source.text.length; offset++) {
        const inBreak = source.text[offset] === "\n" && source.text[offset - 1] === "\r";
        if (!inBreak) assert.equal(source.offset(source.position(offset)), offset);
      }
    });
  }

  it("are no part of a line", () => {
    const source = new Source(fileId("board.platform.jsonc"), "a\nb\r\nc\rd\r\r\n");
    assert.deepEqual(Array.from({ length: source.lineCount }, (_, line) => source.line(line)), ["a", "b", "c", "d", "", ""]);
    assert.equal(source.line(99), "");
    assert.equal(source.offset({ line: 99, character: 0 }), source.text.length);
    assert.equal(source.offset({ line: 1, character: 99 }), 3);
  });
});

describe("columns", () => {
  const base = `{ "platform": "board", "arch": "arm" }`;

  it("count a tab as one", () => assert.deepEqual(placesIn(base.replaceAll(" ", "\t")), placesIn(base)));

  it("count UTF-16 units, so that a character beyond the first plane is two", () => {
    const [, place = ""] = /^(\S+) /.exec(placesIn(base)[0] ?? "") ?? [];
    assert.equal(place, "1:32-1:37");
    for (const [before, width] of [["/*é*/", 5], ["/*漢*/", 5], ["/*\u{1f600}*/", 6], ["/*e\u0301*/", 6], ["/*\u2028*/", 5]] as const) {
      assert.equal(placesIn(before + base)[0]?.split(" ")[0], `1:${32 + width}-1:${37 + width}`, before);
    }
  });
});

describe("a file of another system", () => {
  it("is named by the URI that the editor gave, also in related places and edits", async () => {
    const uri = "file:///c%3A/Users/J%C3%B6rg/boards/a%20b.platform.jsonc";
    const client = await TestClient.start(PUSHING);
    try {
      await client.open(uri, ENDS["CRLF"]?.(TEXT) ?? "");
      const diagnostics = await client.pushed(uri, 1);
      const overlap = diagnostics.find((one) => one.code === "overlapping-regions");
      assert.deepEqual(overlap?.relatedInformation?.map((one) => one.location), [{ uri, range: { start: { line: 4, character: 31 }, end: { line: 4, character: 44 } } }]);
      const range = overlap.range;
      const actions = await client.request<{ edit: { changes: object } }[]>("textDocument/codeAction", { textDocument: { uri }, range, context: { diagnostics: [] } });
      assert.ok(actions.length > 0);
      for (const action of actions) assert.deepEqual(Object.keys(action.edit.changes), [uri]);
    } finally {
      await client.stop();
    }
  });
});

function mixed(text: string, ends: readonly string[]): string {
  let next = 0;
  return text.replaceAll("\n", () => ends[next++ % ends.length] ?? "\n");
}

/** `line:column-line:column rule: message`, counted from one as people see them. */
function placesIn(text: string): string[] {
  const { source, findings } = checkText("board.platform.jsonc", text);
  const place = (at: Finding["at"]): string => {
    const span = source.span(at);
    const [start, end] = [source.position(span.start), source.position(span.end)];
    return `${start.line + 1}:${start.character + 1}-${end.line + 1}:${end.character + 1}`;
  };
  return findings.map((finding) => [place(finding.at), `${finding.rule}:`, finding.message, ...finding.related.map((one) => place(one.at))].join(" "));
}
