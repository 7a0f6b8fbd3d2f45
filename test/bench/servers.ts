// Whole servers as an editor has them: Platmap's as it is shipped, one that does nothing, and the language servers for JSON and YAML on the same document.
// Each is a process of its own, whose CPU time Linux tells. Knows nothing of what they find.
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { buildSync } from "esbuild";
import type { ProtocolConnection, PublishDiagnosticsParams } from "vscode-languageserver/node";
import { createProtocolConnection, StreamMessageReader, StreamMessageWriter } from "vscode-languageserver/node";
import { fileTypes, jsonSchema } from "../../core/src/index";
import { manyRegions, withoutComments } from "./documents";

const root = path.join(__dirname, "..");
const work = path.join(root, "out/bench");

interface Served {
  readonly name: string;
  readonly program: string;
  readonly args?: readonly string[];
  readonly file: string;
  readonly languageId: string;
  readonly text: string;
  /** How many edits are measured: what takes seconds for each has few. */
  readonly edits: number;
}

/** The server that only says hello, and that it knows nothing: what any server costs. */
const EMPTY_SERVER = `
import { createConnection, ProposedFeatures, TextDocuments, TextDocumentSyncKind } from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
const connection = createConnection(ProposedFeatures.all);
const documents = new TextDocuments(TextDocument);
connection.onInitialize(() => ({ capabilities: { textDocumentSync: TextDocumentSyncKind.Incremental, hoverProvider: true, completionProvider: {} } }));
connection.onHover(({ textDocument }) => ({ contents: String(documents.get(textDocument.uri)?.version) }));
connection.onCompletion(() => []);
documents.onDidChangeContent(({ document }) => void connection.sendDiagnostics({ uri: document.uri, diagnostics: [] }));
documents.listen(connection);
connection.listen();
`;

export async function measureServers(regions: number): Promise<void> {
  mkdirSync(work, { recursive: true });
  const text = manyRegions(regions);
  const empty = { name: "a server that does nothing (F3)", program: emptyServer(), file: "large.platform.jsonc", languageId: "platmap", text, edits: 40 };
  const platmap = { ...empty, name: "Platmap", program: path.join(root, "dist/server.js") };
  console.log(`\nservers, CPU ms\n  hello answered: ${await ratio(platmap, empty, started)}`);
  for (const size of [100, regions]) {
    const [ours, floor] = [platmap, empty].map((one) => ({ ...one, text: manyRegions(size) })) as [Served, Served];
    console.log(`  ${size.toLocaleString("en")} regions\n    hover: ${await ratio(ours, floor, (one) => asked(one, "textDocument/hover"))}\n    completion: ${await ratio(ours, floor, (one) => asked(one, "textDocument/completion"))}`);
  }
  console.log(`  a one-character edit of ${regions.toLocaleString("en")} regions, until the findings are there`);
  const own = await edited(platmap);
  console.log(`    Platmap ${own.toFixed(1)}, with all that VS Code asks after it ${(await edited(platmap, askedAfterEdit())).toFixed(1)}`);
  for (const peer of peers(text)) {
    const cost = await edited(peer);
    console.log(`    ${peer.name} ${cost.toFixed(1)}: ${(cost / own).toFixed(0)} times as much`);
  }
}

/** Medians of five runs each, in turns. */
async function ratio(one: Served, other: Served, measure: (served: Served) => Promise<number>): Promise<string> {
  const [first, second]: [number[], number[]] = [[], []];
  for (let round = 0; round < 5; round++) {
    first.push(await measure(one));
    second.push(await measure(other));
  }
  const middle = (times: number[]): number => times.sort((a, b) => a - b)[2] ?? NaN;
  return `${middle(first).toFixed(3)}, a server that does nothing ${middle(second).toFixed(3)}: ${(middle(first) / middle(second)).toFixed(2)} times as much`;
}

async function started(served: Served): Promise<number> {
  const { child, cost } = await open(served);
  child.kill();
  return cost;
}

/** Asked so often before it is measured, and then as often again: what a server costs that has been at work for a while, not what it costs to warm up. */
const ASKED = 5000;

/** One request of many, at places all over the document. */
async function asked(served: Served, method: string): Promise<number> {
  const { child, connection, uri } = await openDocument(served);
  const lines = served.text.split("\n");
  const ask = async (index: number): Promise<unknown> => {
    const line = 4 + ((index * 37) % (lines.length - 8));
    return connection.sendRequest(method, { textDocument: { uri }, position: { line, character: (lines[line] ?? "").indexOf('"0x') + 3 } });
  };
  for (let index = 0; index < ASKED; index++) await ask(index);
  const before = cpuOf(child.pid);
  for (let index = 0; index < ASKED; index++) await ask(index);
  const cost = (cpuOf(child.pid) - before) / ASKED;
  child.kill();
  return cost;
}

type After = (connection: ProtocolConnection, uri: string, line: number) => Promise<void>;

/** What VS Code asks of a document that is in sight, with the cursor on a value, of forty lines where it asks by lines. */
function askedAfterEdit(): After {
  let tokens: string | undefined;
  return async (connection, uri, line) => {
    const textDocument = { uri };
    const position = { line, character: 40 };
    const range = { start: { line: line - 20, character: 0 }, end: { line: line + 20, character: 0 } };
    const context = { diagnostics: [], triggerKind: 2 };
    const about = { textDocument, position };
    const answer = await (tokens === undefined
      ? connection.sendRequest<{ resultId?: string }>("textDocument/semanticTokens/full", { textDocument })
      : connection.sendRequest<{ resultId?: string }>("textDocument/semanticTokens/full/delta", { textDocument, previousResultId: tokens }));
    tokens = answer.resultId;
    for (const method of ["documentSymbol", "foldingRange", "codeLens", "documentLink"]) await connection.sendRequest(`textDocument/${method}`, { textDocument });
    await connection.sendRequest("textDocument/inlayHint", { textDocument, range });
    await connection.sendRequest("textDocument/codeAction", { textDocument, range: { start: position, end: position }, context });
    await connection.sendRequest("textDocument/documentHighlight", about);
  };
}

/** One digit is typed and taken back, and each time the findings are waited for. */
async function edited(served: Served, after?: After): Promise<number> {
  const { child, connection, uri, found } = await openDocument(served);
  const at = served.text.indexOf('_0000"', Math.floor(served.text.length / 2));
  const line = served.text.slice(0, at).split("\n").length - 1;
  const character = at - served.text.lastIndexOf("\n", at) - 1;
  let version = 1;
  const type = async (text: string, length: number): Promise<void> => {
    const next = found();
    const range = { start: { line, character }, end: { line, character: character + length } };
    await connection.sendNotification("textDocument/didChange", { textDocument: { uri, version: ++version }, contentChanges: [{ range, text }] });
    await next;
    await after?.(connection, uri, line);
  };
  for (let index = 0; index < Math.min(10, served.edits); index++) await type(index % 2 === 0 ? "1" : "", index % 2);
  const before = cpuOf(child.pid);
  for (let index = 0; index < served.edits; index++) await type(index % 2 === 0 ? "1" : "", index % 2);
  const cost = (cpuOf(child.pid) - before) / served.edits;
  child.kill();
  return cost;
}

interface Open {
  readonly child: ChildProcessWithoutNullStreams;
  readonly connection: ProtocolConnection;
  /** CPU milliseconds until it had answered. */
  readonly cost: number;
}

async function open({ program, args = ["--stdio"] }: Served): Promise<Open> {
  const child = spawn(process.execPath, [program, ...args]);
  child.stderr.resume();
  const connection = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  const schema = pathToFileURL(path.join(work, "schema.json")).href;
  connection.onRequest("workspace/configuration", ({ items }: { items: readonly { section?: string }[] }) =>
    items.map(({ section }) => (section === "yaml" ? { validate: true, schemas: { [schema]: "*.yaml" }, schemaStore: { enable: false } } : null)));
  connection.onRequest("client/registerCapability", () => null);
  connection.onRequest("vscode/content", () => readFileSync(path.join(work, "schema.json"), "utf8"));
  connection.listen();
  // As VS Code takes them.
  const completion = { completionItem: { snippetSupport: true, labelDetailsSupport: true, resolveSupport: { properties: ["documentation"] } }, completionList: { itemDefaults: ["editRange", "insertTextFormat"] } };
  const capabilities = { textDocument: { publishDiagnostics: {}, completion }, workspace: { configuration: true, didChangeConfiguration: { dynamicRegistration: true }, didChangeWatchedFiles: { dynamicRegistration: true } } };
  await connection.sendRequest("initialize", { processId: process.pid, rootUri: null, capabilities, initializationOptions: { handledSchemaProtocols: ["file"] } });
  return { child, connection, cost: cpuOf(child.pid) };
}

async function openDocument(served: Served): Promise<Open & { readonly uri: string; readonly found: () => Promise<void> }> {
  const opened = await open(served);
  const { connection } = opened;
  const uri = pathToFileURL(path.join(work, served.file)).href;
  const waiting: (() => void)[] = [];
  connection.onNotification("textDocument/publishDiagnostics", (params: PublishDiagnosticsParams) => {
    if (params.uri === uri) for (const one of waiting.splice(0)) one();
  });
  const found = async (): Promise<void> => new Promise((resolve) => void waiting.push(resolve));
  await connection.sendNotification("initialized", {});
  const schema = JSON.parse(readFileSync(path.join(work, "schema.json"), "utf8")) as unknown;
  await connection.sendNotification("workspace/didChangeConfiguration", { settings: { json: { validate: { enable: true }, schemas: [{ fileMatch: ["*.json", "*.jsonc"], schema }] } } });
  const first = found();
  await connection.sendNotification("textDocument/didOpen", { textDocument: { uri, languageId: served.languageId, version: 1, text: served.text } });
  await first;
  return { ...opened, uri, found };
}

/** CPU time of all threads of a process in milliseconds, as the scheduler counts it. */
function cpuOf(pid: number | undefined): number {
  const tasks = `/proc/${pid ?? 0}/task`;
  const nanoseconds = readdirSync(tasks).map((task) => Number(readFileSync(path.join(tasks, task, "schedstat"), "utf8").split(" ")[0]));
  return nanoseconds.reduce((sum, one) => sum + one, 0) / 1e6;
}

function emptyServer(): string {
  writeFileSync(path.join(work, "schema.json"), JSON.stringify(jsonSchema(fileTypes.platform)));
  const outfile = path.join(work, "empty.js");
  buildSync({ stdin: { contents: EMPTY_SERVER, resolveDir: root }, bundle: true, platform: "node", minify: true, mainFields: ["module", "main"], outfile, logLevel: "error" });
  return outfile;
}

/** The servers of other languages, with Platmap's schema. They are fetched when they are first needed; without a network they are left out. */
function peers(text: string): Served[] {
  const packages = { "vscode-json-languageserver": "1.3.4", "yaml-language-server": "1.15.0" };
  const folder = path.join(work, "peers");
  const program = (name: string, file: string): string => path.join(folder, "node_modules", name, file);
  if (!existsSync(program("yaml-language-server", "package.json"))) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, "package.json"), "{}");
    const wanted = Object.entries(packages).map(([name, version]) => `${name}@${version}`);
    const { status } = spawnSync("npm", ["install", "--no-audit", "--no-fund", "--silent", ...wanted], { cwd: folder, stdio: "inherit" });
    if (status !== 0) {
      console.log("    (the servers for JSON and YAML could not be fetched)");
      return [];
    }
  }
  const json = { name: "vscode-json-languageserver", program: program("vscode-json-languageserver", "bin/vscode-json-languageserver"), file: "large.jsonc", languageId: "jsonc", text, edits: 10 };
  return [json, { ...json, name: "yaml-language-server", program: program("yaml-language-server", "bin/yaml-language-server"), file: "large.yaml", languageId: "yaml", text: withoutComments(text), edits: 2 }];
}
