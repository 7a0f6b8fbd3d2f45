// Who may import whom, as data and as a check of one import. Knows nothing of where the imports were found.
import type { Import } from "./sources";

/** The layers: each path with the layers that its files may import besides their own. The longest match counts. */
const layers: Readonly<Record<string, readonly string[]>> = {
  "core/src": [],
  "server/src/host": ["core/src"],
  "server/src/nodeHost": ["core/src", "server/src/host"],
  "server/src/memoryHost": ["core/src", "server/src/host"],
  "server/src/jsonc": ["core/src"],
  "server/src/import": ["core/src", "server/src/jsonc", "server/src/host"],
  "server/src/workspace": ["core/src", "server/src/jsonc", "server/src/host"],
  // What is said before the rest is loaded.
  "server/src/lsp/capabilities": ["core/src"],
  "server/src/lsp": [
    "core/src",
    "server/src/lsp/capabilities",
    "server/src/jsonc",
    "server/src/host",
    "server/src/memoryHost",
    "server/src/workspace",
    "server/src/import",
    // The same words in the terminal and in the editor's views.
    "server/src/cli/report",
  ],
  "server/src/server": ["core/src", "server/src/jsonc", "server/src/host", "server/src/workspace", "server/src/lsp", "server/src/lsp/capabilities"],
  "server/src/messageWriter": [],
  "server/src/conversation": [],
  "server/src/main": ["core/src", "server/src/host", "server/src/nodeHost", "server/src/import", "server/src/server", "server/src/messageWriter", "server/src/conversation", "server/src/lsp/capabilities"],
  // The start in a browser, where there is no disk.
  "server/src/web": ["core/src", "server/src/host", "server/src/memoryHost", "server/src/server"],
  "server/src/cli": [
    "core/src",
    "server/src/jsonc",
    "server/src/host",
    "server/src/nodeHost",
    "server/src/workspace",
    "server/src/import",
    "server/src/server",
    "server/src/cli/report",
  ],
  "client/src": ["client/src/webview"],
  "server/src/cli/report": ["core/src", "server/src/jsonc", "server/src/workspace", "server/src/cli"],
  "client/src/webview": ["core/src"],
};

/** Packages that have walls, and the paths that may import them. Nothing else may be imported by core at all. */
const packages: Readonly<Record<string, readonly string[]>> = {
  "jsonc-parser": ["server/src/jsonc"],
  commander: ["server/src/cli"],
  "vscode-languageserver": ["server/src/lsp", "server/src/server", "server/src/messageWriter", "server/src/conversation", "server/src/main", "server/src/web"],
  "vscode-languageserver-textdocument": ["server/src/lsp", "server/src/server", "server/src/main", "server/src/web"],
  "vscode-languageserver-types": ["server/src/lsp", "server/src/server", "server/src/main"],
  "vscode-languageserver-protocol": ["server/src/lsp", "server/src/server", "server/src/main"],
  "vscode-jsonrpc": ["server/src/lsp", "server/src/server", "server/src/main"],
  "vscode-uri": ["server/src/lsp"],
  "vscode-languageclient": ["client/src"],
  "vscode-languageclient/node": ["client/src/machine"],
  vscode: ["client/src"],
  // What a browser has none of. The build holds the rest: a bundle that browsers run may not need it, whoever imports it.
  "node:fs": ["server/src/nodeHost", "server/src/main", "server/src/cli", "client/src/tasks"],
  "node:child_process": ["server/src/nodeHost"],
  "node:zlib": ["server/src/import"],
};

/** The core's only door for other layers. */
const coreDoor = "core/src/index";

/** Says what is wrong with an import, or undefined when it may be. */
export function wallBrokenBy(imported: Import): string | undefined {
  const problem =
    imported.target === undefined ? packageProblem(imported) : layerProblem(imported.from, imported.target);
  return problem === undefined ? undefined : `${imported.from} imports ${imported.name}: ${problem}`;
}

function packageProblem({ from, name }: Import): string | undefined {
  if (isBelow(from, "core/src")) {
    return "the core imports only itself";
  }
  const walled = Object.entries(packages).filter(([packageName]) => isBelow(name, packageName)).sort(([a], [b]) => b.length - a.length)[0];
  if (walled === undefined || walled[1].some((owner) => isBelow(from, owner))) {
    return undefined;
  }
  return `${walled[0]} is for ${walled[1].join(", ")}`;
}

function layerProblem(from: string, target: string): string | undefined {
  const [own, other] = [layerOf(from), layerOf(target)];
  if (own === undefined || own === other) {
    return undefined;
  }
  if (other === undefined || !layers[own]?.includes(other)) {
    return `${own} may import ${layers[own]?.join(", ") || "only itself"}`;
  }
  return other === "core/src" && target !== coreDoor ? `the core's door is ${coreDoor}` : undefined;
}

function layerOf(file: string): string | undefined {
  const paths = Object.keys(layers).filter((layer) => isBelow(file, layer));
  return paths.sort((a, b) => b.length - a.length)[0];
}

// "server/src/main" stands for the file main.ts, "vscode-jsonrpc" for "vscode-jsonrpc/node" too.
function isBelow(file: string, path: string): boolean {
  return file === path || file.startsWith(`${path}/`) || file === `${path}.ts`;
}
