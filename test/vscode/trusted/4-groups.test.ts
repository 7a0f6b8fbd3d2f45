// What VS Code shows of the IOMMU group of a PCI function: the line above it, and the text under the pointer.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { open, positionOf, until } from "../editor";

describe("two functions of one card", () => {
  let document: vscode.TextDocument;
  before(async () => {
    document = await open("shared.platform.jsonc");
  });

  it("have lines above them that name the group and the reason", async () => {
    const titles = await until("there are code lenses", async () => {
      const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        "vscode.executeCodeLensProvider",
        document.uri,
        100,
      );
      return lenses.length > 0 ? lenses.map(({ range, command }) => [range.start.line, command?.title]) : undefined;
    });
    const line = (text: string): number => positionOf(document, text).line;
    assert.deepEqual(titles, [
      [line('"dmar0"'), "serves 3 functions; 1 reserved region"],
      [line('"01:00.0"'), "group of 2 with nic1: no ACS on nic1"],
      [line('"01:00.1"'), "group of 2 with nic0: no ACS on nic1"],
    ]);
  });

  it("have hovers that tell the group, what is reserved, and the path of the MSIs", async () => {
    const position = positionOf(document, "01:00.1").translate(0, 2);
    const words = await until("there is a hover", async () => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        "vscode.executeHoverProvider",
        document.uri,
        position,
      );
      const parts = hovers
        .flatMap(({ contents }) => contents)
        .map((part) => (typeof part === "string" ? part : part.value));
      return parts.length > 0 ? parts.join("\n").replace(/\\(.)/g, "$1") : undefined;
    });
    assert.match(words, /only together with nic0 \(0000:01:00\.0\)/);
    assert.match(words, /IOMMU group of 2 \(Linux [\d.]+\): nic0 \(0000:01:00\.0\) and nic1 \(0000:01:00\.1\)/);
    assert.match(words, /nic1 \(0000:01:00\.1\) has no ACS/);
    assert.match(words, /`0xfee0_0000-0xfeef_ffff` msi/);
    assert.match(words, /requester id 0x0101/);
  });
});
