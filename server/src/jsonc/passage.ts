// Cuts members and elements out of a printed document, to be set into another one: with the comments above and behind them.
// Knows nothing of where they go.
import type { TextEdit } from "./edit";
import { applyTextEdits } from "./edit";
import type { Passage } from "./mergeEdits";
import type { Source } from "./source";
import type { Node } from "./tree";
import { NodeKind } from "./tree";
import type { View } from "./view";

/** A value alone, after `edits`, which mean the whole text and are sorted. */
export function valuePassage(view: View, edits: readonly TextEdit[] = []): Passage {
  const { tree } = view.source;
  return cut(view.source, tree.start(view.node), tree.end(view.node), edits);
}

/** A member or an element with its comments, those above it and the one behind it all above. */
export function passageWithComments(view: View, edits: readonly TextEdit[] = []): Passage {
  const { tree } = view.source;
  const start = tree.start(memberNode(view));
  return [...commentsAround(view.source, start, tree.end(view.node)), ...cut(view.source, start, tree.end(view.node), edits)];
}

/** Takes members and elements that have lines of their own out of a printed document, with the comments above them. */
export function cutOut(views: readonly View[]): readonly TextEdit[] {
  const gone = new Set(views.map(memberNode));
  const edits = new Map<number, TextEdit>();
  for (const view of views) for (const edit of cutOne(view, gone)) edits.set(edit.start, edit);
  return [...edits.values()].sort((a, b) => a.start - b.start);
}

function cutOne(view: View, gone: ReadonlySet<Node>): TextEdit[] {
  const { source, node } = view;
  const [start, end] = [source.tree.start(memberNode(view)), source.tree.end(node)];
  const from = source.offset({ line: source.position(start).line - commentsAbove(source, start).length, character: 0 });
  const to = source.offset({ line: source.position(end).line + 1, character: 0 });
  const whole = { start: from, end: to, text: "" };
  const comma = source.text[end] === "," ? undefined : lastEndBefore(view, gone);
  return comma === undefined ? [whole] : [{ start: comma, end: comma + 1, text: "" }, whole];
}

/** Where the last neighbour ends that stays in front of a last one that goes: a comma follows it there. */
function lastEndBefore(view: View, gone: ReadonlySet<Node>): number | undefined {
  const { tree } = view.source;
  const parent = view.source.valueAt(view.path.slice(0, -1));
  const stays = [...tree.children(parent)].filter((child) => child < memberNode(view) && !gone.has(child)).at(-1);
  return stays === undefined ? undefined : tree.end(tree.kind(stays) === NodeKind.Property ? tree.firstChild(stays) : stays);
}

function memberNode({ source, path, node }: View): Node {
  const property = source.propertyAt(path);
  return property < 0 ? node : property;
}

function cut(source: Source, start: number, end: number, edits: readonly TextEdit[]): Passage {
  const inside = edits.filter((edit) => edit.start >= start && edit.end <= end).map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start }));
  const indent = /^\s*/.exec(source.line(source.position(start).line))?.[0] ?? "";
  const [first = "", ...rest] = applyTextEdits(source.text.slice(start, end), inside).split("\n");
  return [first, ...rest.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line.trimStart()))];
}

function commentsAround(source: Source, start: number, end: number): string[] {
  const { line, character } = source.position(end);
  const behind = /^\s*,?\s*(\/\/.*)$/.exec(source.line(line).slice(character))?.[1];
  return [...commentsAbove(source, start), ...(behind === undefined ? [] : [behind])];
}

/** Those of what begins its line: what shares one has none of its own. */
function commentsAbove(source: Source, start: number): string[] {
  const above: string[] = [];
  const { character } = source.position(start);
  if (source.text.slice(start - character, start).trim() !== "") return above;
  for (let line = source.position(start).line - 1; line >= 0; line--) {
    const text = source.line(line).trim();
    if (!text.startsWith("//")) break;
    above.unshift(text);
  }
  return above;
}
