// What VS Code shows of a guest: how it fits above it, its memory placed at a click as one edit that can be undone, and its plan beside it.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { open, until } from "../editor";

const lensesOf = (document: vscode.TextDocument): Promise<readonly vscode.Command[]> =>
  until("there are code lenses", async () => {
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>("vscode.executeCodeLensProvider", document.uri, 100);
    const commands = lenses.flatMap(({ command }) => command ?? []);
    return commands.length > 0 ? commands : undefined;
  });

describe("a guest", () => {
  let document: vscode.TextDocument;
  before(async () => {
    document = await open("placed.guest.jsonc");
  });

  it("has lines above it that say where it fits and what can be done", async () => {
    const commands = await lensesOf(document);
    assert.deepEqual(commands.map(({ title, command }) => [title, command]), [
      ["fits on d05", "platmap.showPlan"],
      ["place", "platmap.place"],
      ["simulate", "platmap.simulate"],
    ]);
  });

  it("shows its plan beside it, and the simulation", async () => {
    const [show, , simulate] = await lensesOf(document);
    await vscode.commands.executeCommand(show?.command ?? "", ...(show?.arguments ?? []) as unknown[]);
    const plan = await until("the plan is open", () => Promise.resolve(vscode.window.visibleTextEditors.find((one) => one.document.uri.scheme === "platmap-view")?.document));
    assert.match(plan.getText(), /^web on d05: everything has its place\n/);
    await vscode.commands.executeCommand(simulate?.command ?? "", ...(simulate?.arguments ?? []) as unknown[], "start:d05 grow:1G");
    const simulation = await until("the simulation is open", () => Promise.resolve(vscode.workspace.textDocuments.find((one) => one.uri.path.includes("(simulation)"))));
    assert.match(simulation.getText(), /^web: all 2 steps can be done\n/);
  });

  it("has its memory placed at a click, in one step that can be undone", async () => {
    const before = document.getText();
    await vscode.commands.executeCommand("platmap.place", document.uri.toString());
    await until("the banks are written", () => Promise.resolve(document.getText().includes('"banks": ["0x4000_0000-0xc5ff_ffff", "0xc620_0000-0x1_401f_ffff"]') || undefined));
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand("undo");
    await until("the edit is undone", () => Promise.resolve(document.getText() === before || undefined));
  });
});
