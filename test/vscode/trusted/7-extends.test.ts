// What VS Code does with files that extend one another: definitions across them, a new base file as one edit, and the machine as it was.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { fileUri, positionOf, ruleOf, until } from "../editor";

const SOC = `{
  "platform": "soc",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "devices": [{ "name": "uart0", "base": "0x1000_0000", "size": "4K" }],
}
`;
const BOARD = `{
  "platform": "board",
  "extends": "soc.platform.jsonc",
  "devices": [
    { "name": "eth0", "base": "0x1000_0000", "size": "64K" },
    { "name": "eth1", "base": "dram.next", "size": "64K" },
  ],
}
`;

describe("a file that extends another", () => {
  let document: vscode.TextDocument;
  const uriOf = (name: string): vscode.Uri => fileUri(`extends/${name}`);
  const rules = (): Promise<unknown[]> =>
    until("the overlap with the base is told", () => {
      const found = vscode.languages.getDiagnostics(document.uri).map(ruleOf);
      return found.length > 0 ? found : undefined;
    });

  before(async () => {
    await vscode.workspace.fs.writeFile(uriOf("soc.platform.jsonc"), new TextEncoder().encode(SOC));
    await vscode.workspace.fs.writeFile(uriOf("board.platform.jsonc"), new TextEncoder().encode(BOARD));
    document = await vscode.workspace.openTextDocument(uriOf("board.platform.jsonc"));
    await vscode.window.showTextDocument(document);
  });
  after(() => vscode.workspace.fs.delete(uriOf(""), { recursive: true }));

  it("leads to the entry of the other, which nobody has opened", async () => {
    const found = await until("there is a definition", async () => {
      const links = await vscode.commands.executeCommand<(vscode.Location | vscode.LocationLink)[]>("vscode.executeDefinitionProvider", document.uri, positionOf(document, "dram.next"));
      return links.length > 0 ? links : undefined;
    });
    assert.deepEqual(found.map((one) => ("uri" in one ? one.uri : one.targetUri).toString()), [uriOf("soc.platform.jsonc").toString()]);
  });

  it("has an entry moved to a new file between the two, and the same findings", async () => {
    const before = await rules();
    const range = new vscode.Range(positionOf(document, '{ "name": "eth1"'), positionOf(document, '"dram.next"'));
    const action = await until("the refactoring is offered", async () => {
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>("vscode.executeCodeActionProvider", document.uri, range, vscode.CodeActionKind.RefactorExtract.value);
      return actions.find(({ title }) => title === "Extract eth1 to a base file, board-base.platform.jsonc");
    });
    assert.ok(action.edit && (await vscode.workspace.applyEdit(action.edit)));
    assert.match(document.getText(), /"extends": "\.\/board-base\.platform\.jsonc"/);
    assert.doesNotMatch(document.getText(), /eth1/);
    const base = await vscode.workspace.openTextDocument(uriOf("board-base.platform.jsonc"));
    assert.match(base.getText(), /"extends": "soc\.platform\.jsonc",\n {2}"devices": \[\n {4}\{ "name": "eth1", "base": "dram\.next", "size": "64K" \},/);
    await base.save();
    assert.deepEqual(await rules(), before);
  });
});
