// Whatever stands in a document, what the language server says of it stays text: hovers and documentation as Markdown, everything else as a line in a list or in
// the text. Rows of questions times the table of texts; a question that is added gets a row. And the frame of the pages, in which nothing of a document is.
// Knows nothing of how an editor draws.
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import path from "node:path";
import { TextDocument } from "vscode-languageserver-textdocument";
import { comparisonPage } from "../../client/src/comparison/comparisonPage";
import { memoryMapPage } from "../../client/src/memoryMap/memoryMapPage";
import { pageFrame } from "../../client/src/pages/pageFrame";
import { folderWith } from "../cli/commandLine";
import { MODERN, TestClient, testSettings } from "../protocol/client";
import { SOAKING } from "../soaking";
import { hostileFiles } from "./documents";
import { label, markdown, terminal } from "./judges";
import { HOSTILE_TEXTS, MOST_HOSTILE, PLAIN_TEXT } from "./texts";

/** What an answer holds for people: Markdown, and lines. */
interface Said {
  readonly markdown: string[];
  readonly lines: string[];
}

/** Keys under which protocol and views have words for people. */
const LINES: ReadonlySet<string> = new Set(["title", "name", "detail", "message", "label", "tooltip", "shown", "sentence", "because", "filterText"]);

const QUESTIONS: readonly (readonly [method: string, params: object])[] = [
  ["textDocument/diagnostic", {}], ["textDocument/documentSymbol", {}], ["textDocument/codeLens", {}], ["textDocument/documentLink", {}],
  ["textDocument/inlayHint", { range: { start: { line: 0, character: 0 }, end: { line: 9999, character: 0 } } }],
  ["textDocument/foldingRange", {}],
];
const EVERYWHERE = ["textDocument/hover", "textDocument/completion", "textDocument/codeAction"] as const;
/** Places of a document at which everything is asked. */
const PLACES = SOAKING ? 15 : 10;
/** What takes long for its length alone is asked of in the command line. */
const NAMES = (SOAKING ? Object.keys(HOSTILE_TEXTS) : MOST_HOSTILE).filter((name) => !name.endsWith("100 KB"));

describe("an answer to an editor", () => {
  let plain: Said;
  before(async () => (plain = await everythingSaidOf(PLAIN_TEXT)));

  it("has words for people", () => {
    assert.ok(plain.markdown.length > 20 && plain.lines.length > 100, `${plain.markdown.length} ${plain.lines.length}`);
  });

  for (const name of NAMES) {
    it(`stays text with ${name}`, async () => {
      const said = await everythingSaidOf(HOSTILE_TEXTS[name] ?? "");
      const known = plain.markdown.join("\n\n");
      const wrong = new Set<string>();
      const attempt = (judged: string, run: () => void): void => {
        try {
          run();
        } catch (error) {
          if (wrong.size < 12) wrong.add(`${JSON.stringify(judged.slice(0, 300))}: ${String(error).slice(0, 300)}`);
        }
      };
      for (const one of said.markdown) attempt(one, () => markdown(one, known));
      for (const one of said.lines) attempt(one, () => label(one, ""));
      assert.deepEqual([...wrong], []);
    });
  }
});

describe("the frame of a page", () => {
  const webview = { cspSource: "https://extension.example", asWebviewUri: (uri: { path: string }) => ({ toString: () => `https://extension.example${uri.path}` }) };
  const folder = { path: "/ext", with: ({ path: changed }: { path: string }) => ({ path: changed }) };

  for (const page of [memoryMapPage, comparisonPage]) {
    it(`runs its own script alone, and is the same for every document: ${page.title}`, () => {
      const [first = "", second] = [1, 2].map(() => pageFrame(webview as never, folder as never, page));
      const [nonce = ""] = /(?<=nonce=")[^"]{22,}(?=")/.exec(first) ?? [];
      assert.notEqual(nonce, "");
      assert.notEqual(first, second, "a page has a nonce of its own");
      assert.equal(first.match(/<script/g)?.length, 1);
      assert.match(first, new RegExp(`content="default-src 'none'; style-src https://extension\\.example; script-src 'nonce-${nonce.replace(/[+/=]/g, "\\$&")}';"`));
      assert.doesNotMatch(first, /\son[a-z]+=|javascript:|<style|\sstyle=|<(?:iframe|object|base|form|img)\b/);
    });
  }
});

async function everythingSaidOf(text: string): Promise<Said> {
  const files = hostileFiles(text);
  const folder = folderWith(files);
  const client = await TestClient.start(MODERN, testSettings, { workspaceFolders: [{ name: "all", uri: pathToFileURL(folder).href }], initializationOptions: { status: true, views: true } });
  const said: Said = { markdown: [], lines: [] };
  const ask = async (method: string, params: object): Promise<void> => gather(await client.request<unknown>(method, params), said);
  const uris = new Map(Object.keys(files).map((name) => [name, pathToFileURL(path.join(folder, name)).href]));
  try {
    for (const [name, uri] of uris) await client.open(uri, files[name] ?? "");
    for (const [name, uri] of uris) {
      const textDocument = { uri };
      for (const [method, params] of QUESTIONS) await ask(method, { textDocument, ...params });
      const { items } = await client.request<{ items: unknown[] }>("textDocument/diagnostic", { textDocument });
      const document = TextDocument.create(uri, "platmap", 1, files[name] ?? "");
      for (const offset of places(files[name] ?? "")) {
        const position = document.positionAt(offset);
        for (const method of EVERYWHERE) {
          const more = method === "textDocument/codeAction" ? { range: { start: position, end: position }, context: { diagnostics: items } } : { position };
          await ask(method, { textDocument, ...more });
        }
      }
    }
    await ask("workspace/symbol", { query: "" });
    const [left, right] = ["before.platform.jsonc", "board.platform.jsonc"].map((name) => ({ uri: uris.get(name) }));
    const difference = await client.request<{ markdown: string }>("platmap/difference", { left, right });
    gather(difference, said);
    for (const line of client.log) terminal(line, "");
  } finally {
    await client.stop();
  }
  return said;
}

/** Just inside the texts and keys of a document, spread over all of it. */
function places(text: string): number[] {
  const all = [...text.matchAll(/"(?=[^,:\]} ])/g)].map(({ index }) => index + 1);
  const every = Math.max(1, Math.ceil(all.length / PLACES));
  return all.filter((_, index) => index % every === 0);
}

/** Markdown is what says that it is; of all else the words that a list, a lens or a message shows. */
function gather(value: unknown, into: Said): void {
  if (Array.isArray(value)) return value.forEach((one) => gather(one, into));
  if (typeof value !== "object" || value === null) return;
  const { kind, value: text } = value as { kind?: unknown; value?: unknown };
  if (kind === "markdown" && typeof text === "string") return void into.markdown.push(text);
  for (const [key, inner] of Object.entries(value)) {
    if (key === "data" || key === "arguments" || key === "textEdit" || key === "edit" || key === "newText" || key === "insertText") continue;
    if (key === "markdown" && typeof inner === "string") into.markdown.push(inner);
    else if (typeof inner === "string" && LINES.has(key)) into.lines.push(inner);
    else gather(inner, into);
  }
}
