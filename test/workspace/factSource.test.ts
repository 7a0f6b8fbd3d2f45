// Where facts come from: what may be written, where it is shown, what keeps it, and the rule that asks for it.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { factSourceAt, memoryMap, printFactSource } from "../../core/src/index";
import { updatePlatform } from "../../server/src/import/updatePlatform";
import { checkText } from "../../server/src/workspace/check";
import { Workspace } from "../../server/src/workspace/workspace";
import { hoverAt } from "../../server/src/lsp/hover";
import { captureNames, importCapture } from "../capture/captures";
import { folderWith, platmap } from "../cli/commandLine";
import { difference, linesOf } from "../difference/texts";
import { memoryFiles } from "./memoryFiles";

const BOARD = `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G", "source": "TRM, table 2-1" }],
  "reserved": [{ "name": "bl31", "base": "0x8000_0000", "size": "1M", "source": { "document": "[TRM](x) *rev* 1.3", "section": "2.4", "page": "214-216", "capture": "d05.tar.gz: /proc/iomem" } }],
  "pci": [{ "name": "pcie0", "msi": "none", "source": { "page": 7 }, "config": { "base": "0x4000_0000", "size": "256M", "source": "MCFG" }, "windows": [{ "type": "mem32", "cpu": "0x5000_0000", "size": "1M" }] }],
}
`;
const ASKED = new Map([["entry-without-source", "warning" as const]]);

describe("the source of a fact", () => {
  it("is a text or its parts, and stands for what is in its entry", () => {
    const { plan, findings } = checkText("board.platform.jsonc", BOARD);
    assert.ok(plan);
    assert.deepEqual(findings.filter(({ severity }) => severity === "error"), []);
    const at = (...to: (string | number)[]): string | undefined => factSourceAt(plan, to);
    assert.equal(at("memory", 0, "base"), "TRM, table 2-1");
    assert.equal(at("reserved", 0), "[TRM](x) *rev* 1.3, section 2.4, pages 214-216, captured: d05.tar.gz: /proc/iomem");
    assert.equal(at("pci", 0, "windows", 0), "page 7");
    assert.equal(at("pci", 0, "config"), "MCFG");
    assert.equal(at("platform"), undefined);
    assert.equal(printFactSource(" a\n  b "), "a b");
    assert.equal(printFactSource(""), undefined);
  });

  it("that is written wrongly is found", () => {
    const { findings } = checkText("board.platform.jsonc", BOARD.replace('"page": 7', '"page": 7, "book": 1').replace('"TRM, table 2-1"', "12"));
    assert.deepEqual(findings.map(({ rule, message }) => `${rule}: ${message}`).filter((one) => /^(unknown-key|wrong-type)/.test(one)), [
      'wrong-type: source must be a text such as "any text" or an object, not a number', 'unknown-key: source has no key "book"',
    ]);
  });

  it("is shown in hovers as text, whatever is in it", () => {
    assert.match(hover(BOARD, '"bl31'), /Source: \\\[TRM\\\]\\\(x\\\) \\\*rev\\\* 1\\\.3, section 2\\\.4/);
    assert.match(hover(BOARD, '"0x5000'), /Source: page 7$/);
  });

  it("is in the map's rows and in whose an address is", async () => {
    const { plan } = checkText("board.platform.jsonc", BOARD);
    assert.ok(plan);
    const regions = memoryMap(plan, [])?.lanes.flatMap((lane) => lane.regions) ?? [];
    assert.deepEqual(regions.filter(({ name }) => name === "dram").map(({ facts }) => facts), ["TRM, table 2-1"]);
    const { out } = await platmap(folderWith({ "board.platform.jsonc": BOARD }), ["map", "board.platform.jsonc", "--at", "0x8000_0000"]);
    assert.match(out, /memory dram|dram.*source: TRM, table 2-1/);
    assert.match(out, /bl31.*source: \[TRM\]/);
    const hostile = BOARD.replace("TRM, table 2-1", "<script>\\u202e&");
    const { out: svg } = await platmap(folderWith({ "board.platform.jsonc": hostile }), ["map", "board.platform.jsonc", "--svg", "-"]);
    assert.match(svg, /; source: &#60;script&#62;\ufffd&#38;<\/title>/);
  });

  it("says the same as a text and in its parts, and another source is a change", () => {
    const other = BOARD.replace('"TRM, table 2-1"', '{ "document": "TRM, table 2-1" }');
    assert.deepEqual(linesOf(difference(BOARD, other)), []);
    assert.deepEqual(linesOf(difference(BOARD, BOARD.replace("table 2-1", "table 3"))), ["changed memory dram; source TRM, table 2-1 -> TRM, table 3"]);
  });

  it("of an extended file gives way as a whole", () => {
    const upper = '{ "platform": "upper", "extends": "board.platform.jsonc", "reserved": [{ "name": "bl31", "source": { "document": "boot log" } }] }';
    const { plan } = checkText("upper.platform.jsonc", upper, { surroundings: memoryFiles(new Map([["board.platform.jsonc", BOARD], ["upper.platform.jsonc", upper]])) });
    assert.deepEqual([plan?.platform.reserved, plan?.platform.memory].map((list) => printFactSource(list?.[0]?.source)), ["boot log", "TRM, table 2-1"]);
  });

  it("stays when what was imported is renewed", () => {
    for (const name of captureNames.slice(0, 4)) {
      const { text } = importCapture(name);
      const sourced = text.replace('"name": "ram0",', '"name": "ram0", "source": { "document": "TRM", "page": 12 },');
      assert.notEqual(sourced, text, name);
      assert.deepEqual(updatePlatform(sourced, text, name), { text: sourced, changes: [], kept: [] });
      const grown = updatePlatform(sourced, text.replace(/("name": "ram0",.*?"size": )"[^"]+"/, '$1"64K"'), name);
      assert.match(grown.text, /"source": \{ "document": "TRM", "page": 12 \}/);
      assert.ok(grown.changes.length > 0, name);
    }
  });
});

describe("entry-without-source", () => {
  const bare = BOARD.replace(', "source": "TRM, table 2-1"', "");

  it("is off until somebody switches it on: in a configuration, in an editor, for one run", async () => {
    const found = (options: Parameters<typeof checkText>[2]): string[] => checkText("board.platform.jsonc", bare, options).findings.filter(({ rule }) => rule === "entry-without-source").map(({ severity, message }) => `${severity}: ${message}`);
    const expected = ["warning: memory dram does not say where its facts come from"];
    assert.deepEqual(found({}), []);
    assert.deepEqual(found({ severities: new Map([["missing-acs", "off" as const]]) }), []);
    assert.deepEqual(found({ severities: ASKED }), expected);
    const config = '{ "rules": { "entry-without-source": "warning" } }';
    assert.deepEqual(found({ surroundings: memoryFiles(new Map([["platmap.config.jsonc", config], ["board.platform.jsonc", bare]])) }), expected);
    const folder = folderWith({ "board.platform.jsonc": bare });
    assert.deepEqual(await rulesFound(folder), []);
    assert.deepEqual(await rulesFound(folder, "--rule", "entry-without-source=error", "."), ["error"]);
    fs.writeFileSync(path.join(folder, "platmap.config.jsonc"), config);
    assert.deepEqual(await rulesFound(folder), ["warning"]);
    assert.deepEqual(await rulesFound(folder, "--rule", "entry-without-source=off"), []);
  });

  it("is told as off in SARIF, in the list of rules and on its page", async () => {
    const folder = folderWith({ "board.platform.jsonc": bare });
    const { out } = await platmap(folder, ["check", "--format", "sarif", "--rule", "entry-without-source=warning"]);
    const log = JSON.parse(out) as { runs: { tool: { driver: { rules: { id: string; defaultConfiguration: object }[] } }; results: { ruleId: string; level: string }[] }[] };
    const [run] = log.runs;
    assert.deepEqual(run?.tool.driver.rules.map(({ id, defaultConfiguration }) => [id, defaultConfiguration]).find(([id]) => id === "entry-without-source")?.[1], { level: "note", enabled: false });
    assert.ok(run?.results.some(({ ruleId, level }) => ruleId === "entry-without-source" && level === "warning"));
    assert.match((await platmap(folder, ["explain"])).out, /^entry-without-source .*\(off by default\)$/m);
    assert.match((await platmap(folder, ["explain", "entry-without-source"])).out, /^`info` · since 0\.1\.0 · off by default$/m);
  });

  it("says which rule or severity there is not", async () => {
    const folder = folderWith({ "board.platform.jsonc": bare });
    const said = async (one: string): Promise<unknown> => {
      const { code, err } = await platmap(folder, ["check", "--rule", one]);
      return [code, err];
    };
    assert.deepEqual(await said("entry-without-sources=error"), [2, 'platmap: --rule entry-without-sources=error: there is no rule "entry-without-sources"; did you mean entry-without-source?\n']);
    assert.deepEqual(await said("entry-without-source=loud"), [2, "platmap: --rule entry-without-source=loud: write entry-without-source=error, =warning, =info, =hint or =off\n"]);
  });
});

async function rulesFound(folder: string, ...options: string[]): Promise<string[]> {
  const { out } = await platmap(folder, ["check", "--format", "json", ...options]);
  return (JSON.parse(out) as { findings: { rule: string; severity: string }[] }).findings.filter(({ rule }) => rule === "entry-without-source").map(({ severity }) => severity);
}

function hover(text: string, at: string): string {
  const snapshot = new Workspace().update("file:///board.platform.jsonc", 1, text);
  const shown = hoverAt(snapshot, snapshot.checked.source.position(text.indexOf(at) + 2));
  return shown === undefined ? "" : (shown.contents as { value: string }).value;
}
