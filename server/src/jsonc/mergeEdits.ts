// Gathers the edits that bring parts of one text into another: values replaced in their style, members and elements taken over with
// the comments above them and set in by the neighbours' indentation. Knows nothing of the language's keys, nor of why.
import type { Edit, NewValue } from "../../../core/src/index";
import type { Addition, TextEdit } from "./edit";
import { additionEdits, commentsIn, endOfLine, lineBreakOf, textEdits } from "./edit";
import type { Source } from "./source";
import type { Node } from "./tree";
import { NodeKind } from "./tree";
import type { View } from "./view";

/** Columns that a line should keep to. */
const WIDTH = 120;

/** A stretch of another text, line by line, without the indentation that its first line had there. */
export type Passage = readonly string[];

export class MergeEdits {
  private readonly edits: Edit[] = [];
  private readonly raw: TextEdit[] = [];
  /** By where they start: two neighbours may both ask for the same line break. */
  private readonly breaks = new Map<number, TextEdit>();
  private readonly additions = new Map<string, Addition>();

  constructor(private readonly source: Source) {}

  /** A plain value, in the style of the one that it replaces. */
  replace({ path }: View, value: NewValue): void {
    this.edits.push({ op: "replace", at: { file: this.source.file, path, part: "value" }, value });
  }

  /** Replaces any value by a passage. Comments inside it are kept. */
  write({ node }: View, passage: Passage): void {
    const { tree } = this.source;
    const [start, end] = [tree.start(node), tree.end(node)];
    const kept = commentsIn(this.source, start, end);
    this.raw.push({ start, end, text: this.setIn(passage, node) + (kept === "" ? "" : ` ${kept}`) });
    if (passage.length > 1) this.breakAround(node);
  }

  /** Puts a member (`"key": value`) behind the member of that key, or in front of all. */
  addMember(object: View, behind: string | undefined, passage: Passage): void {
    this.add(object, this.source.propertyOf(object.node, behind), passage);
  }

  /** Puts an element behind another one of the list, or in front of all. */
  addElement(list: View, behind: View | undefined, passage: Passage): void {
    this.add(list, behind?.node ?? -1, passage);
  }

  /** All edits, sorted. Undefined when two of them clash. */
  textEdits(): readonly TextEdit[] | undefined {
    const plain = textEdits(this.source, this.edits);
    if (!plain) return undefined;
    const added = [...this.additions.values()].flatMap((addition) => this.editsOf(addition));
    const all = [...plain, ...this.raw, ...this.breaks.values(), ...added].sort((a, b) => a.start - b.start || a.end - b.end);
    return all.every((edit, index) => index === 0 || edit.start >= (all[index - 1]?.end ?? 0)) ? all : undefined;
  }

  private add(parent: View, behind: Node, passage: Passage): void {
    const first = this.source.tree.firstChild(parent.node);
    const before = behind >= 0 ? behind : first < 0 ? undefined : first;
    const isFirst = behind < 0 && first >= 0;
    const key = `${parent.node} ${before ?? ""} ${isFirst}`;
    const addition = this.additions.get(key) ?? { parent: parent.node, before, isFirst, texts: [] };
    addition.texts.push(this.setIn(passage, before ?? parent.node));
    this.additions.set(key, addition);
  }

  /**
   * In front of a first member that has a line of its own stand the comments on it: what is new goes above these. What is long
   * gets lines of its own where its neighbours share one.
   */
  private editsOf(addition: Addition): readonly TextEdit[] {
    const { parent, before, isFirst, texts } = addition;
    const open = this.source.tree.start(parent);
    const first = this.source.tree.firstChild(parent);
    if (before === undefined || this.lineOf(open) === this.lineOf(this.source.tree.start(first))) return additionEdits(this.source, addition);
    if (!isFirst && this.isRoomBehind(before, texts)) return additionEdits(this.source, addition);
    const leads = texts.map((text) => this.leadOf(text, before, parent));
    if (!isFirst) {
      const all = texts.map((text, index) => (index === 0 ? text : `,${leads[index] ?? ""}${text}`)).join("");
      return additionEdits(this.source, { ...addition, texts: [all] }, leads[0]);
    }
    const place = endOfLine(this.source, open + 1);
    return [{ start: place, end: place, text: texts.map((text, index) => `${leads[index] ?? ""}${text},`).join("") }];
  }

  /** Sections of a document have a blank line above their comments. */
  private leadOf(text: string, beside: Node, parent: Node): string {
    const lineBreak = lineBreakOf(this.source);
    return (parent === this.source.tree.root && text.startsWith("//") ? lineBreak : "") + lineBreak + this.indentOf(beside);
  }

  private isRoomBehind(before: Node, texts: readonly string[]): boolean {
    const length = texts.reduce((sum, text) => sum + text.length + 2, this.source.line(this.lineOf(this.source.tree.start(before))).length);
    return length <= WIDTH && texts.every((text) => !/[\r\n]/.test(text));
  }

  /** Gives a member whose value grew long lines of its own, where its neighbours share one. */
  private breakAround(value: Node): void {
    const { text, tree } = this.source;
    const key = value - 1;
    if (key < 0 || tree.kind(key) !== NodeKind.Property) return;
    const start = tree.start(key);
    const lead = lineBreakOf(this.source) + this.indentOf(key);
    const [blanks] = /[ \t]*$/.exec(text.slice(Math.max(0, start - WIDTH), start)) ?? [""];
    if (text[start - blanks.length - 1] === ",") this.breakAt(start - blanks.length, start, lead);
    const [comma, after] = /^(,)([ \t]+)(?=")/.exec(text.slice(tree.end(value), tree.end(value) + WIDTH))?.slice(1) ?? [];
    if (comma === undefined || after === undefined) return;
    const at = tree.end(value) + comma.length;
    this.breakAt(at, at + after.length, lead);
  }

  private breakAt(start: number, end: number, text: string): void {
    this.breaks.set(start, { start, end, text });
  }

  private setIn(passage: Passage, beside: Node): string {
    return passage.join(lineBreakOf(this.source) + this.indentOf(beside));
  }

  private indentOf(node: Node): string {
    return /^\s*/.exec(this.source.line(this.lineOf(this.source.tree.start(node))))?.[0] ?? "";
  }

  private lineOf(offset: number): number {
    return this.source.position(offset).line;
  }
}
