// Requests on one open document, as tests write them: a text with `|` where the cursor is, edits applied. Knows nothing of features.
import type { Position, TextEdit } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { MODERN, TestClient } from "./client";

export const URI = "file:///board.platform.jsonc";

/** The text without its `|`, and where that was. */
export function withCursor(marked: string): { text: string; position: Position } {
  const at = marked.indexOf("|");
  if (at < 0) throw new Error("the text has no | for the cursor");
  const text = marked.slice(0, at) + marked.slice(at + 1);
  return { text, position: positionOf(text, at) };
}

export function positionOf(text: string, offset: number): Position {
  return TextDocument.create(URI, "platmap", 1, text).positionAt(offset);
}

/** The position of a piece of text; of the first one when there are several. */
export function placeOf(text: string, piece: string): Position {
  const at = text.indexOf(piece);
  if (at < 0) throw new Error(`the text has no ${piece}`);
  return positionOf(text, at);
}

/** The text between two positions. */
export function textBetween(text: string, range: { start: Position; end: Position }): string {
  return TextDocument.create(URI, "platmap", 1, text).getText(range);
}

export function applied(text: string, edits: readonly TextEdit[]): string {
  return TextDocument.applyEdits(TextDocument.create(URI, "platmap", 1, text), [...edits]);
}

/** Asks a server that has just this text open; the server is stopped afterwards. */
export async function ask<T>(text: string, method: string, params: object, capabilities = MODERN): Promise<T> {
  const client = await TestClient.start(capabilities);
  try {
    await client.open(URI, text);
    return await client.request<T>(method, { textDocument: { uri: URI }, ...params });
  } finally {
    await client.stop();
  }
}
