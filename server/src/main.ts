// Starts the language server on a real machine, over standard streams or IPC, as the command line says: answers the client's hello at once, and only then
// loads what does the work, a bundle of its own. Lends that bundle its copy of the protocol's library. Knows nothing of features.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Console } from "node:console";
import type { Connection, InitializeParams } from "vscode-languageserver/node";
import { createConnection, ProposedFeatures, StreamMessageReader } from "vscode-languageserver/node";
import type * as importer from "./import/importPlatform";
import { Conversation } from "./conversation";
import { answerToHello } from "./lsp/capabilities";
import { WholeMessageWriter } from "./messageWriter";
import { nodeHost } from "./nodeHost";
import type * as features from "./server";

export * from "vscode-languageserver/node";
export { TextDocument } from "vscode-languageserver-textdocument";

const packageFolder = path.join(__dirname, "..");

const settings: features.ServerSettings = {
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
};

const conversation = new Conversation();
const connection = process.argv.includes("--stdio") ? stdioConnection() : createConnection(ProposedFeatures.all, { messageStrategy: conversation });
conversation.serve(connection);
let server: ReturnType<typeof features.continueServer> | undefined;

connection.onInitialize((hello) => {
  // The client has nothing else to say before it has the answer.
  afterAnswer(() => serve(hello));
  connection.onInitialized(() => serve(hello)?.initialized());
  return answerToHello(hello, settings.version);
});
connection.listen();

/** As the library makes it of `--stdio`, but for the writer. */
function stdioConnection(): Connection {
  // What anybody else wrote to standard output would end the conversation.
  globalThis.console = new Console(process.stderr, process.stderr);
  const reader = new StreamMessageReader(process.stdin);
  // Nobody can tell where the next message begins.
  reader.onError(({ message }) => {
    if (!/^(?:Header must|Message header|Content-Length)/i.test(message)) return;
    process.stderr.write("The language server ends: standard input is not a conversation in the Language Server Protocol (a message without a header that tells its length).\n");
    process.exit(1);
  });
  const connection = createConnection(ProposedFeatures.all, reader, new WholeMessageWriter(process.stdout), { messageStrategy: conversation });
  let mayEnd = false;
  connection.onShutdown(() => void (mayEnd = true));
  for (const event of ["end", "close"]) process.stdin.on(event, () => process.exit(mayEnd ? 0 : 1));
  return connection;
}

/** Begins to serve; undefined when it was begun before, for then the server itself hears what the client says. */
function serve(hello: InitializeParams): typeof server {
  if (server) return undefined;
  server = loadFeatures().continueServer(connection, settings, hello);
  return server;
}

/** The library writes an answer two turns of the event loop after it has it. */
function afterAnswer(run: () => void): void {
  setImmediate(() => setImmediate(() => setImmediate(run)));
}

function loadFeatures(): typeof features {
  return require(path.join(__dirname, "features.js")) as typeof features;
}

/** The readers of captures are a bundle of their own: most sessions never import anything, and the server starts faster without them. */
function loadImporter(): typeof importer {
  return require(path.join(__dirname, "import.js")) as typeof importer;
}

/** Only files of this machine can be read. */
function pathOf(uri: string): string {
  if (!uri.startsWith("file:")) throw new Error(`${uri} is not a file of this machine`);
  return fileURLToPath(uri);
}
