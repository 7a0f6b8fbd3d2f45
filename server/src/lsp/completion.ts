// Completion of keys, words and names at the cursor. Knows nothing of which ones there are.
import type { CompletionItem, Position } from "vscode-languageserver";
import { CompletionItemKind, InsertTextFormat, MarkupKind } from "vscode-languageserver";
import type { Completion, EntryKind, RecordType } from "../../../core/src/index";
import { fileTypes, FleetPlan, GuestPlan, keyCompletions, shapesOf, spotAt, valueCompletions } from "../../../core/src/index";
import type { Cursor } from "../jsonc/cursor";
import { cursorAt } from "../jsonc/cursor";
import type { Snapshot } from "../workspace/workspace";
import { rangeBetween } from "./convert";

const KINDS: Readonly<Record<Completion["kind"], CompletionItemKind>> = {
  key: CompletionItemKind.Property,
  word: CompletionItemKind.EnumMember,
  name: CompletionItemKind.Reference,
  shape: CompletionItemKind.Struct,
};

export function completionsAt(snapshot: Snapshot, position: Position, snippets: boolean): CompletionItem[] {
  const { source } = snapshot.checked;
  const cursor = cursorAt(source, source.offset(position));
  if (!cursor) return [];
  // Before the first key is written, a file whose name says nothing is most likely a platform.
  const type = fileTypes[snapshot.checked.kind ?? "platform"];
  const completions = cursor.what === "key" ? keysAt(type, cursor) : valuesAt(snapshot, type, cursor);
  const range = rangeBetween(source, cursor.start, cursor.end);
  return completions.map((one) => toItem(one, cursor, range, snippets));
}

function keysAt(file: RecordType, cursor: Cursor): Completion[] {
  const type = spotAt(file, cursor.path)?.type;
  const record = type && shapesOf(type).find((shape): shape is RecordType => shape.kind === "record");
  return record ? keyCompletions(record, cursor.present) : [];
}

function valuesAt(snapshot: Snapshot, file: RecordType, cursor: Cursor): Completion[] {
  const spot = spotAt(file, cursor.path);
  if (!spot) return [];
  const names = snapshot.checked.names.size > 0 ? snapshot.checked.names : (snapshot.lastGood?.names ?? new Map());
  const isElement = typeof cursor.path.at(-1) === "number";
  const own = [...names].map(([name, declared]) => [name, declared.entryKind] as const);
  return valueCompletions(spot.type, isElement ? undefined : spot.field, [...own, ...hostNames(snapshot)]);
}

function hostNames({ checked, lastGood }: Snapshot): (readonly [string, EntryKind])[] {
  const plan = checked.filePlan ?? lastGood?.filePlan;
  return plan instanceof GuestPlan || plan instanceof FleetPlan ? plan.hosts.map((host) => [host.name, "platform"] as const) : [];
}

function toItem(one: Completion, cursor: Cursor, range: ReturnType<typeof rangeBetween>, snippets: boolean): CompletionItem {
  const insert = one.kind === "key" && cursor.hasValue ? JSON.stringify(one.label) : one.insert;
  const isSnippet = snippets && insert.includes("$1");
  return {
    label: one.label,
    kind: KINDS[one.kind],
    ...(one.detail !== "" && { detail: one.detail }),
    ...(one.doc !== "" && { documentation: { kind: MarkupKind.Markdown, value: one.doc } }),
    filterText: one.kind === "shape" ? "" : JSON.stringify(one.label),
    sortText: String(one.rank).padStart(4, "0"),
    insertTextFormat: isSnippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    textEdit: { range, newText: isSnippet ? insert.replaceAll("$schema", "\\$schema") : insert.replaceAll("$1", "") },
  };
}
