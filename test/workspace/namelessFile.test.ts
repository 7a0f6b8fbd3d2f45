// A file whose own name is missing or cannot be read: everything else of it is looked at all the same.
import assert from "node:assert/strict";
import { checkText } from "../../server/src/workspace/check";

describe("a file without a name of its own", () => {
  const devices = '"devices": [{ "name": "a", "base": "0x1000", "size": "8K" }, { "name": "b", "base": "0x2000", "size": "8K" }]';

  for (const [name, rule] of [["", "missing-key"], ['"platform": 7, ', "wrong-type"], ['"platform": "a name", ', "malformed-value"]] as const) {
    it(`is looked at: { ${name}… }`, () => {
      const { findings } = checkText("board.platform.jsonc", `{ ${name}${devices} }`);
      assert.deepEqual(findings.map((one) => one.rule).sort(), [rule, "overlapping-regions"].sort());
    });
  }

  it("is looked at when it is a guest's", () => {
    const { findings } = checkText("vm.guest.jsonc", '{ "memory": [{ "name": "a", "base": "0x4000_0000", "size": "1G" }, { "name": "b", "base": "0x4000_0000", "size": "1G" }] }');
    assert.deepEqual(findings.map((one) => one.rule).sort(), ["missing-key", "overlapping-guest-ranges"]);
  });
});
