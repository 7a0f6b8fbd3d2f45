// What may be said of an output whatever text went into it: one property each, which decides. What is compared with is the output that a plain text gives: a
// hostile one may add text to it, but no element, attribute, command or line that does something. Knows nothing of who made the output.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import MarkdownIt from "markdown-it";
import type { Token } from "markdown-it";
import { parseString } from "xml2js";

/** Control characters but for line feeds, and what turns text around or breaks lines unseen. */
const HARMFUL = /[\0-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]/;
/** No output grows by more than this for each character of the text in it: 100 KB in a name must not become gigabytes. */
export const LONGEST = 60_000_000;

/** @param plain what the same output is for a plain text */
export type Judge = (output: string, plain: string) => void;

/** For a terminal: nothing steers it. */
export const terminal: Judge = (output) => {
  assert.doesNotMatch(output, HARMFUL);
  assert.ok(output.length < LONGEST);
};

/** For a program: it parses, and can be shown in a terminal. */
export const json: Judge = (output) => {
  terminal(output, "");
  const value = JSON.parse(output) as unknown;
  assert.ok(typeof value === "object" && value !== null && Object.getPrototypeOf(value) !== null);
};

/** One value a line of the log: only Platmap's annotations are commands, each of a finding, and no more than for a plain text. */
export const annotations: Judge = (output, plain) => {
  terminal(output, plain);
  const commands = (text: string): string[] => text.split("\n").filter((line) => /^\s*(?:::|##\[)/.test(line));
  for (const line of commands(output)) assert.match(line, /^::(?:error|warning|notice) file=[^,:]*,line=\d+,endLine=\d+,(?:col=\d+,endColumn=\d+,)?title=[^,:]*::[^\r\n]*$/);
  for (const line of output.split("\n").filter((one) => !one.startsWith("::"))) assert.doesNotMatch(line, /##\[/);
  for (const line of output.trimEnd().split("\n")) assert.match(line, /^(?:::|- |\d+ files? checked: )/);
  assert.ok(commands(output).length <= commands(plain).length + 12);
};

/** A document whose elements and attributes are Platmap's. */
export const xml: Judge = (output, plain) => {
  terminal(output, plain);
  const [found, known] = [xmlNames(output), xmlNames(plain)];
  assert.deepEqual([...found].filter((name) => !known.has(name)), []);
};

/** A picture that runs nothing and loads nothing. */
export const svg: Judge = (output, plain) => {
  xml(output, plain);
  for (const name of xmlNames(output)) assert.doesNotMatch(name, /^(?:script|foreignObject|image|use|a|iframe|.* @on.*)$/);
  assert.doesNotMatch(output, /<[^>]*\b(?:href|on[a-z]+|src)=/);
};

/** Read as GitHub and editors read it, with HTML and links in plain sight: every element that comes of it comes of a plain text, too. */
export const markdown: Judge = (output, plain) => {
  terminal(output.replaceAll("\t", " "), plain);
  // What is too long for a comment on GitHub is left out, and that is said.
  const [found, known] = [markdownElements(output.replace(/^_\d+ sections? left out: a comment on GitHub.*_$/m, "")), markdownElements(plain)];
  assert.deepEqual([...found].filter((one) => !known.has(one)), []);
};

/** RFC 4180, as many cells in each row as there are columns, and none that a spreadsheet would work out. */
export const csv: Judge = (output, plain) => {
  const [rows, others] = [csvRows(output), csvRows(plain)];
  assert.deepEqual(rows.map((row) => row.length), others.map((row) => row.length));
  for (const cell of rows.flat()) assert.doesNotMatch(cell, /^[=+\-@\t\r]/);
  terminal(output.replaceAll("\r\n", "\n"), plain);
};

/** dtc takes it without a word, and it has the nodes and properties that a plain text has. */
export const deviceTree: Judge = (output, plain) => {
  terminal(output.replaceAll("\t", " "), plain);
  // What stands in comments is gone then.
  assert.deepEqual(shapeOfTree(accepted("dtc", ["-q", "-I", "dts", "-O", "dts", "-s", "-"], output)), shapeOfTree(accepted("dtc", ["-q", "-I", "dts", "-O", "dts", "-s", "-"], plain)));
};

/** The C compiler takes it in any mode, trigraphs included, and it defines the numbers that a plain text defines. */
export const cHeader: Judge = (output, plain) => {
  terminal(output, plain);
  const numbers = (text: string): string[] => accepted("gcc", ["-std=c99", "-Wall", "-Wno-comment", "-Wno-trigraphs", "-Werror", "-pedantic", "-dM", "-E", "-x", "c", "-"], text).split("\n").filter((line) => line.includes("UINT64_C(0x")).map((line) => line.replace(/^#define \S+ /, "")).sort();
  assert.deepEqual(numbers(output), numbers(plain));
};

/** Each statement stands on a line of its own; without the comments there are as many as for a plain text, each of the form that it must have. */
export const linkerScript: Judge = (output, plain) => {
  terminal(output, plain);
  const statements = (text: string): string[] => text.replace(/\/\*[^]*?\*\//g, "").split("\n").map((line) => line.trim()).filter((line) => line !== "");
  for (const line of statements(output)) assert.match(line, /^(?:MEMORY|[{}]|[A-Za-z_]\w* \(rwx\) : ORIGIN = 0x[0-9a-f]+, LENGTH = 0x[0-9a-f]+)$/);
  assert.equal(statements(output).length, statements(plain).length);
};

/** A shell finds the words in it that it finds for a plain text. */
export const shell: Judge = (output, plain) => {
  terminal(output, plain);
  const words = (text: string): string => accepted("sh", ["-s"], `printf '%s\\n' ${text.split("\n").filter((line) => !line.startsWith("#")).join("\n")}`);
  assert.equal(words(output), words(plain));
};

/** For people, on a stream from which GitHub takes commands as well. */
export const talk: Judge = (output, plain) => {
  terminal(output, plain);
  assert.doesNotMatch(output, /^\s*::|##\[/m);
};

/** A line on which an editor shows it: one line of text. */
export const label: Judge = (output) => {
  assert.doesNotMatch(output, HARMFUL);
  assert.doesNotMatch(output, /\n/);
};

function accepted(program: string, args: readonly string[], input: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8", input, maxBuffer: 1 << 28 });
  assert.deepEqual([error, status, stderr], [undefined, 0, ""], `${program}: ${stderr.slice(0, 500)}`);
  return stdout;
}

/** "element", and "element @attribute" for each attribute. */
function xmlNames(text: string): ReadonlySet<string> {
  const names = new Set<string>();
  // xml2js is lenient about what XML cannot hold, xmllint is not always there.
  assert.doesNotMatch(text, /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u);
  for (const [comment] of text.matchAll(/<!--[^]*?-->/g)) assert.doesNotMatch(comment.slice(4, -3), /--|-$/);
  parseString(text, { strict: true, async: false, explicitRoot: true, preserveChildrenOrder: true, explicitChildren: true }, (error, root: unknown) => {
    assert.equal(error, null);
    visit(root);
  });
  return names;

  function visit(value: unknown): void {
    if (Array.isArray(value)) return value.forEach(visit);
    if (typeof value !== "object" || value === null) return;
    const { "#name": name, $: attributes, $$: children, ...others } = value as { "#name"?: string; $?: object; $$?: unknown };
    if (name === undefined) return Object.values(others).forEach(visit);
    names.add(name);
    for (const attribute of Object.keys(attributes ?? {})) names.add(`${name} @${attribute}`);
    visit(children);
  }
}

const reader = new MarkdownIt({ html: true, linkify: true });

/** Kinds of elements, the HTML that stands in the text, and where links lead: their scheme, or that they lead to a line. */
function markdownElements(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (token: Token): void => {
    if (token.type.startsWith("html_")) found.add(`${token.type} ${token.content}`);
    else if (token.type !== "text") found.add(`${token.type} ${token.tag}`);
    for (const [name, value] of token.attrs ?? []) found.add(`${token.tag} @${name} ${name === "href" || name === "src" ? destination(value) : name === "style" ? value : ""}`);
    token.children?.forEach(visit);
  };
  reader.parse(text, {}).forEach(visit);
  // Of those who are told when they are mentioned markdown-it knows nothing.
  if (/(?:^|[^\w`\\/.-])@[A-Za-z]/.test(text.replace(/(`+)[^]*?\1/g, ""))) found.add("mention");
  return found;
}

function destination(link: string): string {
  return /^[a-z][a-z0-9+.-]*:/i.exec(link)?.[0] ?? (/#L\d+$/.test(link) ? "a line" : "elsewhere");
}

function csvRows(text: string): string[][] {
  const rows: string[][] = [];
  const row: string[] = [];
  let rest = text;
  while (rest !== "") {
    const cell = /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/.exec(rest);
    assert.ok(cell, `a row of CSV: ${rest.slice(0, 100)}`);
    row.push(cell[1]?.replaceAll('""', '"') ?? cell[2] ?? "");
    if (cell[3] !== ",") rows.push(row.splice(0));
    rest = rest.slice(cell[0].length);
  }
  return rows;
}

/** Without the names of nodes, which may be those of the text. */
function shapeOfTree(source: string): string[] {
  return source.split("\n").map((line) => line.replace(/^(\s*)[^\s@{]+((?:@[0-9a-f]+)? \{)$/, "$1node$2")).sort();
}
