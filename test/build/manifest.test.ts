// What package.json promises to VS Code is there: strings, files, and the manners of commands and settings.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "../repositoryRoot";

interface Manifest {
  readonly dependencies?: unknown;
  readonly icon: string;
  readonly contributes: {
    readonly languages: readonly { id: string; configuration: string; icon: Record<string, string> }[];
    readonly grammars: readonly { language: string; path: string }[];
    readonly commands: readonly { command: string; category?: string; title: string }[];
    readonly configuration: { properties: Record<string, { markdownDescription?: string }> };
  };
}

const manifest = JSON.parse(read("package.json")) as Manifest;
const strings = JSON.parse(read("package.nls.json")) as Record<string, string>;
const { languages, grammars, commands, configuration } = manifest.contributes;

describe("the manifest", () => {
  it("has a string for every %name%, and no string that is not used", () => {
    const used = [...JSON.stringify(manifest).matchAll(/"%([^%"]+)%"/g)].map(([, name]) => name);
    assert.deepEqual([...new Set(used)].sort(), Object.keys(strings).sort());
  });

  it("names files that exist", () => {
    const icons = languages.flatMap(({ icon }) => Object.values(icon));
    const configurations = languages.map((language) => language.configuration);
    const files = [manifest.icon, ...icons, ...configurations, ...grammars.map((grammar) => grammar.path)];
    assert.deepEqual(
      files.filter((file) => !existsSync(path.join(repositoryRoot, file))),
      [],
    );
  });

  it("gives every command a category and every setting a description", () => {
    assert.deepEqual(
      commands.filter(({ category }) => category !== "%category%"),
      [],
    );
    const settings = Object.entries(configuration.properties);
    assert.deepEqual(
      settings.filter(([, { markdownDescription }]) => markdownDescription === undefined),
      [],
    );
    assert.ok(settings.length <= 12, "at most a dozen settings");
  });

  it("needs no packages at run time: all are in the bundles", () => {
    assert.equal(manifest.dependencies, undefined);
  });
});

describe("the word pattern of the language", () => {
  const { wordPattern } = JSON.parse(read("syntaxes/language-configuration.json")) as { wordPattern: string };

  for (const word of ["0x8_0000_0000", "0000:01:00.0", "01:00.0", "64K", "dram-low", "smmu.pcie", "unknown"]) {
    it(`takes ${word} as one word`, () => {
      assert.deepEqual(`"${word}",`.match(new RegExp(wordPattern, "g")), [word]);
    });
  }

  it("takes a range as its two addresses", () => {
    assert.deepEqual("0x0800_0000-0x080f_ffff".match(new RegExp(wordPattern, "g")), ["0x0800_0000", "0x080f_ffff"]);
  });
});

function read(file: string): string {
  return readFileSync(path.join(repositoryRoot, file), "utf8");
}
