// Completions as a client takes them, each with as much as it can do. A client that asks for the words of one item when it shows them gets them then.
// Knows nothing of what is suggested.
import type { ClientCapabilities, CompletionItem, CompletionList, Position, Range } from "vscode-languageserver";
import { CompletionItemKind, InsertTextFormat, MarkupKind } from "vscode-languageserver";
import type { Completion, EntrySnippet } from "../../../core/src/index";
import type { Cursor } from "../jsonc/cursor";
import type { Snapshot } from "../workspace/workspace";
import type { Suggestions } from "./completion";
import { suggestionsAt } from "./completion";
import { rangeBetween } from "./convert";

const KINDS: Readonly<Record<Completion["kind"], CompletionItemKind>> = {
  key: CompletionItemKind.Property,
  word: CompletionItemKind.EnumMember,
  name: CompletionItemKind.Reference,
  shape: CompletionItemKind.Struct,
  place: CompletionItemKind.Value,
  entry: CompletionItemKind.Snippet,
};

/** Kinds of which people compare the words beside the label. */
const DETAILED: ReadonlySet<Completion["kind"]> = new Set<Completion["kind"]>(["place", "name"]);

/** What the client's completion can do. */
export interface CompletionOptions {
  readonly snippets: boolean;
  /** It shows a few words beside every label, not only beside the one that is chosen. */
  readonly labelDetails: boolean;
  /** It asks for the words about an item when it shows them. */
  readonly asksForWords: boolean;
  /** What all items of a list have in common can be said once. */
  readonly common: boolean;
}

export const PLAIN: CompletionOptions = { snippets: false, labelDetails: false, asksForWords: false, common: false };

/** What a client says that it can do. */
export function completionOptions({ textDocument }: ClientCapabilities): CompletionOptions {
  const { completionItem: item, completionList: list } = textDocument?.completion ?? {};
  return {
    snippets: item?.snippetSupport ?? false,
    labelDetails: item?.labelDetailsSupport ?? false,
    asksForWords: item?.resolveSupport?.properties.includes("documentation") ?? false,
    common: ["editRange", "insertTextFormat"].every((one) => list?.itemDefaults?.includes(one)),
  };
}

/** Answers one client. Keeps the last list, for words that it asks for later. */
export class CompletionAnswers {
  private count = 0;
  private last: readonly Completion[] = [];

  answer(snapshot: Snapshot, position: Position, options: CompletionOptions): CompletionItem[] | CompletionList {
    const found = suggestionsAt(snapshot, position);
    this.last = found?.completions ?? [];
    this.count++;
    if (!found) return [];
    const items = itemsOf(snapshot, found, options);
    if (options.asksForWords) items.forEach((item, index) => (item.data = [this.count, index]));
    return options.common ? { isIncomplete: false, itemDefaults: { editRange: rangeAt(snapshot, found.cursor), insertTextFormat: InsertTextFormat.PlainText }, items } : items;
  }

  /** An item with its words. One of a list before the last stays as it is: what it was found in may be gone. */
  resolve(item: CompletionItem): CompletionItem {
    const [list, index] = Array.isArray(item.data) ? (item.data as readonly unknown[]) : [];
    const found = list === this.count && typeof index === "number" ? this.last[index] : undefined;
    return found ? { ...item, ...wordsOf(found) } : item;
  }
}

/** All that could stand at a place, each with its words. */
export function completionsAt(snapshot: Snapshot, position: Position, options: CompletionOptions): CompletionItem[] {
  const found = suggestionsAt(snapshot, position);
  return found ? itemsOf(snapshot, found, options) : [];
}

function itemsOf(snapshot: Snapshot, { completions, cursor }: Suggestions, options: CompletionOptions): CompletionItem[] {
  const range = rangeAt(snapshot, cursor);
  return completions.map((one, index) => toItem(one, index, cursor, range, options));
}

function rangeAt({ checked: { source } }: Snapshot, { start, end }: Cursor): Range {
  return rangeBetween(source, start, end);
}

function toItem(one: Completion | EntrySnippet, index: number, cursor: Cursor, range: Range, options: CompletionOptions): CompletionItem {
  return {
    label: one.label,
    kind: KINDS[one.kind],
    ...(one.detail !== "" && (options.labelDetails && DETAILED.has(one.kind) ? { labelDetails: { description: one.detail } } : { detail: one.detail })),
    ...(!options.asksForWords && wordsOf(one)),
    filterText: one.kind === "shape" || one.kind === "entry" ? "" : JSON.stringify(one.label),
    sortText: String(index).padStart(4, "0"),
    ...insertOf(one, cursor, range, options),
  };
}

function wordsOf({ doc }: Completion): Pick<CompletionItem, "documentation"> {
  const value = doc?.() ?? "";
  return value === "" ? {} : { documentation: { kind: MarkupKind.Markdown, value } };
}

function insertOf(one: Completion | EntrySnippet, { hasValue }: Cursor, range: Range, { snippets, common }: CompletionOptions): Partial<CompletionItem> {
  const insert = one.kind === "key" && hasValue ? JSON.stringify(one.label) : one.insert;
  const snippet = snippets ? snippetOf(one, insert) : undefined;
  const newText = snippet ?? insert.replaceAll("$1", "");
  if (common) return { textEditText: newText, ...(snippet !== undefined && { insertTextFormat: InsertTextFormat.Snippet }) };
  return { insertTextFormat: snippet === undefined ? InsertTextFormat.PlainText : InsertTextFormat.Snippet, textEdit: { range, newText } };
}

function snippetOf(one: Completion | EntrySnippet, insert: string): string | undefined {
  if ("snippet" in one) return one.snippet;
  return insert.includes("$1") ? insert.replaceAll("$schema", "\\$schema") : undefined;
}
