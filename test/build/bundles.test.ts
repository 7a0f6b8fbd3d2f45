// The bundles of dist/ as people get them: each one starts with what is shipped beside it and no more, and the package
// for VS Code holds just that. Runs after npm run build. Knows nothing of what the programs answer beyond a first word.
import assert from "node:assert/strict";
import { fork, spawn, spawnSync, type ChildProcess, type ChildProcessWithoutNullStreams } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { listFiles, PackageManager } from "@vscode/vsce";
import { repositoryRoot } from "../repositoryRoot";

const initialize = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { processId: process.pid, rootUri: null, capabilities: {} },
};

describe("the bundles, away from the checkout", () => {
  let folder: string;
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "platmap-bundles-"));
    for (const file of ["dist/cli.js", ...(await shippedFiles())]) {
      cpSync(path.join(repositoryRoot, file), path.join(folder, file));
    }
  });
  after(() => rmSync(folder, { recursive: true }));

  it("need nothing but Node and VS Code", () => {
    for (const bundle of ["extension.js", "machine.js", "server.js", "features.js", "cli.js"]) {
      const text = readFileSync(path.join(folder, "dist", bundle), "utf8");
      const required = [...text.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name = ""]) => name.replace(/^node:/, ""));
      const own: Readonly<Record<string, readonly string[]>> = { "extension.js": ["vscode", "./machine.js"], "machine.js": ["vscode", "./extension.js"], "features.js": ["./server.js"] };
      const known = [...builtinModules, ...(own[bundle] ?? [])];
      assert.notEqual(required.length, 0, `${bundle} requires something`);
      assert.deepEqual(
        required.filter((name) => !known.includes(name)),
        [],
        bundle,
      );
    }
  });

  it("the command line finds an overlap", () => {
    const document = path.join(folder, "overlap.platform.jsonc");
    cpSync(path.join(repositoryRoot, "test/vscode/workspace/overlap.platform.jsonc"), document);
    const program = path.join(folder, "dist/cli.js");
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, "check", document], { encoding: "utf8" });
    assert.equal(status, 1, stderr);
    assert.match(stdout, /overlapping-regions/);
  });

  it("the command line ends with 2 when it is used wrongly", () => {
    const { status, stderr } = spawnSync(process.execPath, [path.join(folder, "dist/cli.js"), "chekc"], {
      encoding: "utf8",
    });
    assert.equal(status, 2, stderr);
    assert.match(stderr, /check/);
  });

  it("the server speaks over standard input and output", async () => {
    const server = spawn(process.execPath, [path.join(folder, "dist/server.js"), "--stdio"]);
    const body = JSON.stringify(initialize);
    server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    await said(server, '"hoverProvider"');
    await end(server);
  });

  it("the server checks a document with what it loads after its answer", async () => {
    const server = spawn(process.execPath, [path.join(folder, "dist/server.js"), "--stdio"]);
    const text = readFileSync(path.join(repositoryRoot, "test/vscode/workspace/overlap.platform.jsonc"), "utf8");
    const textDocument = { uri: "file:///overlap.platform.jsonc", languageId: "platmap", version: 1, text };
    for (const message of [initialize, { jsonrpc: "2.0", method: "initialized", params: {} }, { jsonrpc: "2.0", method: "textDocument/didOpen", params: { textDocument } }]) {
      const body = JSON.stringify(message);
      server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    }
    await said(server, "overlapping-regions");
    await end(server);
  });

  it("the server speaks over Node's channel between processes, as VS Code starts it", async () => {
    const server = fork(path.join(folder, "dist/server.js"), ["--node-ipc"]);
    server.send(initialize);
    const answer = await new Promise((resolve, reject) => {
      server.on("message", (message) => {
        if (typeof message === "object" && message !== null && "result" in message) {
          resolve(message.result);
        }
      });
      server.once("exit", (code) => reject(new Error(`the server ended with exit code ${code}`)));
    });
    await end(server);
    assert.match(JSON.stringify(answer), /"hoverProvider"/);
  });
});

describe("the package for VS Code", () => {
  const shipped = [
    /^dist\/(?:extension|machine|server|features|import|memoryMap|comparison)\.js$/,
    /^dist\/(?:memoryMap|comparison)\.css$/,
    /^dist\/web\/server\.js$/,
    /^dist\/examples\.json$/,
    /^dist\/licenses\.txt$/,
    /^syntaxes\/.+\.json$/,
    /^docs\/rules\/.+\.md$/,
    /^docs\/[a-z-]+\.(?:png|svg)$/,
    /^examples\/.+\.(?:jsonc|md)$/,
    /^media\/(?:icon\.png|file-(?:light|dark)\.svg)$/,
    /^media\/walkthrough\/[a-z]+\.(?:jpg|svg|md)$/,
    /^capture\/collect\.sh$/,
    /^(?:package|package\.nls)\.json$/,
    /^(?:README\.md|CHANGELOG\.md|LICENSE)$/,
  ];

  it("ships what people need, and no sources, tests or packages", async () => {
    const files = await shippedFiles();
    assert.deepEqual(
      files.filter((file) => !shipped.some((pattern) => pattern.test(file))),
      [],
    );
    const needed = ["dist/extension.js", "dist/server.js", "dist/import.js", "dist/web/server.js", "dist/examples.json", "dist/licenses.txt", "README.md", "LICENSE"];
    assert.deepEqual(
      needed.filter((file) => !files.includes(file)),
      [],
    );
  });

  it("can be packed, in a megabyte", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "platmap-package-"));
    try {
      const packed = path.join(folder, "platmap.vsix");
      const script = path.join(repositoryRoot, "scripts/package.mjs");
      const { status, stderr } = spawnSync(process.execPath, [script, "--out", packed], { encoding: "utf8" });
      assert.equal(status, 0, stderr);
      assert.ok(statSync(packed).size <= 1024 * 1024);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

function shippedFiles(): Promise<string[]> {
  return listFiles({ cwd: repositoryRoot, packageManager: PackageManager.None });
}

async function end(server: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => {
    server.removeAllListeners("exit");
    server.once("exit", resolve);
  });
  server.kill();
  await ended;
}

/** Waits until the server has written a text. */
async function said(server: ChildProcessWithoutNullStreams, wanted: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let text = "";
    server.stdout.on("data", (bytes: Buffer) => {
      text += bytes.toString("utf8");
      if (text.includes(wanted)) resolve();
    });
    server.once("exit", (code) => reject(new Error(`the server ended with exit code ${code}`)));
  });
}
