// Hovers of PCI functions and of their ACS: a document with | where the mouse is, and what is shown there.
import assert from "node:assert/strict";
import { hoverAt } from "../../server/src/lsp/hover";
import { Workspace } from "../../server/src/workspace/workspace";
import { armMachine, x86Machine } from "./machines";

const shared = x86Machine({ acs: `{ "capable": "SV RR CR UF", "enabled": "SV" }` });

describe("a hover on a PCI function", () => {
  for (const [marked, where] of [
    [`"at": "01:0|0.0"`, "at"],
    [`"name": "ni|c0"`, "name"],
    [`"name": "nic0", "type": "end|point"`, "type"],
  ] as const) {
    it(`tells on its ${where} the group, the port and the bits to blame, and what would split it`, () => {
      const shown = hoverOf(shared, marked);
      assert.match(shown, /\*\*only together with nic1 \(0000:02:00\.0\)\*\*/);
      assert.match(
        shown,
        /IOMMU group of 4 \(Linux 7\.2\): rp0 \(0000:00:1c\.0\), rp1 \(0000:00:1c\.4\), nic0 \(0000:01:00\.0\) and nic1 \(0000:02:00\.0\)/,
      );
      assert.match(shown, /root port rp0 \(0000:00:1c\.0\) has ACS but RR, CR and UF off/);
      assert.match(shown, /pci=config_acs=111x1@0000:00:1c\.0/);
    });
  }

  it("tells its reserved regions in the kernel's words", () =>
    assert.match(
      hoverOf(shared, `"name": "ni|c0"`),
      /Reserved:\n\n- `0xfee0_0000-0xfeef_ffff` msi: writes there are interrupts/,
    ));

  it("tells the path of its MSIs", () =>
    assert.match(
      hoverOf(armMachine(), `"name": "ni|c0"`),
      /Its MSIs:\n\n- requester id 0x0100\n- MSI map entry 1 .*\n- it writes to .*\n- smmu0 translates the write as stream 0x100/,
    ));

  it("tells that it is assignable, and what keeps it apart", () =>
    assert.match(
      hoverOf(armMachine(), `"name": "ni|c0"`),
      /\*\*assignable\*\*\n\n- smmu0 translates its DMA\n- its0 checks who writes\n\nAlone in its IOMMU group/,
    ));

  it("tells why it is not, once", () => {
    const shown = hoverOf(armMachine({ bridge: `"iommu": "none", "msi": "its0"` }), `"name": "ni|c0"`);
    assert.match(shown, /\*\*not safe: its DMA bypasses the IOMMU: pcie0 has no IOMMU mapping\*\*\n\nIts MSIs/);
    assert.equal(shown.split("bypasses").length, 2);
  });

  it("tells of a bridge why it has no group", () => {
    const text = armMachine({ bridge: `"iommu": "none", "msi": "its0"` });
    assert.match(
      hoverOf(text, `"name": "r|p0"`),
      /No IOMMU group: no IOMMU is in front of it\n\nrp0 \(0000:00:01\.0\) isolates$/,
    );
  });

  it("says nothing of groups on keys, and on other values", () => {
    for (const marked of [`"na|me": "nic0"`, `"buses": "01-|01"`, `"platform": "bo|ard"`])
      assert.doesNotMatch(hoverOf(armMachine(), marked), /IOMMU group|assignable/);
  });
});

describe("a hover on the ACS of a port", () => {
  for (const marked of [`"ac|s": { "capable"`, `"enabled": "S|V"`, `"capable": "SV R|R`]) {
    it(`tells at ${marked} that it does not isolate, and what it is to blame for`, () => {
      const shown = hoverOf(shared, marked);
      assert.match(shown, /rp0 \(0000:00:1c\.0\) does not isolate: RR and CR and UF are not enabled/);
      assert.match(shown, /To blame for:\n\n- rp1 \(0000:00:1c\.4\) joins rp0/);
    });
  }

  it("tells that it isolates", () =>
    assert.match(hoverOf(armMachine(), `"enabled": "S|V`), /rp0 \(0000:00:01\.0\) isolates$/));

  it("tells that there is none", () =>
    assert.match(
      hoverOf(armMachine({ acs: `"none"` }), `"acs": "no|ne"`),
      /rp0 \(0000:00:01\.0\) does not isolate: it has no ACS/,
    ));

  it("tells that it is not known", () =>
    assert.match(
      hoverOf(armMachine({ acs: `"unknown"` }), `"acs": "unk|nown"`),
      /Whether rp0 \(0000:00:01\.0\) isolates is not known/,
    ));
});

describe("text of a document in such a hover", () => {
  it("is never markup", () => {
    const text = armMachine().replace(
      `"type": "root-port"`,
      `"type": "root-port", "quirks": ["<img src=x> [a](command:b) $(gear)"]`,
    );
    const raw = rawHoverOf(text, `"enabled": "S|V`);
    assert.ok(raw.includes("gear"), raw);
    assert.doesNotMatch(raw.replace(/\\[!-/:-@[-`{-~]/g, ""), /[<>$]|\]\(/);
  });
});

/** As it is shown: without the escapes of Markdown. */
function hoverOf(text: string, marked: string): string {
  return rawHoverOf(text, marked).replace(/\\([!-/:-@[-`{-~])/g, "$1");
}

/** `marked` is a part of the text, with | where the mouse is. */
function rawHoverOf(text: string, marked: string): string {
  const start = text.indexOf(marked.replace("|", ""));
  assert.notEqual(start, -1, `${marked} is in the text`);
  const snapshot = new Workspace().update("file:///board.platform.jsonc", 1, text);
  const hover = hoverAt(snapshot, snapshot.checked.source.position(start + marked.indexOf("|")));
  return hover === undefined ? "" : (hover.contents as { value: string }).value;
}
