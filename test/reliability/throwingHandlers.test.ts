// A request during which something throws is one error answer, and the server lives on: each of all requests that the server takes. The fault comes in through
// the table of rules: one that finds something at a place that cannot be looked at. Knows nothing of what the answers say.
import assert from "node:assert/strict";
import type { CodeAction, CodeLens, CompletionItem, Connection, Diagnostic, SemanticTokens } from "vscode-languageserver";
import type { Rule } from "../../core/src/index";
import { rules } from "../../core/src/index";
import { BARE, MODERN, PUSHING, TestClient, testSettings } from "../protocol/client";

const URI = "file:///board.platform.jsonc";
const OTHER = "file:///other.platform.jsonc";
const TEXT = `{
  "platform": "board", "arch": "arm64",
  "devices": [
    { "name": "uart0", "base": "0x1000_0000", "size": "8K" },
    { "name": "uart1", "base": "0x1000_1000", "size": "8K", "in": "uart0" },
  ],
}
`;
const RESOLVING = { textDocument: { ...MODERN.textDocument, completion: { completionItem: { resolveSupport: { properties: ["documentation"] } } }, codeAction: { dataSupport: true, resolveSupport: { properties: ["edit"] } } } };
const POISON = '"description": "poison", ';

/** Finds something in a text with poison in it, at a place that throws. */
const poisonous: Rule = {
  ...(rules[0] as Rule),
  id: "poisonous",
  subject: "platform",
  run: (plan) => ({
    skipped: [],
    findings: plan.kind === "platform" && (plan as unknown as { platform: { description?: string } }).platform.description === "poison" ? [{ rule: "poisonous", catalogue: undefined, severity: "error", message: "", related: [], fixes: [], get at(): never { throw new Error("injected"); } }] : [],
  }),
};
const settings = { ...testSettings, rules: [...rules, poisonous], importPlatform: (uris: readonly string[]) => { if (uris.length > 0) throw new Error("injected"); return testSettings.importPlatform([]); } };

const textDocument = { uri: URI };
const position = { line: 3, character: 17 };
const range = { start: { line: 0, character: 0 }, end: { line: 7, character: 0 } };

/** What is asked, by the function with which the server registers for it. `answers` when it fails on no single document. */
interface Asked {
  readonly method: string;
  params(client: TestClient): object | Promise<object>;
  readonly answers?: boolean;
}
const at = (method: string, more: object = { position }): Asked => ({ method, params: () => ({ textDocument, ...more }) });
const of = (method: string, params: object): Asked => ({ method, params: () => params });
const REQUESTS: Readonly<Record<string, readonly Asked[]>> = {
  onHover: [at("textDocument/hover")],
  onCompletion: [at("textDocument/completion")],
  onCompletionResolve: [{ method: "completionItem/resolve", params: async (client) => someCompletion(client), answers: true }],
  onCodeAction: [at("textDocument/codeAction", { range, context: { diagnostics: [] } })],
  onCodeActionResolve: [of("codeAction/resolve", { title: "x", data: { uri: URI, fix: "rule", rule: "part-outside-whole" } } satisfies CodeAction)],
  onCodeLens: [at("textDocument/codeLens", {})],
  onCodeLensResolve: [{ method: "codeLens/resolve", params: (): CodeLens & object => ({ range, data: { uri: URI, path: ["devices"] } }) }],
  onDocumentSymbol: [at("textDocument/documentSymbol", {})],
  onFoldingRanges: [at("textDocument/foldingRange", {})],
  onDefinition: [at("textDocument/definition")],
  onReferences: [at("textDocument/references", { position, context: { includeDeclaration: true } })],
  onDocumentHighlight: [at("textDocument/documentHighlight")],
  onPrepareRename: [at("textDocument/prepareRename")],
  onRenameRequest: [at("textDocument/rename", { position, newName: "x" })],
  onWorkspaceSymbol: [of("workspace/symbol", { query: "uart" })],
  onDocumentLinks: [at("textDocument/documentLink", {})],
  onSelectionRanges: [at("textDocument/selectionRange", { positions: [position] })],
  "languages.inlayHint.on": [at("textDocument/inlayHint", { range })],
  "languages.semanticTokens.on": [at("textDocument/semanticTokens/full", {})],
  "languages.semanticTokens.onDelta": [{ method: "textDocument/semanticTokens/full/delta", params: async (client) => ({ textDocument, previousResultId: (await client.request<SemanticTokens>("textDocument/semanticTokens/full", { textDocument })).resultId }) }],
  "languages.semanticTokens.onRange": [at("textDocument/semanticTokens/range", { range })],
  "languages.callHierarchy.onPrepare": [at("textDocument/prepareCallHierarchy")],
  "languages.callHierarchy.onIncomingCalls": [of("callHierarchy/incomingCalls", { item: { name: "x", kind: 1, uri: URI, range, selectionRange: range } })],
  "languages.callHierarchy.onOutgoingCalls": [of("callHierarchy/outgoingCalls", { item: { name: "x", kind: 1, uri: URI, range, selectionRange: range } })],
  onDocumentFormatting: [at("textDocument/formatting", { options: { tabSize: 2, insertSpaces: true } })],
  onDocumentRangeFormatting: [at("textDocument/rangeFormatting", { range, options: { tabSize: 2, insertSpaces: true } })],
  onDocumentOnTypeFormatting: [at("textDocument/onTypeFormatting", { position, ch: "\n", options: { tabSize: 2, insertSpaces: true } })],
  "languages.diagnostics.on": [at("textDocument/diagnostic", {})],
  "languages.diagnostics.onWorkspace": [{ ...of("workspace/diagnostic", { previousResultIds: [] }), answers: true }],
  onExecuteCommand: [of("workspace/executeCommand", { command: "platmap.place", arguments: [URI] })],
  onRequest: [
    of("platmap/map", { uri: URI }), of("platmap/mapPicture", { uri: URI }), of("platmap/plan", { uri: URI }), of("platmap/simulationChoices", { uri: URI }), of("platmap/simulate", { uri: URI, steps: "start:board" }), of("platmap/import", { uris: [URI] }),
    of("platmap/sideText", { uri: URI }), of("platmap/difference", { left: { uri: OTHER }, right: { uri: URI } }),
  ],
};
/** What the server registers for that is not a request, or is one of its beginning. */
const NOTIFICATIONS = ["onInitialize", "onNotification", "onInitialized", "onDidChangeWatchedFiles", "onDidChangeConfiguration", "workspace.onDidCreateFiles", "workspace.onDidRenameFiles", "workspace.onDidDeleteFiles", "workspace.onDidChangeWorkspaceFolders",
  "onDidOpenTextDocument", "onDidChangeTextDocument", "onDidCloseTextDocument", "onWillSaveTextDocument", "onWillSaveTextDocumentWaitUntil", "onDidSaveTextDocument"];

/** Of the other document, whose words are worked out when they are asked for. */
async function someCompletion(client: TestClient): Promise<CompletionItem> {
  const [first] = await client.request<CompletionItem[]>("textDocument/completion", { textDocument: { uri: OTHER }, position: { line: 3, character: 35 } });
  assert.ok(first?.data !== undefined && first.documentation === undefined);
  return first;
}

describe("a request during which something throws", () => {
  const registered = new Map<string, string[]>();
  let client: TestClient;

  beforeEach(async () => {
    client = await TestClient.start(RESOLVING, settings, {}, (connection) => recording(connection, registered));
    await client.open(OTHER, TEXT);
    await client.open(URI, TEXT);
  });
  afterEach(() => client.stop());

  it("is tried for each that the server registers", () => {
    assert.deepEqual([...registered.keys()].filter((name) => !NOTIFICATIONS.includes(name)).sort(), Object.keys(REQUESTS).sort());
    assert.deepEqual(registered.get("onRequest")?.sort(), REQUESTS["onRequest"]?.map(({ method }) => method).sort());
  });

  for (const { method, params, answers } of Object.values(REQUESTS).flat()) {
    it(`is one error answer: ${method}`, async () => {
      const sound = method === "platmap/import" ? { uris: [] } : await params(client);
      const before = await client.request<unknown>(method, sound);
      const asked = await params(client);
      await client.change(URI, 2, [{ text: TEXT.replace("{", `{ ${POISON}`) }]);
      const answer = client.request(method, asked);
      if (answers === true) assert.deepEqual(JSON.stringify(await answer).includes(URI), false);
      else await assert.rejects(answer, { code: method === "platmap/import" ? -32602 : -32603, message: /injected/ });
      // Others are not concerned, and it is as before once the fault is gone.
      assert.ok((await client.request<unknown[]>("textDocument/documentSymbol", { textDocument: { uri: OTHER } })).length > 0);
      await client.change(URI, 3, [{ text: TEXT }]);
      const after = await client.request<unknown>(method, method === "platmap/import" ? sound : await params(client));
      assert.deepEqual(withoutVersions(after), withoutVersions(before));
    });
  }

  for (const capabilities of [PUSHING, BARE]) {
    it(`is not answered with findings of another text${capabilities === BARE ? ", in a client that says nothing of itself" : ""}`, async () => {
      const pushing = await TestClient.start(capabilities, settings);
      const rulesOf = (found: readonly Diagnostic[]): unknown[] => found.map(({ code }) => code);
      await pushing.open(URI, TEXT);
      const first = rulesOf(await pushing.pushed(URI, 1));
      await pushing.change(URI, 2, [{ text: TEXT.replace("{", `{ ${POISON}`) }]);
      await pushing.open(OTHER, TEXT);
      assert.deepEqual(rulesOf(await pushing.pushed(OTHER, 1)), first);
      await pushing.change(URI, 3, [{ text: TEXT }]);
      assert.deepEqual(rulesOf(await pushing.pushed(URI, 3)), first);
      assert.equal(pushing.published.some(({ uri, version }) => uri === URI && version === 2), false);
      await pushing.stop();
    });
  }
});

/** The data of a completion tells which list it is of. */
function withoutVersions(answer: unknown): unknown {
  return JSON.parse(JSON.stringify(answer ?? null, (key, value: unknown) => (["version", "resultId"].includes(key) || (key === "data" && Array.isArray(value)) ? undefined : value)));
}

/** The connection, with a note of what is registered on it: the names of its functions, and the methods of those without one. */
function recording<T extends object = Connection>(connection: T, registered: Map<string, string[]>, prefix = ""): T {
  return new Proxy(connection, {
    get(target, property): unknown {
      const value: unknown = Reflect.get(target, property);
      const name = prefix + String(property);
      if (typeof value === "function") {
        return (...args: unknown[]): unknown => {
          if (/(?:^|\.)on(?![a-z])/.test(name)) registered.set(name, [...new Set([...(registered.get(name) ?? []), String(args[0])])]);
          return (value as (...given: unknown[]) => unknown).apply(target, args);
        };
      }
      return typeof value === "object" && value !== null && (prefix !== "" || /^(?:languages|workspace)$/.test(name)) ? recording(value, registered, `${name}.`) : value;
    },
  });
}
