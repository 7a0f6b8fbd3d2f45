// Code lenses: above which lines of a text they stand, and what each says.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { codeLensesOf, resolveCodeLens } from "../../server/src/lsp/codeLens";
import { Workspace } from "../../server/src/workspace/workspace";
import { captureNames, importCapture } from "../capture/captures";
import { repositoryRoot } from "../repositoryRoot";
import { armMachine, x86Machine } from "./machines";

const URI = "file:///board.platform.jsonc";
const assigned = `, "assign": true`;

/** `text of the value: title`, in the order of the text. */
function lensesOf(text: string, workspace = new Workspace()): string[] {
  const snapshot = workspace.update(URI, 1, text);
  const { source } = snapshot.checked;
  return codeLensesOf(snapshot)
    .map((lens) => {
      assert.equal(lens.command, undefined, "words come only when they are asked for");
      const { command } = resolveCodeLens(snapshot, lens);
      assert.equal(command?.command, "", "nothing happens on a click");
      return {
        start: source.offset(lens.range.start),
        words: `${source.text.slice(source.offset(lens.range.start), source.offset(lens.range.end))}: ${command.title}`,
      };
    })
    .sort((a, b) => a.start - b.start)
    .map(({ words }) => words);
}

describe("code lenses", () => {
  it("tell of a shared group on every function in it, and on the ports to blame", () => {
    assert.deepEqual(lensesOf(x86Machine({ acs: `"none"` })), [
      `"dmar0": serves 4 functions; 1 reserved region`,
      `"00:1c.0": no ACS: keeps rp1, nic0 in its group`,
      `"01:00.0": group of 2 with nic1: no ACS on rp0`,
      `"00:1c.4": no ACS: keeps nic1 in its group`,
      `"02:00.0": group of 2 with nic0: no ACS on rp1`,
    ]);
  });

  it("name the bits that are off", () => {
    const lenses = lensesOf(x86Machine({ acs: `{ "capable": "SV RR CR UF", "enabled": "SV UF" }` }));
    assert.equal(lenses[2], `"01:00.0": group of 2 with nic1: ACS RR, CR off on rp0`);
  });

  it("tell of what is meant for assignment whether it can be", () => {
    assert.deepEqual(lensesOf(armMachine({ nic: assigned })), [
      `"smmu0": serves 2 functions; 1 reserved region`,
      `"01:00.0": assignable, alone in its group`,
    ]);
    assert.equal(
      lensesOf(armMachine({ nic: assigned, acs: `"none"` })).at(-1),
      `"01:00.0": assignable, with only ports in its group`,
    );
    assert.equal(
      lensesOf(armMachine({ nic: assigned, bridge: `"iommu": "none", "msi": "its0"` })).at(-1),
      `"01:00.0": not safe: its DMA bypasses the IOMMU: pcie0 has no IOMMU mapping`,
    );
    assert.equal(
      lensesOf(armMachine({ nic: assigned, acs: `"unknown"`, bridge: `"iommu": "unknown", "msi": "its0"` })).at(-1),
      `"01:00.0": unknown: its IOMMU group is not known`,
    );
    assert.match(
      lensesOf(x86Machine({ nic: assigned, iommu: "", acs: `"none"` }))[2] ?? "",
      /not safe: dmar0 does not remap interrupts, so it can raise any; group of 2 with nic1: no ACS on rp0/,
    );
  });

  it("point to the hover where it has a note", () => {
    const far = { iommu: `, "outputBits": 20`, nic: assigned };
    assert.equal(lensesOf(armMachine(far)).at(-1), `"01:00.0": assignable, alone in its group; its hover has a note`);
  });

  it("have short words on every real machine", () => {
    const examples = path.join(repositoryRoot, "examples");
    const files = fs.readdirSync(examples).filter((file) => file.endsWith(".platform.jsonc"));
    const texts = [
      ...files.map((file) => fs.readFileSync(path.join(examples, file), "utf8")),
      ...captureNames.map((name) => importCapture(name).text),
    ];
    const lenses = texts.flatMap((text) => lensesOf(text));
    assert.ok(lenses.length > 100, `${lenses.length} lenses`);
    for (const lens of lenses) assert.match(lens, /^"[^"]+": [^\n…](?:[^\n]{1,180})$/);
  });

  it("are not where there is nothing to say", () => {
    assert.deepEqual(lensesOf(armMachine()), [`"smmu0": serves 2 functions; 1 reserved region`]);
    assert.deepEqual(
      lensesOf(`{ "platform": "p", "iommus": [{ "name": "smmu0", "type": "smmuv3" }] }`),
      [],
      "a platform without PCI",
    );
    assert.deepEqual(lensesOf(`{ "guest": "g" }`), []);
  });

  it("stay while the text is broken", () => {
    const workspace = new Workspace();
    const text = armMachine({ nic: assigned });
    const before = lensesOf(text, workspace);
    assert.deepEqual(lensesOf(text.slice(0, -2), workspace), before);
  });

  it("say nothing for a lens of another time or of somebody else", () => {
    const snapshot = new Workspace().update(URI, 1, armMachine());
    const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } };
    for (const data of [undefined, 7, {}, { uri: URI, path: "x" }, { uri: URI, path: ["pci", 9, "at"] }])
      assert.equal(resolveCodeLens(snapshot, { range, data }).command?.title, "…");
  });
});
