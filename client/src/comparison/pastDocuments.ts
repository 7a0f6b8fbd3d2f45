// Sides of a comparison that are no files: a file as it was in a git revision, and the description that a capture was imported to, as documents that cannot be
// edited. The server says their text; their findings are of no interest, so it does not hear of them as documents.
import * as vscode from "vscode";
import type { BaseLanguageClient, Middleware } from "vscode-languageclient";
import { sideTextRequest, type ComparedSide } from "../serverProtocol";

const scheme = "platmap-past";

export class PastDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changes.event;
  private readonly subscriptions: readonly vscode.Disposable[];

  constructor(private readonly client: BaseLanguageClient) {
    this.subscriptions = [this.changes, vscode.workspace.registerTextDocumentContentProvider(scheme, this)];
  }

  async provideTextDocumentContent(document: vscode.Uri): Promise<string> {
    try {
      return await this.client.sendRequest<string>(sideTextRequest, JSON.parse(document.query) as ComparedSide);
    } catch (error) {
      return `// ${error instanceof Error ? error.message : String(error)}\n`;
    }
  }

  /** The revision may mean another commit now. */
  refresh(): void {
    vscode.workspace.textDocuments.filter(isPast).forEach(({ uri }) => this.changes.fire(uri));
  }

  dispose(): void {
    this.subscriptions.forEach((one) => void one.dispose());
  }
}

/** The document of a side that is no file. Its name says what it is, and ends as those of its kind do. */
export function pastUri({ uri, revision }: ComparedSide): vscode.Uri {
  const name = vscode.Uri.parse(uri).path.split("/").at(-1) ?? "";
  const path = revision === undefined ? `${name}: imported.platform.jsonc` : `${revision.replaceAll("/", "-")}: ${name}`;
  return vscode.Uri.from({ scheme, path, query: JSON.stringify({ uri, ...(revision !== undefined && { revision }) }) });
}

/** The file that such a document is the past of; undefined for other documents. */
export function fileOfPast(document: vscode.Uri): vscode.Uri | undefined {
  return isPast(document) ? vscode.Uri.parse((JSON.parse(document.query) as ComparedSide).uri) : undefined;
}

/** Keeps these documents from the server. */
export const withoutPastDocuments: Middleware = {
  didOpen: async (document, next) => (isPast(document) ? undefined : next(document)),
  didClose: async (document, next) => (isPast(document) ? undefined : next(document)),
  didChange: async (event, next) => (isPast(event.document) ? undefined : next(event)),
  provideDiagnostics: (document, previous, token, next) => (isPast(document) ? undefined : next(document, previous, token)),
};

function isPast(document: vscode.TextDocument | vscode.Uri): boolean {
  return ("uri" in document ? document.uri : document).scheme === scheme;
}
