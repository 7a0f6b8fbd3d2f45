// What has the name of a file and must not be read as one: pipes, devices, sockets, and files beyond any size. Every command that takes a file is given each
// of them, in a process that can be ended, since to open a pipe waits for ever. Knows nothing of what commands do with files.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, closeSync, mkdirSync, openSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { nodeHost } from "../../server/src/nodeHost";
import { DEPTH_LIMIT, ENTRY_LIMIT, LanguageFiles } from "../../server/src/workspace/languageFiles";
import type { FileId } from "../../core/src/index";
import { platmap, type Ran } from "../cli/commandLine";
import { MODERN, TestClient, testSettings } from "../protocol/client";
import { repositoryRoot } from "../repositoryRoot";
import { temporaryFolder } from "../temporaryFolder";

const BOARD = `{ "platform": "board", "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }] }\n`;
const MIB = 1024 * 1024;
/** Every command that takes the name of a file, by the kind of description that it wants. */
const COMMANDS: readonly (readonly [kind: string, ...args: string[]])[] = [
  ["platform", "check", "FILE"], ["platform", "fix", "FILE"], ["platform", "fmt", "FILE"], ["platform", "map", "FILE"], ["platform", "groups", "FILE"],
  ["platform", "reserved", "FILE"], ["platform", "assignable", "FILE"], ["platform", "export", "FILE", "--to", "ld"], ["platform", "diff", "FILE", "board.platform.jsonc"],
  ["platform", "diff", "board.platform.jsonc", "FILE"], ["platform", "import", "FILE"], ["platform", "check", "board.platform.jsonc", "--baseline", "FILE"],
  ["guest", "plan", "FILE"], ["guest", "plan", "FILE", "--write"], ["guest", "simulate", "FILE", "--step", "start:board"], ["fleet", "fleet", "FILE"],
];

describe("what is no file that ends", () => {
  let folder: string;
  let socket: net.Server;

  before(async () => {
    folder = temporaryFolder();
    writeFileSync(path.join(folder, "board.platform.jsonc"), BOARD);
    for (const kind of ["platform", "guest", "fleet"]) {
      execFileSync("mkfifo", [path.join(folder, `pipe.${kind}.jsonc`)]);
      symlinkSync(`pipe.${kind}.jsonc`, path.join(folder, `link.${kind}.jsonc`));
      symlinkSync("/dev/zero", path.join(folder, `device.${kind}.jsonc`));
      for (const [name, size] of [["big", 64 * MIB + 1], ["huge", 256 * MIB + 1]] as const) sparse(path.join(folder, `${name}.${kind}.jsonc`), size);
    }
    socket = net.createServer();
    await new Promise<void>((resolve) => socket.listen(path.join(folder, "socket.platform.jsonc"), resolve));
  });
  after(() => void socket.close());

  const WHATS: Readonly<Record<string, RegExp>> = {
    pipe: /it is a pipe, not a file; what a pipe says is read from standard input|it is neither a file nor a folder/,
    link: /it is a pipe, not a file/,
    device: /it is a device, not a file/,
    big: /it is larger than 64 MiB|none of: a capture/,
    huge: /it is larger than (?:64|256) MiB/,
  };

  for (const [what, because] of Object.entries(WHATS)) {
    it(`is refused with its reason by every command: ${what}`, () => {
      const commands = COMMANDS.map(([kind, ...args]) => args.map((one) => (one === "FILE" ? `${what}.${kind}.jsonc` : one)));
      for (const [index, { code, err, out }] of run(folder, commands).entries()) {
        const said = `platmap ${(commands[index] ?? []).join(" ")}: ${code} ${out.slice(0, 200)} ${err}`;
        assert.equal(code, 2, said);
        assert.match(err, because, said);
        assert.ok(err.includes(`${what}.`), said);
        assert.ok(err.split("\n").length <= 3, said);
      }
    });
  }

  it("is refused where it is a socket", () => {
    const [checked] = run(folder, [["check", "socket.platform.jsonc"]]);
    assert.deepEqual([checked?.code, checked?.err], [2, "platmap: socket.platform.jsonc: cannot be read: it is a socket, not a file\n"]);
  });

  it("is said where a folder is searched: a link and a pipe with the name of a description", async () => {
    const { out } = await platmap(folder, ["check", ".", "--format", "json"], { host: { ...nodeHost, workingFolder: folder, listFolder: () => ["board.platform.jsonc", "link.platform.jsonc", "pipe.platform.jsonc"] } });
    const { files, skipped } = JSON.parse(out) as { files: number; skipped: { rule: string }[] };
    assert.deepEqual([files, skipped.filter(({ rule }) => rule === "*")], [1, [
      { rule: "*", file: "link.platform.jsonc", because: "it is a symbolic link, and a search follows none" },
      { rule: "*", file: "pipe.platform.jsonc", because: "it is no file" },
    ]]);
  });

  it("of standard input is the limit of a description, and that of a capture", async () => {
    for (const args of [["check", "-"], ["fmt", "-"], ["fix", "-"], ["map", "-"], ["groups", "-"]]) {
      const { code, err } = await platmap(folder, args, { input: new Uint8Array(64 * MIB + 1) });
      assert.deepEqual([code, err], [2, "platmap: standard input: cannot be read: it is larger than 64 MiB\n"], args.join(" "));
    }
  });

  it("is read when it is a regular file of the kernel (Linux), which says that it has no bytes", () => {
    assert.match(new TextDecoder().decode(nodeHost.readFile("/proc/self/status")), /^Name:/);
  });

  it("costs the server one finding where a document names it, and is not opened", async () => {
    const client = await TestClient.start(MODERN, testSettings, { workspaceFolders: [{ name: "all", uri: pathToFileURL(folder).href }] });
    for (const [name, because] of [["pipe", "is not a file"], ["device", "leads over device.platform.jsonc, a symbolic link"], ["socket", "is not a file"], ["big", "cannot be read: it is larger than 64 MiB"]]) {
      const uri = pathToFileURL(path.join(folder, `on-${name}.platform.jsonc`)).href;
      await client.open(uri, `{ "platform": "b", "extends": "${name}.platform.jsonc" }`);
      const { items } = await client.request<{ items: { message: string }[] }>("textDocument/diagnostic", { textDocument: { uri } });
      assert.deepEqual(items.map(({ message }) => message), [`${name}.platform.jsonc ${because}`]);
    }
    await client.stop();
  });
});

describe("what is written to", () => {
  it("stays a pipe or a device when it is one", () => {
    const folder = temporaryFolder();
    const pipe = path.join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    // Whoever reads from it is there before the text comes.
    const reader = openSync(pipe, "r+");
    try {
      nodeHost.writeFile(pipe, "text\n");
      assert.ok(statSync(pipe).isFIFO());
      const link = path.join(folder, "null");
      symlinkSync("/dev/null", link);
      nodeHost.writeFile(link, "text\n");
      assert.ok(statSync("/dev/null").isCharacterDevice());
    } finally {
      closeSync(reader);
    }
  });

  it("keeps the permissions of a file, and is written through a link", () => {
    const folder = temporaryFolder();
    const file = path.join(folder, "file");
    writeFileSync(file, "old");
    chmodSync(file, 0o640);
    symlinkSync("file", path.join(folder, "link"));
    nodeHost.writeFile(path.join(folder, "link"), "new");
    assert.deepEqual([readFileSync(file, "utf8"), statSync(file).mode & 0o777], ["new", 0o640]);
  });
});

describe("the search for files of the workspace", () => {
  const search = (folder: string): { found: readonly string[]; leftOut: string | undefined } => {
    let leftOut: string | undefined = "not ended";
    const files = new LanguageFiles({ host: nodeHost, folders: () => [folder], fileAt: (file) => path.relative(folder, file) as FileId, ended: (what) => (leftOut = what) });
    return { found: files.all(), leftOut };
  };

  it(`goes ${DEPTH_LIMIT} folders deep, and says what is deeper`, () => {
    const folder = temporaryFolder();
    const deep = "d/".repeat(DEPTH_LIMIT);
    mkdirSync(path.join(folder, deep), { recursive: true });
    writeFileSync(path.join(folder, deep, "last.platform.jsonc"), BOARD);
    assert.deepEqual(search(folder), { found: [`${deep}last.platform.jsonc`], leftOut: undefined });
    for (const name of ["below", "node_modules", ".hidden"]) mkdirSync(path.join(folder, deep, name));
    assert.deepEqual(search(folder).leftOut, `files are searched ${DEPTH_LIMIT} folders deep, so not in ${path.join(folder, deep, "below")}`);
    mkdirSync(path.join(folder, deep, "too"));
    assert.match(search(folder).leftOut ?? "", /below and 1 more$/);
  });

  it(`looks at ${ENTRY_LIMIT} entries, and says that there are more`, async () => {
    const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `file${String(index).padStart(5, "0")}`);
    const host = (count: number): typeof nodeHost => ({ ...nodeHost, listFolder: () => many(count), kindOf: () => "file" });
    const told = (count: number): string | undefined => {
      let leftOut: string | undefined;
      new LanguageFiles({ host: host(count), folders: () => ["/w"], fileAt: (file) => file as FileId, ended: (what) => (leftOut = what) }).all();
      return leftOut;
    };
    assert.equal(told(ENTRY_LIMIT), undefined);
    assert.equal(told(ENTRY_LIMIT + 1), `the search for files ended after ${ENTRY_LIMIT} entries of the open folders`);
  });

  it("tells people once, in the log and in the status of open documents", async () => {
    const folder = temporaryFolder();
    const deep = "d/".repeat(DEPTH_LIMIT + 1);
    mkdirSync(path.join(folder, deep), { recursive: true });
    const client = await TestClient.start(MODERN, testSettings, { workspaceFolders: [{ name: "all", uri: pathToFileURL(folder).href }] });
    const uri = pathToFileURL(path.join(folder, "board.platform.jsonc")).href;
    await client.open(uri, BOARD);
    for (let times = 0; times < 2; times += 1) await client.request("workspace/diagnostic", { previousResultIds: [] });
    await client.request("textDocument/documentSymbol", { textDocument: { uri } });
    const leftOut = `files are searched ${DEPTH_LIMIT} folders deep, so not in ${path.join(folder, deep)}`.replace(/\/$/, "");
    assert.deepEqual(client.statuses.map((one) => (one as { leftOut?: string }).leftOut).at(-1), leftOut);
    assert.equal(client.log.filter((line) => line.includes(leftOut)).length, 1);
    await client.stop();
  });

  it("of a pattern has no depth, and a pattern no more than 256 steps", async () => {
    const folder = temporaryFolder();
    const deep = "d/".repeat(60);
    mkdirSync(path.join(folder, deep), { recursive: true });
    writeFileSync(path.join(folder, deep, "deep.platform.jsonc"), BOARD);
    const fleet = (pattern: string): void => writeFileSync(path.join(folder, "rack.fleet.jsonc"), JSON.stringify({ fleet: "rack", platforms: [pattern] }));
    const said = async (): Promise<string[]> => (JSON.parse((await platmap(folder, ["check", "rack.fleet.jsonc", "--format", "json"])).out) as { findings: { message: string }[] }).findings.map(({ message }) => message);
    fleet("**/*.platform.jsonc");
    assert.deepEqual(await said(), []);
    fleet(`${"**/".repeat(100_000)}*.platform.jsonc`);
    assert.match((await said()).join("\n"), /has more than 256 steps/);
  });
});

function sparse(file: string, size: number): void {
  writeFileSync(file, "{");
  truncateSync(file, size);
}

/** Runs commands in a process of their own, which is ended when it takes too long. */
function run(folder: string, commands: readonly (readonly string[])[]): readonly Ran[] {
  const program = path.join(repositoryRoot, "out/test/reliability/commandRun.js");
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [program, JSON.stringify(commands)], { cwd: folder, encoding: "utf8", timeout: 40_000, killSignal: "SIGKILL", maxBuffer: 1 << 28 });
  assert.deepEqual([status, signal, stderr], [0, null, ""]);
  return JSON.parse(stdout) as Ran[];
}
