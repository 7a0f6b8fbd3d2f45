// Tasks of the type `platmap`: the workspace checked, mended or formatted by the command line, which comes with the workspace's packages or is on PATH; the
// extension does not bring it. Where there is none, no task is offered. Knows nothing of what the command line prints; the problem matcher does.
import { access, constants } from "node:fs/promises";
import path from "node:path";
import * as vscode from "vscode";

const type = "platmap";

interface PlatmapTaskDefinition extends vscode.TaskDefinition {
  readonly command: string;
  /** Further arguments, and the files and folders; absent: the whole folder. */
  readonly args?: readonly string[];
}

/** What is offered without anybody writing it down. */
const OFFERED: readonly { readonly command: string; readonly detail: string; readonly group?: vscode.TaskGroup }[] = [
  { command: "check", detail: "Findings of all descriptions, in the Problems view", group: vscode.TaskGroup.Test },
  { command: "fix", detail: "Applies fixes until none is left that holds" },
  { command: "fmt", detail: "Formats in place, every comment kept" },
];

export class PlatmapTasks implements vscode.TaskProvider, vscode.Disposable {
  private readonly subscription = vscode.tasks.registerTaskProvider(type, this);

  async provideTasks(): Promise<vscode.Task[]> {
    const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file");
    const tasks = folders.map(async (folder) => {
      const program = await commandLineFor(folder.uri.fsPath);
      if (program === undefined) return [];
      return OFFERED.map(({ command, detail, group }) => {
        const task = taskOf({ type, command }, folder, program);
        task.detail = detail;
        if (group) task.group = group;
        return task;
      });
    });
    return (await Promise.all(tasks)).flat();
  }

  /** A task that somebody wrote into tasks.json. Without the command line its terminal says that the program is not found. */
  async resolveTask({ definition, scope }: vscode.Task): Promise<vscode.Task | undefined> {
    const { command } = definition as Partial<PlatmapTaskDefinition>;
    const folder = typeof scope === "object" ? scope : vscode.workspace.workspaceFolders?.[0];
    if (typeof command !== "string" || !folder) return undefined;
    return taskOf(definition as PlatmapTaskDefinition, folder, (await commandLineFor(folder.uri.fsPath)) ?? "platmap");
  }

  dispose(): void {
    this.subscription.dispose();
  }
}

function taskOf(definition: PlatmapTaskDefinition, folder: vscode.WorkspaceFolder, program: string): vscode.Task {
  const args = [definition.command, ...(definition.args ?? ["."])];
  const options = { cwd: folder.uri.fsPath };
  // Windows starts what npm puts into .bin by its shell alone; elsewhere none is in between that could read the arguments otherwise.
  const execution = process.platform === "win32" ? new vscode.ShellExecution({ value: program, quoting: vscode.ShellQuoting.Strong }, args, options) : new vscode.ProcessExecution(program, args, options);
  return new vscode.Task(definition, folder, definition.command, type, execution, definition.command === "check" ? ["$platmap"] : []);
}

/** That of the folder's packages, else the first on PATH. */
async function commandLineFor(folder: string): Promise<string | undefined> {
  const name = process.platform === "win32" ? "platmap.cmd" : "platmap";
  const places = [path.join(folder, "node_modules/.bin"), ...(process.env["PATH"] ?? "").split(path.delimiter).filter((one) => path.isAbsolute(one))];
  for (const place of places) {
    const program = path.join(place, name);
    if (await access(program, constants.X_OK).then(() => true, () => false)) return program;
  }
  return undefined;
}
