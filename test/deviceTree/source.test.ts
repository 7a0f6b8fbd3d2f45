// The source of a device tree gives what the blob that dtc makes of it gives.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { folderWith, platmap } from "../cli/commandLine";

const SOURCE = `// A board.
/* With a part in a file of its own. */
/dts-v1/;
/ {
	model = "board";
	#address-cells = <2>;
	#size-cells = <2>;
	memory@80000000 { device_type = "memory"; reg = <0x0 0x80000000 0x0 0x40000000>; };
	/include/ "reserved.dtsi"
};
`;
const RESERVED = `reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges; tee@90000000 { reg = <0x0 0x90000000 0x0 0x200000>; no-map; }; };\n`;

describe("the source of a device tree", () => {
  it("is read through dtc, with what it includes", async () => {
    const folder = folderWith({ "board.dts": SOURCE, "reserved.dtsi": RESERVED });
    const { code, out, err } = await platmap(folder, ["import", "board.dts"]);
    assert.equal(code, 0, err);
    assert.match(out, /"0x9000_0000"[^\n]*"noMap": true/);
    assert.equal(spawnSync("dtc", ["-q", "-I", "dts", "-O", "dtb", "-o", "board.dtb", "board.dts"], { cwd: folder }).status, 0);
    const blob = await platmap(folder, ["import", "board.dtb"]);
    assert.equal(out.replaceAll("board.dts", "board.dtb"), blob.out);
  });

  it("says what dtc says", async () => {
    const { code, err } = await platmap(folderWith({ "board.dts": "/dts-v1/;\n/ { a = <; };\n" }), ["import", "board.dts"]);
    assert.equal(code, 2);
    assert.match(err, /board\.dts: dtc cannot compile it: .*syntax error/);
  });

  it("needs dtc, and says so", async () => {
    const folder = folderWith({ "board.dts": SOURCE });
    const { code, err } = await platmap(folder, ["import", "board.dts"], { host: { run: () => undefined } });
    assert.equal(code, 2);
    assert.match(err, /it is the source of a device tree: install dtc/);
    assert.ok(fs.existsSync(path.join(folder, "board.dts")));
  });
});
