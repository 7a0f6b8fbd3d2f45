// Findings about a whole file, which caret lines cannot point at: they stand on its first character.
import assert from "node:assert/strict";
import { checkText } from "../../server/src/workspace/check";

function findings(file: string, text: string): string[] {
  const checked = checkText(file, text);
  return checked.findings.map((one) => {
    const { start, end } = checked.source.span(one.at);
    return `${start}-${end} ${one.severity}(${one.rule}): ${one.message}`;
  });
}

describe("findings about a whole file", () => {
  it("says that the file does not tell what it describes", () => {
    assert.deepEqual(findings("board.jsonc", `{ "reserved": [] }`), [`0-1 error(missing-key): The file needs "platform", "guest" or "fleet"`]);
  });

  it("says that a platform has no name", () => {
    assert.deepEqual(findings("board.platform.jsonc", "{}"), [`0-1 error(missing-key): platform file needs "platform"`]);
  });

  it("says that the root is not an object", () => {
    assert.deepEqual(findings("board.platform.jsonc", "[]"), ["0-2 error(wrong-type): the file must be an object, not a list"]);
  });

  it("says that the file is empty", () => {
    assert.deepEqual(findings("board.platform.jsonc", ""), [`0-0 error(syntax-error): The file is empty: it holds one object, { … }`]);
  });
});
