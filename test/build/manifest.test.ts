// The extension's manifest as a newcomer meets it: commands, settings, walkthrough and snippets, all of them whole. Knows nothing of what they do.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "../repositoryRoot";

interface Command {
  readonly command: string;
  readonly category?: string;
  readonly title: string;
}
interface Step {
  readonly id: string;
  readonly description: string;
  readonly media: { readonly image?: string; readonly svg?: string; readonly markdown?: string; readonly altText?: string };
  readonly completionEvents: readonly string[];
}
interface Manifest {
  readonly contributes: {
    readonly commands: readonly Command[];
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly markdownDescription?: string; readonly default?: unknown }>> };
    readonly walkthroughs: readonly { readonly id: string; readonly steps: readonly Step[] }[];
    readonly snippets: readonly { readonly path: string }[];
  };
}

const read = (file: string): string => readFileSync(path.join(repositoryRoot, file), "utf8");
const manifest = JSON.parse(read("package.json")) as Manifest;
const words = JSON.parse(read("package.nls.json")) as Record<string, string>;
const { commands, configuration, walkthroughs, snippets } = manifest.contributes;
const steps = walkthroughs.flatMap((walkthrough) => walkthrough.steps);

/** The commands of VS Code itself that the walkthrough links to. */
const builtIn = new Set(["workbench.actions.view.problems"]);

describe("the manifest", () => {
  it("takes all its words from package.nls.json, and uses all that are there", () => {
    const used = [...read("package.json").matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key as string);
    assert.deepEqual([...new Set(used)].sort(), Object.keys(words).sort());
  });

  it("has a category on every command, and handles each in the extension", () => {
    const handled = readdirSync(path.join(repositoryRoot, "client/src"), { recursive: true }).map(String).filter((file) => file.endsWith(".ts")).map((file) => read(`client/src/${file}`)).join();
    for (const { command, category } of commands) {
      assert.equal(category, "%category%", command);
      assert.ok(handled.includes(`"${command}"`), command);
    }
  });

  it("has a dozen settings at most, each with a description and a default", () => {
    const settings = Object.entries(configuration.properties);
    assert.ok(settings.length <= 12, `${settings.length} settings`);
    for (const [name, { markdownDescription, default: value }] of settings) {
      assert.ok(markdownDescription !== undefined && value !== undefined, name);
    }
  });

  it("has snippets that make documents of the language", () => {
    for (const { path: file } of snippets) {
      const all = Object.values(JSON.parse(read(file)) as Record<string, { prefix: string[]; body: string[] }>);
      assert.deepEqual(all.map(({ prefix }) => prefix.join()), ["platform", "guest", "fleet"]);
    }
  });
});

describe("the walkthrough", () => {
  it("has five steps, each with words and a picture that says what it shows", () => {
    assert.deepEqual(steps.map(({ id }) => id), ["open", "map", "finding", "mend", "import"]);
    for (const { media, completionEvents } of steps) {
      const file = media.image ?? media.svg ?? media.markdown;
      assert.ok(file !== undefined && existsSync(path.join(repositoryRoot, file)), file);
      assert.ok(media.markdown !== undefined || media.altText !== undefined, file);
      assert.notEqual(completionEvents.length, 0);
    }
  });

  it("shows drawings as pictures: as parts of its page they would be black, since the page lets in no styles", () => {
    for (const { media } of steps) {
      assert.equal(media.svg, undefined);
    }
  });

  it("writes code and words as walkthroughs show them, which is not as Markdown does", () => {
    for (const { description } of steps) {
      const text = words[description.replaceAll("%", "")] ?? "";
      assert.doesNotMatch(text, /(?<!`)`(?!`)|(?<!\*)\*(?!\*)/, text);
    }
  });

  it("links to commands that are there, and to none else", () => {
    const known = new Set([...commands.map(({ command }) => command), ...builtIn]);
    const texts = steps.map(({ description }) => words[description.replaceAll("%", "")] ?? "");
    const linked = texts.flatMap((text) => [...text.matchAll(/\(command:([\w.]+)/g)].map(([, command]) => command as string));
    assert.ok(linked.length >= 5, linked.join(" "));
    assert.deepEqual(linked.filter((command) => !known.has(command)), []);
  });
});
