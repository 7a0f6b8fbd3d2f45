// Paths that a document should not have: each is one finding where it is written, nothing outside of the folder that is open is read or listed, and no file
// that never ends is begun. On a real disk. Knows nothing of what the files say.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Host } from "../../server/src/host";
import { nodeHost } from "../../server/src/nodeHost";
import { fileAt } from "../../server/src/lsp/diskNames";
import { editorSurroundings } from "../../server/src/lsp/editorFiles";
import type { CheckedFile } from "../../server/src/workspace/check";
import { checkText } from "../../server/src/workspace/check";
import { matchesGlob } from "../../server/src/workspace/globs";
import { MODERN, TestClient, testSettings } from "../protocol/client";
import { platmap } from "../cli/commandLine";
import { temporaryFolder } from "../temporaryFolder";

const HOST = `{ "platform": "host" }`;
const LONG = `${"x".repeat(5000)}.platform.jsonc`;

/** What is written, and what is said of it. */
const PATHS: readonly (readonly [written: string, because: RegExp])[] = [
  ["../outside.platform.jsonc", /leads out of open, the folder that is open$/],
  ["sub/../../outside.platform.jsonc", /leads out of open, the folder that is open$/],
  ["../open-too/outside.platform.jsonc", /leads out of open, the folder that is open$/],
  ["../../../../../../../../../../../../etc/passwd", /leads out of open, the folder that is open$/],
  ["/etc/passwd", /is not a path from this file's folder$/],
  ["/dev/zero", /is not a path from this file's folder$/],
  ["file:///etc/x.platform.jsonc", /is not a path from this file's folder$/],
  ["https://example.org/x.platform.jsonc", /is not a path from this file's folder$/],
  ["untitled:x.platform.jsonc", /is not a path from this file's folder$/],
  ["%2e%2e/outside.platform.jsonc", /is not there$/],
  ["..%2foutside.platform.jsonc", /is not there$/],
  ["~/x.platform.jsonc", /is not there$/],
  ["HOST.platform.jsonc", /is not there$/],
  ["host.platform.jsonc ", /is not called \*\.platform\.jsonc/],
  ["link.platform.jsonc", /leads over link\.platform\.jsonc, a symbolic link$/],
  ["linked/outside.platform.jsonc", /leads over linked, a symbolic link$/],
  ["linked/../host.platform.jsonc/../../outside.platform.jsonc", /leads out of open, the folder that is open$/],
  ["loop.platform.jsonc", /leads over loop\.platform\.jsonc, a symbolic link$/],
  ["loops/x.platform.jsonc", /leads over loops, a symbolic link$|cannot be read: its links lead in a circle$/],
  ["device.platform.jsonc", /leads over device\.platform\.jsonc, a symbolic link$/],
  ["pipe.platform.jsonc", /is not a file$/],
  ["folder.platform.jsonc", /is a folder$/],
  ["host.platform.jsonc/x.platform.jsonc", /is not there$|a part of the path is no folder$/],
  ["", /is not called \*\.platform\.jsonc/],
  [".", /is not called \*\.platform\.jsonc/],
  ["..", /leads out of open, the folder that is open$/],
  ["a\0b.platform.jsonc", /cannot be read: no path has such a character in it$/],
  ["\ud800.platform.jsonc", /is not there$/],
  ["\u202e.platform.jsonc", /is not there$/],
  [LONG, /cannot be read: the name is too long$/],
  ["passwd", /is not called \*\.platform\.jsonc/],
];

/** Patterns, which lists of files may have. */
const PATTERNS: readonly (readonly [written: string, because: RegExp])[] = [
  ["../*.platform.jsonc", /leads out of open, the folder that is open$/],
  ["*/../../*.platform.jsonc", /leads out of open, the folder that is open$/],
  ["**/../outside*.platform.jsonc", /matches no file$/],
  ["**/**/**/../../../**/outside*.platform.jsonc", /matches no file$/],
  [`${"**/".repeat(40)}nothing*.platform.jsonc`, /matches no file$/],
  ["linked/*.platform.jsonc", /matches no file$/],
  ["p*pe.platform.jsonc", /matches no file$/],
  ["l*k.platform.jsonc", /matches no file$/],
  [`${"*a".repeat(60)}b.platform.jsonc`, /matches no file$/],
  ["*\0*.platform.jsonc", /matches no file$/],
];

describe("a path that a document should not have", () => {
  let folder: string;
  let open: string;
  const touched: string[] = [];
  /** The disk, with a note of every file that is read and every folder that is listed. */
  const host: Host = {
    ...nodeHost,
    readFile: (file) => (touched.push(file), nodeHost.readFile(file)),
    listFolder: (file) => (touched.push(file), nodeHost.listFolder(file)),
  };

  before(() => {
    folder = temporaryFolder();
    open = path.join(folder, "open");
    for (const name of ["open/sub", "open/folder.platform.jsonc", "open-too", `open/${"a".repeat(200)}/${"deep/".repeat(12)}`]) mkdirSync(path.join(folder, name), { recursive: true });
    for (const name of ["outside.platform.jsonc", "open-too/outside.platform.jsonc", "open/host.platform.jsonc", `open/${"a".repeat(230)}.platform.jsonc`]) writeFileSync(path.join(folder, name), HOST);
    writeFileSync(path.join(open, "passwd"), "root");
    const links: Readonly<Record<string, string>> = { "link.platform.jsonc": "../outside.platform.jsonc", linked: "..", "loop.platform.jsonc": "loop.platform.jsonc", loops: "loops", "device.platform.jsonc": "/dev/zero" };
    for (const [name, target] of Object.entries(links)) symlinkSync(target, path.join(open, name));
    execFileSync("mkfifo", [path.join(open, "pipe.platform.jsonc")]);
  });

  /** Where a path may stand, and the document around it. */
  const PLACES: Readonly<Record<string, (written: string) => readonly [file: string, text: string]>> = {
    "hosts of a guest": (written) => ["web.guest.jsonc", `{ "guest": "web", "hosts": [${JSON.stringify(written)}] }`],
    "platforms of a fleet": (written) => ["rack.fleet.jsonc", `{ "fleet": "rack", "platforms": [${JSON.stringify(written)}] }`],
    "extends of a platform": (written) => ["board.platform.jsonc", `{ "platform": "board", "extends": ${JSON.stringify(written)} }`],
    "extends of a platform, in a list": (written) => ["board.platform.jsonc", `{ "platform": "board", "extends": [${JSON.stringify(written)}] }`],
    "fleet of a guest": (written) => ["web.guest.jsonc", `{ "guest": "web", "fleet": ${JSON.stringify(written)} }`],
    "guests of a fleet": (written) => ["rack.fleet.jsonc", `{ "fleet": "rack", "platforms": ["host.platform.jsonc"], "migrationGroups": [{ "name": "all", "platforms": ["host"], "guests": [${JSON.stringify(written)}] }] }`],
  };
  const TAKING_PATTERNS = ["platforms of a fleet"];

  const check = (file: string, text: string): CheckedFile => {
    const checked = checkText(fileAt(path.join(open, file)), text, { surroundings: editorSurroundings(host, () => [open], () => undefined) });
    assert.deepEqual(checked.crashed, []);
    return checked;
  };

  for (const [place, document] of Object.entries(PLACES)) {
    it(`is one finding where it is written: ${place}`, () => {
      for (const [written, because] of [...PATHS, ...(TAKING_PATTERNS.includes(place) ? PATTERNS : [])]) {
        touched.length = 0;
        const [file, text] = document(written);
        const { source, findings } = check(file, text);
        const named = findings.filter(({ rule }) => rule === "unreadable-file");
        assert.equal(named.length, 1, `${JSON.stringify(written.slice(0, 60))}: ${findings.map((one) => `${one.rule}: ${one.message.slice(0, 200)}`).join("\n")}`);
        assert.match(named[0]?.message ?? "", because);
        assert.equal(named[0] && source.text.slice(source.span(named[0].at).start, source.span(named[0].at).end), JSON.stringify(written));
        assert.deepEqual(touched.filter((one) => one !== open && !one.startsWith(open + path.sep)), [], "nothing outside is read or listed");
        assert.deepEqual(touched.filter((one) => /pipe|device|loop/.test(one)), [], "nothing is read that may never end");
      }
    });
  }

  it("goes round in a circle of kinds and comes to an end", () => {
    writeFileSync(path.join(open, "round.fleet.jsonc"), `{ "fleet": "round", "platforms": ["host.platform.jsonc"], "migrationGroups": [{ "name": "all", "platforms": ["host"], "guests": ["round.guest.jsonc"] }] }`);
    writeFileSync(path.join(open, "round.guest.jsonc"), `{ "guest": "round", "fleet": "round.fleet.jsonc", "hosts": ["host.platform.jsonc"] }`);
    for (const file of ["round.fleet.jsonc", "round.guest.jsonc"]) assert.deepEqual(check(file, new TextDecoder().decode(nodeHost.readFile(path.join(open, file)))).crashed, []);
  });

  it("may belong to a file that a client has opened: it is asked everything and the server lives on", async () => {
    const client = await TestClient.start(MODERN, { ...testSettings, host }, { workspaceFolders: [{ name: "open", uri: pathToFileURL(open).href }] });
    touched.length = 0;
    for (const uri of ["file:///a%00b.platform.jsonc", "file:///%ff.platform.jsonc", "file://elsewhere/share/x.platform.jsonc", "untitled:Untitled-1", "git:/x.platform.jsonc?%7B%7D", "x.platform.jsonc", "file:///dev/zero", pathToFileURL(path.join(open, "pipe.platform.jsonc")).href, `file:///${LONG}`]) {
      await client.open(uri, `{ "platform": "b", "extends": "y.platform.jsonc" }`);
      const { items } = await client.request<{ items: { code: unknown }[] }>("textDocument/diagnostic", { textDocument: { uri } });
      assert.deepEqual(items.map(({ code }) => code), ["unreadable-file"], uri);
      for (const method of ["textDocument/documentLink", "textDocument/documentSymbol", "textDocument/codeLens"]) await client.request(method, { textDocument: { uri } });
    }
    await client.request("workspace/diagnostic", { previousResultIds: [] });
    assert.deepEqual(touched.filter((one) => one !== open && !one.startsWith(open + path.sep)), []);
    await client.stop();
  });

  it("is left out where a folder is searched, and said where it is named", async () => {
    const searched = await platmap(open, ["check", "--format", "json", "--fail-on", "error", "."]);
    const { findings } = JSON.parse(searched.out) as { findings: { file: string }[] };
    assert.deepEqual(findings.filter(({ file }) => /outside|link|loop|pipe|device|folder/.test(file)), []);
    for (const [operand, because] of [["nothing.platform.jsonc", /there is no such file or folder/], ["loop.platform.jsonc", /its links lead in a circle/], [LONG, /the name is too long/], ["a\0b.platform.jsonc", /no path has such a character in it/]] as const) {
      const { code, err, out } = await platmap(open, ["check", operand]);
      assert.deepEqual([code, out], [2, ""], operand);
      assert.match(err, because);
    }
  });
});

describe("a pattern of a configuration", () => {
  it("of any stars is held against any path without trying everything", () => {
    for (const [pattern, name] of [["*a".repeat(100) + "b", "a".repeat(255)], ["**/".repeat(200) + "b", "a/".repeat(200) + "a"], ["*".repeat(5000), "a".repeat(255)], ["[a-".repeat(50), "a"], ["(a+)+$", "a".repeat(200)], ["\0", "a"], ["../**", "a/b"], ["/etc/**", "a/b"]] as const) {
      assert.equal(matchesGlob(pattern, name), pattern === "*".repeat(5000), pattern.slice(0, 30));
    }
  });
});
