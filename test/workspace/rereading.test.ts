// A text that is read along with an earlier one says the same as when it is read alone, however it was edited: tree, findings, fixes and plan.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Place } from "../../core/src/index";
import { inlayNotes, isTextSpan, rules } from "../../core/src/index";
import type { CheckedFile } from "../../server/src/workspace/check";
import { checkText } from "../../server/src/workspace/check";
import { rereadText } from "../../server/src/workspace/rereading";
import { numbers } from "../core/repeatable";
import { repositoryRoot } from "../repositoryRoot";

const EDITS = 50;

describe("reading along with an earlier text", () => {
  const folder = path.join(repositoryRoot, "examples");
  const documents = new Map(readdirSync(folder).filter((name) => name.includes(".platform.")).map((name) => [name, readFileSync(path.join(folder, name), "utf8")]));
  for (const rule of rules) for (const [index, { text }] of rule.bad.entries()) if (rule.subject !== "guest" && !text.includes("// ---")) documents.set(`${rule.id} ${index}.platform.jsonc`, text);
  let along = 0;

  for (const [name, text] of documents) {
    it(`says the same as alone: ${name}`, () => {
      const edits = text.length > 4000 ? EDITS / 5 : EDITS / 10;
      let before = checkText(name, text);
      for (const edited of editsOf(text, edits, name)) {
        if (rereadText(before.reading, edited)) along++;
        const after = checkText(name, edited, { before });
        assert.deepEqual(saidBy(after), saidBy(checkText(name, edited)), `after an edit of ${name} to:\n${edited}`);
        before = after;
      }
    });
  }

  it("mostly reads one entry", () => {
    assert.ok(along > 200, `${along} edits were read along`);
  });
});

/** The text after each of a number of edits, one after the other; an edit that leaves the text broken is taken back by the next. */
function* editsOf(text: string, count: number, seed: string): Generator<string> {
  const random = numbers(BigInt([...seed].reduce((sum, one) => sum * 31 + one.charCodeAt(0), 7) >>> 0));
  const below = (limit: number): number => Number((random.next().value as bigint) % BigInt(limit));
  let now = text;
  for (let i = 0; i < count; i++) {
    const next = edited(now, below);
    yield next;
    if (checkText("x.platform.jsonc", next).plan && next.length > 20) now = next;
    else yield now;
  }
}

const CHARACTERS = ['"', "{", "}", "[", "]", ",", "/", "*", ":", " ", "\n", "\r\n", "0", "1", "f", "x", "_", "K", "\\", "é"];
const WORDS = ['"0x8000_0000"', '"64K"', '"1G"', '"0x0"', "true", '"secure"', '"firmware"', '"dma-pool"', '"64M + 4K"', "null", "12", '"none"', '"memory"'];

function edited(text: string, below: (limit: number) => number): string {
  const at = below(text.length);
  const value = /"[^"\n]*"|true|false|\d+/g;
  value.lastIndex = at;
  const found = value.exec(text);
  switch (below(6)) {
    case 0:
      return text.slice(0, at) + (CHARACTERS[below(CHARACTERS.length)] ?? "") + text.slice(at);
    case 1:
      return text.slice(0, at) + text.slice(at + 1 + below(3));
    case 2:
      return found ? replaced(text, found.index, found[0], WORDS[below(WORDS.length)] ?? "") : text;
    case 3: {
      // A value of the same document, so that names, references and places meet.
      const values = [...text.matchAll(/: ("[^"\n]*"|true|false|\d+)/g)].map((one) => one[1] ?? "");
      return found ? replaced(text, found.index, found[0], values[below(values.length)] ?? "") : text;
    }
    case 4: {
      const digits = /(?<=0x[0-9a-f_]*)[0-9a-f]/g;
      digits.lastIndex = at;
      const digit = digits.exec(text);
      return digit ? replaced(text, digit.index, digit[0], below(16).toString(16)) : text;
    }
    default:
      return found ? `${text.slice(0, found.index)}/* 20MB */${text.slice(found.index)}` : text;
  }
}

function replaced(text: string, at: number, old: string, by: string): string {
  return text.slice(0, at) + by + text.slice(at + old.length);
}

/** All that a text comes to, in plain values. */
function saidBy(checked: CheckedFile): unknown {
  const { source, plan, findings, waived, skipped, crashed, names, references, reading } = checked;
  const { tree } = source;
  const place = (at: Place): unknown => (isTextSpan(at) ? [at.start, at.end, at.in?.path.join("/")] : [at.file, at.path.join("/"), at.part]);
  const nodes = Array.from({ length: tree.size }, (_, node) => [tree.kind(node), tree.start(node), tree.end(node), tree.after(node)]);
  return {
    nodes, comments: [...tree.comments], faults: tree.faults,
    lines: Array.from({ length: source.lineCount }, (_, line) => source.line(line)),
    findings: findings.map(({ rule, severity, message, at, related, fixes }) => ({
      rule, severity, message, span: source.span(at), related: related.map((one) => [one.message, source.span(one.at)]),
      fixes: fixes.map(({ title, edits }) => [title, JSON.stringify(edits, (_, value: unknown) => (typeof value === "bigint" ? String(value) : typeof value === "object" && value !== null && "path" in value && "part" in value ? place(value as Place) : value))]),
    })),
    waived: waived.map(({ finding, reason }) => [finding.rule, reason]), skipped, crashed,
    names: [...names].map(([name, declared]) => [name, declared.entryKind, declared.declaredAt.path.join("/")]),
    references: references.map((one) => [one.name, place(one.at)]),
    problems: reading.problems.map((one) => `${one.kind} ${JSON.stringify(place(one.at))}`).sort(),
    notes: checked.filePlan && [...inlayNotes(checked.filePlan)].map((note) => [note.label, note.at.path.join("/")]),
    physical: plan?.physical.occupants.map((one) => [one.name, one.role, one.range.base, one.range.end, one.order, one.at.path.join("/")]),
    overlaps: plan?.overlaps.overlaps.map((one) => [one.kind, one.earlier.name, one.later.name, one.shared.base, one.map.occupants.includes(one.later)]),
  };
}
