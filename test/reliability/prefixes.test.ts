// Every prefix of a document, which is what stands in the editor while it is written: nothing that an editor may ask throws, and no answer points outside of
// the text. The reading and checking of prefixes by themselves are in test/jsonc. Knows nothing of what the answers say.
import assert from "node:assert/strict";
import path from "node:path";
import { ResponseError, type Position } from "vscode-languageserver";
import { pathToFileURL } from "node:url";
import { rules } from "../../core/src/index";
import { nodeHost } from "../../server/src/nodeHost";
import { importPlatform } from "../../server/src/import/importPlatform";
import { incomingCalls, outgoingCalls, prepareCallHierarchy } from "../../server/src/lsp/callHierarchy";
import { codeActionsAt } from "../../server/src/lsp/codeActions";
import { codeLensesOf, resolveCodeLens } from "../../server/src/lsp/codeLens";
import { completionsAt, PLAIN } from "../../server/src/lsp/completionItems";
import { definitionAt } from "../../server/src/lsp/definition";
import { diagnosticsOf } from "../../server/src/lsp/diagnostics";
import { documentLinks } from "../../server/src/lsp/documentLinks";
import { editorSurroundings } from "../../server/src/lsp/editorFiles";
import { foldingRangesOf } from "../../server/src/lsp/folding";
import { formatDocument, formatOnType, formatRange } from "../../server/src/lsp/formatting";
import { placeEdit, planText, simulationChoices } from "../../server/src/lsp/guestCommands";
import { hoverAt } from "../../server/src/lsp/hover";
import { inlayHintsIn } from "../../server/src/lsp/inlayHints";
import { memoryMapOf } from "../../server/src/lsp/memoryMap";
import { highlightsAt, referencesAt } from "../../server/src/lsp/references";
import { prepareRename, renameAt } from "../../server/src/lsp/rename";
import { selectionRangesAt } from "../../server/src/lsp/selectionRanges";
import { semanticTokensIn } from "../../server/src/lsp/semanticTokens";
import { statusOf } from "../../server/src/lsp/status";
import { symbolsOf } from "../../server/src/lsp/symbols";
import { workspaceSymbols } from "../../server/src/lsp/workspaceSymbols";
import type { Snapshot } from "../../server/src/workspace/workspace";
import { Workspace } from "../../server/src/workspace/workspace";
import { everything, examples } from "../jsonc/texts";
import { repositoryRoot } from "../repositoryRoot";

/** So many prefixes of a long text, with a stride that no pattern of the text shares; shorter texts have all of theirs. */
const PREFIXES = 60;
/** What is worked out for a whole file is asked of every so many prefixes. */
const WHOLE_EVERY = 9;

const CONFIGURATION = `// what we do not mind
{
  "$schema": "https://example.org/config.json",
  "rules": { "overlapping-regions": "warning", "unsafe-number": "off", "nothing": "hint", "missing-acs": "loud" },
  "ignore": ["old/**", "*.draft.platform.jsonc", ""],
}
`;
const EXTENDING = `{
  "extends": ["first-steps.platform.jsonc", "arm-juno.platform.jsonc"],
  "platform": "board",
  "devices": [{ "name": "uart1", "base": "uart0.next" }],
  "remove": ["gicd", "nothing"],
}
`;

const texts = new Map([
  ...examples, ["everything.platform.jsonc", everything], ["platmap.config.jsonc", CONFIGURATION], ["extending.platform.jsonc", EXTENDING],
  ...["brd-01-raspi3b", "x86-01-rp-acs"].map((name) => [`${name}.platform.jsonc`, importPlatform([path.join(repositoryRoot, `test/captures/${name}.tar.gz`)], nodeHost).text] as const),
]);

describe("every prefix of a document", () => {
  for (const [file, text] of texts) {
    it(`of ${file} can be asked everything`, () => {
      const uri = pathToFileURL(path.join(repositoryRoot, "examples", file)).href;
      const workspace = new Workspace(rules, editorSurroundings(nodeHost, () => [repositoryRoot], () => undefined));
      const stride = text.length <= PREFIXES * 8 ? 1 : Math.ceil(text.length / PREFIXES) | 1;
      // What the whole text means answers for the broken ones.
      let version = 0;
      workspace.update(uri, ++version, text);
      for (let length = text.length; length >= 0; length -= stride) {
        const snapshot = workspace.update(uri, ++version, text.slice(0, length));
        assert.deepEqual(snapshot.checked.crashed, []);
        for (const position of [length, length >> 1].map((offset) => snapshot.checked.source.position(offset))) askAt(workspace, snapshot, position);
        if ((version - 1) % WHOLE_EVERY === 0) askWhole(workspace, snapshot);
      }
    });
  }
});

function askAt(workspace: Workspace, snapshot: Snapshot, position: Position): void {
  const range = { start: position, end: position };
  const own = [snapshot.checked];
  const files = (): typeof own => own;
  const options = { relatedInformation: true, pageOf: () => undefined, checking: workspace.options, snippetEdits: true, resolvesEdits: true, annotations: true, createsFiles: true };
  inside(snapshot, {
    hover: () => hoverAt(snapshot, position),
    completion: () => completionsAt(snapshot, position, { ...PLAIN, snippets: true, labelDetails: true }),
    definition: () => definitionAt(snapshot, position, files, true),
    references: () => referencesAt(snapshot, position, files, true),
    highlights: () => highlightsAt(snapshot, position, files),
    prepareRename: () => prepareRename(snapshot, position, own),
    rename: () => renameAt(snapshot, position, own, "renamed"),
    selection: () => selectionRangesAt(snapshot, [position]),
    formatOnType: () => formatOnType(snapshot, position, "\n"),
    formatRange: () => formatRange(snapshot, range),
    hints: () => inlayHintsIn(snapshot, range),
    calls: () => prepareCallHierarchy(snapshot, position).flatMap((item) => [...incomingCalls(snapshot, item), ...outgoingCalls(snapshot, item)]),
    actions: () => codeActionsAt(snapshot, { textDocument: snapshot, range, context: { diagnostics: [] } }, options),
  });
}

function askWhole(workspace: Workspace, snapshot: Snapshot): void {
  const { source } = snapshot.checked;
  const range = { start: source.position(0), end: source.position(source.text.length) };
  inside(snapshot, {
    diagnostics: () => diagnosticsOf(snapshot, { relatedInformation: true, pageOf: () => undefined, checking: workspace.options }),
    symbols: () => symbolsOf(source),
    folding: () => foldingRangesOf(source),
    links: () => documentLinks(snapshot),
    lenses: () => codeLensesOf(snapshot).map((lens) => resolveCodeLens(snapshot, lens)),
    hints: () => inlayHintsIn(snapshot, range),
    tokens: () => tokenRanges(semanticTokensIn(snapshot, range).data),
    formatting: () => formatDocument(snapshot),
    symbolsOfAll: () => workspaceSymbols([snapshot.checked], ""),
    map: () => memoryMapOf(snapshot),
    status: () => statusOf(snapshot),
    plan: () => planText(snapshot),
    choices: () => simulationChoices(snapshot),
    place: () => (snapshot.checked.kind === "guest" ? placeEdit(snapshot) : undefined),
  });
}

/** Asks, and looks at every range in the answers. A refusal with a reason is an answer. */
function inside(snapshot: Snapshot, questions: Readonly<Record<string, () => unknown>>): void {
  const lines = snapshot.text.split(/\r\n|\n|\r/);
  const isPosition = ({ line, character }: Position): boolean => line >= 0 && line < lines.length && character >= 0 && character <= (lines[line] as string).length;
  for (const [question, ask] of Object.entries(questions)) {
    const where = (): string => `${question} after ${JSON.stringify(snapshot.text.slice(-60))} (${snapshot.text.length})`;
    let answer: unknown;
    try {
      answer = ask();
    } catch (error) {
      if (error instanceof ResponseError) continue;
      assert.fail(`${where()}: ${error instanceof Error ? (error.stack ?? "") : String(error)}`);
    }
    for (const position of positionsIn(answer, snapshot.uri)) assert.ok(isPosition(position), `${where()}: ${JSON.stringify(position)}`);
  }
}

/** The positions in an answer, apart from those in other files. */
function* positionsIn(answer: unknown, uri: string): Generator<Position> {
  if (typeof answer !== "object" || answer === null) return;
  const { uri: own, targetUri } = answer as { uri?: unknown; targetUri?: unknown };
  if ((own ?? targetUri ?? uri) !== uri) return;
  if ("line" in answer && "character" in answer) yield answer as Position;
  if ("startLine" in answer && "endLine" in answer) for (const line of [answer.startLine, answer.endLine] as number[]) yield { line, character: 0 };
  for (const [key, value] of Object.entries(answer)) if (key !== "originSelectionRange" || own === undefined) yield* positionsIn(value, uri);
}

function tokenRanges(data: readonly number[]): { start: Position; end: Position }[] {
  const ranges: { start: Position; end: Position }[] = [];
  let [line, character] = [0, 0];
  for (let i = 0; i < data.length; i += 5) {
    const [lines = 0, characters = 0, length = 0] = data.slice(i, i + 3);
    character = lines > 0 ? characters : character + characters;
    line += lines;
    ranges.push({ start: { line, character }, end: { line, character: character + length } });
  }
  return ranges;
}
