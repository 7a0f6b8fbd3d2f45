// The command "Platmap: Open Example…": one of the descriptions that the extension ships, as a new document to try things on.
// The shipped file stays as it is.
import * as vscode from "vscode";
import { openAsNew } from "./newDocument";

/** A description that the extension ships. */
interface Example extends vscode.QuickPickItem {
  readonly name: string;
  readonly text: string;
}

/** The one for who sees Platmap for the first time: it has mistakes in it on purpose. */
const firstSteps = "first-steps.platform.jsonc";

/**
 * Opens an example.
 * @param folder the folder of the examples
 * @param name the file's name; without it the user is asked
 * @returns the new document, or undefined when the user cancelled
 */
export async function openExample(folder: vscode.Uri, languageId: string, name?: string): Promise<vscode.TextDocument | undefined> {
  const examples = await readExamples(folder);
  const chosen = name === undefined ? await vscode.window.showQuickPick(examples, { title: "Open Example", matchOnDescription: true }) : examples.find((one) => one.name === name);
  return chosen === undefined ? undefined : openAsNew(chosen.text, chosen.name, languageId);
}

/** The first steps first, then by name. Those that name other files would not find them. */
async function readExamples(folder: vscode.Uri): Promise<readonly Example[]> {
  const entries = await vscode.workspace.fs.readDirectory(folder);
  const names = entries.map(([name]) => name).filter((name) => name.endsWith(".platform.jsonc")).sort();
  const examples = await Promise.all(names.map((name) => readExample(folder, name)));
  return examples.sort((a, b) => Number(b.name === firstSteps) - Number(a.name === firstSteps));
}

async function readExample(folder: vscode.Uri, name: string): Promise<Example> {
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder, name)));
  const description = /^\/\/ (.*)/.exec(text)?.[1] ?? "";
  return { name, text, label: name.replace(/\.platform\.jsonc$/, ""), description };
}
