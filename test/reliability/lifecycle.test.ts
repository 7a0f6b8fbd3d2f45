// The life of the real server over its streams: how it begins, ends, is killed and begins again; what comes in an order that no client should choose; and what
// comes while a request is under way. Knows nothing of what the answers say.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { builtBundle } from "../builtBundle";
import { folderWith } from "../cli/commandLine";
import { framed, StdioServer, type Answer } from "./stdioServer";

const URI = "file:///w/board.platform.jsonc";
const board = (name: string): string => `{
  "platform": "board", "physicalAddressBits": 40, "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "devices": [{ "name": "${name}", "base": "0x1000", "size": "8K" }, { "name": "uart1", "base": "0x2000", "size": "4K" }],
}`;
const opened = (text: string, version = 1, uri = URI): object => ({ method: "textDocument/didOpen", params: { textDocument: { uri, languageId: "platmap", version, text } } });
const changed = (version: number, ...contentChanges: object[]): object => ({ method: "textDocument/didChange", params: { textDocument: { uri: URI, version }, contentChanges } });
const closed = (uri = URI): object => ({ method: "textDocument/didClose", params: { textDocument: { uri } } });
const asked = (id: number, method: string, more: object = {}, uri = URI): object => ({ id, method, params: { textDocument: { uri }, ...more } });
const everything = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
/** Requests about one document, with what they need. */
const REQUESTS: Readonly<Record<string, object>> = {
  "textDocument/diagnostic": {}, "textDocument/documentSymbol": {}, "textDocument/codeLens": {}, "textDocument/semanticTokens/full": {}, "textDocument/foldingRange": {},
  "textDocument/hover": { position: { line: 2, character: 27 } }, "textDocument/completion": { position: { line: 2, character: 46 } },
  "textDocument/references": { position: { line: 2, character: 27 }, context: { includeDeclaration: true } },
  "textDocument/codeAction": { range: everything, context: { diagnostics: [] } }, "textDocument/inlayHint": { range: everything }, "textDocument/formatting": { options: { tabSize: 2, insertSpaces: true } },
};
const PULLING = { capabilities: { textDocument: { diagnostic: {} } } };

describe("the server", () => {
  let program: string;
  const servers: StdioServer[] = [];
  const started = (): StdioServer => {
    const server = new StdioServer(program);
    servers.push(server);
    return server;
  };
  before(async () => (program = await builtBundle("server.js")));
  afterEach(() => servers.splice(0).forEach((server) => server.kill()));

  it("wants to be greeted first, once, and does nothing after shutdown but end", async () => {
    const server = started();
    assert.equal((await server.ask(1, "textDocument/hover", { textDocument: { uri: URI }, position: { line: 0, character: 0 } })).error?.code, -32002);
    server.send(opened(board("early")));
    assert.ok((await server.greet()).result);
    assert.equal((await server.ask(2, "initialize", { processId: null, rootUri: null, capabilities: {} })).error?.code, -32600);
    server.send(asked(3, "textDocument/documentSymbol"));
    assert.deepEqual((await server.answerTo(3)).result, [], "what came before the greeting is not kept");
    assert.equal((await server.ask(4, "shutdown", null)).result, null);
    for (const [id, method] of [[5, "textDocument/documentSymbol"], [6, "shutdown"], [7, "initialize"], [8, "no/such/thing"]] as const) assert.equal((await server.ask(id, method, {})).error?.code, -32600, method);
    server.send(opened(board("late")));
    server.send({ method: "exit" });
    assert.equal(await server.ended, 0);
    assert.equal(server.err, "");
  });

  it("ends with 0 after shutdown and with 1 without, whoever ends the conversation", async () => {
    const exit = { method: "exit" };
    const shutdown = { id: 9, method: "shutdown", params: null };
    const ways: readonly (readonly [code: number, ...messages: object[]])[] = [[1, exit], [1], [0, shutdown, exit], [0, shutdown]];
    for (const greeted of [false, true]) {
      for (const [code, ...messages] of ways) {
        const server = started();
        if (greeted) await server.greet();
        server.sendAtOnce(...messages);
        if (!messages.includes(exit)) {
          if (messages.length > 0) await server.answerTo(9);
          server.closeInput();
        }
        assert.equal(await server.ended, code, `${greeted ? "greeted, " : ""}${JSON.stringify(messages)}`);
      }
    }
  });

  it("ends when the process that began it is gone", async () => {
    const parent = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"]);
    const server = started();
    await server.greet({ processId: parent.pid });
    parent.kill("SIGKILL");
    assert.equal(await server.ended, 1);
  }).timeout(30_000);

  it("says that its input is no conversation, and ends; what is no message in a sound frame costs that message", async () => {
    for (const bytes of ["X-Nothing: 1\r\n\r\n{}", "Content-Length: many\r\n\r\n{}", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"]) {
      const server = started();
      server.write(bytes);
      assert.equal(await server.ended, 1, bytes);
      assert.match(server.err, /^The language server ends: standard input is not a conversation/);
    }
    for (const bytes of ["Content-Length: 5\r\n\r\nhello", "Content-Length: 2\r\n\r\n[]", "Content-Length: 4\r\n\r\nnull", "Content-Length: 2\r\n\r\n{}", framed({ jsonrpc: "2.0", id: 1 }), framed({ jsonrpc: "2.0", id: {}, method: 7 })]) {
      const server = started();
      server.write(bytes);
      assert.ok((await server.greet()).result, bytes);
    }
  });

  it("ends when its input ends within a message, at any byte of it", async () => {
    const whole = framed({ jsonrpc: "2.0", id: 0, method: "initialize", params: { processId: null, rootUri: null, capabilities: {} } });
    await Promise.all([0, 1, 20, whole.indexOf("{"), whole.indexOf("{") + 1, whole.length - 1].map(async (length) => {
      const server = started();
      server.write(whole.slice(0, length));
      server.closeInput();
      assert.equal(await server.ended, 1, `${length} bytes`);
      assert.deepEqual(server.said, []);
    }));
  });

  it("takes messages in any pieces", async () => {
    const server = started();
    const bytes = Buffer.from([{ id: 0, method: "initialize", params: { processId: null, rootUri: null, ...PULLING } }, { method: "initialized", params: {} }, opened(board("né👩")), asked(1, "textDocument/documentSymbol")].map((one) => framed({ jsonrpc: "2.0", ...one })).join(""));
    for (let at = 0; at < bytes.length; at += 7) {
      server.write(bytes.subarray(at, at + 7));
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.match(JSON.stringify((await server.answerTo(1)).result), /né👩/);
  });

  it("gives the same answers after it was killed, and beside another one on the same folder", async () => {
    const folder = folderWith({ "other.platform.jsonc": board("closed"), "web.guest.jsonc": `{ "guest": "web", "hosts": ["other.platform.jsonc"], "memory": [{ "name": "ram", "size": "1G" }] }` });
    const greeting = { ...PULLING, workspaceFolders: [{ name: "w", uri: pathToFileURL(folder).href }] };
    const uri = pathToFileURL(path.join(folder, "board.platform.jsonc")).href;
    const answers = async (server: StdioServer, id: number): Promise<unknown[]> => {
      const methods = Object.entries(REQUESTS);
      server.sendAtOnce(...methods.map(([method, more], index) => asked(id + index, method, more, uri)), { id: id + 50, method: "workspace/diagnostic", params: { previousResultIds: [] } });
      return Promise.all([...methods.map((_, index) => server.answerTo(id + index)), server.answerTo(id + 50)].map(async (answer) => withoutIds(await answer)));
    };
    const [first, beside] = [started(), started()];
    for (const server of [first, beside]) {
      await server.greet(greeting);
      server.send(opened(board("uart0"), 1, uri));
    }
    const [before, other] = [await answers(first, 100), await answers(beside, 100)];
    assert.deepEqual(other, before);
    assert.deepEqual(before.filter((answer) => (answer as Answer).error), []);
    first.kill();
    await first.ended;
    const again = started();
    await again.greet(greeting);
    again.send(opened(board("uart0"), 1, uri));
    assert.deepEqual(await answers(again, 100), before);
    assert.deepEqual(await answers(beside, 200), before);
  });

  it("answers for the text that a request met, whatever follows it at once", async () => {
    const server = started();
    await server.greet(PULLING);
    const names = (answer: Answer): string => JSON.stringify(answer.result ?? answer.error ?? null).match(/first|second|third/g)?.join() ?? "none";
    let id = 1;
    for (const [method, more] of Object.entries({ "textDocument/documentSymbol": {}, "textDocument/diagnostic": {}, "textDocument/hover": REQUESTS["textDocument/hover"] ?? {} })) {
      const [one, two, three, four] = [id++, id++, id++, id++];
      server.sendAtOnce(
        opened(board("first")), asked(one, method, more), changed(2, { text: board("second") }), asked(two, method, more),
        changed(3, { range: { start: { line: 2, character: 25 }, end: { line: 2, character: 30 } }, text: "third" }), asked(three, method, more), closed(), asked(four, method, more),
      );
      const [first, second, third, none] = (await Promise.all([one, two, three, four].map((number) => server.answerTo(number)))).map(names);
      assert.match(first ?? "", /^first(?:,first)*$/, method);
      assert.match(second ?? "", /^second(?:,second)*$/, method);
      assert.match(third ?? "", /^third(?:,third)*$/, method);
      assert.equal(none, "none", method);
    }
  });

  it("answers every request that is cancelled at once, as cancelled or as it would have", async () => {
    const server = started();
    await server.greet(PULLING);
    const devices = Array.from({ length: 3000 }, (_, index) => `{ "name": "d${index}", "base": "0x${(index * 4096).toString(16)}", "size": "8K" }`).join(",\n");
    server.send(opened(`{ "platform": "large", "devices": [${devices}] }`));
    const methods = [...Object.keys(REQUESTS), "workspace/diagnostic", "workspace/symbol", "platmap/map", "no/such/request"];
    methods.forEach((method, index) => {
      const params = { textDocument: { uri: URI }, uri: URI, query: "", previousResultIds: [], ...REQUESTS[method] };
      server.sendAtOnce({ id: 100 + index, method, params }, { method: "$/cancelRequest", params: { id: 100 + index } });
    });
    server.sendAtOnce({ method: "$/cancelRequest", params: { id: 9999 } }, { method: "$/cancelRequest", params: {} }, asked(1, "textDocument/foldingRange"));
    for (const [index, method] of methods.entries()) {
      const { error } = await server.answerTo(100 + index);
      if (error) assert.equal(error.code, method === "no/such/request" ? -32601 : -32800, `${method}: ${error.message}`);
    }
    assert.ok(Array.isArray((await server.answerTo(1)).result));
  });

  it("lives with documents that are opened twice, closed twice, changed unopened, in wrong versions and past their end", async () => {
    const server = started();
    await server.greet(PULLING);
    const symbols = async (id: number): Promise<string> => {
      server.send(asked(id, "textDocument/documentSymbol"));
      const { result, error } = await server.answerTo(id);
      assert.equal(error, undefined);
      return JSON.stringify(result);
    };
    server.sendAtOnce(changed(1, { text: board("nobody") }), closed());
    assert.equal(await symbols(1), "[]");
    server.sendAtOnce(opened(board("one")), opened(board("two"), 1));
    assert.match(await symbols(2), /two/);
    server.send(changed(1, { text: board("same-version") }));
    assert.match(await symbols(3), /same-version/);
    server.send(changed(-5, { text: board("older") }));
    assert.match(await symbols(4), /older/);
    const far = { line: 1e9, character: 1e9 };
    server.send(changed(9, { range: { start: far, end: far }, text: " // end" }, { range: { start: { line: 2, character: 25 }, end: { line: 2, character: 30 } }, text: "newer" }, { range: { start: { line: 0, character: 1e9 }, end: { line: 1, character: 0 } }, text: "\n" }));
    assert.match(await symbols(5), /newer/);
    server.send(changed(10, { range: { start: { line: -3, character: -1 }, end: { line: 0, character: 0 } }, text: "" }, { range: { start: far, end: { line: 0, character: 0 } }, text: "" }));
    await symbols(6);
    server.sendAtOnce(changed(11), { method: "textDocument/didChange", params: { textDocument: { uri: URI, version: 12 } } }, { method: "textDocument/didOpen", params: {} }, { method: "textDocument/didChange", params: null });
    server.send(changed(13, { text: board("mended") }));
    assert.match(await symbols(7), /mended/);
    server.sendAtOnce(closed(), closed());
    assert.equal(await symbols(8), "[]");
    server.send(opened(board("again"), 1));
    assert.match(await symbols(9), /again/);
  });
});

/** Result ids number answers of one server. */
function withoutIds({ result, error }: Answer): unknown {
  return JSON.parse(JSON.stringify({ result, error }, (key, value: unknown) => (key === "resultId" ? undefined : value))) as unknown;
}
