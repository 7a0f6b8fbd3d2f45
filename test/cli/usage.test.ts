// How the command line is used, and used wrongly: unknown commands and flags, explain, schema, lsp.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import Ajv from "ajv";
import { parse } from "jsonc-parser";
import { rules } from "../../core/src/index";
import { everything, examples } from "../jsonc/texts";
import { builtBundle } from "../builtBundle";
import { folderWith, platmap } from "./commandLine";

const folder = folderWith({ "a.platform.jsonc": `{ "platform": "board" }` });

describe("wrong usage", () => {
  const said: readonly (readonly [args: readonly string[], says: RegExp])[] = [
    [["chekc"], /unknown command 'chekc'\n\(Did you mean check\?\)/],
    [["check", "--fromat", "json"], /unknown option '--fromat'\n\(Did you mean --format\?\)/],
    [["check", "--fial-on", "info"], /unknown option '--fial-on'\n\(Did you mean --fail-on\?\)/],
    [["check", "--format", "yaml"], /'yaml' is invalid\. Allowed choices are text, json/],
    [["check", "--fail-on"], /argument missing/],
    [["explain", "overlaping-regions"], /^platmap: there is no rule "overlaping-regions"; did you mean overlapping-regions\?\n$/],
    [["explain", "MAP01"], /^platmap: there is no rule "MAP01"; did you mean MAP001\?\n$/],
    [["explain", "something-else-entirely"], /^platmap: there is no rule "something-else-entirely"; platmap explain lists them all\n$/],
    [["explain", "__proto__"], /there is no rule "__proto__"/],
    [["groups", "nowhere.platform.jsonc"], /^platmap: nowhere\.platform\.jsonc: cannot be read: there is no such file or folder\n$/],
    [["groups", "."], /^platmap: \.: cannot be read: it is a folder\n$/],
    [["schema"], /missing required argument 'kind'/],
    [["schema", "platfrom"], /there is no schema of "platfrom"; there is one of platform/],
    [["lsp"], /required option '--stdio'/],
    [["lsp", "--stdio", "--pipe"], /unknown option '--pipe'/],
    [[], /Usage: platmap/],
  ];
  for (const [args, says] of said) {
    it(`platmap ${args.join(" ")} ends with 2 and says what is wrong`, async () => {
      const { code, out, err } = await platmap(folder, args);
      assert.deepEqual({ code, out }, { code: 2, out: "" });
      assert.match(err, says);
    });
  }

  it("never brings an argument's control characters to the terminal", async () => {
    for (const args of [["\u001b[31mchekc"], ["check", "--\u001b[31m"], ["check", "\u001b[31m\u202e"], ["explain", "\u0007\u009b"], ["schema", "\u2066"]]) {
      const { err } = await platmap(folder, args);
      assert.notEqual(err, "");
      assert.doesNotMatch(err, /[\0-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/);
    }
  });

  it("is not asking for help or for the version", async () => {
    for (const args of [["--help"], ["check", "--help"], ["help", "check"], ["--version"]]) {
      const { code, out, err } = await platmap(folder, args);
      assert.deepEqual({ code, err }, { code: 0, err: "" }, args.join(" "));
      assert.notEqual(out, "");
    }
  });
});

describe("platmap explain", () => {
  it("gives a rule's page by its id, and by its number in the catalogue, in either case", async () => {
    const { out, code } = await platmap(folder, ["explain", "overlapping-regions"]);
    assert.equal(code, 0);
    assert.match(out, /^# overlapping-regions\n/);
    for (const name of ["MAP001", "map001"]) assert.ok((await platmap(folder, ["explain", name])).out.includes(out.trim()), name);
  });

  it("gives all pages of a number that several rules share", async () => {
    const [shared] = rules.map((rule) => rule.catalogue).filter((one, index, all) => one !== undefined && all.indexOf(one) !== index);
    const sharing = rules.filter((rule) => rule.catalogue !== undefined && rule.catalogue === shared);
    const { out } = await platmap(folder, ["explain", shared ?? "MAP001"]);
    for (const rule of sharing) assert.match(out, new RegExp(`^# ${rule.id}$`, "m"));
  });

  it("lists all rules, a line each", async () => {
    const { out } = await platmap(folder, ["explain"]);
    assert.deepEqual(out.trimEnd().split("\n").map((line) => line.split(" ")[0]), rules.map((rule) => rule.id));
  });
});

describe("platmap schema platform", () => {
  it("accepts every example, and refuses what the language does not have", async () => {
    const { out, code } = await platmap(folder, ["schema", "platform"]);
    assert.equal(code, 0);
    const validate = new Ajv({ strict: true, allErrors: true, allowUnionTypes: true }).compile(JSON.parse(out) as object);
    const platforms = [...examples].filter(([file]) => file.endsWith(".platform.jsonc"));
    for (const [file, text] of [...platforms, ["everything", everything] as const]) assert.ok(validate(parse(text)), `${file}: ${JSON.stringify(validate.errors)}`);
    const refused: unknown[] = [
      {}, [], "board", { platform: 1 }, { platform: "0 board" }, { platform: "board", memroy: [] }, { platform: "board", arch: "arm" }, { platform: "board", physicalAddressBits: 65 },
      { platform: "board", memory: "none at all" }, { platform: "board", memory: [{ base: "0x0", size: "4K" }] }, { platform: "board", memory: [{ name: "dram", base: "0x0", size: "4Q" }] },
      { platform: "board", memory: [{ name: "dram", base: 1e17, size: "4K" }] }, { platform: "board", pci: [{ name: "p", devices: [{ at: "00:20.0" }] }] },
      { platform: "board", pci: [{ name: "p", devices: [{ at: "00:00.0", devices: [{ at: "01:00.0", bars: [{}] }] }] }] },
    ];
    for (const one of refused) assert.equal(validate(one), false, JSON.stringify(one));
  });

  it("is one of three: those of guests and fleets accept theirs", async () => {
    for (const kind of ["guest", "fleet"]) {
      const { out } = await platmap(folder, ["schema", kind]);
      const validate = new Ajv({ strict: true, allErrors: true, allowUnionTypes: true }).compile(JSON.parse(out) as object);
      for (const [file, text] of examples) assert.equal(validate(parse(text)), file.endsWith(`.${kind}.jsonc`), `${file}: ${JSON.stringify(validate.errors)}`);
    }
  });
});

describe("platmap lsp --stdio", () => {
  it("is the language server: it answers, and ends when it is told to", async () => {
    const program = await builtBundle("cli.js");
    const server = spawn(process.execPath, [program, "lsp", "--stdio"], { stdio: ["pipe", "pipe", "pipe"] });
    const send = (message: object): void => {
      const body = JSON.stringify({ jsonrpc: "2.0", ...message });
      server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    };
    let out = "";
    let err = "";
    server.stderr.on("data", (bytes: Buffer) => (err += bytes.toString()));
    const ended = new Promise<number | null>((resolve) => server.once("exit", resolve));
    server.stdout.on("data", (bytes: Buffer) => {
      out += bytes.toString();
      if (out.includes('"id":1') && !out.includes('"id":2')) send({ id: 2, method: "shutdown" });
      if (out.includes('"id":2')) send({ method: "exit" });
    });
    send({ id: 1, method: "initialize", params: { processId: null, rootUri: null, capabilities: {} } });
    assert.equal(await ended, 0, err);
    assert.match(out, /"serverInfo":\{"name":"platmap"/);
    assert.equal(err, "");
  });
});
