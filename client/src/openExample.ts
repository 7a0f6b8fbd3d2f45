// The command "Platmap: Open Example…": one of the descriptions that the extension ships, as a new document to try things on.
// The shipped file stays as it is.
import * as vscode from "vscode";
import { openAsNew } from "./newDocument";

/** A description that the extension ships. */
interface Example {
  readonly name: string;
  readonly description: string;
}

/**
 * Opens an example.
 * @param extension the folder of the extension: where it came over a network, its folders cannot be listed
 * @param name the file's name; without it the user is asked
 * @returns the new document, or undefined when the user cancelled
 */
export async function openExample(extension: vscode.Uri, languageId: string, name?: string): Promise<vscode.TextDocument | undefined> {
  const examples = JSON.parse(await read(extension, "dist/examples.json")) as readonly Example[];
  const chosen = name === undefined ? await choose(examples) : examples.find((one) => one.name === name);
  return chosen === undefined ? undefined : openAsNew(await read(extension, `examples/${chosen.name}`), chosen.name, languageId);
}

function choose(examples: readonly Example[]): Thenable<Example | undefined> {
  const items = examples.map((one) => ({ ...one, label: one.name.replace(/\.platform\.jsonc$/, "") }));
  return vscode.window.showQuickPick(items, { title: "Open Example", matchOnDescription: true });
}

async function read(extension: vscode.Uri, path: string): Promise<string> {
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(extension, path)));
}
