// Starts the language server in a worker of a browser, with the same features as on a machine, from the same bundle. It has no disk: the client hands over the
// files. Knows nothing of features.
import * as library from "vscode-languageserver/browser";
import { TextDocument } from "vscode-languageserver-textdocument";
import type * as features from "../server";
import { nextTurn } from "./nextTurn";
import { noDisk } from "./noDisk";
import { nodeModules } from "./nodeModules";

/** Of package.json, and the names of the pages in docs/rules; the build puts them in. */
declare const PLATMAP_VERSION: string;
declare const PLATMAP_PAGES: readonly string[];

const scope = self as unknown as DedicatedWorkerGlobalScope & Record<string, unknown>;
const pages = new Set(PLATMAP_PAGES);

const settings: features.ServerSettings = {
  version: PLATMAP_VERSION,
  host: noDisk,
  // The extension shows the pages under this scheme.
  pageOf: (rule) => (pages.has(rule) ? `platmap-rule:/${rule}.md` : undefined),
  importPlatform() {
    throw new Error("captures are read where the language server runs on a machine");
  },
};

// The first message says where the features are: a worker that VS Code starts does not know its own address. All others are the protocol's.
scope.addEventListener("message", ({ data }: MessageEvent<{ readonly features: string }>) => begin(data.features), { once: true });

function begin(address: string): void {
  const { createConnection, BrowserMessageReader, BrowserMessageWriter, ProposedFeatures } = library;
  const { startServer } = loadFeatures(address);
  startServer(createConnection(ProposedFeatures.all, new BrowserMessageReader(scope), new BrowserMessageWriter(scope)), settings);
}

/** The bundle takes what Node would give it from `platmapBundle`. */
function loadFeatures(address: string): typeof features {
  const module = { exports: {} };
  Object.assign(scope, { setImmediate: nextTurn, platmapBundle: () => [requireHere, module, module.exports] });
  scope.importScripts(address);
  return module.exports as typeof features;
}

function requireHere(name: string): unknown {
  // Its copy of the protocol's library is this bundle's.
  if (name === "./server.js") return { ...library, TextDocument };
  if (Object.hasOwn(nodeModules, name)) return nodeModules[name];
  throw new Error(`${name} is not there in a browser`);
}
