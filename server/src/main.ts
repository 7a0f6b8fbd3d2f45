// Starts the language server on a real machine, over standard streams or IPC, as the command line says. Knows nothing of features.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import type * as importer from "./import/importPlatform";
import { nodeHost } from "./nodeHost";
import { startServer } from "./server";

const packageFolder = path.join(__dirname, "..");

startServer(createConnection(ProposedFeatures.all), {
  version: (JSON.parse(readFileSync(path.join(packageFolder, "package.json"), "utf8")) as { version: string }).version,
  host: nodeHost,
  pageOf(rule) {
    const page = path.join(packageFolder, "docs/rules", `${rule}.md`);
    return existsSync(page) ? pathToFileURL(page).href : undefined;
  },
  importPlatform(uris) {
    const { importPlatform } = loadImporter();
    const { text, platformName, notes } = importPlatform(uris.map(pathOf), nodeHost);
    return { text, suggestedName: `${platformName}.platform.jsonc`, notes };
  },
});

/** The readers of captures are a bundle of their own: most sessions never import anything, and the server starts faster without them. */
function loadImporter(): typeof importer {
  return require(path.join(__dirname, "import.js")) as typeof importer;
}

/** Only files of this machine can be read. */
function pathOf(uri: string): string {
  if (!uri.startsWith("file:")) throw new Error(`${uri} is not a file of this machine`);
  return fileURLToPath(uri);
}
