// Semantic tokens as a delta, held after random edits against tokens in full: inside one entry, over several, in comments, with and without faults.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { SemanticTokensServer } from "../../server/src/lsp/semanticTokens";
import { Workspace } from "../../server/src/workspace/workspace";
import { forAll } from "../core/repeatable";
import { repositoryRoot } from "../repositoryRoot";
import { URI } from "./documents";

const TEXTS = [
  readFileSync(path.join(repositoryRoot, "examples/first-steps.platform.jsonc"), "utf8"),
  `{"platform":"p","devices":[{"name":"a","base":"0x0","size":"4K"},{"name":"b","base":"0x1000","size":"4K","disabled":true}],"reserved":[{"name":"c","size":"64K"}]}`,
  `{ "platform": "p", "pci": [{ "name": "rc", "devices": [\n{ "at": "00:01.0", "devices": [{ "at": "01:00.0", "name": "nic" }] },\n{ "at": "00:02.0" }] }, { "name": "rc2" }] }`,
];
const PIECES = ["", "7", '"', "{", "}", ", ", "\n", "// x\n", "/* ", '"disabled": true, ', '"name": "new", ', '{ "name": "d" }, ', "a.next", "✂"];

const edit = fc.record({ at: fc.nat(10_000), length: fc.constantFrom(0, 0, 1, 3, 20), piece: fc.constantFrom(...PIECES), isUndone: fc.boolean() });

describe("semantic tokens as a delta", () => {
  for (const [index, start] of TEXTS.entries()) {
    it(`give what tokens in full would, of text ${index + 1}`, () => {
      forAll([fc.array(edit, { minLength: 1, maxLength: 6 })], (edits) => {
        const [workspace, server] = [new Workspace(), new SemanticTokensServer()];
        let version = 1;
        const first = server.full(workspace.update(URI, version, start));
        let known = { id: first.resultId ?? "", data: [...first.data] };
        const after = (text: string): void => {
          const snapshot = workspace.update(URI, ++version, text);
          const delta = server.delta(snapshot, known.id);
          assert.ok("edits" in delta);
          for (const one of delta.edits) known.data.splice(one.start, one.deleteCount, ...(one.data ?? []));
          known = { ...known, id: delta.resultId ?? "" };
          assert.deepEqual(known.data, new SemanticTokensServer().full(snapshot).data, text);
        };
        let text = start;
        for (const { at, length, piece, isUndone } of edits) {
          const [before, place] = [text, at % (text.length + 1)];
          text = text.slice(0, place) + piece + text.slice(place + length);
          after(text);
          if (isUndone) after((text = before));
        }
      }, 300);
    });
  }
});
