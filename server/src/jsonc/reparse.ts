// The tree of a text that differs from an earlier one inside a single entry of one of the document's lists: that entry is parsed anew, everything
// else is taken over with its offsets moved. Knows nothing of what entries mean.
import { parseNested } from "./parse";
import type { Node, NodeTable } from "./tree";
import { isContainer, NodeKind, SyntaxTree } from "./tree";

/** A stretch of an earlier text and what stands there now. All offsets are half-open. */
export interface TextChange {
  readonly start: number;
  readonly oldEnd: number;
  readonly newEnd: number;
}

/** The entry that holds a change: an object of a list of the document's outermost object. */
export interface ChangedEntry {
  readonly list: string;
  readonly index: number;
  /** Its node, the same in both trees. */
  readonly node: Node;
}

export interface Reparsed {
  readonly tree: SyntaxTree;
  readonly change: TextChange;
  readonly entry: ChangedEntry;
}

/** How deep an entry stands: in a list, in the outermost object. */
const ENTRY_DEPTH = 2;

/**
 * Undefined where the whole text has to be parsed: when the change is not inside one entry, or either text has a fault. What begins or ends a comment or
 * a string beyond the entry leaves the entry itself without an end, so it shows as a fault.
 */
export function reparse(old: SyntaxTree, text: string): Reparsed | undefined {
  if (old.faults.length > 0 || old.root < 0 || old.kind(old.root) !== NodeKind.Object) return undefined;
  const change = changeBetween(old.text, text);
  const entry = entryAround(old, change);
  if (!entry) return undefined;
  const start = old.start(entry.node);
  const end = old.end(entry.node) + change.newEnd - change.oldEnd;
  const inner = parseNested(text.slice(start, end), ENTRY_DEPTH);
  if (inner.faults.length > 0 || inner.kind(inner.root) !== NodeKind.Object || inner.start(inner.root) !== 0 || inner.end(inner.root) !== end - start) return undefined;
  return { tree: new SyntaxTree(text, splice(old, entry.node, inner, change), [], old.hasEscapes || inner.hasEscapes), change, entry };
}

/** An entry that is all in which two texts differ, with where it ends in each. */
export interface EntryBetween {
  readonly start: number;
  readonly oldEnd: number;
  readonly newEnd: number;
}

/**
 * The entry in which two texts without faults differ, of a list of the outermost object: before it and behind it the trees are the same. Undefined where
 * they differ in anything else, or not at all.
 */
export function entryBetween(old: SyntaxTree, now: SyntaxTree): EntryBetween | undefined {
  if (old.faults.length > 0 || now.faults.length > 0 || old.root < 0 || now.root < 0 || old.text === now.text) return undefined;
  if (old.kind(old.root) !== NodeKind.Object || now.kind(now.root) !== NodeKind.Object) return undefined;
  const change = changeBetween(old.text, now.text);
  const [before, after] = [entryAround(old, change), entryAround(now, { ...change, oldEnd: change.newEnd })];
  if (!before || !after || before.node !== after.node || before.list !== after.list) return undefined;
  const [start, oldEnd, newEnd] = [old.start(before.node), old.end(before.node), now.end(after.node)];
  // Both end where they did, seen from the end of the text: what follows was read as what it was.
  return now.start(after.node) === start && now.text.length - newEnd === old.text.length - oldEnd ? { start, oldEnd, newEnd } : undefined;
}

/** The shortest stretch in which two texts differ. */
function changeBetween(before: string, after: string): TextChange {
  const shorter = Math.min(before.length, after.length);
  const start = sameLength(shorter, (from, to) => before.slice(from, to) === after.slice(from, to));
  const fromEnd = (text: string, from: number, to: number): string => text.slice(text.length - to, text.length - from);
  const tail = sameLength(shorter - start, (from, to) => fromEnd(before, from, to) === fromEnd(after, from, to));
  return { start, oldEnd: before.length - tail, newEnd: after.length - tail };
}

/** How far two texts agree, at most `limit`: by large steps first, since to compare slices costs next to nothing. */
function sameLength(limit: number, agrees: (from: number, to: number) => boolean): number {
  let length = 0;
  for (let step = 65_536; step >= 1; step >>= 4) {
    while (length + step <= limit && agrees(length, length + step)) length += step;
  }
  return length;
}

function entryAround(tree: SyntaxTree, { start, oldEnd }: TextChange): ChangedEntry | undefined {
  for (const property of tree.children(tree.root)) {
    const list = tree.firstChild(property);
    if (list < 0 || tree.kind(list) !== NodeKind.Array || tree.start(list) >= start || tree.end(list) <= oldEnd) continue;
    return elementAround(tree, tree.string(property), list, start, oldEnd);
  }
  return undefined;
}

/** The object of the list that holds the stretch between its brackets. */
function elementAround(tree: SyntaxTree, list: string, array: Node, start: number, end: number): ChangedEntry | undefined {
  let index = 0;
  for (let node = tree.firstChild(array); node >= 0; node = tree.nextChild(array, node)) {
    if (tree.end(node) > start) return tree.kind(node) === NodeKind.Object && tree.start(node) < start && end < tree.end(node) ? { list, index, node } : undefined;
    index++;
  }
  return undefined;
}

/** The old nodes around the entry and the new ones in its place. */
function splice(old: SyntaxTree, entry: Node, inner: SyntaxTree, change: TextChange): NodeTable {
  const { kinds, starts, ends, closings, comments } = old.table;
  const after = old.after(entry);
  const [first, last] = [ends[entry] as number, firstContainerFrom(old.table, after)];
  const base = old.start(entry);
  const shift = { offset: change.newEnd - change.oldEnd, nodes: inner.size - (after - entry), containers: inner.table.closings.length / 2 - (last - first) };
  const table = {
    kinds: spliced(kinds, entry, after, inner.table.kinds),
    starts: spliced(starts, entry, after, inner.table.starts),
    ends: spliced(ends, entry, after, inner.table.ends),
    closings: spliced(closings, 2 * first, 2 * last, inner.table.closings),
    comments: splicedComments(comments, base, old.end(entry), inner.comments, shift.offset),
  };
  const next = entry + inner.size;
  for (let node = entry; node < next; node++) move(table, node, base, first);
  for (let at = 2 * first; at < 2 * first + inner.table.closings.length; at += 2) addTo(table.closings, at, base, entry);
  for (let node = next; node < table.kinds.length; node++) move(table, node, shift.offset, shift.containers);
  for (let at = 2 * (last + shift.containers); at < table.closings.length; at += 2) addTo(table.closings, at, shift.offset, shift.nodes);
  for (const outer of [old.root, outerList(old, entry)]) addTo(table.closings, 2 * (ends[outer] as number), shift.offset, shift.nodes);
  return table;
}

function move({ kinds, starts, ends }: NodeTable, node: Node, offset: number, containers: number): void {
  starts[node] = (starts[node] as number) + offset;
  ends[node] = (ends[node] as number) + (isContainer(kinds[node] as number) ? containers : offset);
}

function addTo(closings: Int32Array, at: number, offset: number, nodes: number): void {
  closings[at] = (closings[at] as number) + offset;
  closings[at + 1] = (closings[at + 1] as number) + nodes;
}

/** The number of the first object or list at or after a node. */
function firstContainerFrom({ kinds, ends, closings }: NodeTable, node: Node): number {
  for (let at = node; at < kinds.length; at++) if (isContainer(kinds[at] as number)) return ends[at] as number;
  return closings.length / 2;
}

function outerList(tree: SyntaxTree, entry: Node): Node {
  let list = -1;
  for (const property of tree.children(tree.root)) if (property < entry) list = property + 1;
  return list;
}

function splicedComments(comments: Int32Array, start: number, end: number, inner: Int32Array, shift: number): Int32Array {
  const [from, to] = [firstAtOrAfter(comments, start), firstAtOrAfter(comments, end)];
  const result = spliced(comments, from, to, inner);
  for (let at = from; at < from + inner.length; at++) result[at] = (result[at] as number) + start;
  for (let at = from + inner.length; at < result.length; at++) result[at] = (result[at] as number) + shift;
  return result;
}

/** The index of the first comment that begins at an offset or behind it. */
function firstAtOrAfter(comments: Int32Array, offset: number): number {
  let at = 0;
  while (at < comments.length && (comments[at] as number) < offset) at += 2;
  return at;
}

function spliced<T extends Uint8Array | Int32Array>(old: T, from: number, to: number, inner: T): T {
  const result = new (old.constructor as new (length: number) => T)(old.length - (to - from) + inner.length);
  result.set(old.subarray(0, from));
  result.set(inner, from);
  result.set(old.subarray(to), from + inner.length);
  return result;
}
