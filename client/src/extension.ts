// Where VS Code starts the extension, on a machine or in a browser: both run this bundle. What needs Node is in a bundle of its own, which a browser never loads.
// Knows nothing of the language, the rules or captures; the server does.
import * as vscode from "vscode";
import { HandedFiles } from "./handedFiles/handedFiles";
import type * as machine from "./machine";
import { clientOptions, start, type Flavour } from "./parts";
import { browserFlavour } from "./web/browser";

/** The copy of the client library that the bundle for machines uses, too. */
export * as library from "vscode-languageclient";

/** Starts the server. VS Code calls it when one of our documents is opened or one of our commands is run. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel("Platmap", { log: true });
  const isOnMachine = typeof process === "object" && typeof process.versions?.node === "string";
  // On a machine the server reads the disk by itself.
  const files = new HandedFiles(({ scheme }) => !isOnMachine || scheme !== "file");
  const flavour: Flavour = isOnMachine ? (require("./machine.js") as typeof machine).machineFlavour : browserFlavour;
  context.subscriptions.push(output, files);
  await start({ context, output, files, isOnMachine, client: flavour(context, output, clientOptions(output, files)) });
}
