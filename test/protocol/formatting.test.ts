// Formatting over the protocol: a document, some lines, and while somebody types.
import assert from "node:assert/strict";
import type { TextEdit } from "vscode-languageserver";
import { applied, ask, withCursor } from "./documents";

const OPTIONS = { options: { tabSize: 8, insertSpaces: false } };
const LOOSE = `{ "platform":"board", // kept\n"memory":[ ],\n"devices":[ ] }`;

describe("formatting requests", () => {
  it("format a document with edits of blanks alone, whatever the client says of tabs", async () => {
    const edits = await ask<TextEdit[]>(LOOSE, "textDocument/formatting", OPTIONS);
    assert.equal(applied(LOOSE, edits), `{\n  "platform": "board", // kept\n  "memory": [],\n  "devices": []\n}\n`);
    assert.ok(edits.every((edit) => edit.newText.trim() === ""), JSON.stringify(edits));
  });

  it("format the lines of a selection, not the line that it ends before", async () => {
    const range = { start: { line: 1, character: 0 }, end: { line: 2, character: 0 } };
    const edits = await ask<TextEdit[]>(LOOSE, "textDocument/rangeFormatting", { range, ...OPTIONS });
    assert.equal(applied(LOOSE, edits), `{ "platform":"board", // kept\n  "memory": [],\n  "devices":[ ] }`);
  });

  it("indent a new line in a text that is being typed", async () => {
    const { text, position } = withCursor(`{ "platform": "board", "memory": [\n|`);
    const edits = await ask<TextEdit[]>(text, "textDocument/onTypeFormatting", { position, ch: "\n", ...OPTIONS });
    assert.equal(applied(text, edits), `{ "platform": "board", "memory": [\n    `);
  });

  it("format the line that a closing bracket ends", async () => {
    const { text, position } = withCursor(`{\n"platform":"board",\n"memory": [\n{"name":"dram","base":"0x0","size":"1G"}|\n]\n}`);
    const edits = await ask<TextEdit[]>(text, "textDocument/onTypeFormatting", { position, ch: "}", ...OPTIONS });
    assert.equal(applied(text, edits), `{\n"platform":"board",\n"memory": [\n    { "name": "dram", "base": "0x0", "size": "1G" }\n  ]\n}`);
  });

  it("leave a text with syntax errors alone", async () => {
    assert.deepEqual(await ask<TextEdit[]>(`{ "platform": }`, "textDocument/formatting", OPTIONS), []);
  });
});
