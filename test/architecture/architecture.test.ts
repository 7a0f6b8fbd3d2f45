// Holds what the compiler cannot see of the shape of the code: who imports whom, the purity of the core, and manners of
// files.
import assert from "node:assert/strict";
import { identifiersOf, importsOf, readSources, type Source } from "./sources";
import { wallBrokenBy } from "./walls";

const product = ["core/src", "server/src", "client/src"].flatMap((folder) => readSources(folder, [".ts"]));
const core = product.filter(({ file }) => file.startsWith("core/"));
const written = [...product, ...readSources("test", [".ts", ".lua"]), ...readSources("scripts", [".mjs"])];

describe("who may import whom", () => {
  it("is kept by every source", () => {
    assert.deepEqual(product.flatMap(importsOf).map(wallBrokenBy).filter(Boolean), []);
  });

  const forbidden: readonly (readonly [file: string, code: string])[] = [
    ["core/src/plan/a.ts", 'import fs from "node:fs";'],
    ["core/src/plan/a.ts", 'import type { Range } from "../../../server/src/lsp/range";'],
    ["core/src/plan/a.ts", 'export { scan } from "jsonc-parser";'],
    ["server/src/lsp/hover.ts", 'import { parseTree } from "jsonc-parser";'],
    ["server/src/jsonc/a.ts", 'import { Range } from "vscode-languageserver/node";'],
    ["server/src/jsonc/a.ts", 'const workspace = await import("../workspace/workspace");'],
    ["server/src/workspace/a.ts", 'import { Range } from "vscode-languageserver-types";'],
    ["server/src/workspace/a.ts", 'import * as vscode from "vscode";'],
    ["server/src/lsp/a.ts", 'import { sweep } from "../../../core/src/plan/addressMap";'],
    ["server/src/cli/a.ts", 'import { toRange } from "../lsp/range";'],
    ["server/src/memoryHost.ts", 'import path from "../workspace/hostSurroundings";'],
    ["server/src/lsp/a.ts", 'import fs from "node:fs/promises";'],
    ["server/src/web/main.ts", 'import { nodeHost } from "../nodeHost";'],
    ["client/src/parts.ts", 'import { LanguageClient } from "vscode-languageclient/node";'],
    ["client/src/extension.ts", 'import { Workspace } from "../../server/src/workspace/workspace";'],
  ];
  for (const [file, text] of forbidden) {
    it(`forbids ${file}: ${text}`, () => {
      assert.notDeepEqual(importsOf({ file, text }).map(wallBrokenBy).filter(Boolean), []);
    });
  }

  const allowed: readonly (readonly [file: string, code: string])[] = [
    ["core/src/plan/a.ts", 'import { align } from "../address";'],
    ["server/src/lsp/a.ts", 'import { type Finding } from "../../../core/src/index";'],
    ["server/src/main.ts", 'import { createConnection } from "vscode-languageserver/node";'],
    ["client/src/machine.ts", 'import { LanguageClient } from "vscode-languageclient/node";'],
    ["server/src/cli/main.ts", 'import { Command } from "commander"; import fs from "node:fs";'],
  ];
  for (const [file, text] of allowed) {
    it(`allows ${file}: ${text}`, () => {
      assert.deepEqual(importsOf({ file, text }).map(wallBrokenBy).filter(Boolean), []);
    });
  }

  it("keeps rules apart: no rule imports another", () => {
    const isRule = ({ text }: Source): boolean => /\bdefine\w*Rule\b.*\(/.test(text.replace(/^import.*$/gm, ""));
    const rules = core.filter(({ file }) => file.startsWith("core/src/rules/")).filter(isRule);
    const names = new Set(rules.map(({ file }) => file.replace(/\.ts$/, "")));
    const broken = rules.flatMap(importsOf).filter(({ target }) => target !== undefined && names.has(target));
    assert.deepEqual(broken, []);
    assert.notEqual(names.size, 0, "there are rules to look at");
  });
});

describe("the core", () => {
  const impure = [
    "Date",
    "performance",
    "random",
    "getRandomValues",
    "setTimeout",
    "setInterval",
    "globalThis",
    "console",
  ];

  it("knows no clock, no randomness and no console", () => {
    assert.deepEqual(core.flatMap(impurities), []);
    assert.notEqual(core.length, 0, "there are sources to look at");
  });

  it("would be found out", () => {
    const text = "export const now = (): number => Date.now() + Math.random(); // performance";
    assert.deepEqual(impurities({ file: "core/src/a.ts", text }), ["core/src/a.ts: Date", "core/src/a.ts: random"]);
  });

  function impurities(source: Source): string[] {
    const used = identifiersOf(source);
    return impure.filter((name) => used.has(name)).map((name) => `${source.file}: ${name}`);
  }
});

describe("a source file", () => {
  it("begins with a comment that says what it is", () => {
    const silent = written.filter(({ text }) => !/^(?:#!.*\n)?(?:\/\/|\/\*|--) ?\S/.test(text));
    assert.deepEqual(
      silent.map(({ file }) => file),
      [],
    );
  });

  it("has a name that says what is in it", () => {
    const vague = /(?:^|\/)(?:utils?|helpers?|common|misc)(?:\.|\/|$)/i;
    assert.deepEqual(
      written.map(({ file }) => file).filter((file) => vague.test(file)),
      [],
    );
  });
});

describe("the repository", () => {
  it("names no host of a package registry", () => {
    const host = /registry\.(?:npmjs|yarnpkg)\.|npm\.pkg\.github|deb\.debian\.|archive\.ubuntu\./i;
    const files = readSources("", [".json", ".jsonc", ".md", ".mjs", ".ts", ".sh", ".yml", ".npmrc", "run"]);
    assert.deepEqual(
      files.filter(({ text }) => host.test(text)).map(({ file }) => file),
      [],
    );
    assert.ok(
      files.some(({ file }) => file === "package-lock.json"),
      "the lock file is looked at",
    );
  });
});
