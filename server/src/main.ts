// Starts the language server on a real machine, over standard streams or IPC, as the command line says. Knows nothing of features.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { startServer } from "./server";

const packageFolder = path.join(__dirname, "..");

startServer(createConnection(ProposedFeatures.all), {
  version: (JSON.parse(readFileSync(path.join(packageFolder, "package.json"), "utf8")) as { version: string }).version,
  pageOf(rule) {
    const page = path.join(packageFolder, "docs/rules", `${rule}.md`);
    return existsSync(page) ? pathToFileURL(page).href : undefined;
  },
  importPlatform: async () => Promise.reject(new Error("nothing to import")),
});
