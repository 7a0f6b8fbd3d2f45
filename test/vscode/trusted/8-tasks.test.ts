// Tasks that run the command line: offered where there is one, and with their findings in the Problems view.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import * as vscode from "vscode";
import { extension, fileUri, open, until } from "../editor";

describe("tasks", () => {
  const bin = (): string => path.join(fileUri("node_modules").fsPath, ".bin");
  const isOnPath = (process.env["PATH"] ?? "").split(path.delimiter).some((folder) => existsSync(path.join(folder, "platmap")));

  before(async () => {
    await open("overlap.platform.jsonc");
  });

  after(() => rmSync(fileUri("node_modules").fsPath, { recursive: true, force: true }));

  it("are not offered where there is no command line", async () => {
    const tasks = await vscode.tasks.fetchTasks({ type: "platmap" });
    assert.equal(tasks.length > 0, isOnPath);
  });

  it("check, fix and format with the command line of the workspace, and findings go where findings are", async () => {
    mkdirSync(bin(), { recursive: true });
    symlinkSync(path.join(extension().extensionPath, "dist/cli.js"), path.join(bin(), "platmap"));
    const tasks = await vscode.tasks.fetchTasks({ type: "platmap" });
    assert.deepEqual(tasks.map(({ name }) => name), ["check", "fix", "fmt"]);
    const [check] = tasks;
    assert.ok(check?.execution instanceof vscode.ProcessExecution && check.execution.process === path.join(bin(), "platmap"));
    const ended = new Promise<number | undefined>((resolve) => {
      const subscription = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
        if (execution.task.name !== "check") return;
        subscription.dispose();
        resolve(exitCode);
      });
    });
    await vscode.tasks.executeTask(check);
    assert.equal(await ended, 1);
    // The server's own findings have a link to the rule's page, and so a code that is no text.
    const found = await until("the task's findings are there", () => {
      const own = vscode.languages.getDiagnostics(fileUri("overlap.platform.jsonc")).filter(({ code }) => typeof code === "string");
      return own.length > 0 ? own : undefined;
    });
    assert.deepEqual(found.map(({ code, range }) => [code, range.start.line]), [["overlapping-regions", 6]]);
  });
});
